"""The contracts that clients host, as their actors serve them."""

from __future__ import annotations

from . import _codecs
from . import errors as _errors
from . import models as _models
from ._runtime import decode as _decode
from ._runtime import encode as _encode
from ._runtime.serving import Argument, Declared, Handled

SOURCE: tuple[Handled, ...] = (
    Handled("demo.Source.Rows", "stream", "rows", (), _codecs.encode_row),
    Handled(
        "demo.Source.Correct",
        "ask",
        "correct",
        (Argument("row", _codecs.decode_row), Argument("reason", _decode.decode_str)),
        Declared(
            _codecs.encode_row,
            _errors.SourceError,
            lambda item: _encode.encode_open(_codecs.encode_source_error, 64, item),
        ),
    ),
    Handled("demo.Source.Imported", "tell", "imported", (Argument("rows", _decode.decode_u32),)),
)


def source__mailbox(actor: str) -> _models.MailboxSource:
    """The mailbox of an actor of `demo.Source` that a client hosts."""
    return _models.Mailbox(contract="demo.Source", id=actor, route="client")
