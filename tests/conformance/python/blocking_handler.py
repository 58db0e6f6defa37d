"""What the test client with the blocking client hosts."""

from __future__ import annotations

from threading import Condition
from typing import TYPE_CHECKING

from conformance import RefusedChanged, RefusedError, RefusedNever

from told import LONG, SECRET, Reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance import Client, Shape, Wide


class Handler:
    """Answers as a case says, and knows who has come."""

    def __init__(self, does: str, client: Client) -> None:
        """Begins with nothing."""
        self._does = does
        self._client = client
        self._changed = Condition()
        self._released = False
        self.reached = Reached()

    def until(self, wanted: Reached) -> None:
        """Waits until that much has come."""
        with self._changed:
            self._changed.wait_for(lambda: self.reached.has(wanted))

    def release(self) -> None:
        """Lets what hangs go on."""
        with self._changed:
            self._released = True
            self._changed.notify_all()

    def say(self, text: str, /) -> str:
        """The text, unless the case has it otherwise."""
        match self._does:
            case "throw":
                raise ValueError(SECRET)
            case "hang":
                self._hang()
            case "long":
                return text * LONG
            case "ask":
                return self._client.probe().echo(text)
            case _:
                pass
        return text

    def weigh(self, text: str, /) -> str:
        """As `say`, but for the declared error."""
        if self._does == "refuse":
            raise RefusedError(RefusedChanged(found=text))
        return self.say(text)

    def wide(self, value: Wide, /) -> Wide:
        """The same integers."""
        return value

    def shape(self, value: Shape, /) -> Shape:
        """The same shape."""
        return value

    def items(self, upto: int, /) -> Iterator[int]:
        """Counts from 1, and ends as the case says."""
        yield from range(1, upto + 1)
        match self._does:
            case "refuse":
                raise RefusedError(RefusedNever())
            case "throw":
                raise ValueError(SECRET)
            case "hang":
                self._hang()
            case _:
                pass

    def told(self, text: str, /) -> None:
        """Keeps the text."""
        with self._changed:
            self.reached.told.append(text)
            self._changed.notify_all()

    def _hang(self) -> None:
        with self._changed:
            self.reached.hanging += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._released)
