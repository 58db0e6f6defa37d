"""Who reads the socket of a blocking client: the caller that waits, on behalf of all that wait."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_READY: Final = False
_LEAD: Final = True


class Parked:
    """Something a thread waits for. At most one thread waits for it at a time."""

    __slots__ = ("wakeups",)

    def __init__(self) -> None:
        """Starts with nobody waiting."""
        self.wakeups: SimpleQueue[bool] | None = None

    @property
    def ready(self) -> bool:
        """Whether the wait is over; while a thread waits it only ever turns true."""
        raise NotImplementedError

    def notify(self) -> None:
        """Wakes the waiting thread, if it waits for another one that reads.

        To be called after `ready` has become true.
        """
        wakeups = self.wakeups
        if wakeups is not None:
            wakeups.put(_READY)


class ReadingTurns:
    """Gives the right to read to one waiting thread after the other.

    The thread that has it reads and delivers for everybody until its own wait is over, then passes
    it on; so a single caller never pays for a switch of threads, and no call waits for a thread
    that nobody runs.
    """

    def __init__(self, receive: Callable[[float | None], bool]) -> None:
        """Starts with nobody reading.

        Args:
            receive: Reads once and delivers what came, for at most a short while; false once the
                given time (of `time.monotonic`) has passed.
        """
        self._receive = receive
        self._mutex = Lock()
        self._taken = False
        self._queue: dict[Parked, SimpleQueue[bool]] = {}
        self._last: Callable[[], None] | None = None

    def wait(self, parked: Parked, deadline: float | None) -> bool:
        """Waits until it is ready, reading if nobody else does; false when the time is over."""
        wakeups: SimpleQueue[bool] | None = None
        with self._mutex:
            if parked.ready:
                return True
            if self._taken:
                wakeups = parked.wakeups = SimpleQueue()
                self._queue[parked] = wakeups
            else:
                self._taken = True
        if wakeups is not None and not self._follow(parked, wakeups, deadline):
            return parked.ready
        try:
            while not parked.ready:
                if not self._receive(deadline):
                    return parked.ready
            return True
        finally:
            self._pass_on()

    def retire(self, last: Callable[[], None]) -> None:
        """Runs `last` as soon as nobody reads, and lets nobody read after it."""
        with self._mutex:
            if self._taken:
                self._last = last
                return
            self._taken = True
        last()

    def _follow(self, parked: Parked, wakeups: SimpleQueue[bool], deadline: float | None) -> bool:
        """Waits for the thread that reads; true if this thread is to read now."""
        leads = _READY
        try:
            # What became ready just before it was parked has woken nobody, and a wake-up may be
            # late: the reader may have taken what it tells of before this wait began.
            while leads is _READY and not parked.ready:
                left = None if deadline is None else max(0.0, deadline - monotonic())
                leads = wakeups.get(timeout=left)
        except Empty:
            pass
        except BaseException:
            if self._leave(parked, wakeups):
                self._pass_on()
            raise
        return self._leave(parked, wakeups) or leads

    def _leave(self, parked: Parked, wakeups: SimpleQueue[bool]) -> bool:
        """Stops following; true if the turn came in the meantime."""
        with self._mutex:
            self._queue.pop(parked, None)
            parked.wakeups = None
        while not wakeups.empty():
            if wakeups.get() is _LEAD:
                return True
        return False

    def _pass_on(self) -> None:
        with self._mutex:
            while self._queue:
                parked = next(iter(self._queue))
                wakeups = self._queue.pop(parked)
                if not parked.ready:
                    wakeups.put(_LEAD)
                    return
            if self._last is None:
                self._taken = False
                return
            last = self._last
        last()
