/** The runtime of a generated client: what its generated code is made of, and what its users see of it. */
export type { CodecName } from "./codec.js";
export { Connection } from "./connection.js";
export * as decode from "./decode.js";
export type { Decoder } from "./decode.js";
export { Disposing } from "./dispose.js";
export * as encode from "./encode.js";
export type { Encoder } from "./encode.js";
export {
  ActorFailed,
  ActorNotFound,
  ActorStopped,
  AmbiguousMessageType,
  CallCancelled,
  CallError,
  CallTimeout,
  ConnectionLost,
  ContractError,
  Deadlock,
  FrameTooLarge,
  InternalError,
  LimitExceeded,
  PermissionDenied,
  ProtocolViolation,
  RateLimited,
  SchemaMismatch,
  SerializationError,
  ShuttingDown,
  SlowConsumer,
  TargetBusy,
  UnknownMessageType,
} from "./errors.js";
export type { Delivered, FailureDetails, Refusal } from "./errors.js";
export type { MadeFrom } from "./greeting.js";
export type {
  AnyIterable,
  Awaitable,
  CallFacts,
  HostOptions,
  Hosted,
  HostedContract,
  HostedMailbox,
} from "./hosting.js";
export type { EventOrGap } from "./inbox.js";
export * as kept from "./kept.js";
export type { AskOptions, CallOptions, Method } from "./method.js";
export type { ConnectOptions, ReconnectOptions } from "./options.js";
export type { Key, Path } from "./path.js";
export { Stream } from "./stream.js";
export { Subscription } from "./subscription.js";
export type { SubscribeOptions } from "./subscription.js";
export { Target } from "./target.js";
export type { Duration, SystemTime } from "./time.js";
export type { Dial, Receiver, Transport } from "./transport.js";
export { UNKNOWN, asUnknownName } from "./unknown.js";
export type { UnknownName } from "./unknown.js";
