"""What the threads of a blocking client wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .turns import Parked

if TYPE_CHECKING:
    from collections.abc import Callable

    from .codec import Envelope
    from .errors import CallError
    from .outbox import Outbox


class Call(Parked):
    """An ask in flight."""

    __slots__ = ("outcome", "sent", "size")

    repeatable = False

    def __init__(self, size: int) -> None:
        """Starts unsent; its frame's body has so many bytes."""
        super().__init__()
        self.outcome: Envelope | CallError | None = None
        self.sent = False
        self.size = size

    @property
    def ready(self) -> bool:
        """Whether the wait is over."""
        return self.outcome is not None

    def deliver(self, envelope: Envelope) -> None:
        """Takes the answer."""
        self.outcome = envelope
        if self.wakeups is not None:
            self.notify()

    def fail(self, failure: CallError) -> None:
        """Ends it without one."""
        self.outcome = failure
        self.notify()


class Confirmation(Call):
    """A subscription that the server has not confirmed."""

    __slots__ = ("_accept",)

    def __init__(self, accept: Callable[[Envelope], None]) -> None:
        """Has `accept` see the answer where it is read."""
        super().__init__(0)
        self._accept = accept
        self.sent = True

    def deliver(self, envelope: Envelope) -> None:
        """Takes the answer."""
        # Before the first event, which may stand right behind it.
        self._accept(envelope)
        super().deliver(envelope)


class Opening(Parked):
    """The wait for a socket."""

    __slots__ = ("_outbox",)

    def __init__(self, outbox: Outbox) -> None:
        """Waits until this one knows what becomes of a frame."""
        super().__init__()
        self._outbox = outbox

    @property
    def ready(self) -> bool:
        """Whether the wait is over."""
        return self._outbox.is_settled


class Attendance(Parked):
    """The wait of the background thread, which reads while subscriptions are open."""

    __slots__ = ("over",)

    def __init__(self) -> None:
        """Starts with the thread attending."""
        super().__init__()
        self.over = False

    @property
    def ready(self) -> bool:
        """Whether the wait is over."""
        return self.over
