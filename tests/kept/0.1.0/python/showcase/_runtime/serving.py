"""Requests that come here: how each is read, and how it is answered as a server answers.

Nothing here waits or runs a handler; `aio_serving` and `thread_serving` do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar

from .decode import decode_object, missing
from .depth import on_own_stack
from .encode import encode_unit
from .errors import (
    ActorFailedError,
    ActorNotFoundError,
    CallError,
    ContractError,
    ProtocolError,
    SerializationError,
    UnknownMessageTypeError,
)
from .frame import PREFIX, seal
from .mismatch import MismatchError, WrongValueError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Container, Mapping

    from .codec import Codec, Envelope, WireValue
    from .decode import Decoder
    from .encode import Encoder
    from .envelope import Kind
    from .terms import Terms

T = TypeVar("T")
D = TypeVar("D")

WAITING: Final = 1000
"""So many calls of one actor wait until others have ended; what comes beyond is refused."""

BACKLOG: Final = 1024 * 1024
"""Once so many bytes were not taken by the other side, it is answered no faster than it reads."""

_LONGEST: Final = 7 * 24 * 3600.0
"""The longest that a call is watched, in seconds."""

_MAX_ID: Final = 128
_MAX_NAME: Final = 1024
_MAX_TEXT: Final = 1000
_SHOWN: Final = 64


class Argument:
    """An argument, as a request carries it."""

    __slots__ = ("decode", "name", "optional")

    def __init__(self, name: str, decode: Decoder[object], *, optional: bool = False) -> None:
        """Names the entry of the payload; one that is left out, if it may be, is `None`."""
        self.name: str = name
        self.decode: Decoder[object] = decode
        self.optional: bool = optional


class Whole:
    """The one argument that is the whole payload."""

    __slots__ = ("decode",)

    def __init__(self, decode: Decoder[object]) -> None:
        """Says how it is read."""
        self.decode: Decoder[object] = decode


Arguments: TypeAlias = "tuple[Argument, ...] | Whole"
"""What a method is called with."""


class Declared:
    """An answer that may be an error which the contract declares."""

    __slots__ = ("kind", "write", "write_error")

    def __init__(self, write: Encoder, kind: type[ContractError], write_error: Encoder) -> None:
        """Says how a reply is written, and how the error is that an exception of a kind carries."""
        self.write: Encoder = write
        self.kind: type[ContractError] = kind
        self.write_error: Encoder = write_error


class Handled:
    """A method of a contract, as whoever serves it has it.

    Example:
        >>> Handled("demo.Echo.Say", "ask", "say", (Argument("text", decode_str),), encode_str)
    """

    __slots__ = ("arguments", "declared", "kind", "message_type", "name", "write")

    def __init__(
        self,
        message_type: str,
        kind: Kind,
        name: str,
        arguments: Arguments = (),
        answer: Encoder | Declared = encode_unit,
    ) -> None:
        """Puts together what is known of it.

        Args:
            message_type: The full name of its message.
            kind: What it answers with.
            name: What the handler's method is called.
            arguments: What that is called with.
            answer: Writes a reply or an item.
        """
        declared = answer if isinstance(answer, Declared) else None
        self.message_type: str = message_type
        self.kind: Kind = kind
        self.name: str = name
        self.arguments: Arguments = arguments
        self.declared: Declared | None = declared
        self.write: Encoder = answer.write if isinstance(answer, Declared) else answer


class Served(NamedTuple):
    """A method together with what handles its calls."""

    method: Handled
    handler: Callable[..., object]


class Request(NamedTuple):
    """What a request's envelope says of the answer."""

    request_id: str | None
    expects_reply: bool = False
    expects_stream: bool = False
    timeout: float | None = None
    """How long the caller waits, in seconds."""
    credit: int | None = None
    """How many items may be sent; none means any number."""

    @property
    def is_answered(self) -> bool:
        """Whether anybody waits for more than a refusal."""
        return self.request_id is not None and (self.expects_reply or self.expects_stream)


class Accepted(NamedTuple):
    """A request that is well."""

    request: Request
    target: str
    served: Served
    arguments: tuple[object, ...]


class RefusedError(Exception):
    """A request that is not well; `request` is what could be read of it."""

    def __init__(self, request: Request, failure: CallError) -> None:
        """Says how it is answered."""
        super().__init__(str(failure))
        self.request = request
        self.failure = failure


def serve(methods: tuple[Handled, ...], handler: object) -> dict[str, Served]:
    """The methods by their message types, with what handles them.

    Raises:
        TypeError: The handler has no such method.
    """
    return {method.message_type: Served(method, _handler(method, handler)) for method in methods}


def _handler(method: Handled, handler: object) -> Callable[..., object]:
    found: object = getattr(handler, method.name, None)
    if not callable(found):
        raise TypeError(f"expected a handler with a method {method.name!r}, found {handler!r}")
    return found


def accept(
    envelope: Envelope,
    served_by: Callable[[str], Mapping[str, Served] | None],
    in_flight: Container[str],
) -> Accepted:
    """Reads a request.

    Args:
        envelope: A frame with a target.
        served_by: What the actor of an id serves, by message types; none if there is no such actor.
        in_flight: The ids of the requests that are not answered yet.

    Raises:
        RefusedError: It is not well.
    """
    identity = _identity(envelope)
    try:
        request = _request(envelope, identity.request_id, in_flight)
        target = _name(envelope, "target")
        message_type = _name(envelope, "message_type")
        methods = served_by(target)
        if methods is None:
            raise ActorNotFoundError(
                f"no actor is exposed as `{_shown(target)}` (AgentNotFound)", delivered="no"
            )
        served = methods.get(message_type)
        if served is None:
            raise UnknownMessageTypeError(
                f"actor `{_shown(target)}` has no message type `{_shown(message_type)}`"
            )
        _check_flags(served.method, request)
        arguments = _arguments(served.method.arguments, envelope.get("payload"))
    except CallError as failure:
        raise RefusedError(identity, failure) from None
    return Accepted(request, target, served, arguments)


def _identity(envelope: Envelope) -> Request:
    """What a refusal is addressed to."""
    request_id = envelope.get("request_id")
    if not isinstance(request_id, str) or not 1 <= len(request_id) <= _MAX_ID:
        request_id = None
    streams = envelope.get("expects_stream") is True and envelope.get("expects_reply") is not True
    return Request(request_id, expects_stream=streams)


def _request(envelope: Envelope, request_id: str | None, in_flight: Container[str]) -> Request:
    if request_id is None and envelope.get("request_id") is not None:
        raise ProtocolError("request_id: expected a string of 1 to 128 bytes")
    if request_id is not None and request_id in in_flight:
        raise ProtocolError("request_id: it is that of a call in flight")
    timeout = _field(envelope, "timeout_ms", int, None)
    credit = _field(envelope, "credit", int, None)
    if min(timeout or 0, credit or 0) < 0:
        raise ProtocolError("timeout_ms, credit: expected an integer that is not negative")
    return Request(
        request_id,
        _field(envelope, "expects_reply", bool, default=False),
        _field(envelope, "expects_stream", bool, default=False),
        None if timeout is None else min(timeout / 1000, _LONGEST),
        credit,
    )


def _field(envelope: Envelope, name: str, kind: type[T], default: D) -> T | D:
    value = envelope.get(name)
    if value is None:
        return default
    # `True` is an instance of `int` too.
    if isinstance(value, kind) and type(value) is kind:
        return value
    raise ProtocolError(f"{name}: expected {kind.__name__}")


def _name(envelope: Envelope, name: str) -> str:
    value = envelope.get(name)
    if isinstance(value, str) and len(value) <= _MAX_NAME:
        return value
    raise ProtocolError(f"{name}: expected a string of at most {_MAX_NAME} bytes")


def _check_flags(method: Handled, request: Request) -> None:
    name = method.message_type
    if request.expects_reply and request.expects_stream:
        raise ProtocolError(f"{name}: expects_reply and expects_stream exclude each other")
    if method.kind == "stream" and not request.expects_stream:
        raise ProtocolError(f"{name} is a stream: ask for it with expects_stream")
    if method.kind == "tell" and request.expects_stream:
        raise ProtocolError(f"{name} has no reply: leave out expects_stream")
    if request.request_id is None and (request.expects_reply or request.expects_stream):
        raise ProtocolError("request_id: nothing is answered here without one")


def _arguments(arguments: Arguments, payload: WireValue) -> tuple[object, ...]:
    try:
        try:
            return _decoded(arguments, payload)
        except RecursionError:
            return on_own_stack(lambda payload: _decoded(arguments, payload), payload)
    except MismatchError as mismatch:
        failure = SerializationError(str(mismatch.within("payload")))
        failure.path = mismatch.path
        raise failure from None
    except RecursionError:
        raise SerializationError("payload: nested too deep to be read here") from None


def _decoded(arguments: Arguments, payload: WireValue) -> tuple[object, ...]:
    if isinstance(arguments, Whole):
        return (arguments.decode(payload),)
    if not arguments and payload is None:
        return ()
    fields = decode_object(payload)
    return tuple(_argument(argument, fields) for argument in arguments)


def _argument(argument: Argument, fields: Mapping[str | int, WireValue]) -> object:
    name = argument.name
    value = fields.get(name)
    if value is None and argument.optional:
        return None
    if value is None and name not in fields:
        raise missing(name).within(name)
    try:
        return argument.decode(value)
    except MismatchError as failure:
        raise failure.within(name) from None


class Told(NamedTuple):
    """A failure as it is told."""

    code: str
    text: str
    details: object


def told(failure: CallError) -> Told:
    """A failure with its details."""
    details: dict[str, object] = {
        "retryable": failure.retryable,
        "delivered": failure.delivered,
    }
    if failure.path is not None:
        details["path"] = failure.path
    if failure.retry_after_ms is not None:
        details["retry_after_ms"] = failure.retry_after_ms
    if failure.chain:
        details["chain"] = list(failure.chain)
    if failure.candidates:
        details["candidates"] = list(failure.candidates)
    return Told(failure.code, str(failure), details)


class UnwrittenError(Exception):
    """What a handler answered does not fit its method."""

    def __init__(self, mismatch: MismatchError) -> None:
        """Says where it does not."""
        super().__init__(str(mismatch))
        self.path: str = mismatch.path


def written(method: Handled, answer: object) -> object:
    """A reply or an item, as it is written.

    Raises:
        UnwrittenError: It does not fit the method.
    """
    try:
        return method.write(answer)
    except MismatchError as mismatch:
        step = "item" if method.kind == "stream" else "reply"
        raise UnwrittenError(mismatch.within(step)) from None


def told_of_handler(method: Handled, error: BaseException, *, codes: bool) -> Told:
    """What is told of an exception that a handler has raised, or of its answer that does not fit.

    Args:
        method: The method that it handled.
        error: The exception. All but what the contract declares is logged and not told.
        codes: Whether a `CallError` is told as what it is, too.
    """
    if method.declared is not None and isinstance(error, method.declared.kind):
        try:
            details = method.declared.write_error(getattr(error, "error", None))
        except MismatchError as mismatch:
            return _told_of_unwritten(method, mismatch.within("error"))
        return Told("ContractError", "the contract's own error", details)
    if isinstance(error, UnwrittenError):
        return _told_of_unwritten(method, error)
    if codes and isinstance(error, CallError) and not isinstance(error, ContractError):
        return told(error)
    _log().error("the handler of %s failed", method.message_type, exc_info=error)
    return told(ActorFailedError("the handler failed", delivered="yes"))


def _told_of_unwritten(method: Handled, why: UnwrittenError | MismatchError) -> Told:
    _log().error("what %s answered with does not fit it: %s", method.message_type, why)
    failure = SerializationError("the answer does not fit the method", delivered="yes")
    failure.path = why.path
    return told(failure)


class Answers:
    """Writes what answers requests, in one codec.

    Whatever cannot be written becomes a failure that can.
    """

    __slots__ = ("_codec", "_terms")

    def __init__(self, codec: Codec, terms: Terms) -> None:
        """Writes no frame that is larger than the terms allow."""
        self._codec = codec
        self._terms = terms

    def reply(self, request: Request, payload: object) -> bytes:
        """The answer to what has one reply; a stream of one where that was asked for."""
        if not request.expects_stream:
            return self._sealed(
                request,
                0,
                {
                    "success": True,
                    "request_id": request.request_id,
                    "error": None,
                    "payload": payload,
                },
            )
        if payload is None:
            # An item that is null is never in a final frame.
            return self.item(request, 0, None)[0] + self.end(request, 1)
        return self.item(request, 0, payload, final=True)[0]

    def item(
        self, request: Request, sequence: int, payload: object, *, final: bool = False
    ) -> tuple[bytes, bool]:
        """An item of a stream; false beside it if the stream has failed with it."""
        frame: dict[str, object] = {
            "stream_id": request.request_id,
            "sequence": sequence,
            "is_final": final,
            "payload": payload,
        }
        try:
            return self._checked(frame), True
        except SerializationError as failure:
            return self.failure(request, told(failure), sequence), False

    def end(self, request: Request, sequence: int) -> bytes:
        """The end of a stream of so many items."""
        return self.item(request, sequence, None, final=True)[0]

    def failure(self, request: Request, failed: Told, sequence: int = 0) -> bytes:
        """The answer to what has failed; of a stream, after so many items."""
        code, text, details = failed
        frame: dict[str, object] = (
            {
                "stream_id": request.request_id,
                "sequence": sequence,
                "is_final": True,
                "success": False,
            }
            if request.expects_stream
            else {"success": False, "request_id": request.request_id}
        )
        frame["error"] = _plain(f"{code}: {text}")[:_MAX_TEXT]
        frame["error_code"] = code
        frame["error_details"] = details
        frame["payload"] = None
        return self._sealed(request, sequence, frame)

    def _sealed(self, request: Request, sequence: int, frame: dict[str, object]) -> bytes:
        try:
            return self._checked(frame)
        except SerializationError as failure:
            return self.failure(request, told(failure), sequence)

    def _checked(self, frame: dict[str, object]) -> bytes:
        try:
            sealed = seal(self._codec.encode(frame))
        except WrongValueError as mismatch:
            _log().warning("an answer cannot be written: %s", mismatch)
            failure = SerializationError("the answer cannot be written", delivered="yes")
            failure.path = mismatch.path or None
            raise failure from None
        except CallError as failure:
            _log().warning("an answer cannot be sent: %s", failure)
            raise SerializationError(str(failure), delivered="yes") from None
        size = len(sealed) - PREFIX
        if size > self._terms.max_frame:
            _log().warning("an answer of %d bytes is larger than the other side takes", size)
            raise SerializationError(
                f"the answer is over the limit of {self._terms.max_frame} bytes", delivered="yes"
            )
        return sealed


def _log() -> logging.Logger:
    """Imported when there is something to be said: most clients never host anything."""
    library: Any = import_module("logging")
    logger: logging.Logger = library.getLogger(__name__)
    return logger


def _plain(text: str) -> str:
    """A text without control characters."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def _shown(name: str) -> str:
    return _plain(name[:_SHOWN])
