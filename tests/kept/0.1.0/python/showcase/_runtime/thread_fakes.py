"""A server in this process that stands in for the real one; its handlers run in threads."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Condition, Lock, Thread
from time import sleep
from typing import TYPE_CHECKING, Final, Self

from .dial import dial
from .errors import CallError
from .fakes import Feed, Place, Visitor
from .frame import FrameSplitter
from .hosting import CONCURRENCY, check_id
from .serving import BACKLOG, serve
from .thread_serving import ThreadActor, ThreadHost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .codec import Envelope
    from .fakes import Published
    from .serving import Handled

_CHUNK: Final = 64 * 1024

_PAUSE: Final = 0.05
"""How soon after a connection could not be accepted this is tried again, in seconds."""

_PATIENCE: Final = 1.0
"""How long the end waits for the thread that accepts, in seconds."""


class ThreadFake:
    """A server that serves what handlers it is given, at a socket of its own."""

    def __init__(self, events: Mapping[object, Published]) -> None:
        """Begins to accept connections.

        Args:
            events: What it may publish.
        """
        self._feed = Feed(events)
        self._actors: dict[str, ThreadActor] = {}
        # Guards the feed and the connections: what is subscribed to is confirmed before it comes.
        self._mutex = Lock()
        self._connections: set[_Connection] = set()
        self._closed = False
        self._place = Place()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self._place.path)
        self._listener.listen()
        self._thread = Thread(target=self._accept, name="callsheet-fake", daemon=True)
        self._thread.start()

    @property
    def path(self) -> str:
        """The Unix socket to connect to."""
        return self._place.path

    def drop_connections(self) -> None:
        """Ends every connection, as if the network had; clients may connect anew."""
        with self._mutex:
            connections = list(self._connections)
        for connection in connections:
            connection.end()

    def close(self) -> None:
        """Ends the server with all connections. May be repeated."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
        # Not every system wakes who accepts when the socket is closed.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            dial(self.path).close()
        self._thread.join(_PATIENCE)
        self._listener.close()
        self.drop_connections()
        self._place.leave()

    def __enter__(self) -> Self:
        """Closes the server at the end of the `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the server."""
        self.close()

    def _serve(self, methods: tuple[Handled, ...], handler: object, actor: str) -> None:
        """Has a handler handle these methods of an actor, in place of the one that did."""
        check_id(actor)
        served = serve(methods, handler)
        self._actors.setdefault(actor, ThreadActor(CONCURRENCY)).methods.update(served)

    def _publish(self, event: object, payload: object) -> None:
        """Tells all who have subscribed of an event."""
        with self._mutex:
            with self._feed.told(event, payload) as (name, envelope):
                frames = [(one, one.frame(name, envelope)) for one in self._connections]
            for connection, frame in frames:
                if frame is not None:
                    connection.put(frame)

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                # Whoever asked is gone already.
                if self._closed:
                    return
                # If no file was to be had for it, there is none at once either.
                sleep(_PAUSE)
                continue
            if self._closed:
                peer.close()
                return
            connection = _Connection(peer, self._feed, self._actors, self._mutex)
            with self._mutex:
                self._connections.add(connection)
            Thread(
                target=self._attend, args=(connection,), name="callsheet-fake", daemon=True
            ).start()

    def _attend(self, connection: _Connection) -> None:
        try:
            connection.read()
        finally:
            with self._mutex:
                self._connections.discard(connection)


class _Connection:
    """One connection of a client."""

    def __init__(
        self,
        peer: socket.socket,
        feed: Feed,
        actors: dict[str, ThreadActor],
        subscribing: Lock,
    ) -> None:
        self._peer = peer
        self._feed = feed
        self._actors = actors
        self._subscribing = subscribing
        # Guards what follows, and tells of frames, of room for more and of the end.
        self._changed = Condition()
        self._outgoing: list[bytes] = []
        self._backlog = 0
        self._over = False
        self._visitor: Visitor | None = None
        self._host: ThreadHost | None = None

    def read(self) -> None:
        """Acts on all that comes, until the connection ends."""
        writer = Thread(target=self._write, name="callsheet-fake", daemon=True)
        writer.start()
        splitter = FrameSplitter()
        try:
            while chunk := self._peer.recv(_CHUNK):
                for body in splitter.feed(chunk):
                    self._dispatch(body)
        except (OSError, CallError):
            # It was ended, or sent what is no frame.
            pass
        finally:
            if self._host is not None:
                self._host.end()
            self.end()
            writer.join()
            self._peer.close()

    def end(self) -> None:
        """Ends it."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        with suppress(OSError):
            self._peer.shutdown(socket.SHUT_RDWR)

    def frame(self, name: str, envelope: Mapping[str, object]) -> bytes | None:
        """What tells of an event, if that is subscribed to."""
        return None if self._visitor is None else self._visitor.frame(name, envelope)

    def put(self, frame: bytes) -> None:
        """Has a frame leave; never blocks."""
        with self._changed:
            self._outgoing.append(frame)
            self._backlog += len(frame)
            self._changed.notify_all()

    def send(self, frame: bytes) -> bool:
        """Has a frame leave once there is room; false if the connection has ended."""
        with self._changed:
            while self._backlog >= BACKLOG and not self._over:
                self._changed.wait()
            if self._over:
                return False
            self.put(frame)
        return True

    def post(self, frame: bytes) -> None:
        """Has a frame leave if there is room; never blocks."""
        with self._changed:
            if self._backlog < BACKLOG:
                self.put(frame)

    def _write(self) -> None:
        """Writes what is to leave, until the connection ends."""
        while True:
            with self._changed:
                while not self._outgoing and not self._over:
                    self._changed.wait()
                if self._over:
                    return
                frames, self._outgoing = b"".join(self._outgoing), []
            try:
                self._peer.sendall(frames)
            except OSError:
                self.end()
                return
            with self._changed:
                self._backlog -= len(frames)
                self._changed.notify_all()

    def _dispatch(self, body: bytes) -> None:
        visitor = self._visitor
        if visitor is None or self._host is None:
            visitor = self._visitor = Visitor(self._feed, body)
            self._host = ThreadHost(self._actors, visitor.answers, self, codes=True)
        envelope: Envelope = visitor.codec.decode(body)
        if envelope.get("control") in {"cancel", "credit"} or (
            "target" in envelope and "control" not in envelope
        ):
            self._host.take(envelope)
            return
        with self._subscribing:
            answer = visitor.answer(envelope, self._actors)
            if answer is not None:
                self.put(answer)
