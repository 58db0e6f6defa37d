"""The actors that an asyncio client hosts, over one socket after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .aio_serving import AsyncActor, AsyncHost
from .hosting import Hosted, check_concurrency, free_id
from .serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from .aio_serving import AsyncWayOut
    from .codec import Envelope
    from .serving import Answers, Handled

M = TypeVar("M")


class AsyncHosting:
    """What a connection hosts."""

    __slots__ = ("_actors", "_answers", "_host")

    def __init__(self, answers: Answers) -> None:
        """Hosts nothing yet."""
        self._answers = answers
        self._actors: dict[str, AsyncActor] = {}
        self._host: AsyncHost | None = None

    def open(
        self,
        methods: tuple[Handled, ...],
        handler: object,
        mailbox: Callable[[str], M],
        actor: str | None,
        concurrency: int,
    ) -> Hosted[M]:
        """Hosts an actor.

        Args:
            methods: Those of its contract.
            handler: What has them.
            mailbox: Makes the mailbox for an id.
            actor: The id; none means any.
            concurrency: How many of its calls run at once.

        Raises:
            TypeError: The handler lacks a method.
            ValueError: The id is none, or that of another actor, or nothing could run.
        """
        check_concurrency(concurrency)
        name = free_id(actor, self._actors)
        made = AsyncActor(concurrency)
        made.methods.update(serve(methods, handler))
        self._actors[name] = made

        def close() -> None:
            if self._actors.get(name) is made:
                del self._actors[name]
            made.end()

        return Hosted(mailbox(name), close)

    def take(self, envelope: Envelope, way_out: AsyncWayOut) -> None:
        """Acts on what has come over this socket."""
        if self._host is None:
            self._host = AsyncHost(self._actors, self._answers, way_out)
        self._host.take(envelope)

    def lose(self) -> None:
        """The socket is lost, and with it all calls."""
        host, self._host = self._host, None
        if host is not None:
            host.end()

    def end(self) -> None:
        """Hosts nothing any more."""
        self.lose()
        actors = list(self._actors.values())
        self._actors.clear()
        for actor in actors:
            actor.end()
