"""What the tasks of an asyncio client wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import CallError, CallTimeoutError, not_sent
from .frame import PREFIX

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .codec import Envelope


class Ask:
    """An ask in flight."""

    __slots__ = ("deadline", "limit", "outcome", "sent", "size", "subject")

    repeatable = False

    def __init__(
        self,
        outcome: asyncio.Future[Envelope | CallError],
        deadline: float,
        limit: float,
        subject: str,
        size: int,
    ) -> None:
        """Waits until the deadline, in the loop's time, which is `limit` seconds from now."""
        self.outcome = outcome
        self.deadline = deadline
        self.limit = limit
        self.subject = subject
        self.size = size
        self.sent = False

    def left(self) -> None:
        """All of its frame has left."""
        self.sent = True

    def deliver(self, envelope: Envelope) -> None:
        """Takes the answer."""
        if not self.outcome.done():
            self.outcome.set_result(envelope)

    def fail(self, failure: CallError) -> None:
        """Ends it without one."""
        # A result and not an exception, so that nobody is told of one that was never retrieved.
        if not self.outcome.done():
            self.outcome.set_result(failure)

    def expire(self, unsent: str | None) -> None:
        """Its time is over; why, if it was not sent."""
        if unsent is None:
            self.fail(CallTimeoutError(f"no reply to {self.subject} within {self.limit} s"))
        else:
            self.fail(not_sent(self.subject, self.limit, unsent))


class Tell(Ask):
    """A tell on its way out: that it has left is its outcome."""

    __slots__ = ()

    def left(self) -> None:
        """All of its frame has left, which ends it."""
        self.sent = True
        self.deliver({})

    def expire(self, unsent: str | None) -> None:
        """Its time is over; why, if it was not sent."""
        if unsent is None:
            self.fail(CallTimeoutError("the server took nothing in until the time was over"))
        else:
            self.fail(not_sent(self.subject, self.limit, unsent))


class Confirmation(Ask):
    """A subscription that the server has not confirmed."""

    __slots__ = ("_accept", "frame")

    repeatable = True

    def __init__(
        self,
        outcome: asyncio.Future[Envelope | CallError],
        deadline: float,
        limit: float,
        frame: bytes,
        accept: Callable[[Envelope], None],
    ) -> None:
        """Has `accept` see the answer where it is read."""
        super().__init__(outcome, deadline, limit, "the subscription", len(frame) - PREFIX)
        self.frame = frame
        self._accept = accept

    def deliver(self, envelope: Envelope) -> None:
        """Takes the answer."""
        # Before the first event, which may stand right behind it.
        self._accept(envelope)
        super().deliver(envelope)
