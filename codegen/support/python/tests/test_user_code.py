"""What type checkers say of code that a user writes against a generated package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """
from typing import assert_never

from everything import (
    UNSET,
    Level,
    Settings,
    Shape,
    ShapeCircle,
    ShapeLine,
    ShapeNothing,
    ShapeRectangle,
    UnknownVariant,
)
"""

COMPLETE = """
def by_class(shape: Shape) -> str:
    match shape:
        case ShapeNothing():
            return "nothing"
        case ShapeCircle(radius):
            return f"{radius:.1f}"
        case ShapeLine((x, y)):
            return f"{x + y:.1f}"
        case ShapeRectangle(width=width, height=height):
            return f"{width * height:.1f}"
        case UnknownVariant(name):
            return name
        case _:
            assert_never(shape)


def by_kind(shape: Shape) -> str:
    if shape.kind == "Nothing":
        return "nothing"
    if shape.kind == "Circle":
        return f"{shape.value:.1f}"
    if shape.kind == "Line":
        return f"{shape.value[0]:.1f}"
    if shape.kind == "Rectangle":
        return f"{shape.width:.1f}"
    if shape.kind is None:
        return shape.name
    assert_never(shape)


def by_tag(shape: Shape) -> float:
    match shape.kind:
        case "Circle":
            return shape.value
        case "Line":
            return shape.value[0]
        case "Rectangle":
            return shape.width
        case _:
            return 0.0


def of_names(level: Level) -> str:
    match level:
        case Level.DEBUG:
            return "debug"
        case _:
            return level.value if level.is_known else "later"


def left_out(settings: Settings) -> bool:
    if settings.legacy is UNSET:
        return False
    if settings.legacy is None:
        return True
    return settings.legacy


made: list[Shape] = [ShapeCircle(1.5), UnknownVariant("Hexagon", {"side": [1, None]})]
later: Level = Level.unknown("later")
"""

MISSING_UNKNOWN = COMPLETE.replace(
    """        case UnknownVariant(name):
            return name
""",
    "",
)
MISSING_CLASS = COMPLETE.replace(
    """        case ShapeNothing():
            return "nothing"
""",
    "",
)
MISSING_KIND = COMPLETE.replace(
    """    if shape.kind is None:
        return shape.name
""",
    "",
)
MISTYPED_KIND = COMPLETE.replace('shape.kind == "Nothing"', 'shape.kind == "Nothin"')
MISTYPED_NAME = COMPLETE.replace('Level.unknown("later")', '"debug"')
GIVEN_KIND = COMPLETE.replace("ShapeCircle(1.5)", 'ShapeCircle(1.5, "Circle")')


@pytest.fixture(scope="session")
def checkers(
    generated: Callable[[str, str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, str]]:
    """What each type checker says of a module; nothing if it has nothing to say."""
    package = Path(generated("everything", "everything").__file__).parent.parent
    folder = tmp_path_factory.mktemp("user")
    pyright = shutil.which("pyright")
    assert pyright is not None, "pyright is one of the checks, and is not on the path"
    (folder / "pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "strict", "extraPaths": ["{package}"]}}'
    )
    commands = {
        "mypy": [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache")],
        "pyright": [pyright, "-p", "pyrightconfig.json", "--pythonpath", sys.executable],
    }

    def check(code: str) -> dict[str, str]:
        (folder / "user.py").write_text(HEAD + code)
        said: dict[str, str] = {}
        for name, command in commands.items():
            done = subprocess.run(  # noqa: S603
                command if name == "pyright" else [*command, "user.py"],
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
                cwd=folder,
                env=os.environ | {"MYPYPATH": str(package)},
            )
            said[name] = "" if done.returncode == 0 else done.stdout + done.stderr
        return said

    return check


def test_code_that_considers_everything_is_clean(
    checkers: Callable[[str], dict[str, str]],
) -> None:
    assert checkers(COMPLETE) == {"mypy": "", "pyright": ""}


@pytest.mark.parametrize(
    ("code", "named"),
    [
        (MISSING_UNKNOWN, '"UnknownVariant"'),
        (MISSING_CLASS, '"ShapeNothing"'),
        (MISSING_KIND, '"UnknownVariant"'),
        (MISTYPED_KIND, "Nothin"),
        (MISTYPED_NAME, '"Level"'),
        (GIVEN_KIND, "ShapeCircle"),
    ],
)
def test_what_is_left_out_or_mistyped_is_an_error(
    checkers: Callable[[str], dict[str, str]], code: str, named: str
) -> None:
    assert code != COMPLETE
    for checker, said in checkers(code).items():
        if named == "ShapeCircle" and checker == "pyright":
            # It counts arguments, and does not name the class.
            assert "Expected 1 positional argument" in said
            continue
        assert named in said, checker
