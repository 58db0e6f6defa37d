"""The generated blocking client hosts what the showcase's importer imports from."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest
from showcase import (
    CallTimeoutError,
    Client,
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
    from collections.abc import Iterator
    from pathlib import Path

Codec: TypeAlias = Literal["json", "messagepack"]
PATIENCE = 10.0
"""How long a test waits for what must happen, in seconds."""


@pytest.fixture
def client(showcase: Path, codec: Codec) -> Iterator[Client]:
    with Client(showcase, codec=codec, timeout=PATIENCE) as client:
        yield client


class Texts:
    """Rows of these texts; what is empty is corrected by this, or why it is not."""

    def __init__(self, *texts: str, correction: str | SourceErrorDetail = "corrected") -> None:
        self.texts = texts
        self.correction = correction
        self.told: list[int] = []
        self.threads: set[str] = set()
        self.closed = threading.Event()

    def rows(self) -> Iterator[Row]:
        try:
            for number, text in enumerate(self.texts, 1):
                yield Row(number=number, text=text)
        finally:
            self.closed.set()

    def correct(self, row: Row, reason: str) -> Row:
        assert reason == "it has no text"
        self.threads.add(threading.current_thread().name)
        if not isinstance(self.correction, str):
            raise SourceError(self.correction)
        return Row(number=row.number, text=self.correction)

    def imported(self, rows: int) -> None:
        self.told.append(rows)


def test_rows_are_imported_corrected_and_counted(client: Client) -> None:
    source = Texts("one", "", "three")
    with client.host_source(source) as mailbox:
        assert client.importer().import_rows(mailbox) == ImportSummary(imported=3, left_out=0)
    assert source.threads == {"callsheet-handler"}


def test_more_rows_than_the_credit_of_a_stream(client: Client) -> None:
    many = Texts(*["row"] * 500)
    with client.host_source(many, actor="many/rows", concurrency=2) as mailbox:
        assert mailbox.id == "many/rows"
        assert client.importer().import_rows(mailbox) == ImportSummary(imported=500, left_out=0)


def test_a_declared_error_reaches_the_importer(client: Client) -> None:
    with client.host_source(Texts("one", "", correction=SourceErrorLeaveOut())) as mailbox:
        assert client.importer().import_rows(mailbox) == ImportSummary(imported=1, left_out=1)
    with (
        client.host_source(Texts("", correction=SourceErrorGiveUp("no more"))) as mailbox,
        pytest.raises(ImporterError) as failed,
    ):
        client.importer().import_rows(mailbox)
    assert failed.value.error == ImporterErrorGivenUp("no more")


def test_what_a_handler_raises_is_logged_and_not_told(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Texts):
        def correct(self, row: Row, reason: str) -> Row:
            raise ValueError("secret")

    with (
        caplog.at_level(logging.ERROR),
        client.host_source(Failing("")) as mailbox,
        pytest.raises(ImporterError) as failed,
    ):
        client.importer().import_rows(mailbox)
    assert failed.value.error == ImporterErrorSourceFailed(code="ActorFailed")
    assert "demo.Source.Correct" in caplog.text
    assert "secret" in caplog.text


def test_a_handler_may_call_the_same_client(client: Client) -> None:
    class Asking(Texts):
        def correct(self, row: Row, reason: str) -> Row:
            made = client.calculator().add(row.number, 1)
            return Row(number=row.number, text=str(made.sum))

    with client.host_source(Asking("", "")) as mailbox:
        assert client.importer().import_rows(mailbox) == ImportSummary(imported=2, left_out=0)


def test_what_is_closed_is_not_found_any_more(client: Client) -> None:
    hosted = client.host_source(Texts("one"))
    with pytest.raises(ValueError, match="another one is hosted"):
        client.host_source(Texts("one"), actor=hosted.mailbox.id)
    hosted.close()
    hosted.close()
    with pytest.raises(ImporterError) as failed:
        client.importer().import_rows(hosted.mailbox)
    assert failed.value.error == ImporterErrorSourceFailed(code="ActorNotFound")


def test_an_import_that_is_given_up_ends_the_stream(client: Client) -> None:
    go_on = threading.Event()

    class Waiting(Texts):
        def correct(self, row: Row, reason: str) -> Row:
            go_on.wait(PATIENCE)
            return row

    source = Waiting("", *["row"] * 200)
    with client.host_source(source) as mailbox:
        with pytest.raises(CallTimeoutError):
            client.importer().import_rows(mailbox, timeout=0.2)
        assert source.closed.wait(PATIENCE)
        go_on.set()
