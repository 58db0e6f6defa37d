"""What importing a generated package takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 0.1
"""The longest that an import may take, in seconds of the processor."""

TIMED = """
import sys, time
before = time.process_time()
import {package}
print(time.process_time() - before)
"""


@pytest.fixture(scope="module", params=["everything", "python_names"])
def package(generated: Callable[[str, str], Any], request: pytest.FixtureRequest) -> Path:
    """The folder of a generated package."""
    name = request.param.removeprefix("python_")
    return Path(generated(request.param, name).__file__).parent


def run(package: Path, program: str) -> str:
    """What a program prints in an interpreter of its own, beside the package."""
    command = [sys.executable, "-c", program]
    # As installers leave a package: compiled.
    compiling = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=package.parent,
        env=compiling,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_blocking_client_comes_without_asyncio(package: Path) -> None:
    program = f"import {package.name}, sys; print({package.name}.Client, *sys.modules)"
    loaded = run(package, program).split()
    for absent in (
        "asyncio",
        "ssl",
        "msgpack",
        "concurrent.futures",
        f"{package.name}.async_client",
    ):
        assert absent not in loaded


@pytest.mark.parametrize(
    "program",
    [
        "import {0}; {0}.AsyncClient",
        "from {0} import AsyncClient",
        "from {0} import *; AsyncClient",
        "import {0}; assert 'AsyncClient' in dir({0}) and 'Client' in dir({0}); {0}.AsyncClient",
        "from {0}.async_client import AsyncClient",
    ],
)
def test_the_client_for_asyncio_comes_when_it_is_asked_for(package: Path, program: str) -> None:
    program = program.format(package.name) + "\nimport sys; print('asyncio' in sys.modules)"
    assert run(package, program).strip() == "True"


def test_other_names_are_not_there(package: Path) -> None:
    program = (
        f"import {package.name}\ntry: {package.name}.Other\nexcept AttributeError as e: print(e)"
    )
    assert run(package, program).strip() == f"module '{package.name}' has no attribute 'Other'"


def test_an_import_takes_little_of_the_processor(package: Path) -> None:
    # One with some eighty dataclasses may take longer: making those is most of it.
    limit = LIMIT * 3 if package.name == "everything" else LIMIT
    program = TIMED.format(package=package.name)
    # What others do on the machine is hardly counted, and the first run compiles.
    taken = [float(run(package, program)) for _ in range(9)]
    assert min(taken) < limit, taken
