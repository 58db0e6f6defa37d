"""Fixtures: a server for each test, generated packages, and a guard against tests that hang."""

from __future__ import annotations

import faulthandler
import functools
import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .clients import KINDS, Asyncio, Blocking, made
from .fake_server import FakeServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callsheet_runtime.codec import CodecName

    from .clients import Client

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    faulthandler.dump_traceback_later(60, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(tmp_path / "s") as running:
        yield running


@pytest.fixture(params=KINDS)
def connect(request: pytest.FixtureRequest, server: FakeServer) -> Iterator[Callable[..., Client]]:
    """Makes clients of one kind, which are closed at the end of the test."""
    opened: list[Blocking | Asyncio] = []

    def connect(codec: CodecName = "json", **options: Any) -> Client:
        client = made(request.param, server.path, codec, **options)
        opened.append(client)
        return client

    yield connect
    for client in opened:
        if isinstance(client, Asyncio):
            client.end()
        else:
            client.close()


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Any]]:
    """Generates a package from a document of the generator's tests, and imports it."""
    folders: list[str] = []

    @functools.cache
    def generate(document: str, package: str) -> Any:
        folder = str(tmp_path_factory.mktemp(package))
        command = ["cargo", "run", "-q", "-p", "callsheet-codegen", "--bin", "callsheet", "--"]
        command += ["generate", "--schema", f"codegen/tests/documents/{document}.json"]
        command += ["--lang", "python", "--out", folder, "--package", package]
        subprocess.run(command, cwd=REPOSITORY, check=True, timeout=600)  # noqa: S603
        folders.append(folder)
        sys.path.insert(0, folder)
        return importlib.import_module(package)

    yield generate
    for folder in folders:
        sys.path.remove(folder)
