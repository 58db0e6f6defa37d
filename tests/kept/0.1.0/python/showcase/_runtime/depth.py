"""How deep values nest, and room on the stack for those that nest as deep as they may."""

from __future__ import annotations

import re
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

A = TypeVar("A")
T = TypeVar("T")

MAX_DEPTH: Final = 64
"""So many lists and maps may stand within each other in a payload, its outermost one counted."""

CUT: Final = 3 * MAX_DEPTH
"""What lies deeper than so many levels in a frame is not read: it has no place in any value."""

_BRACKETS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]+|[\]}]+', re.DOTALL)


def is_deeper(value: object, levels: int) -> bool:
    """Whether more than so many lists and maps stand within each other."""
    layer: list[object] = [value]
    for _ in range(levels):
        inner: list[object] = []
        for outer in layer:
            if type(outer) is dict:
                inner += cast("Mapping[object, object]", outer).values()
            elif type(outer) is list:
                inner += cast("list[object]", outer)
        if not inner:
            return False
        layer = inner
    return any(type(value) is dict or type(value) is list for value in layer)


def on_own_stack(function: Callable[[A], T], argument: A) -> T:
    """Calls a function anew that was stopped by the depth of its caller's stack.

    It gets a stack of its own, in a thread that is waited for.

    Raises:
        RecursionError: That is not enough either.
    """
    made: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            made.append(function(argument))
        except BaseException as failure:
            failures.append(failure)

    thread = Thread(target=run, name="callsheet: deep value", daemon=True)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return made[0]


def cut(body: bytes) -> bytes:
    """JSON with null for what lies deeper than `CUT` levels."""
    pieces: list[bytes] = []
    depth = start = 0
    for match in _BRACKETS.finditer(body):
        run = match[0]
        if run[0] in b"[{":
            if depth <= CUT < depth + len(run):
                pieces += (body[start : match.start() + CUT - depth], b"null")
            depth += len(run)
        elif run[0] in b"]}":
            if depth > CUT >= depth - len(run):
                start = match.start() + depth - CUT
            depth -= len(run)
    if depth <= CUT:
        pieces.append(body[start:])
    return b"".join(pieces)
