/** The server that the package has for its users' tests, and real clients that are connected to it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  ActorFailed,
  ActorNotFound,
  CallTimeout,
  ConnectionLost,
  MathError,
  RateLimited,
  UnknownMessageType,
} from "showcase";
import type { PriceUpdate } from "showcase";
import {
  AgentContract,
  CalculatorContract,
  CountdownContract,
  FakeServer,
  KvStoreContract,
  PriceFeedContract,
} from "showcase/testing";
import type { CalculatorFake } from "showcase/testing";

const limit = { timeout: 20_000 };

const calculator: CalculatorFake = {
  add(a, b) {
    if (a + b >= 2 ** 31) throw new MathError("too much", "Overflow");
    return { sum: a + b };
  },
};

async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

for (const codec of ["json", "messagepack"] as const) {
  describe(codec, () => {
    test("asks, tells and streams reach their handlers", limit, async () => {
      await using server = new FakeServer();
      const told: string[] = [];
      server.serve(CalculatorContract, calculator);
      server.serve(AgentContract, { notify: (subject) => told.push(subject) });
      server.serve(CountdownContract, {
        *countdown(from) {
          for (let remaining = from; remaining > 0; remaining--) yield { value: remaining };
        },
      });
      await using client = await server.connect({ codec });
      assert.deepEqual(await client.calculator().add(5, 3), { sum: 8 });
      await assert.rejects(client.calculator().add(2 ** 30, 2 ** 30), (error: unknown) => {
        assert.ok(error instanceof MathError);
        assert.equal(error.error, "Overflow");
        return true;
      });
      await client.agent().notify("hello", "there");
      await eventually(() => told.length === 1);
      assert.deepEqual(told, ["hello"]);
      const counted: number[] = [];
      for await (const { value } of client.countdown().countdown(1000, 0n)) {
        counted.push(value);
        if (counted.length === 600) break;
      }
      assert.deepEqual([counted.length, counted[599]], [600, 401]);
    });

    test("events reach those who subscribed, in both lives of a connection", limit, async () => {
      await using server = new FakeServer();
      await using client = await server.connect({ codec, reconnect: { firstDelay: 1 } });
      const update = (price: number): PriceUpdate => ({ symbol: "ACME", price });
      await using prices = client.priceFeed().subscribe("PriceUpdate");
      await prices.ready();
      server.publish(PriceFeedContract, "PriceUpdate", update(1));
      assert.equal((await prices.next()).value?.price, 1);
      server.dropConnections();
      server.publish(PriceFeedContract, "PriceUpdate", update(2));
      // It is answered after the subscription is made anew.
      await assert.rejects(client.calculator().add(1, 1), ActorNotFound);
      server.publish(PriceFeedContract, "PriceUpdate", update(3));
      assert.equal((await prices.next()).value?.price, 3);
      assert.equal(prices.missed, 1);
    });
  });
}

test("what a handler throws is what its caller gets, if it is an error of a call", limit, async () => {
  await using server = new FakeServer();
  await using client = await server.connect();
  const errors: unknown[] = [];
  const broken = new Error("a secret");
  server.serve(
    KvStoreContract,
    {
      getValue(key) {
        if (key === "broken") throw broken;
        throw new RateLimited("RateLimited", "slower", { retryable: true, delivered: "no", retryAfterMs: 70 });
      },
    },
    { onError: (error) => errors.push(error) },
  );
  await assert.rejects(client.kvStore().getValue("a"), (error: unknown) => {
    assert.ok(error instanceof RateLimited);
    assert.deepEqual([error.message, error.retryable, error.retryAfterMs], ["slower", true, 70]);
    return true;
  });
  await assert.rejects(client.kvStore().getValue("broken"), ActorFailed);
  assert.deepEqual(errors, [broken]);
  await assert.rejects(client.kvStore().setValue("a", "b"), UnknownMessageType);
  await assert.rejects(client.kvStore("other").getValue("a"), ActorNotFound);
});

test("a call that takes too long is ended on both sides", limit, async () => {
  await using server = new FakeServer();
  let isOver = false;
  server.serve(AgentContract, {
    queryStatus: (call) =>
      new Promise((_, reject) => {
        call.signal.addEventListener("abort", () => {
          isOver = true;
          reject(new Error("over"));
        });
      }),
  });
  await using client = await server.connect();
  await assert.rejects(client.agent().queryStatus({ timeout: 20 }), CallTimeout);
  await eventually(() => isOver);
});

test("handlers are objects of their own, may be replaced, and share an actor with those of other contracts", limit, async () => {
  class Calculator implements CalculatorFake {
    #calls = 0;

    add(a: number, b: number): { readonly sum: number } {
      this.#calls++;
      return { sum: a + b + this.#calls };
    }
  }
  await using server = new FakeServer();
  server.serve(CalculatorContract, new Calculator());
  server.serve(CalculatorContract, new Calculator(), { id: "second" });
  server.serve(AgentContract, { queryStatus: () => "Away" }, { id: "second" });
  await using client = await server.connect();
  await using other = await server.connect();
  assert.deepEqual(await client.calculator().add(1, 1), { sum: 3 });
  assert.deepEqual(await other.calculator().add(1, 1), { sum: 4 });
  assert.deepEqual(await client.calculator("second").add(1, 1), { sum: 3 });
  assert.equal(await client.agent("second").queryStatus(), "Away");
  await assert.rejects(client.agent("calculator").queryStatus(), UnknownMessageType);
  server.serve(CalculatorContract, new Calculator());
  assert.deepEqual(await client.calculator().add(1, 1), { sum: 3 });
  await using late = await server.connect();
  assert.deepEqual(await late.calculator().add(1, 1), { sum: 4 });
});

test("what does not fit an event is refused, and a closed server takes nobody", limit, async () => {
  const server = new FakeServer();
  const client = await server.connect({ reconnect: false });
  assert.throws(
    () => {
      server.publish(PriceFeedContract, "PriceUpdate", { symbol: "ACME", price: "much" as unknown as number });
    },
    { name: "SerializationError" },
  );
  await server.close();
  await eventually(() => client.isClosed);
  await assert.rejects(server.connect(), ConnectionLost);
});
