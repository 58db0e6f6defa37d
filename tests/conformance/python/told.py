"""Cases as the driver tells them, and outcomes as they are told to it: a line of JSON each."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

from conformance import CallError, ContractError, Gap, RefusedChanged, RefusedError, Tick, Wide

if TYPE_CHECKING:
    from collections.abc import Iterable

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a line is made of."""

Outcome: TypeAlias = "dict[str, Json]"
"""What is told of one step."""


class Options(TypedDict, total=False):
    """What is said about a connection."""

    timeout_ms: int
    reconnect: bool
    subscription_buffer: int


Step: TypeAlias = "dict[str, Json]"
"""One thing to do; `do` says what."""


class Case(TypedDict):
    """A case, as far as the client is concerned."""

    socket: str
    codec: Literal["json", "messagepack"]
    options: Options
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Call:
    """Which method is called, and how."""

    method: str
    actor: str
    args: dict[str, Json]
    timeout: float | None
    """In seconds."""

    @classmethod
    def of(cls, step: Step) -> Call:
        """Reads the call that a step makes."""
        args, limit = step.get("args"), step.get("timeout_ms")
        return cls(
            method=text(step, "method"),
            actor=text(step, "actor") or "probe",
            args=args if isinstance(args, dict) else {},
            timeout=limit / 1000 if isinstance(limit, int) else None,
        )

    def text(self, name: str) -> str:
        """An argument that is text."""
        return text(self.args, name)

    def number(self, name: str) -> int:
        """An argument that is an integer."""
        value = self.args.get(name)
        return value if isinstance(value, int) else 0

    def float(self, name: str) -> float:
        """An argument that is a float."""
        value = self.args.get(name)
        return float(value) if isinstance(value, int | float) else 0.0

    def wide(self) -> Wide:
        """The argument whose integers are told as text."""
        value = self.args.get("value")
        parts = value if isinstance(value, dict) else {}
        return Wide(unsigned=int(text(parts, "unsigned")), signed=int(text(parts, "signed")))


SECRET = "a secret"
"""What a handler that fails says, which nobody is told."""

LONG = 10_000
"""So often a long answer repeats the text that it answers."""


@dataclass(slots=True)
class Reached:
    """What has come to a handler."""

    told: list[str] = field(default_factory=list[str])
    hanging: int = 0
    """So many calls have come to where they hang."""
    left: int = 0
    """So many of them were given up there."""

    @classmethod
    def wanted(cls, step: Step) -> Reached:
        """Reads what a step waits for."""

        def number(name: str) -> int:
            value = step.get(name)
            return value if isinstance(value, int) else 0

        return cls([""] * number("told"), number("hanging"), number("left"))

    def has(self, wanted: Reached) -> bool:
        """Whether that much has come."""
        return len(self.told) >= len(wanted.told) and self.hanging >= wanted.hanging and self.left >= wanted.left

    def outcome(self) -> Outcome | None:
        """What the handler was told, if anything."""
        return {"told": [*self.told]} if self.told else None


def text(of: dict[str, Json], name: str) -> str:
    """A field that is text, or nothing."""
    value = of.get(name)
    return value if isinstance(value, str) else ""


@dataclass(slots=True)
class Outcomes:
    """The outcomes of a case's steps, by their names."""

    by_name: dict[str, Outcome] = field(default_factory=dict[str, Outcome])

    def items(self, name: str) -> tuple[Outcome, list[Json]]:
        """What came of a stream or a subscription so far."""
        outcome = self.by_name.setdefault(name, {"items": [], "ended": False})
        items = outcome["items"]
        assert isinstance(items, list)
        return outcome, items

    def tell(self) -> None:
        """Tells all of them."""
        outcomes: dict[str, Json] = dict(self.by_name.items())
        say({"outcome": outcomes})


def say(line: Json) -> None:
    """Writes a line for the driver."""
    print(json.dumps(line), flush=True)


def told_reply(reply: object) -> Json:
    """A reply that is told as it is, or as text where JSON would lose some of it."""
    match reply:
        case Wide(unsigned=unsigned, signed=signed):
            return {"unsigned": str(unsigned), "signed": str(signed)}
        case None | bool() | int() | float() | str():
            return reply
        case _:
            return "kept"


def told_failure(failure: BaseException) -> Outcome:
    """What a call ended with: a failure of calls, or what no caller should see."""
    if not isinstance(failure, CallError):
        return {"raised": f"{type(failure).__name__}: {failure}"}
    return {"failed": told_error(failure)}


def told_error(failure: CallError) -> dict[str, Json]:
    """What a failure says of itself."""
    told: dict[str, Json] = {
        "code": failure.code,
        "class": type(failure).__name__,
        "delivered": failure.delivered,
        "retryable": failure.retryable,
        "path": failure.path,
        "retry_after_ms": failure.retry_after_ms,
    }
    match failure:
        case RefusedError(error=RefusedChanged(found=found)):
            told["error"] = f"Changed: {found}"
        case RefusedError():
            told["error"] = "Never"
        case ContractError():
            told["error"] = str(failure)
        case _:
            pass
    return told


def told_item(item: int | Tick | Gap) -> Json:
    """An item of a stream, or what a subscription brings."""
    match item:
        case int():
            return item
        case Gap(missed=missed):
            return {"gap": missed}
        case Tick(n=n):
            return n


def tally(ended: Iterable[tuple[int, str | BaseException]]) -> Outcome:
    """What became of a crowd: who got a text that was not theirs, and how many failed in which way."""
    ok, wrong = 0, 0
    failed: dict[str, int] = {}
    for number, reply in ended:
        if isinstance(reply, CallError):
            kind = f"{reply.code} {reply.delivered}"
            failed[kind] = failed.get(kind, 0) + 1
        elif reply == str(number):
            ok += 1
        else:
            wrong += 1
    return {
        "ended": ok + wrong + sum(failed.values()),
        "ok": ok,
        "wrong": wrong,
        "failed": dict(failed.items()),
    }


def next_line() -> str:
    """Waits for the driver's next line; empty when it has gone."""
    return sys.stdin.readline()
