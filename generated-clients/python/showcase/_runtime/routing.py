"""Where a received frame goes: to the call or stream that waits for it, or to the subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from .errors import CallError, ConnectionLost, ProtocolViolation, refusal

if TYPE_CHECKING:
    from .codec import Codec, Envelope


class Waiter(Protocol):
    """What waits for an answer: a call or a stream."""

    def deliver(self, envelope: Envelope) -> None:
        """Takes a frame that answers it."""
        ...

    def fail(self, failure: CallError) -> None:
        """Ends it; no frame follows."""
        ...


class Listener(Protocol):
    """What takes the pushes of its event types."""

    def push(self, message_type: str, envelope: Envelope) -> None:
        """Takes a push."""
        ...

    def fail(self, failure: CallError) -> None:
        """Ends it; no push follows."""
        ...


W = TypeVar("W", bound=Waiter)
L = TypeVar("L", bound=Listener)


class Router(Generic[W, L]):
    """Tells received frames apart and hands each to whom it belongs.

    A waiter is taken out of the table by whoever ends it, so that it ends exactly once.
    """

    __slots__ = ("_decode", "listeners", "waiting")

    def __init__(self, codec: Codec) -> None:
        """Starts with nobody waiting."""
        self._decode = codec.decode
        self.waiting: dict[str, W] = {}
        """Calls and streams in flight, by request id."""
        self.listeners: dict[str, tuple[L, ...]] = {}
        """Subscriptions by event type."""

    def dispatch(self, body: bytes) -> None:
        """Reads one frame body and delivers it.

        An answer that nobody waits for any more is dropped: its call ended by timeout or
        cancellation.

        Raises:
            ProtocolViolation: The frame is none that a server may send; the connection is no
                longer of use.
        """
        envelope = self._decode(body)
        request_id = envelope.get("request_id")
        if type(request_id) is str and "success" in envelope:
            waiter = self.waiting.pop(request_id, None)
            if waiter is not None:
                waiter.deliver(envelope)
        elif "control" in envelope:
            # Later kinds of frames are controls; this client asked for none of them.
            return
        elif type(stream_id := envelope.get("stream_id")) is str:
            if envelope.get("is_final") is True:
                waiter = self.waiting.pop(stream_id, None)
            else:
                waiter = self.waiting.get(stream_id)
            if waiter is not None:
                waiter.deliver(envelope)
        elif (
            "notification_type" in envelope
            and type(message_type := envelope.get("message_type")) is str
        ):
            for listener in self.listeners.get(message_type, ()):
                listener.push(message_type, envelope)
        elif envelope.get("success") is False:
            raise ProtocolViolation(
                f"the server refused a frame of this client: {refusal(envelope)}"
            )
        else:
            raise ProtocolViolation("received a frame of an unknown kind")

    def add_listener(self, listener: L, message_types: tuple[str, ...]) -> None:
        """Hands the pushes of these types to the listener from now on."""
        for message_type in message_types:
            self.listeners[message_type] = (*self.listeners.get(message_type, ()), listener)

    def remove_listener(self, listener: L, message_types: tuple[str, ...]) -> tuple[str, ...]:
        """Stops that; returns the types that nobody listens to any more."""
        silent: list[str] = []
        for message_type in message_types:
            present = self.listeners.get(message_type, ())
            others = tuple(other for other in present if other is not listener)
            if others:
                self.listeners[message_type] = others
            elif present:
                del self.listeners[message_type]
                silent.append(message_type)
        return tuple(silent)

    def fail_all(self, reason: str) -> None:
        """Ends everything that waits with `ConnectionLost`."""
        while self.waiting:
            try:
                _, waiter = self.waiting.popitem()
            except KeyError:
                # Another thread took the last one.
                break
            waiter.fail(ConnectionLost(reason))
        listeners = {id(one): one for group in self.listeners.values() for one in group}
        self.listeners.clear()
        for listener in listeners.values():
            listener.fail(ConnectionLost(reason))
