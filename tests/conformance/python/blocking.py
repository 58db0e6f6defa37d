"""The test client of the conformance suite with the blocking client. What is begun has a thread of its own."""

from __future__ import annotations

import json
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

from conformance import CallError, Client, Colour, Order, Shape, Step, Stream, Subscription, Tick, Tree

from blocking_handler import Handler
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
    from collections.abc import Callable

    from conformance import Hosted, MailboxCallback
    from conformance.client import Probe

Source: TypeAlias = Stream[int] | Subscription[Tick]
"""What items are taken from."""

THREADS = 64
"""So many calls may be under way beside the others."""


class Player:
    """Plays one case."""

    def __init__(self, case: Case, client: Client, threads: ThreadPoolExecutor, outcomes: Outcomes) -> None:
        """Begins with nothing."""
        self._buffer = case["options"].get("subscription_buffer", 1024)
        self._client = client
        self._threads = threads
        self._outcomes = outcomes
        self._begun: dict[str, Future[Outcome]] = {}
        self._sources: dict[str, Source] = {}
        self._hosted: dict[str, tuple[Hosted[MailboxCallback], Handler]] = {}
        self._kept: dict[str, Callable[[float | None], None]] = {}

    def play(self, step: Told) -> None:
        """Plays a step."""
        name = text(step, "as")
        begin = step.get("begin") is True
        match step["do"]:
            case "call":
                call, keep = Call.of(step), text(step, "keep")
                self._make(name, lambda: self._call(call, keep), begin=begin)
            case "crowd":
                calls = step["calls"]
                assert isinstance(calls, int)
                self._make(name, lambda: self._crowd(calls), begin=begin)
            case "end":
                called = text(step, "call")
                self._outcomes.by_name[called] = self._begun.pop(called).result()
            case "stream":
                self._sources[name] = self._stream(Call.of(step))
            case "subscribe":
                self._subscribe(name)
            case "next":
                count = step.get("count")
                self._take(text(step, "of"), count if isinstance(count, int) else None)
            case "leave":
                self._sources.pop(text(step, "of")).close()
            case "host":
                self._host(name, step)
            case "until":
                self._hosted[text(step, "of")][1].until(Reached.wanted(step))
            case "release":
                self._hosted[text(step, "of")][1].release()
            case "unhost":
                self._hosted[text(step, "of")][0].close()
            case "sync":
                say({"sync": step["word"]})
                next_line()
            case "close":
                self._client.close()
            case other:
                raise ValueError(f"what is {other!r}?")

    def end(self) -> None:
        """Leaves whatever is still there."""
        for name, (_, handler) in self._hosted.items():
            handler.release()
            outcome = handler.reached.outcome()
            if outcome is not None:
                self._outcomes.by_name[name] = outcome
        for source in self._sources.values():
            source.close()

    def _host(self, name: str, step: Told) -> None:
        handler = Handler(text(step, "does"), self._client)
        concurrency = step.get("concurrency")
        hosted = self._client.host_callback(
            handler,
            actor=text(step, "id") or "cb",
            concurrency=concurrency if isinstance(concurrency, int) else 16,
        )
        self._hosted[name] = hosted, handler

    def _make(self, name: str, made: Callable[[], Outcome], *, begin: bool) -> None:
        if begin:
            self._begun[name] = self._threads.submit(made)
        else:
            self._outcomes.by_name[name] = made()

    def _call(self, call: Call, keep: str) -> Outcome:
        try:
            return {"ok": told_reply(self._reply(call, keep))}
        except BaseException as failure:
            return told_failure(failure)

    def _crowd(self, calls: int) -> Outcome:
        probe = self._client.probe()

        def echo(number: int) -> tuple[int, str | BaseException]:
            try:
                return number, probe.echo(str(number))
            except BaseException as failure:
                return number, failure

        with ThreadPoolExecutor(calls) as threads:
            return tally(threads.map(echo, range(calls)))

    def _reply(self, call: Call, keep: str) -> object:
        probe, limit = self._client.probe(call.actor), call.timeout
        match call.method:
            case "echo":
                return probe.echo(call.text("text"), timeout=limit)
            case "read":
                return probe.read(call.text("text"), timeout=limit)
            case "wide":
                return probe.wide(call.wide(), timeout=limit)
            case "float":
                return probe.float_(call.float("value"), timeout=limit)
            case "long":
                return len(probe.long(call.number("bytes"), timeout=limit))
            case "refuse":
                return probe.refuse(timeout=limit)
            case "wait":
                return probe.wait(call.text("gate"), timeout=limit)
            case "open":
                probe.open(call.text("gate"), timeout=limit)
            case "gathered":
                probe.gathered(call.text("gate"), call.number("count"), timeout=limit)
            case "publish":
                probe.publish(call.number("count"), timeout=limit)
            case "note":
                probe.note(call.text("text"), timeout=limit)
            case "notes":
                return probe.notes(timeout=limit)
            case "explode":
                return probe.explode(timeout=limit)
            case "call_back":
                mailbox = self._hosted[call.text("kept")][0].mailbox
                return probe.call_back(mailbox, call.text("method"), timeout=limit)
            case "take":
                self._kept[call.text("kept")](limit)
            case _:
                return self._give(probe, call, keep)
        return None

    def _give(self, probe: Probe, call: Call, keep: str) -> object:
        limit = call.timeout
        given: Colour | Shape | Step | Order | Tree
        match call.method:
            case "give_colour":
                given = colour = probe.give_colour(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_colour(colour, timeout=limit)
            case "give_shape":
                given = shape = probe.give_shape(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_shape(shape, timeout=limit)
            case "give_step":
                given = step = probe.give_step(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_step(step, timeout=limit)
            case "give_order":
                given = order = probe.give_order(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_order(order, timeout=limit)
            case "give_tree":
                given = tree = probe.give_tree(timeout=limit)
                self._kept[keep] = lambda limit: probe.take_tree(tree, timeout=limit)
            case other:
                raise ValueError(f"there is no method {other}")
        return (given,)

    def _stream(self, call: Call) -> Stream[int]:
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

    def _subscribe(self, name: str) -> None:
        try:
            self._sources[name] = self._client.probe().subscribe(Tick, buffer=self._buffer)
        except CallError as failure:
            self._outcomes.items(name)[0].update(told_failure(failure))

    def _take(self, name: str, count: int | None) -> None:
        source = self._sources[name]
        notices = source.with_gaps() if isinstance(source, Subscription) else source
        outcome, items = self._outcomes.items(name)
        try:
            while count is None or count > 0:
                items.append(told_item(next(notices)))
                count = None if count is None else count - 1
        except StopIteration:
            outcome["ended"] = True
        except BaseException as failure:
            outcome.update(told_failure(failure))


def play(case: Case) -> None:
    """Plays a case with a client of its own."""
    outcomes = Outcomes()
    options = case["options"]
    try:
        with (
            ThreadPoolExecutor(THREADS) as threads,
            Client(
                case["socket"],
                codec=case["codec"],
                timeout=options.get("timeout_ms", 30_000) / 1000,
                reconnect=options.get("reconnect", True),
            ) as client,
        ):
            player = Player(case, client, threads, outcomes)
            for step in case["steps"]:
                player.play(step)
            player.end()
    except CallError as failure:
        outcomes.by_name["connect"] = told_failure(failure)
    outcomes.tell()


def main() -> None:
    """Plays cases until there are no more."""
    # What handlers fail with is logged, and they are told to.
    logging.disable()
    while line := next_line():
        play(json.loads(line))


if __name__ == "__main__":
    main()
