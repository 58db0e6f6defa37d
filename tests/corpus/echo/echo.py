"""Takes values from a server and gives them back, as the tasks say; prints what went wrong."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def complain(task: dict, at: list[int] | None, error: BaseException) -> None:
    """Prints one complaint."""
    says = f"{type(error).__name__}: {error}"
    print(json.dumps({"document": task["document"], "codec": task["codec"], "at": at, "says": says}))


def carry_out(task: dict, socket: str) -> None:
    """Does what one task says."""
    package = importlib.import_module(task["package"])
    for module in ("async_client", "events", "errors"):
        # Not every package has all of them.
        if importlib.util.find_spec(f"{task['package']}.{module}"):
            importlib.import_module(f"{task['package']}.{module}")
    with package.Client(socket, codec=task["codec"], timeout=20) as client:
        mirror = client.mirror(task["document"])
        for at, count in enumerate(task["counts"]):
            give, take = getattr(mirror, f"give_{at}"), getattr(mirror, f"take_{at}")
            for index in range(count):
                try:
                    take(give(index))
                except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                    complain(task, [at, index], error)


def main() -> None:
    """Does what all tasks say."""
    socket, tasks = sys.argv[1:]
    for task in json.loads(Path(tasks).read_text()):
        try:
            carry_out(task, socket)
        except Exception as error:  # noqa: BLE001 - the other packages are tried all the same
            complain(task, None, error)


main()
