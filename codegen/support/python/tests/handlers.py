"""Handlers of the contract that the tests host: for threads, and the same for asyncio."""

from __future__ import annotations

import asyncio
import math
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from .clients import NoError
from .fake_server import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


_WAITING = ThreadPoolExecutor(64)
"""Threads for all that wait at once."""


class EndError(BaseException):
    """As the outcomes of test runners are."""


class Plain:
    def __init__(self) -> None:
        self.begun: queue.Queue[int] = queue.Queue()
        """The calls that wait."""
        self.gate = threading.Event()
        """What they wait for."""
        self.noted: queue.Queue[int] = queue.Queue()
        self.closed = threading.Event()
        """A stream has ended."""

    def double(self, value: int) -> float:
        return value * 2.0

    def wait(self, value: int) -> float:
        self.begun.put(value)
        self.gate.wait(PATIENCE)
        return float(value)

    def fail(self, value: int) -> object:
        match value:
            case 0:
                raise NoError(0.5)
            case 1:
                raise NoError("no float")
            case 2:
                raise ValueError("secret")
            case 3:
                return "no float"
            case 5 | 6:
                raise EndError("secret")
            case _:
                return math.nan

    def note(self, value: int) -> None:
        self.noted.put(value)

    def count(self, start: int) -> Iterator[float]:
        try:
            for value in range(start, 0, -1):
                yield float(value)
            if start == 0:
                raise ValueError("secret")
        finally:
            self.closed.set()


class Tasks:
    def __init__(self, plain: Plain) -> None:
        self.plain = plain

    async def double(self, value: int) -> float:
        return self.plain.double(value)

    async def wait(self, value: int) -> float:
        return await asyncio.get_running_loop().run_in_executor(_WAITING, self.plain.wait, value)

    async def fail(self, value: int) -> object:
        if value == 6:
            # Somebody else than the caller has cancelled what it waits for.
            waited = asyncio.get_running_loop().create_future()
            waited.cancel()
            await waited
        return self.plain.fail(value)

    async def note(self, value: int) -> None:
        self.plain.note(value)

    async def count(self, start: int) -> AsyncIterator[float]:
        items = self.plain.count(start)
        try:
            for item in items:
                yield item
        finally:
            self.plain.closed.set()
