"""Actors of a client's own, which the server calls over the client's connection."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from types import TracebackType

M_co = TypeVar("M_co", covariant=True)

CONCURRENCY: Final = 16
"""So many calls of one actor run at once if nothing else is said."""

_MAX_ACTOR: Final = 255
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Hosted(Generic[M_co]):
    """An actor of the client's own, until it is closed.

    It stays there when the connection is made anew, but mailboxes that were given away before
    lead nowhere then: give it away once more.

    Example:
        >>> with client.host_source(Rows()) as mailbox:
        ...     client.importer().import_rows(mailbox)
    """

    __slots__ = ("_close", "_mailbox")

    def __init__(self, mailbox: M_co, close: Callable[[], None]) -> None:
        """Made by the `host_` methods of clients."""
        self._mailbox = mailbox
        self._close = close

    @property
    def mailbox(self) -> M_co:
        """Its address, to be given to the server."""
        return self._mailbox

    def close(self) -> None:
        """Ends it; its calls are cancelled, and later ones find nobody. May be repeated."""
        self._close()

    def __enter__(self) -> M_co:
        """The mailbox; closes the actor at the end of the `with` block."""
        return self._mailbox

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the actor."""
        self.close()


def free_id(actor: str | None, taken: Container[str]) -> str:
    """The id of a new actor; without one, some id that nobody else has.

    Raises:
        ValueError: It is no id, or that of another actor.
    """
    if actor is None:
        return os.urandom(12).hex()
    check_id(actor)
    if actor in taken:
        raise ValueError(f"actor: another one is hosted as {actor!r}")
    return actor


def check_id(actor: str) -> None:
    """Lets pass what an actor may be called.

    Raises:
        ValueError: It is no id.
    """
    if _CONTROLS.search(actor) or not 1 <= len(actor.encode()) <= _MAX_ACTOR:
        raise ValueError(
            f"actor: expected 1 to {_MAX_ACTOR} bytes without control characters, found {actor!r}"
        )
    if "" in actor.split("/"):
        raise ValueError(f"actor: something is empty before, between or after `/` in {actor!r}")


def check_concurrency(concurrency: int) -> None:
    """Lets pass how many calls may run at once.

    Raises:
        ValueError: None could.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency: expected at least 1, found {concurrency}")
