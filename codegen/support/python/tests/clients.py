"""Both clients behind one face, so that a test is written once; asyncio's has a thread."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any, Protocol, Unpack

import uvloop

from callsheet_runtime.aio import AsyncConnection
from callsheet_runtime.blocking import BlockingConnection
from callsheet_runtime.decode import decode_i64
from callsheet_runtime.encode import encode_float
from callsheet_runtime.envelope import Method
from callsheet_runtime.errors import ContractError
from callsheet_runtime.serving import Argument, Declared, Handled

from .fake_server import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from callsheet_runtime.codec import CodecName
    from callsheet_runtime.options import AskOptions

ECHO = Method("demo.Echo", "ask")
SILENT = Method("demo.Silent", "ask")
NOTE = Method("demo.Note", "tell")
COUNT = Method("demo.Count", "stream")


class NoError(ContractError):
    """What the hosted contract declares."""

    def __init__(self, error: object) -> None:
        super().__init__(repr(error))
        self.error = error


_VALUE = (Argument("value", decode_i64),)
HOSTED = (
    Handled("demo.Hosted.Double", "ask", "double", _VALUE, encode_float),
    Handled("demo.Hosted.Wait", "ask", "wait", _VALUE, encode_float),
    Handled(
        "demo.Hosted.Fail", "ask", "fail", _VALUE, Declared(encode_float, NoError, encode_float)
    ),
    Handled("demo.Hosted.Note", "tell", "note", _VALUE),
    Handled("demo.Hosted.Count", "stream", "count", _VALUE, encode_float),
)
"""A contract that clients host; see `handlers`."""

KINDS = ("blocking", "asyncio", "uvloop")


def within(limit: float | None, **more: Unpack[AskOptions]) -> AskOptions:
    """The options of a call with this limit."""
    return more if limit is None else {"timeout": limit, **more}


class Client(Protocol):
    """A client that any thread may call on."""

    def ask(
        self,
        payload: object,
        method: Method = ECHO,
        limit: float | None = None,
        **more: Unpack[AskOptions],
    ) -> Any: ...
    def tell(self, payload: object, limit: float | None = None) -> None: ...
    def stream(self, start: int) -> Callable[[], Any]: ...
    def subscribe(self, *names: str, buffer: int = 64) -> Callable[[], Any]: ...
    def host(self, plain: object, tasks: object, actor: str, concurrency: int = 16) -> Any: ...
    def close(self) -> None: ...


class Blocking:
    def __init__(self, path: Path, codec: CodecName, **options: Any) -> None:
        options.setdefault("timeout", PATIENCE)
        self.connection = BlockingConnection(path, codec=codec, **options)
        self.target = self.connection.target("actor")

    def ask(
        self,
        payload: object,
        method: Method = ECHO,
        limit: float | None = None,
        **more: Unpack[AskOptions],
    ) -> Any:
        return self.connection.ask(
            method, self.target, payload, within(limit, **more), lambda value: value
        )

    def tell(self, payload: object, limit: float | None = None) -> None:
        self.connection.tell(NOTE, self.target, payload, within(limit))

    def stream(self, start: int) -> Callable[[], Any]:
        ticks = self.connection.stream(COUNT, self.target, {"from": start}, {}, decode_i64)
        return lambda: next(ticks)

    def subscribe(self, *names: str, buffer: int = 64) -> Callable[[], Any]:
        events = self.connection.subscribe(dict.fromkeys(names, decode_i64), buffer)
        notices = events.with_gaps()
        return lambda: next(notices)

    def host(self, plain: object, tasks: object, actor: str, concurrency: int = 16) -> Any:
        return self.connection.host(HOSTED, plain, lambda name: name, actor, concurrency).close

    def close(self) -> None:
        self.connection.close()


class Asyncio:
    """Each call is made as a cell of a notebook makes it: in a loop that runs all the time."""

    def __init__(
        self, path: Path, codec: CodecName, loop: asyncio.AbstractEventLoop, **options: Any
    ) -> None:
        options.setdefault("timeout", PATIENCE)
        self.loop = loop
        self.process = os.getpid()
        self.thread = threading.Thread(target=loop.run_forever, daemon=True)
        self.thread.start()
        self.connection = AsyncConnection(path, codec=codec, **options)
        self.target = self.connection.target("actor")
        self.run(self.connection.connect())

    def run(self, made: Coroutine[Any, Any, Any]) -> Any:
        if os.getpid() != self.process:
            # A fork takes along the thread that forks, and no other.
            return asyncio.run(made)
        return asyncio.run_coroutine_threadsafe(made, self.loop).result(PATIENCE * 2)

    def ask(
        self,
        payload: object,
        method: Method = ECHO,
        limit: float | None = None,
        **more: Unpack[AskOptions],
    ) -> Any:
        ask = self.connection.ask
        return self.run(
            ask(method, self.target, payload, within(limit, **more), lambda value: value)
        )

    def tell(self, payload: object, limit: float | None = None) -> None:
        self.run(self.connection.tell(NOTE, self.target, payload, within(limit)))

    def stream(self, start: int) -> Callable[[], Any]:
        ticks = self.connection.stream(COUNT, self.target, {"from": start}, {}, decode_i64)
        self.run(ticks.__aenter__())
        return lambda: self.run(ticks.__anext__())

    def subscribe(self, *names: str, buffer: int = 64) -> Callable[[], Any]:
        events = self.connection.subscribe(dict.fromkeys(names, decode_i64), buffer)
        self.run(events.__aenter__())
        notices = events.with_gaps()

        async def step() -> Any:
            return await anext(notices)

        return lambda: self.run(step())

    def host(self, plain: object, tasks: object, actor: str, concurrency: int = 16) -> Any:
        async def host() -> Any:
            return self.connection.host(HOSTED, tasks, lambda name: name, actor, concurrency)

        async def close() -> None:
            hosted.close()

        hosted = self.run(host())
        return lambda: self.run(close())

    def close(self) -> None:
        self.run(self.connection.close())

    def end(self) -> None:
        self.close()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        self.loop.close()


def made(kind: str, path: Path, codec: CodecName, **options: Any) -> Blocking | Asyncio:
    """A client of that kind, connected."""
    if kind == "blocking":
        return Blocking(path, codec, **options)
    loop = asyncio.new_event_loop() if kind == "asyncio" else uvloop.new_event_loop()
    return Asyncio(path, codec, loop, **options)
