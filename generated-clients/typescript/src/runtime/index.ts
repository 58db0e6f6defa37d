/** The runtime of a generated client: what its generated code is made of, and what its users see of it. */
export type { CodecName } from "./codec.js";
export { Connection } from "./connection.js";
export type { ConnectOptions } from "./connection.js";
export * as decode from "./decode.js";
export type { Decoder } from "./decode.js";
export { Disposing } from "./dispose.js";
export * as encode from "./encode.js";
export type { Encoder } from "./encode.js";
export * from "./errors.js";
export type { CallOptions, Method } from "./method.js";
export type { Key, Path } from "./path.js";
export { Stream } from "./stream.js";
export { Subscription } from "./subscription.js";
export type { SubscribeOptions } from "./subscription.js";
export { Target } from "./target.js";
export type { Duration, SystemTime } from "./time.js";
export type { Dial, Receiver, Transport } from "./transport.js";
