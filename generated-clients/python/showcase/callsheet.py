"""What every generated package has: failures of calls, streams, subscriptions, times.

The package itself exports these names too, except where the contracts have names of their own.
"""

from ._runtime.errors import (
    ActorFailed,
    ActorNotFound,
    ActorStopped,
    AmbiguousMessageType,
    CallCancelled,
    CallError,
    CallTimeout,
    ConnectionLost,
    ContractError,
    Deadlock,
    DecodeError,
    FrameTooLarge,
    InternalError,
    LimitExceeded,
    PermissionDenied,
    ProtocolViolation,
    RateLimited,
    SchemaMismatch,
    SerializationFailed,
    ShuttingDown,
    SlowConsumer,
    TargetBusy,
    UnknownMessageType,
)
from ._runtime.moments import Duration, SystemTime
from ._runtime.streams import AsyncStream, Stream
from ._runtime.subscriptions import AsyncSubscription, Event, Subscription

__all__ = [
    "ActorFailed",
    "ActorNotFound",
    "ActorStopped",
    "AmbiguousMessageType",
    "AsyncStream",
    "AsyncSubscription",
    "CallCancelled",
    "CallError",
    "CallTimeout",
    "ConnectionLost",
    "ContractError",
    "Deadlock",
    "DecodeError",
    "Duration",
    "Event",
    "FrameTooLarge",
    "InternalError",
    "LimitExceeded",
    "PermissionDenied",
    "ProtocolViolation",
    "RateLimited",
    "SchemaMismatch",
    "SerializationFailed",
    "ShuttingDown",
    "SlowConsumer",
    "Stream",
    "Subscription",
    "SystemTime",
    "TargetBusy",
    "UnknownMessageType",
]
