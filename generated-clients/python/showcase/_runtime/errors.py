"""What a call can fail with: one class for each code of the wire, all below `CallError`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from .mismatch import Mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .codec import WireValue

Delivered: TypeAlias = Literal["no", "yes", "unknown"]
"""Whether the actor got the message: a call that may have run must not be repeated blindly."""


class CallError(Exception):
    """A call that did not succeed.

    The class attributes are what the wire's table of codes says; what the server says about the
    call at hand goes before. A code that this client does not know yet is a plain `CallError`.
    """

    code: str = "Internal"
    """The code on the wire."""
    delivered: Delivered = "unknown"
    """Whether the actor got the message."""
    retryable: bool = False
    """Whether the same call may be made again without the risk that it runs twice."""
    path: str | None = None
    """Where in the message the mistake is, if it is in the message."""
    retry_after_ms: int | None = None
    """How long the server asks to be left alone, in milliseconds."""
    chain: tuple[str, ...] = ()
    """For a deadlock: the actors that wait for each other."""
    candidates: tuple[str, ...] = ()
    """For an ambiguous message type: the full names it may mean."""

    def __init__(
        self,
        text: str = "",
        *,
        delivered: Delivered | None = None,
        retryable: bool | None = None,
    ) -> None:
        """Describes the failure; what is left out is as the class says."""
        super().__init__(text)
        if delivered is not None:
            self.delivered = delivered
        if retryable is not None:
            self.retryable = retryable


class ContractError(CallError):
    """Base of the errors that contracts declare: the call ran and answered with one of them."""

    code = "ContractError"
    delivered: Delivered = "yes"


class UnknownMessageType(CallError):
    """The actor has no such method; the client is of another version than the server."""

    code = "UnknownMessageType"
    delivered: Delivered = "no"


class AmbiguousMessageType(CallError):
    """A short message type fits several of the actor's methods; see `candidates`."""

    code = "AmbiguousMessageType"
    delivered: Delivered = "no"


class ProtocolViolation(CallError):
    """One side sent what the protocol does not allow."""

    code = "ProtocolError"
    delivered: Delivered = "no"


class PermissionDenied(CallError):
    """The server does not let this caller do that."""

    code = "PermissionDenied"
    delivered: Delivered = "no"


class SchemaMismatch(CallError):
    """The method's contract does not fit the one this client was generated from."""

    code = "SchemaMismatch"
    delivered: Delivered = "no"


class FrameTooLarge(CallError):
    """The message is larger than a frame may be."""

    code = "FrameTooLarge"
    delivered: Delivered = "no"


class Deadlock(CallError):
    """The call would wait for itself; see `chain`."""

    code = "Deadlock"
    delivered: Delivered = "no"


class ActorNotFound(CallError):
    """No actor is exposed under that id."""

    code = "ActorNotFound"
    delivered: Delivered = "no"
    retryable = True


class TargetBusy(CallError):
    """The actor's mailbox is full."""

    code = "TargetBusy"
    delivered: Delivered = "no"
    retryable = True


class RateLimited(CallError):
    """This caller makes more calls than it may; see `retry_after_ms`."""

    code = "RateLimited"
    delivered: Delivered = "no"
    retryable = True


class LimitExceeded(CallError):
    """A limit of the server is reached, for instance that of calls in flight."""

    code = "LimitExceeded"
    delivered: Delivered = "no"
    retryable = True


class ShuttingDown(CallError):
    """The server is stopping and takes no more calls."""

    code = "ShuttingDown"
    delivered: Delivered = "no"
    retryable = True


class SerializationFailed(CallError):
    """The server could not read the message, or could not write the reply; see `path`."""

    code = "SerializationError"
    delivered: Delivered = "no"


class DecodeError(CallError):
    """The server's answer is not what the contract says; `path` is where."""

    code = "SerializationError"
    delivered: Delivered = "yes"

    @classmethod
    def below(cls, root: str, mismatch: Mismatch) -> Self:
        """The error for a part of a payload; `root` says what the payload is."""
        error = cls(str(mismatch.within(root)))
        error.path = mismatch.path
        return error


class CallTimeout(CallError, TimeoutError):
    """No answer came in time; the server was told to cancel the call."""

    code = "Timeout"


class CallCancelled(CallError):
    """The server cancelled the call."""

    code = "Cancelled"


class ConnectionLost(CallError, ConnectionError):
    """The connection ended, or was never there, before the answer came."""

    code = "ConnectionClosed"


class ActorFailed(CallError):
    """The actor failed while it handled the call."""

    code = "ActorFailed"


class ActorStopped(CallError):
    """The actor stopped before it could answer."""

    code = "ActorStopped"


class SlowConsumer(CallError):
    """The server gave up a stream or subscription that was not read fast enough."""

    code = "SlowConsumer"
    delivered: Delivered = "yes"


class InternalError(CallError):
    """The server failed in a way that has no other code."""

    code = "Internal"


_BY_CODE: dict[WireValue, type[CallError]] = {
    kind.code: kind
    for kind in (
        UnknownMessageType,
        AmbiguousMessageType,
        ProtocolViolation,
        PermissionDenied,
        SchemaMismatch,
        FrameTooLarge,
        Deadlock,
        ActorNotFound,
        TargetBusy,
        RateLimited,
        LimitExceeded,
        ShuttingDown,
        SerializationFailed,
        CallTimeout,
        CallCancelled,
        ConnectionLost,
        ActorFailed,
        ActorStopped,
        SlowConsumer,
        InternalError,
    )
}

DeclaredError: TypeAlias = "Callable[[WireValue, str], ContractError]"
"""Makes the exception of a declared error from `error_details` and the server's text."""


def refusal(
    envelope: Mapping[str | int, WireValue], declared: DeclaredError | None = None
) -> CallError:
    """Makes the exception that a failed response or final stream frame stands for.

    Args:
        envelope: The frame, whose `success` is not true.
        declared: The maker of the method's declared error, if it declares one.
    """
    code = envelope.get("error_code")
    told = envelope.get("error")
    text = told if isinstance(told, str) else "the server gave no reason"
    if isinstance(code, str):
        text = text.removeprefix(f"{code}: ")
    details = envelope.get("error_details")
    if code == ContractError.code:
        if declared is None:
            return ContractError(text)
        try:
            return declared(details, text)
        except Mismatch as mismatch:
            return DecodeError.below("error", mismatch)
    failure = _BY_CODE.get(code, CallError)(text)
    if isinstance(code, str):
        failure.code = code
    if isinstance(details, dict):
        _obey(failure, details)
    return failure


def _obey(failure: CallError, details: Mapping[str | int, WireValue]) -> None:
    match details.get("delivered"):
        case "no" | "yes" | "unknown" as delivered:
            failure.delivered = delivered
        case _:
            pass
    if isinstance(retryable := details.get("retryable"), bool):
        failure.retryable = retryable
    if isinstance(path := details.get("path"), str):
        failure.path = path
    if isinstance(retry_after_ms := details.get("retry_after_ms"), int):
        failure.retry_after_ms = retry_after_ms
    failure.chain = _texts(details.get("chain"))
    failure.candidates = _texts(details.get("candidates"))


def _texts(value: WireValue) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(entry for entry in value if isinstance(entry, str))
