"""The showcase's package where nothing else is installed: JSON works, and MessagePack says what to install.

Run by `cargo xtask test` with the socket of a showcase, in an environment that has the package alone.
"""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec

from showcase import AsyncClient, Client

WANTED = 'codec "messagepack" needs the msgpack package: install this one with [msgpack]'


async def add(path: str) -> int:
    """What the client for asyncio gets."""
    async with AsyncClient(path) as client:
        return (await client.calculator().add(20, 22)).sum


def refused(path: str) -> list[str]:
    """What each client says when it is asked for MessagePack."""
    texts: list[str] = []
    for kind in (Client, AsyncClient):
        try:
            kind(path, codec="messagepack")
        except ImportError as failure:
            texts.append(str(failure))
    return texts


def main(path: str) -> str | None:
    """What is wrong, if anything is."""
    if find_spec("msgpack") is not None:
        return "msgpack is installed here, so nothing is shown"
    with Client(path) as client:
        if client.calculator().add(20, 22).sum != asyncio.run(add(path)):
            return "the clients do not agree"
    found = refused(path)
    return None if found == [WANTED, WANTED] else f"asked for MessagePack, they say {found}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
