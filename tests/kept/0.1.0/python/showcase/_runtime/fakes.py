"""What a server that stands in for the real one says to its clients, apart from calls."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from .codec import codec_named
from .envelope import PROTOCOL
from .errors import CallError, ProtocolError, UnknownMessageTypeError
from .frame import MAX_FRAME, seal
from .serving import Answers, Request, told
from .terms import Terms

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping

    from .codec import Codec, Envelope
    from .encode import Encoder

IN_FLIGHT: Final = 1024
"""So many calls a client may have in flight, as at a server of which nothing else is said."""

_SOCKET: Final = "server.sock"


class Published:
    """An event, as whoever publishes it has it."""

    __slots__ = ("name", "write")

    def __init__(self, name: str, write: Encoder) -> None:
        """Puts its name and what writes its payload together."""
        self.name: str = name
        self.write: Encoder = write


def unhandled(message_type: str) -> UnknownMessageTypeError:
    """What a fake answers that has no such method."""
    return UnknownMessageTypeError(f"this fake does not handle {message_type}")


class Place:
    """Where a fake is reached: a socket in a folder of its own."""

    def __init__(self) -> None:
        """Makes the folder."""
        self._folder = tempfile.mkdtemp(prefix="callsheet-")
        self.path: str = os.path.join(self._folder, _SOCKET)

    def leave(self) -> None:
        """Removes it."""
        if os.path.exists(self.path):
            os.unlink(self.path)
        os.rmdir(self._folder)


class Feed:
    """The events of a fake, each numbered in its own order."""

    __slots__ = ("_known", "_next", "epoch")

    def __init__(self, events: Mapping[object, Published]) -> None:
        """Begins to count."""
        self.epoch: str = os.urandom(8).hex()
        self._known = events
        self._next: dict[str, int] = {published.name: 1 for published in events.values()}

    def matched(self, names: Collection[object]) -> dict[str, int]:
        """The events that a subscription names, each with the number that its next one has.

        Raises:
            UnknownMessageTypeError: One of them is no event of the contracts.
            ProtocolError: They are no names.
        """
        found: dict[str, int] = {}
        for name in names:
            if not isinstance(name, str):
                raise ProtocolError("message_types: expected strings")
            if name.endswith("*"):
                found |= {
                    known: number
                    for known, number in self._next.items()
                    if known.startswith(name[:-1])
                }
            elif name in self._next:
                found[name] = self._next[name]
            else:
                raise UnknownMessageTypeError(f"{name} is no event")
        return found

    @contextmanager
    def told(self, event: object, payload: object) -> Generator[tuple[str, dict[str, object]]]:
        """The name of an event and the envelope that tells of it, which counts if nothing fails.

        Raises:
            TypeError: It is no event of the contracts, or what it carries has another type.
            ValueError: What it carries is not what the contract says.
        """
        published = self._known.get(type(event))
        # Else it stands for an event whose payload is of no class of its own.
        is_named = published is None
        if published is None:
            published = self._known.get(event)
        if published is None:
            raise TypeError(f"{event!r} is no event of the contracts")
        wire = published.write(payload if is_named else event)
        number = self._next[published.name]
        yield (
            published.name,
            {
                "notification_type": "subscription",
                "message_type": published.name,
                "timestamp": int(time.time() * 1000),
                "seq": number,
                "payload": wire,
            },
        )
        self._next[published.name] = number + 1


class Visitor:
    """A connected client, as far as it is known: its codec, and what it has subscribed to."""

    __slots__ = ("_feed", "answers", "codec", "subscribed")

    def __init__(self, feed: Feed, body: bytes) -> None:
        """Speaks the codec of its first frame."""
        self.codec: Codec = codec_named("json" if body.lstrip()[:1] == b"{" else "messagepack")
        self.answers: Answers = Answers(self.codec, Terms())
        self.subscribed: set[str] = set()
        self._feed = feed

    def frame(self, name: str, envelope: Mapping[str, object]) -> bytes | None:
        """What tells of an event, if that is subscribed to.

        Raises:
            ValueError: What it carries cannot be written in this codec.
        """
        return seal(self.codec.encode(envelope)) if name in self.subscribed else None

    def answer(self, envelope: Envelope, actors: Collection[str]) -> bytes | None:
        """What answers a frame that is no call; none if nothing does."""
        request_id = envelope.get("request_id")
        request = Request(request_id if isinstance(request_id, str) else None)
        try:
            payload = self._act(envelope, actors)
        except CallError as failure:
            answer = self.answers.failure(request, told(failure))
        else:
            answer = self.answers.reply(request, payload)
        return None if request.request_id is None else answer

    def _act(self, envelope: Envelope, actors: Collection[str]) -> object:
        if "message_types" in envelope and "control" not in envelope:
            numbers = self._feed.matched(_names(envelope))
            self.subscribed |= numbers.keys()
            return {"subscribed": numbers}
        match envelope.get("control"):
            case "hello":
                return {
                    "protocol": PROTOCOL,
                    "server": "callsheet-fake",
                    "epoch": self._feed.epoch,
                    "unknown": [],
                    "differing": [],
                    "limits": {"frame": MAX_FRAME, "in_flight": IN_FLIGHT},
                }
            case "ping":
                return None
            case "discover":
                return {"actors": [{"name": name} for name in actors]}
            case "unsubscribe":
                if envelope.get("message_types") is None:
                    self.subscribed.clear()
                else:
                    self.subscribed -= self._feed.matched(_names(envelope)).keys()
                return None
            case _:
                raise ProtocolError("it is nothing that a fake knows")


def _names(envelope: Envelope) -> list[object]:
    names = envelope.get("message_types")
    if not isinstance(names, list):
        raise ProtocolError("message_types: expected a list")
    return [*names]
