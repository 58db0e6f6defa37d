"""Services under test: each is started on a socket of its own and ended the way its users end it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILT = Path(__file__).parents[2] / "target" / "debug"
LIMIT = 20.0
"""How long a service may take to start or to end, in seconds."""


@contextmanager
def running(program: str, *arguments: str) -> Iterator[Path]:
    """Runs the service `program`, which is built already, and gives its socket's path.

    The variable of its name in capitals says where the program is; else it is looked for where cargo builds it.
    """
    path = Path(os.environ.get(program.upper(), BUILT / program))
    assert path.exists(), f"{path} is not built: run `cargo build -p {path.name}`"
    # Not pytest's own temporary folders: a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="callsheet-") as folder:
        socket = Path(folder) / "test.sock"
        command = [str(path), "--socket", str(socket), *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert select.select([process.stdout], [], [], LIMIT)[0], f"{program} does not start"
                assert process.stdout.readline() == f"listening on {socket}\n"
                yield socket
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(LIMIT)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
        assert process.returncode == 0, f"{program} ended with {process.returncode}"
        assert not socket.exists(), f"{program} left its socket behind"


@pytest.fixture(scope="module")
def showcase() -> Iterator[Path]:
    """The socket of a showcase whose feed publishes 20 times a second."""
    with running("showcase", "--tick-ms", "50") as socket:
        yield socket


@pytest.fixture(scope="module")
def surprise() -> Iterator[Path]:
    """The socket of the service with the contract that nobody had in mind."""
    with running("surprise") as socket:
        yield socket
