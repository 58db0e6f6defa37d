/** All subscriptions of a connection: who gets what arrives, and what was missed. */
import { unexpected } from "./call.js";
import type { Connection } from "./connection.js";
import * as envelope from "./envelope.js";
import type { ControlFields, Incoming } from "./envelope.js";
import { failure, fault } from "./errors.js";
import type { Refusal } from "./errors.js";
import { Exchange } from "./exchange.js";
import { Subscriber, Subscription } from "./subscription.js";
import type { EventDecoders, SubscribeOptions } from "./subscription.js";

/** After so many milliseconds a subscription is asked for again that was refused for the moment. */
const REST = 1000;

/** An event that somebody here is subscribed to. */
interface Route {
  readonly subscribers: Set<Subscriber<unknown>>;
  /** The number of the next event, where the server numbers them. */
  next: bigint | null;
  /** Nothing can have been missed since `next` was known but what the server says it dropped. */
  inStep: boolean;
}

/**
 * The subscriptions of one connection. What was missed while there was none is told from the server's count of events: it
 * says the next number when it is subscribed to again, and the numbers mean the same as long as the server is in the same
 * life, its epoch.
 */
export class Subscribers {
  readonly #connection: Connection;
  readonly #all = new Map<Subscriber<unknown>, Opening | null>();
  readonly #routes = new Map<string, Route>();
  /** When those that were refused for the moment are asked for again. */
  readonly #putOff = new Map<Subscriber<unknown>, ReturnType<typeof setTimeout>>();
  #epoch: string | null = null;
  /** After the loss of a socket, the server was found in the same life. */
  #isContinued = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Begins a subscription; if that cannot be done, the subscription is one that has failed. */
  open<T>(decoders: EventDecoders<T>, timeout: number, options: SubscribeOptions | undefined): Subscription<T> {
    const own: Subscriber<T> = new Subscriber<T>(decoders, options, () => {
      this.#leave(own as Subscriber<unknown>);
    });
    const subscriber = own as Subscriber<unknown>;
    try {
      this.#connection.begin({ signal: options?.signal }, null);
      for (const name of subscriber.names) this.#route(name).subscribers.add(subscriber);
      this.#ask(subscriber, timeout);
    } catch (error) {
      subscriber.fail(error as Error);
    }
    return new Subscription(own);
  }

  /** Makes all subscriptions known over a new socket. */
  resume(write: (opening: Exchange, fields: ControlFields) => void): void {
    for (const [subscriber, unconfirmed] of this.#all) {
      const opening = unconfirmed ?? new Opening(this.#connection, this, subscriber, Infinity);
      this.#all.set(subscriber, opening);
      write(opening, opening.fields);
    }
  }

  /** Passes an event on. */
  push({ event, payload, sequence, missed }: Extract<Incoming, { kind: "push" }>): void {
    const route = this.#routes.get(event);
    if (route === undefined) return;
    let lost: number | undefined = 0;
    if (!route.inStep && sequence !== null) {
      lost = passed(route.next, sequence);
    } else {
      // The server's own count and the gap in its numbers tell of the same events.
      const skipped = sequence === null || route.next === null ? 0n : sequence - route.next;
      lost = saturated(skipped > missed ? skipped : missed);
    }
    if (sequence !== null) {
      route.next = sequence + 1n;
      route.inStep = true;
    }
    for (const subscriber of [...route.subscribers]) {
      if (lost !== 0 && subscriber.isFollowed) subscriber.inbox.putGap(lost);
      subscriber.take(event, payload);
    }
  }

  /** The server has taken a subscription; `numbers` are those of the next events, if it counts them. */
  confirmed(subscriber: Subscriber<unknown>, numbers: Readonly<Record<string, unknown>> | null): void {
    this.#all.set(subscriber, null);
    // After a new life this has been said already.
    if (numbers === null && subscriber.isFollowed && this.#isContinued) subscriber.inbox.putGap(undefined);
    for (const name of subscriber.names) {
      const [route, next] = [this.#routes.get(name), envelope.longCount(numbers?.[name])];
      if (route !== undefined && next !== null) this.#expect(route, next);
    }
    subscriber.confirmed();
  }

  /** The server refuses to go on with a subscription for the moment: asks again later. */
  putOff(subscriber: Subscriber<unknown>, rest: number = REST): void {
    this.#all.set(subscriber, null);
    const timer = setTimeout(() => {
      this.#putOff.delete(subscriber);
      this.#ask(subscriber, Infinity);
    }, rest);
    this.#putOff.set(subscriber, timer);
  }

  /** The server pushes these events no more, which this client would misread: subscriptions to them end, and say why. */
  withhold(event: string, why: string): void {
    for (const subscriber of this.#routes.get(event)?.subscribers ?? []) {
      subscriber.fail(fault("SchemaMismatch", `${event}: ${why}`));
    }
  }

  /** The server says which life it is in; null if it does not. */
  inLife(epoch: string | null): void {
    if (epoch !== null && epoch === this.#epoch) {
      this.#isContinued = true;
      return;
    }
    this.#epoch = epoch;
    for (const subscriber of this.#all.keys()) if (subscriber.isFollowed) subscriber.inbox.putGap(undefined);
    for (const route of this.#routes.values()) {
      route.next = null;
      route.inStep = true;
    }
  }

  /** The socket is lost: from now on events are missed. */
  lose(): void {
    this.#isContinued = false;
    for (const timer of this.#putOff.values()) clearTimeout(timer);
    this.#putOff.clear();
    for (const route of this.#routes.values()) route.inStep = false;
  }

  /** Ends every subscription. */
  fail(reason: Error): void {
    for (const subscriber of [...this.#all.keys()]) subscriber.fail(reason);
  }

  #ask(subscriber: Subscriber<unknown>, timeout: number): void {
    const opening = new Opening(this.#connection, this, subscriber, timeout);
    this.#all.set(subscriber, opening);
    this.#connection.control(opening, opening.fields);
  }

  #route(name: string): Route {
    let route = this.#routes.get(name);
    if (route === undefined) {
      route = { subscribers: new Set(), next: null, inStep: true };
      this.#routes.set(name, route);
    }
    return route;
  }

  /** The number of the next event is known; what lies between, those who followed have missed. */
  #expect(route: Route, next: bigint): void {
    if (route.inStep) {
      route.next ??= next;
      return;
    }
    const missed = passed(route.next, next);
    route.next = next;
    route.inStep = true;
    if (missed === 0) return;
    for (const subscriber of route.subscribers) if (subscriber.isFollowed) subscriber.inbox.putGap(missed);
  }

  #leave(subscriber: Subscriber<unknown>): void {
    const opening = this.#all.get(subscriber);
    if (opening !== undefined && opening !== null) this.#connection.forget(opening);
    this.#all.delete(subscriber);
    clearTimeout(this.#putOff.get(subscriber));
    this.#putOff.delete(subscriber);
    const unheard: string[] = [];
    for (const name of subscriber.names) {
      const route = this.#routes.get(name);
      if (route?.subscribers.delete(subscriber) === true && route.subscribers.size === 0) {
        this.#routes.delete(name);
        unheard.push(name);
      }
    }
    if (unheard.length > 0) this.#connection.notify(envelope.unsubscribe(unheard));
  }
}

/** How many events lie between the one that was due and the next one; undefined if nobody knows. */
function passed(due: bigint | null, next: bigint): number | undefined {
  return due === null || next < due ? undefined : saturated(next - due);
}

function saturated(count: bigint): number {
  return count > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(count);
}

/** Waits for the server's confirmation. */
class Opening extends Exchange {
  /** What is said to the server. */
  readonly fields: ControlFields;
  readonly #connection: Connection;
  readonly #subscribers: Subscribers;
  readonly #subscriber: Subscriber<unknown>;
  readonly #timeout: number;

  constructor(connection: Connection, subscribers: Subscribers, subscriber: Subscriber<unknown>, timeout: number) {
    super(connection.nextId(), timeout, "digits");
    this.fields = envelope.subscribe(subscriber.names, this.id);
    this.#connection = connection;
    this.#subscribers = subscribers;
    this.#subscriber = subscriber;
    this.#timeout = timeout;
  }

  replied(payload: unknown): void {
    this.#connection.forget(this);
    const answer = payload as { readonly subscribed?: unknown } | null;
    const numbers = answer?.subscribed;
    const isMap = typeof numbers === "object" && numbers !== null;
    this.#subscribers.confirmed(this.#subscriber, isMap ? (numbers as Record<string, unknown>) : null);
  }

  refused(refusal: Refusal): void {
    const reason = failure(refusal);
    this.#connection.forget(this);
    if (this.#subscriber.isFollowed && reason.retryable)
      this.#subscribers.putOff(this.#subscriber, reason.retryAfterMs);
    else this.#subscriber.fail(reason);
  }

  item(): void {
    this.fail(unexpected("the subscription", "an item of a stream"));
  }

  expire(): void {
    this.fail(this.#connection.timedOut(this, "the subscription", this.#timeout));
  }

  fail(reason: Error): void {
    this.#connection.forget(this);
    this.#subscriber.fail(reason);
  }

  /** To subscribe again does no harm: it is said over the next socket, under the same id. */
  override lose(): void {
    this.isSent = false;
  }
}
