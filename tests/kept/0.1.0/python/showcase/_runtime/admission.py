"""Who may call now: no more calls at once than the server takes."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from .turns import Parked

if TYPE_CHECKING:
    from .terms import Terms

W = TypeVar("W")


class Admission(Parked, Generic[W]):
    """The wait of a thread until the server takes its call."""

    __slots__ = ("admitted", "request_id", "waiter")

    def __init__(self, request_id: str, waiter: W) -> None:
        """Waits on behalf of this call."""
        super().__init__()
        self.request_id = request_id
        self.waiter = waiter
        self.admitted = False

    @property
    def ready(self) -> bool:
        """Whether the wait is over."""
        return self.admitted


class Admissions(Generic[W]):
    """Lets calls of any thread into the table of those in flight, in their order."""

    __slots__ = ("_mutex", "_queue", "_terms", "_waiting")

    def __init__(self, waiting: dict[str, W], terms: Terms) -> None:
        """Starts with nobody queueing.

        Args:
            waiting: The table. Whoever ends a call takes it out, and then calls `proceed`.
            terms: How many calls it may hold at once.
        """
        self._waiting = waiting
        self._terms = terms
        self._mutex = Lock()
        self._queue: deque[Admission[W]] = deque()

    def enter(self, request_id: str, waiter: W) -> Admission[W] | None:
        """Puts a call into the table, or returns what its thread must wait for first."""
        with self._mutex:
            if not self._queue and len(self._waiting) < self._terms.in_flight:
                self._waiting[request_id] = waiter
                return None
            admission = Admission(request_id, waiter)
            self._queue.append(admission)
            return admission

    def leave(self, admission: Admission[W]) -> None:
        """Ends a wait, however it went: what was not admitted no longer will be."""
        with self._mutex:
            if not admission.admitted:
                self._queue.remove(admission)

    def proceed(self) -> None:
        """Lets in who waits, as far as there is room now; never blocks.

        The garbage collector may call it anywhere, even within `enter`. Whom it then passes over is
        let in by whoever reads next.
        """
        if not self._queue or not self._mutex.acquire(blocking=False):
            return
        try:
            while self._queue and len(self._waiting) < self._terms.in_flight:
                admission = self._queue.popleft()
                self._waiting[admission.request_id] = admission.waiter
                admission.admitted = True
                admission.notify()
        finally:
            self._mutex.release()
