"""Programs that are tested with the package's own server in place of the showcase."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest
from showcase import (
    ActorFailedError,
    ActorNotFoundError,
    AddResult,
    CallTimeoutError,
    Client,
    ConnectionLostError,
    CountdownTick,
    Gap,
    HealthStatus,
    ImportSummary,
    ListError,
    ListErrorDetail,
    ListItem,
    ListRequest,
    MailboxSource,
    MathError,
    MathErrorDetail,
    OnlineStatus,
    OrderConfirmed,
    OrderError,
    OrderErrorProductNotFound,
    PlaceOrder,
    PriceUpdate,
    Row,
    TargetBusyError,
    TradeExecuted,
    UnknownMessageTypeError,
    ValueResponse,
)
from showcase.testing import (
    AgentFake,
    CalculatorFake,
    CountdownFake,
    FakeServer,
    HealthFake,
    ImporterFake,
    KvStoreFake,
    ListServiceFake,
    OrdersFake,
    SourceFake,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Codec: TypeAlias = Literal["json", "messagepack"]
PATIENCE = 10.0
"""How long a test waits for what must happen, in seconds."""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


@pytest.fixture
def client(server: FakeServer, codec: Codec) -> Iterator[Client]:
    with server.connect(codec=codec, timeout=PATIENCE) as client:
        yield client


class Calculator(CalculatorFake):
    def add(self, a: int, b: int) -> AddResult:
        if a + b > 100:
            raise MathError(MathErrorDetail.OVERFLOW)
        if a < 0:
            raise TargetBusyError("try again")
        if b < 0:
            raise ValueError("not told")
        return AddResult(sum=a + b)


class Everything(
    AgentFake, CountdownFake, HealthFake, ImporterFake, KvStoreFake, ListServiceFake, OrdersFake, SourceFake
):
    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.told = threading.Event()

    def notify(self, subject: str, body: str) -> None:
        assert (subject, body) == ("subject", "body")
        self.told.set()

    def query_status(self) -> OnlineStatus:
        return OnlineStatus.AWAY

    def countdown(self, start: int, delay_ms: int) -> Iterator[CountdownTick]:
        for value in range(start, 0, -1):
            yield CountdownTick(value=value)

    def health_check(self) -> HealthStatus:
        return HealthStatus(status="ok")

    def import_rows(self, source: MailboxSource) -> ImportSummary:
        assert source.contract == "demo.Source"
        return ImportSummary(imported=1, left_out=2)

    def set_value(self, key: str, value: str) -> None:
        self.values[key] = value

    def get_value(self, key: str) -> ValueResponse:
        return ValueResponse(value=self.values.get(key))

    def list_(self, request: ListRequest) -> Iterator[ListItem]:
        yield ListItem(id=1, name="first")
        raise ListError(ListErrorDetail.EMPTY_PAGES)

    def place_order(self, order: PlaceOrder) -> OrderConfirmed:
        if order.product == "pen":
            return OrderConfirmed(order_id="1")
        raise OrderError(OrderErrorProductNotFound(order.product))

    def rows(self) -> list[Row]:
        return [Row(number=1, text="one")]

    def correct(self, row: Row, reason: str) -> Row:
        return Row(number=row.number, text=reason)

    def imported(self, rows: int) -> None:
        raise AssertionError("it is not called")


def test_answers_and_failures_reach_the_caller(server: FakeServer, client: Client) -> None:
    server.serve_calculator(Calculator())
    calculator = client.calculator()
    assert calculator.add(5, 3) == AddResult(sum=8)
    with pytest.raises(MathError) as failed:
        calculator.add(99, 2)
    assert failed.value.error is MathErrorDetail.OVERFLOW
    with pytest.raises(TargetBusyError, match="try again") as busy:
        calculator.add(-1, 0)
    assert (busy.value.delivered, busy.value.retryable) == ("no", True)
    with pytest.raises(ActorFailedError) as broken:
        calculator.add(0, -1)
    assert "not told" not in str(broken.value)


def test_every_contract_can_be_stood_in_for(server: FakeServer, client: Client) -> None:
    fake = Everything()
    server.serve_agent(fake)
    server.serve_countdown(fake)
    server.serve_health(fake)
    server.serve_importer(fake)
    server.serve_kv_store(fake)
    server.serve_list_service(fake)
    server.serve_orders(fake)
    server.serve_source(fake)

    client.agent().notify("subject", "body")
    assert fake.told.wait(PATIENCE)
    assert client.agent().query_status() is OnlineStatus.AWAY
    # More than the credit of a stream.
    assert [tick.value for tick in client.countdown().countdown(300, 0)] == list(range(300, 0, -1))
    assert client.health().health_check() == HealthStatus(status="ok")
    assert client.kv_store().get_value("key") == ValueResponse(value=None)
    client.kv_store().set_value("key", "value")
    assert client.kv_store().get_value("key") == ValueResponse(value="value")
    items = client.list_service().list_(ListRequest(page_size=0))
    assert next(items) == ListItem(id=1, name="first")
    with pytest.raises(ListError):
        next(items)
    assert client.orders().place_order(PlaceOrder(product="pen")).order_id == "1"
    with pytest.raises(OrderError) as refused:
        client.orders().place_order(PlaceOrder(product="ink"))
    assert refused.value.error == OrderErrorProductNotFound("ink")
    assert list(client.source().rows()) == [Row(number=1, text="one")]
    assert client.source().correct(Row(number=1, text=""), "why") == Row(number=1, text="why")
    with client.host_source(fake) as mailbox:
        assert client.importer().import_rows(mailbox) == ImportSummary(imported=1, left_out=2)


def test_what_is_not_handled_is_told(server: FakeServer, client: Client) -> None:
    with pytest.raises(ActorNotFoundError):
        client.calculator().add(1, 2)
    server.serve_kv_store(KvStoreFake())
    with pytest.raises(UnknownMessageTypeError, match=r"demo\.KvStore\.GetValue"):
        client.kv_store().get_value("key")
    # The last one counts, and an actor has as many contracts as it is given.
    server.serve_kv_store(Everything(), "both")
    server.serve_health(Everything(), "both")
    assert client.kv_store("both").get_value("key") == ValueResponse(value=None)
    assert client.health("both").health_check() == HealthStatus(status="ok")


def test_events_are_published_to_those_who_subscribed(server: FakeServer, client: Client) -> None:
    server.publish(PriceUpdate(symbol="ACME", price=1.0))
    with client.price_feed().subscribe(PriceUpdate, TradeExecuted) as events:
        server.publish(PriceUpdate(symbol="ACME", price=2.0))
        server.publish(TradeExecuted(symbol="ACME", price=2.0, quantity=3))
        assert next(events) == PriceUpdate(symbol="ACME", price=2.0)
        assert next(events) == TradeExecuted(symbol="ACME", price=2.0, quantity=3)


def test_a_client_gets_over_a_lost_connection(server: FakeServer, client: Client) -> None:
    server.serve_calculator(Calculator())
    with client.price_feed().subscribe(PriceUpdate) as events:
        server.publish(PriceUpdate(symbol="ACME", price=1.0))
        assert next(events) == PriceUpdate(symbol="ACME", price=1.0)
        server.drop_connections()
        server.publish(PriceUpdate(symbol="ACME", price=2.0))
        assert next(events.with_gaps()) == Gap(1)
        server.publish(PriceUpdate(symbol="ACME", price=3.0))
        assert next(events) == PriceUpdate(symbol="ACME", price=3.0)
    assert client.calculator().add(1, 2) == AddResult(sum=3)


def test_a_call_may_take_too_long_or_lose_its_connection(server: FakeServer, codec: Codec) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(CalculatorFake):
        def add(self, a: int, b: int) -> AddResult:
            begun.set()
            go_on.wait(PATIENCE)
            return AddResult(sum=a + b)

    server.serve_calculator(Slow())
    with server.connect(codec=codec) as client:
        with pytest.raises(CallTimeoutError):
            client.calculator().add(1, 2, timeout=0.05)
        begun.clear()

        def drop() -> None:
            begun.wait(PATIENCE)
            server.drop_connections()

        dropping = threading.Thread(target=drop)
        dropping.start()
        with pytest.raises(ConnectionLostError):
            client.calculator().add(1, 2)
        dropping.join()
        go_on.set()


def test_a_server_that_is_closed_is_gone() -> None:
    server = FakeServer()
    path = server.path
    server.close()
    server.close()
    with pytest.raises(ConnectionLostError):
        Client(path)
