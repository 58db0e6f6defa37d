"""A server in this process that stands in for the real one; its handlers run in the event loop."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Self

from .aio_link import AsyncLink, Leaver
from .aio_serving import AsyncActor, AsyncHost
from .errors import CallError, ConnectionLostError
from .fakes import Feed, Place, Visitor
from .frame import FrameSplitter
from .hosting import CONCURRENCY, check_id
from .serving import serve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .codec import Envelope
    from .fakes import Published
    from .serving import Handled


class AsyncFake:
    """A server that serves what handlers it is given, at a socket of its own."""

    def __init__(self, events: Mapping[object, Published]) -> None:
        """Prepares a server; `start` or `async with` starts it.

        Args:
            events: What it may publish.
        """
        self._feed = Feed(events)
        self._actors: dict[str, AsyncActor] = {}
        self._connections: set[_Connection] = set()
        self._place: Place | None = None
        self._listener: socket.socket | None = None

    @property
    def path(self) -> str:
        """The Unix socket to connect to.

        Raises:
            ConnectionLostError: The server is not started, or is closed.
        """
        if self._place is None:
            raise ConnectionLostError("the server is not started", delivered="no")
        return self._place.path

    async def start(self) -> None:
        """Begins to accept connections. May be repeated."""
        if self._place is not None:
            return
        self._place = Place()
        listener = self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.setblocking(False)
        listener.bind(self._place.path)
        listener.listen()
        asyncio.get_running_loop().add_reader(listener.fileno(), self._accept, listener)

    def drop_connections(self) -> None:
        """Ends every connection, as if the network had; clients may connect anew."""
        for connection in list(self._connections):
            connection.end()

    async def close(self) -> None:
        """Ends the server with all connections and calls. May be repeated."""
        listener, self._listener = self._listener, None
        place, self._place = self._place, None
        if listener is not None:
            asyncio.get_running_loop().remove_reader(listener.fileno())
            listener.close()
        self.drop_connections()
        for actor in self._actors.values():
            actor.stop()
        if place is not None:
            place.leave()

    async def __aenter__(self) -> Self:
        """Starts the server; closes it at the end of the `async with` block."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the server."""
        await self.close()

    def _serve(self, methods: tuple[Handled, ...], handler: object, actor: str) -> None:
        """Has a handler handle these methods of an actor, in place of the one that did."""
        check_id(actor)
        served = serve(methods, handler)
        self._actors.setdefault(actor, AsyncActor(CONCURRENCY)).methods.update(served)

    def _publish(self, event: object, payload: object) -> None:
        """Tells all who have subscribed of an event."""
        with self._feed.told(event, payload) as (name, envelope):
            frames = [(one, one.frame(name, envelope)) for one in self._connections]
        for connection, frame in frames:
            if frame is not None:
                connection.write(frame)

    def _accept(self, listener: socket.socket) -> None:
        try:
            peer, _ = listener.accept()
        except OSError:
            # Whoever asked is gone already.
            return
        peer.setblocking(False)
        self._connections.add(_Connection(peer, self._feed, self._actors, self._connections))


class _Connection:
    """One connection of a client, from when it is accepted until it ends."""

    def __init__(
        self,
        peer: socket.socket,
        feed: Feed,
        actors: dict[str, AsyncActor],
        connections: set[_Connection],
    ) -> None:
        self._feed = feed
        self._actors = actors
        self._connections = connections
        self._splitter = FrameSplitter()
        self._visitor: Visitor | None = None
        self._host: AsyncHost | None = None
        self._link: AsyncLink[Leaver] = AsyncLink(
            asyncio.get_running_loop(), peer, self._received, lambda _: self.end()
        )

    def end(self) -> None:
        """Ends it."""
        if self in self._connections:
            self._connections.discard(self)
            self._link.close()
            if self._host is not None:
                self._host.end()

    def frame(self, name: str, envelope: Mapping[str, object]) -> bytes | None:
        """What tells of an event, if that is subscribed to."""
        return None if self._visitor is None else self._visitor.frame(name, envelope)

    def write(self, frame: bytes) -> None:
        """Has a frame leave."""
        self._link.write(frame)

    def _received(self, chunk: bytes) -> None:
        try:
            for body in self._splitter.feed(chunk):
                self._dispatch(body)
        except CallError:
            # It has sent what is no frame.
            self.end()

    def _dispatch(self, body: bytes) -> None:
        visitor = self._visitor
        if visitor is None or self._host is None:
            visitor = self._visitor = Visitor(self._feed, body)
            self._host = AsyncHost(self._actors, visitor.answers, self._link, codes=True)
        envelope: Envelope = visitor.codec.decode(body)
        if envelope.get("control") in {"cancel", "credit"} or (
            "target" in envelope and "control" not in envelope
        ):
            self._host.take(envelope)
            return
        answer = visitor.answer(envelope, self._actors)
        if answer is not None:
            self._link.write(answer)
