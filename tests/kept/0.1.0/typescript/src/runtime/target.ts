/** One actor, as the generated clients call it. */
import type { Connection } from "./connection.js";
import type { AskOptions, CallOptions, Method } from "./method.js";
import { Stream } from "./stream.js";
import type { EventDecoders, SubscribeOptions, Subscription } from "./subscription.js";

/** Makes calls to the actor of one id. What all calls of a method begin with is made once. */
export class Target {
  /** The actor's id. */
  readonly id: string;
  readonly #connection: Connection;
  readonly #heads = new Map<string, Uint8Array>();

  constructor(connection: Connection, id: string) {
    this.#connection = connection;
    this.id = id;
  }

  /** Makes a call that is answered once. */
  ask<A, R>(method: Method<A, R>, values: A, options: AskOptions | undefined): Promise<R> {
    return this.#connection.ask(this.#head(method.message), method, values, options);
  }

  /** Makes a call that is not answered; the promise is kept once the message has left this process. */
  tell<A>(method: Method<A, null>, values: A, options: CallOptions | undefined): Promise<void> {
    return this.#connection.tell(this.#head(method.message), method, values, options);
  }

  /** Makes a call with any number of replies. Nothing is sent before the first of them is asked for. */
  stream<A, R>(method: Method<A, R>, values: A, options: CallOptions | undefined): Stream<R> {
    return new Stream(this.#connection, this.#head(method.message), method, values, options);
  }

  /** Subscribes to events. */
  subscribe<T>(decoders: EventDecoders<T>, options: SubscribeOptions | undefined): Subscription<T> {
    return this.#connection.subscribe(decoders, options);
  }

  #head(message: string): Uint8Array {
    let head = this.#heads.get(message);
    if (head === undefined) {
      head = this.#connection.requestHead(this.id, message);
      this.#heads.set(message, head);
    }
    return head;
  }
}
