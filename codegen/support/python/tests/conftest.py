"""Fixtures: a server for each test, and a guard against tests that hang."""

from __future__ import annotations

import faulthandler
from typing import TYPE_CHECKING

import pytest

from .fake_server import FakeServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    faulthandler.dump_traceback_later(60, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(tmp_path / "s") as running:
        yield running
