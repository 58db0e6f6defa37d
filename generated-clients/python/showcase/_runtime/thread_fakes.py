"""A server in this process that stands in for the real one; its handlers run in threads."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final, Self

from .dial import dial
from .errors import CallError
from .fakes import Feed, Place, Visitor
from .frame import FrameSplitter, seal
from .hosting import CONCURRENCY, check_id
from .serving import serve
from .thread_serving import ThreadActor, ThreadHost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .codec import Envelope
    from .fakes import Published
    from .serving import Handled

_CHUNK: Final = 64 * 1024


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
            dial(self.path).close()
        self._thread.join()
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
            name, envelope = self._feed.push(event, payload)
            for connection in list(self._connections):
                connection.push(name, envelope)

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                # Whoever asked is gone already.
                if self._closed:
                    return
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
        self._writing = Lock()
        self._visitor: Visitor | None = None
        self._host: ThreadHost | None = None

    def read(self) -> None:
        """Acts on all that comes, until the connection ends."""
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
            with self._writing:
                self._peer.close()

    def end(self) -> None:
        """Ends it."""
        with suppress(OSError):
            self._peer.shutdown(socket.SHUT_RDWR)

    def push(self, name: str, envelope: Mapping[str, object]) -> None:
        """Tells of an event, if that is subscribed to."""
        visitor = self._visitor
        if visitor is not None and name in visitor.subscribed:
            self.send(seal(visitor.codec.encode(envelope)))

    def send(self, frame: bytes) -> bool:
        """Writes a frame; false if the connection has ended."""
        with self._writing:
            try:
                self._peer.sendall(frame)
            except OSError:
                return False
        return True

    def post(self, frame: bytes) -> None:
        """The same."""
        self.send(frame)

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
                self.send(answer)
