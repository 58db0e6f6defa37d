"""The test client of the conformance suite with the asyncio client."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, TypeAlias

from conformance import (
    AsyncClient,
    AsyncStream,
    AsyncSubscription,
    CallError,
    Colour,
    Order,
    Shape,
    Step,
    Tick,
    Tree,
)

from async_handler import Handler
from told import (
    Call,
    Case,
    Outcome,
    Outcomes,
    Reached,
    next_line,
    say,
    tally,
    text,
    told_failure,
    told_item,
    told_reply,
)
from told import Step as Told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance import Hosted, MailboxCallback
    from conformance.async_client import AsyncProbe

Source: TypeAlias = AsyncStream[int] | AsyncSubscription[Tick]
"""What items are taken from."""


class Player:
    """Plays one case."""

    def __init__(self, case: Case, client: AsyncClient, outcomes: Outcomes) -> None:
        """Begins with nothing."""
        self._buffer = case["options"].get("subscription_buffer", 1024)
        self._client = client
        self._outcomes = outcomes
        self._begun: dict[str, asyncio.Task[Outcome]] = {}
        self._sources: dict[str, Source] = {}
        self._hosted: dict[str, tuple[Hosted[MailboxCallback], Handler]] = {}
        self._kept: dict[str, Callable[[float | None], Awaitable[None]]] = {}

    async def play(self, step: Told) -> None:
        """Plays a step."""
        name = text(step, "as")
        match step["do"]:
            case "call":
                made = self._call(Call.of(step), text(step, "keep"))
                await self._make(name, made, begin=step.get("begin") is True)
            case "crowd":
                calls = step["calls"]
                assert isinstance(calls, int)
                await self._make(name, self._crowd(calls), begin=step.get("begin") is True)
            case "end":
                called = text(step, "call")
                self._outcomes.by_name[called] = await self._begun.pop(called)
            case "cancel":
                called = text(step, "call")
                task = self._begun.pop(called)
                task.cancel()
                try:
                    self._outcomes.by_name[called] = await task
                except asyncio.CancelledError:
                    self._outcomes.by_name[called] = {"cancelled": True}
            case "stream":
                self._sources[name] = self._stream(Call.of(step))
            case "subscribe":
                await self._subscribe(name)
            case "next":
                count = step.get("count")
                await self._take(text(step, "of"), count if isinstance(count, int) else None)
            case "leave":
                await self._sources.pop(text(step, "of")).aclose()
            case "host":
                self._host(name, step)
            case "until":
                await self._hosted[text(step, "of")][1].until(Reached.wanted(step))
            case "release":
                self._hosted[text(step, "of")][1].release()
            case "unhost":
                self._hosted[text(step, "of")][0].close()
            case "sync":
                say({"sync": step["word"]})
                await asyncio.to_thread(next_line)
            case "close":
                await self._client.close()
            case other:
                raise ValueError(f"what is {other!r}?")

    async def end(self) -> None:
        """Leaves whatever is still there."""
        for name, (_, handler) in self._hosted.items():
            handler.release()
            outcome = handler.reached.outcome()
            if outcome is not None:
                self._outcomes.by_name[name] = outcome
        for source in self._sources.values():
            await source.aclose()

    def _host(self, name: str, step: Told) -> None:
        handler = Handler(text(step, "does"), self._client)
        concurrency = step.get("concurrency")
        hosted = self._client.host_callback(
            handler,
            actor=text(step, "id") or "cb",
            concurrency=concurrency if isinstance(concurrency, int) else 16,
        )
        self._hosted[name] = hosted, handler

    async def _make(self, name: str, made: Awaitable[Outcome], *, begin: bool) -> None:
        if begin:
            self._begun[name] = asyncio.ensure_future(made)
        else:
            self._outcomes.by_name[name] = await made

    async def _call(self, call: Call, keep: str) -> Outcome:
        try:
            return {"ok": told_reply(await self._reply(call, keep))}
        except asyncio.CancelledError:
            raise
        except BaseException as failure:
            return told_failure(failure)

    async def _crowd(self, calls: int) -> Outcome:
        probe = self._client.probe()
        made = (probe.echo(str(number)) for number in range(calls))
        return tally(enumerate(await asyncio.gather(*made, return_exceptions=True)))

    async def _reply(self, call: Call, keep: str) -> object:
        probe, limit = self._client.probe(call.actor), call.timeout
        match call.method:
            case "echo":
                return await probe.echo(call.text("text"), timeout=limit)
            case "read":
                return await probe.read(call.text("text"), timeout=limit)
            case "wide":
                return await probe.wide(call.wide(), timeout=limit)
            case "float":
                return await probe.float_(call.float("value"), timeout=limit)
            case "long":
                return len(await probe.long(call.number("bytes"), timeout=limit))
            case "refuse":
                return await probe.refuse(timeout=limit)
            case "wait":
                return await probe.wait(call.text("gate"), timeout=limit)
            case "open":
                await probe.open(call.text("gate"), timeout=limit)
            case "gathered":
                await probe.gathered(call.text("gate"), call.number("count"), timeout=limit)
            case "publish":
                await probe.publish(call.number("count"), timeout=limit)
            case "note":
                await probe.note(call.text("text"), timeout=limit)
            case "notes":
                return await probe.notes(timeout=limit)
            case "explode":
                return await probe.explode(timeout=limit)
            case "call_back":
                mailbox = self._hosted[call.text("kept")][0].mailbox
                return await probe.call_back(mailbox, call.text("method"), timeout=limit)
            case "take":
                await self._kept[call.text("kept")](limit)
            case _:
                return await self._give(probe, call, keep)
        return None

    async def _give(self, probe: AsyncProbe, call: Call, keep: str) -> object:
        limit = call.timeout
        given: Colour | Shape | Step | Order | Tree
        match call.method:
            case "give_colour":
                given = colour = await probe.give_colour(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_colour(colour, timeout=limit)
            case "give_shape":
                given = shape = await probe.give_shape(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_shape(shape, timeout=limit)
            case "give_step":
                given = step = await probe.give_step(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_step(step, timeout=limit)
            case "give_order":
                given = order = await probe.give_order(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_order(order, timeout=limit)
            case "give_tree":
                given = tree = await probe.give_tree(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_tree(tree, timeout=limit)
            case other:
                raise ValueError(f"there is no method {other}")
        return (given,)

    def _stream(self, call: Call) -> AsyncStream[int]:
        probe, limit = self._client.probe(call.actor), call.timeout
        match call.method:
            case "count":
                return probe.count(call.number("to"), timeout=limit)
            case "failing":
                return probe.failing(call.number("after"), timeout=limit)
            case "endless":
                return probe.endless(call.text("gate"), timeout=limit)
            case other:
                raise ValueError(f"there is no stream {other}")

    async def _subscribe(self, name: str) -> None:
        subscription = self._client.probe().subscribe(Tick, buffer=self._buffer)
        try:
            self._sources[name] = await subscription.__aenter__()
        except CallError as failure:
            self._outcomes.items(name)[0].update(told_failure(failure))

    async def _take(self, name: str, count: int | None) -> None:
        source = self._sources[name]
        notices = source.with_gaps() if isinstance(source, AsyncSubscription) else source
        outcome, items = self._outcomes.items(name)
        try:
            while count is None or count > 0:
                items.append(told_item(await anext(notices)))
                count = None if count is None else count - 1
        except StopAsyncIteration:
            outcome["ended"] = True
        except BaseException as failure:
            outcome.update(told_failure(failure))


async def play(case: Case) -> None:
    """Plays a case with a client of its own."""
    outcomes = Outcomes()
    options = case["options"]
    client = AsyncClient(
        case["socket"],
        codec=case["codec"],
        timeout=options.get("timeout_ms", 30_000) / 1000,
        reconnect=options.get("reconnect", True),
    )
    try:
        async with client:
            player = Player(case, client, outcomes)
            for step in case["steps"]:
                await player.play(step)
            await player.end()
    except CallError as failure:
        outcomes.by_name["connect"] = told_failure(failure)
    outcomes.tell()


def main() -> None:
    """Plays cases until there are no more."""
    # What handlers fail with is logged, and they are told to.
    logging.disable()
    while line := next_line():
        asyncio.run(play(json.loads(line)))


if __name__ == "__main__":
    main()
