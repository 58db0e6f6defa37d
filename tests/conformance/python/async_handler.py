"""What the test client with the asyncio client hosts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance import RefusedChanged, RefusedError, RefusedNever

from told import LONG, SECRET, Reached

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conformance import AsyncClient, Shape, Wide


class Handler:
    """Answers as a case says, and knows who has come."""

    def __init__(self, does: str, client: AsyncClient) -> None:
        """Begins with nothing."""
        self._does = does
        self._client = client
        self._changed = asyncio.Event()
        self._released = asyncio.Event()
        self.reached = Reached()

    async def until(self, wanted: Reached) -> None:
        """Waits until that much has come."""
        while not self.reached.has(wanted):
            self._changed.clear()
            await self._changed.wait()

    def release(self) -> None:
        """Lets what hangs go on."""
        self._released.set()

    async def say(self, text: str, /) -> str:
        """The text, unless the case has it otherwise."""
        match self._does:
            case "throw":
                raise ValueError(SECRET)
            case "hang":
                await self._hang()
            case "long":
                return text * LONG
            case "ask":
                return await self._client.probe().echo(text)
            case _:
                pass
        return text

    async def weigh(self, text: str, /) -> str:
        """As `say`, but for the declared error."""
        if self._does == "refuse":
            raise RefusedError(RefusedChanged(found=text))
        return await self.say(text)

    async def wide(self, value: Wide, /) -> Wide:
        """The same integers."""
        return value

    async def shape(self, value: Shape, /) -> Shape:
        """The same shape."""
        return value

    async def items(self, upto: int, /) -> AsyncIterator[int]:
        """Counts from 1, and ends as the case says."""
        for number in range(1, upto + 1):
            yield number
        match self._does:
            case "refuse":
                raise RefusedError(RefusedNever())
            case "throw":
                raise ValueError(SECRET)
            case "hang":
                await self._hang()
            case _:
                pass

    async def told(self, text: str, /) -> None:
        """Keeps the text."""
        self.reached.told.append(text)
        self._changed.set()

    async def _hang(self) -> None:
        self.reached.hanging += 1
        self._changed.set()
        try:
            await self._released.wait()
        except BaseException:
            self.reached.left += 1
            self._changed.set()
            raise
