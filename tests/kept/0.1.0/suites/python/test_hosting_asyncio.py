"""The generated asyncio client hosts what the showcase's importer imports from."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest
from showcase import (
    AddResult,
    AsyncClient,
    CallTimeoutError,
    ImporterError,
    ImporterErrorGivenUp,
    ImporterErrorSourceFailed,
    ImportSummary,
    Row,
    SourceError,
    SourceErrorDetail,
    SourceErrorGiveUp,
    SourceErrorLeaveOut,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

Codec: TypeAlias = Literal["json", "messagepack"]
Run: TypeAlias = "Callable[[Callable[[AsyncClient], Awaitable[None]]], None]"


@pytest.fixture
def run(showcase: Path, codec: Codec) -> Run:
    """Runs a coroutine function with a client, in an event loop of its own."""

    def run(scene: Callable[[AsyncClient], Awaitable[None]]) -> None:
        async def main() -> None:
            async with asyncio.timeout(30), AsyncClient(showcase, codec=codec, timeout=10) as client:
                await scene(client)

        asyncio.run(main())

    return run


class Texts:
    """Rows of these texts; what is empty is corrected by this, or why it is not."""

    def __init__(self, *texts: str, correction: str | SourceErrorDetail = "corrected") -> None:
        self.texts = texts
        self.correction = correction
        self.told: list[int] = []
        self.closed = asyncio.Event()

    async def rows(self) -> AsyncIterator[Row]:
        try:
            for number, text in enumerate(self.texts, 1):
                yield Row(number=number, text=text)
        finally:
            self.closed.set()

    async def correct(self, row: Row, reason: str) -> Row:
        assert reason == "it has no text"
        if not isinstance(self.correction, str):
            raise SourceError(self.correction)
        return Row(number=row.number, text=self.correction)

    async def imported(self, rows: int) -> None:
        self.told.append(rows)


def test_rows_are_imported_corrected_and_counted(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        source = Texts("one", "", "three")
        with client.host_source(source) as mailbox:
            assert await client.importer().import_rows(mailbox) == ImportSummary(imported=3, left_out=0)
        assert source.told == [1, 2, 3]
        # More than the credit of a stream.
        many = Texts(*["row"] * 500)
        with client.host_source(many, actor="many/rows") as mailbox:
            assert mailbox.id == "many/rows"
            assert await client.importer().import_rows(mailbox) == ImportSummary(imported=500, left_out=0)

    run(scene)


def test_a_declared_error_reaches_the_importer(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        with client.host_source(Texts("one", "", correction=SourceErrorLeaveOut())) as mailbox:
            assert await client.importer().import_rows(mailbox) == ImportSummary(imported=1, left_out=1)
        with (
            client.host_source(Texts("", correction=SourceErrorGiveUp("no more"))) as mailbox,
            pytest.raises(ImporterError) as failed,
        ):
            await client.importer().import_rows(mailbox)
        assert failed.value.error == ImporterErrorGivenUp("no more")

    run(scene)


def test_what_a_handler_raises_is_logged_and_not_told(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Texts):
        async def correct(self, row: Row, reason: str) -> Row:
            raise ValueError("secret")

    async def scene(client: AsyncClient) -> None:
        with client.host_source(Failing("")) as mailbox, pytest.raises(ImporterError) as failed:
            await client.importer().import_rows(mailbox)
        assert failed.value.error == ImporterErrorSourceFailed(code="ActorFailed")
        assert "secret" not in str(failed.value)

    with caplog.at_level(logging.ERROR):
        run(scene)
    assert "demo.Source.Correct" in caplog.text
    assert "secret" in caplog.text


def test_a_handler_may_call_the_same_client(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        class Asking(Texts):
            async def correct(self, row: Row, reason: str) -> Row:
                made = await client.calculator().add(row.number, 1)
                assert isinstance(made, AddResult)
                return Row(number=row.number, text=str(made.sum))

        with client.host_source(Asking("", "")) as mailbox:
            assert await client.importer().import_rows(mailbox) == ImportSummary(imported=2, left_out=0)

    run(scene)


def test_what_is_closed_is_not_found_any_more(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        hosted = client.host_source(Texts("one"))
        with pytest.raises(ValueError, match="another one is hosted"):
            client.host_source(Texts("one"), actor=hosted.mailbox.id)
        hosted.close()
        hosted.close()
        with pytest.raises(ImporterError) as failed:
            await client.importer().import_rows(hosted.mailbox)
        assert failed.value.error == ImporterErrorSourceFailed(code="ActorNotFound")

    run(scene)


def test_an_import_that_is_given_up_ends_the_stream(run: Run) -> None:
    class Endless(Texts):
        async def correct(self, row: Row, reason: str) -> Row:
            await asyncio.sleep(3600)
            raise AssertionError

    async def scene(client: AsyncClient) -> None:
        source = Endless("", *["row"] * 200)
        with client.host_source(source) as mailbox, pytest.raises(CallTimeoutError):
            await client.importer().import_rows(mailbox, timeout=0.2)
        await source.closed.wait()

    run(scene)
