"""What every generated package has, whatever its contracts say.

The package itself exports these names too, except where the contracts have names of their own.
"""

from ._runtime.errors import (
    ActorFailedError,
    ActorNotFoundError,
    ActorStoppedError,
    AmbiguousMessageTypeError,
    CallCancelledError,
    CallError,
    CallTimeoutError,
    ClientForkedError,
    ConnectionLostError,
    ContractError,
    DeadlockError,
    DecodeError,
    FrameTooLargeError,
    InternalError,
    LimitExceededError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    SchemaMismatchError,
    SerializationError,
    ShuttingDownError,
    SlowConsumerError,
    TargetBusyError,
    UnknownMessageTypeError,
)
from ._runtime.hosting import Hosted
from ._runtime.moments import Duration, SystemTime
from ._runtime.options import AskOptions, CallOptions
from ._runtime.streams import AsyncStream, Stream
from ._runtime.subscriptions import AsyncSubscription, Event, Gap, Subscription
from ._runtime.unknown import UnknownVariant
from ._runtime.unset import UNSET, Unset

__all__ = [
    "UNSET",
    "ActorFailedError",
    "ActorNotFoundError",
    "ActorStoppedError",
    "AmbiguousMessageTypeError",
    "AskOptions",
    "AsyncStream",
    "AsyncSubscription",
    "CallCancelledError",
    "CallError",
    "CallOptions",
    "CallTimeoutError",
    "ClientForkedError",
    "ConnectionLostError",
    "ContractError",
    "DeadlockError",
    "DecodeError",
    "Duration",
    "Event",
    "FrameTooLargeError",
    "Gap",
    "Hosted",
    "InternalError",
    "LimitExceededError",
    "PermissionDeniedError",
    "ProtocolError",
    "RateLimitedError",
    "SchemaMismatchError",
    "SerializationError",
    "ShuttingDownError",
    "SlowConsumerError",
    "Stream",
    "Subscription",
    "SystemTime",
    "TargetBusyError",
    "UnknownMessageTypeError",
    "UnknownVariant",
    "Unset",
]
