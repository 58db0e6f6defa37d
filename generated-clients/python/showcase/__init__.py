"""Typed clients for the contracts of a server: `Client` blocks, `AsyncClient` is for asyncio."""

import importlib as _importlib
import typing as _typing

from .callsheet import (
    UNSET,
    ActorFailedError,
    ActorNotFoundError,
    ActorStoppedError,
    AmbiguousMessageTypeError,
    AskOptions,
    AsyncStream,
    AsyncSubscription,
    CallCancelledError,
    CallError,
    CallOptions,
    CallTimeoutError,
    ClientForkedError,
    ConnectionLostError,
    ContractError,
    DeadlockError,
    DecodeError,
    Duration,
    Event,
    FrameTooLargeError,
    Gap,
    InternalError,
    LimitExceededError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    SchemaMismatchError,
    SerializationError,
    ShuttingDownError,
    SlowConsumerError,
    Stream,
    Subscription,
    SystemTime,
    TargetBusyError,
    UnknownMessageTypeError,
    UnknownVariant,
    Unset,
)
from .client import Client
from .errors import ListError, MathError, OrderError
from .models import (
    AddResult,
    CountdownTick,
    HealthStatus,
    ListErrorDetail,
    ListItem,
    ListRequest,
    MathErrorDetail,
    OnlineStatus,
    OrderConfirmed,
    OrderErrorDetail,
    OrderErrorOutOfStock,
    OrderErrorProductNotFound,
    PlaceOrder,
    PriceUpdate,
    TradeExecuted,
    ValueResponse,
)

if _typing.TYPE_CHECKING:
    from .async_client import AsyncClient
else:

    def __getattr__(name: str) -> object:
        """Imports what needs asyncio when it is first asked for: that takes long."""
        if name != "AsyncClient":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = _importlib.import_module(".async_client", __name__).AsyncClient
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        """The names of the package, whether they are imported by now or not."""
        return sorted({*globals(), *__all__})


__all__ = [
    "UNSET",
    "ActorFailedError",
    "ActorNotFoundError",
    "ActorStoppedError",
    "AddResult",
    "AmbiguousMessageTypeError",
    "AskOptions",
    "AsyncClient",
    "AsyncStream",
    "AsyncSubscription",
    "CallCancelledError",
    "CallError",
    "CallOptions",
    "CallTimeoutError",
    "Client",
    "ClientForkedError",
    "ConnectionLostError",
    "ContractError",
    "CountdownTick",
    "DeadlockError",
    "DecodeError",
    "Duration",
    "Event",
    "FrameTooLargeError",
    "Gap",
    "HealthStatus",
    "InternalError",
    "LimitExceededError",
    "ListError",
    "ListErrorDetail",
    "ListItem",
    "ListRequest",
    "MathError",
    "MathErrorDetail",
    "OnlineStatus",
    "OrderConfirmed",
    "OrderError",
    "OrderErrorDetail",
    "OrderErrorOutOfStock",
    "OrderErrorProductNotFound",
    "PermissionDeniedError",
    "PlaceOrder",
    "PriceUpdate",
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
    "TradeExecuted",
    "UnknownMessageTypeError",
    "UnknownVariant",
    "Unset",
    "ValueResponse",
]
