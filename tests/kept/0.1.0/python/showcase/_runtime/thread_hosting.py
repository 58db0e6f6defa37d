"""The actors that a blocking client hosts, over one socket after the other."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from .hosting import check_concurrency, free_id
from .serving import serve
from .thread_serving import ThreadActor, ThreadHost

if TYPE_CHECKING:
    from collections.abc import Callable

    from .codec import Envelope
    from .serving import Answers, Handled
    from .thread_serving import WayOut

M = TypeVar("M")


class ThreadHosting:
    """What a connection hosts."""

    __slots__ = ("_actors", "_answers", "_host", "_mutex")

    def __init__(self, answers: Answers) -> None:
        """Hosts nothing yet."""
        self._answers = answers
        self._mutex = Lock()
        self._actors: dict[str, ThreadActor] = {}
        # Of whoever has the turn to read.
        self._host: ThreadHost | None = None

    def __bool__(self) -> bool:
        """Whether it hosts anything."""
        return bool(self._actors)

    def add(
        self, methods: tuple[Handled, ...], handler: object, actor: str | None, concurrency: int
    ) -> tuple[str, ThreadActor]:
        """Hosts an actor; its id beside it.

        Raises:
            TypeError: The handler lacks a method.
            ValueError: The id is none, or that of another actor, or nothing could run.
        """
        check_concurrency(concurrency)
        made = ThreadActor(concurrency)
        made.methods.update(serve(methods, handler))
        with self._mutex:
            name = free_id(actor, self._actors)
            self._actors[name] = made
        return name, made

    def remove(self, name: str, actor: ThreadActor) -> None:
        """Hosts it no longer."""
        with self._mutex:
            if self._actors.get(name) is actor:
                del self._actors[name]
        actor.end()

    def take(self, envelope: Envelope, way_out: Callable[[], WayOut]) -> None:
        """Acts on what has come over the socket of the moment, to which there is this way."""
        if self._host is None:
            self._host = ThreadHost(self._actors, self._answers, way_out())
        self._host.take(envelope)

    def lose(self) -> None:
        """The socket is lost, and with it all calls."""
        host, self._host = self._host, None
        if host is not None:
            host.end()

    def end(self) -> None:
        """Hosts nothing any more."""
        self.lose()
        with self._mutex:
            actors = list(self._actors.values())
            self._actors.clear()
        for actor in actors:
            actor.end()
