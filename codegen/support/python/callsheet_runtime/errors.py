"""What a call can fail with: one class for each code of the wire, all below `CallError`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from .depth import on_own_stack
from .mismatch import MismatchError

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


class _InterruptedError(CallError):
    """What may end a call at any time: one that certainly never began may be made again."""

    def __init__(
        self,
        text: str = "",
        *,
        delivered: Delivered | None = None,
        retryable: bool | None = None,
    ) -> None:
        if retryable is None and delivered == "no":
            retryable = True
        super().__init__(text, delivered=delivered, retryable=retryable)


class ContractError(CallError):
    """Base of the errors that contracts declare: the call ran and answered with one of them."""

    code = "ContractError"
    delivered: Delivered = "yes"

    def __reduce__(self) -> tuple[object, ...]:
        """Has copies and pickles carry the declared error too."""
        return type(self), (getattr(self, "error", None), str(self)), self.__dict__


class UnknownMessageTypeError(CallError):
    """The actor has no such method; the client is of another version than the server."""

    code = "UnknownMessageType"
    delivered: Delivered = "no"


class AmbiguousMessageTypeError(CallError):
    """A short message type fits several of the actor's methods; see `candidates`."""

    code = "AmbiguousMessageType"
    delivered: Delivered = "no"


class ProtocolError(CallError):
    """One side sent what the protocol does not allow."""

    code = "ProtocolError"
    delivered: Delivered = "no"


class PermissionDeniedError(CallError):
    """The server does not let this caller do that."""

    code = "PermissionDenied"
    delivered: Delivered = "no"


class SchemaMismatchError(CallError):
    """The method's contract does not fit the one this client was generated from."""

    code = "SchemaMismatch"
    delivered: Delivered = "no"


class FrameTooLargeError(CallError):
    """The message is larger than a frame may be."""

    code = "FrameTooLarge"
    delivered: Delivered = "no"


class DeadlockError(CallError):
    """The call would wait for itself; see `chain`."""

    code = "Deadlock"
    delivered: Delivered = "no"


class ActorNotFoundError(CallError):
    """No actor is exposed under that id."""

    code = "ActorNotFound"
    delivered: Delivered = "no"
    retryable = True


class TargetBusyError(CallError):
    """The actor's mailbox is full."""

    code = "TargetBusy"
    delivered: Delivered = "no"
    retryable = True


class RateLimitedError(CallError):
    """This caller makes more calls than it may; see `retry_after_ms`."""

    code = "RateLimited"
    delivered: Delivered = "no"
    retryable = True


class LimitExceededError(CallError):
    """A limit of the server is reached, for instance that of calls in flight."""

    code = "LimitExceeded"
    delivered: Delivered = "no"
    retryable = True


class ShuttingDownError(CallError):
    """The server is stopping and takes no more calls."""

    code = "ShuttingDown"
    delivered: Delivered = "no"
    retryable = True


class SerializationError(CallError):
    """The server could not read the message, or could not write the reply; see `path`."""

    code = "SerializationError"
    delivered: Delivered = "no"


class DecodeError(CallError):
    """The server's answer is not what the contract says; `path` is where."""

    code = "SerializationError"
    delivered: Delivered = "yes"

    @classmethod
    def below(cls, root: str, mismatch: MismatchError) -> Self:
        """The error for a part of a payload; `root` says what the payload is."""
        error = cls(str(mismatch.within(root)))
        error.path = mismatch.path
        return error


class CallTimeoutError(_InterruptedError, TimeoutError):
    """No answer came in time; the server was told to cancel the call."""

    code = "Timeout"


def not_sent(subject: str, seconds: float, reason: str) -> CallTimeoutError:
    """The failure of what could not be sent within its time."""
    return CallTimeoutError(f"{subject} was not sent within {seconds} s: {reason}", delivered="no")


class CallCancelledError(_InterruptedError):
    """The server cancelled the call."""

    code = "Cancelled"


class ConnectionLostError(_InterruptedError, ConnectionError):
    """The connection ended, or was never there, before the answer came."""

    code = "ConnectionClosed"


class ClientForkedError(ConnectionLostError):
    """The client was made before this process was forked: its connection is the other process's.

    Every process that calls makes a client of its own, after the fork.
    """

    def __init__(self, text: str = "") -> None:
        """Describes it; no call of this client can leave this process."""
        super().__init__(
            text
            or "this client belongs to the process that this one was forked from: "
            "make another one here, after the fork",
            delivered="no",
            retryable=False,
        )


class ActorFailedError(_InterruptedError):
    """The actor failed while it handled the call."""

    code = "ActorFailed"
    delivered: Delivered = "yes"


class ActorStoppedError(_InterruptedError):
    """The actor stopped before it could answer."""

    code = "ActorStopped"
    delivered: Delivered = "yes"


class SlowConsumerError(CallError):
    """The server gave up a stream or subscription that was not read fast enough."""

    code = "SlowConsumer"
    delivered: Delivered = "yes"


class InternalError(CallError):
    """The server failed in a way that has no other code."""

    code = "Internal"


_BY_CODE: dict[WireValue, type[CallError]] = {
    kind.code: kind
    for kind in (
        UnknownMessageTypeError,
        AmbiguousMessageTypeError,
        ProtocolError,
        PermissionDeniedError,
        SchemaMismatchError,
        FrameTooLargeError,
        DeadlockError,
        ActorNotFoundError,
        TargetBusyError,
        RateLimitedError,
        LimitExceededError,
        ShuttingDownError,
        SerializationError,
        CallTimeoutError,
        CallCancelledError,
        ConnectionLostError,
        ActorFailedError,
        ActorStoppedError,
        SlowConsumerError,
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
            try:
                return declared(details, text)
            except RecursionError:
                return on_own_stack(lambda details: declared(details, text), details)
        except MismatchError as mismatch:
            return DecodeError.below("error", mismatch)
        except RecursionError:
            return DecodeError.below("error", MismatchError("nested too deep to be read here"))
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
            if delivered == "no" and isinstance(failure, _InterruptedError):
                failure.retryable = True
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
