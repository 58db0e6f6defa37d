"""What the server takes of this client, as far as it has said so."""

from __future__ import annotations

import sys

from .errors import FrameTooLargeError, SchemaMismatchError
from .frame import MAX_FRAME, PREFIX


class Terms:
    """What is refused here, or waits here, since the server would refuse it."""

    __slots__ = ("in_flight", "max_frame", "misfits")

    def __init__(self) -> None:
        """Starts with what every server takes unless it says otherwise."""
        self.in_flight = sys.maxsize
        """The most calls that may wait for their answers at once, streams included."""
        self.max_frame = MAX_FRAME
        """The largest frame body, in bytes."""
        self.misfits: dict[str, str] = {}
        """Why messages of these types do not fit: the contract is another one there."""

    def check(self, message_type: str, frame: bytes) -> None:
        """Lets a message pass that the server may take.

        Raises:
            SchemaMismatchError: Its type is another one on the server; nothing has been sent.
            FrameTooLargeError: It is larger than the server allows; nothing has been sent.
        """
        if self.misfits and (why := self.misfits.get(message_type)) is not None:
            raise SchemaMismatchError(why)
        size = len(frame) - PREFIX
        if size > self.max_frame:
            raise FrameTooLargeError(
                f"{message_type} makes a frame of {size} bytes, "
                f"over the server's limit of {self.max_frame} bytes"
            )
