"""A tour of the showcase with the client that was generated for Python: `tour.py SOCKET`.

It uses the client that blocks; `AsyncClient` has the same methods for asyncio.
"""

import os
import sys

from showcase import (
    CallError,
    Client,
    ListRequest,
    MathError,
    OrderError,
    OrderErrorOutOfStock,
    OrderErrorProductNotFound,
    PlaceOrder,
    PriceUpdate,
    UnknownVariant,
)

LAST_TICK = 998
"""The tick at which the long countdown is left."""


def tour(socket: str) -> None:
    """Goes through every pattern."""
    with Client(socket) as client:
        request_and_response(client)
        declared_error(client)
        streams(client)
        state(client)
        tell_then_ask(client)
        orders(client)
        subscription(client)
        message_pack(socket)
        time_limit_and_cancel(client)
        failure(client)


def request_and_response(client: Client) -> None:
    """A question and its answer."""
    heading("Request and response")
    result = client.calculator().add(5, 3)
    line("calculator.add(5, 3)", f"sum {result.sum}")
    health = client.health().health_check()
    line("health.health_check()", health.status)


def declared_error(client: Client) -> None:
    """The error that a contract declares is an exception of that name."""
    heading("A typed error in place of a wrong sum")
    try:
        came = f"sum {client.calculator().add(2**31 - 1, 1).sum}"
    except MathError as failure:
        came = f"MathError: {failure.error}"
    line("calculator.add(2147483647, 1)", came)


def streams(client: Client) -> None:
    """Streams are iterators."""
    heading("Streams: many replies to one call")
    items = list(client.list_service().list_(ListRequest(page_size=10)))
    came = f"{len(items)} items, `{items[0].name}` to `{items[-1].name}`"
    line("list_service.list(page_size 10)", came)

    for tick in client.countdown().countdown(3, 100):
        line("countdown.countdown(3, 100)", f"tick {tick.value}")


def state(client: Client) -> None:
    """What one call stores, later ones find."""
    heading("State between calls")
    store = client.kv_store()
    store.set_value("greeting", "hello from Python")
    line('kv_store.set_value("greeting", ...)', "done")
    for key in ("greeting", "farewell"):
        value = store.get_value(key).value
        line(f'kv_store.get_value("{key}")', "no value" if value is None else value)


def tell_then_ask(client: Client) -> None:
    """A tell returns as soon as it is sent; what is asked after it comes after it."""
    heading("A tell, which has no reply, then an ask")
    agent = client.agent()
    agent.notify("lunch", "in the park at noon")
    line('agent.notify("lunch", ...)', "sent")
    line("agent.query_status()", agent.query_status())


def orders(client: Client) -> None:
    """The error says which of its variants it is, and carries that variant's data."""
    heading("An order taken, and two refused, each for its own reason")
    for product in ("widget", "gadget", "unicorn"):
        try:
            confirmed = client.orders().place_order(PlaceOrder(product=product))
            came = f"confirmed as {confirmed.order_id}"
        except OrderError as failure:
            match failure.error:
                case OrderErrorOutOfStock():
                    came = "OrderError: out of stock"
                case OrderErrorProductNotFound(name):
                    came = f"OrderError: no product `{name}`"
                case UnknownVariant(name):
                    came = f"OrderError: `{name}`, which is newer than this client"
        line(f'orders.place_order("{product}")', came)


def subscription(client: Client) -> None:
    """A subscription is an iterator too; it ends with the `with` block."""
    heading("A subscription: the server pushes")
    with client.price_feed().subscribe(PriceUpdate) as updates:
        for _, update in zip(range(3), updates, strict=False):
            line("price_feed: PriceUpdate", f"{update.symbol} {update.price:.2f}")


def message_pack(socket: str) -> None:
    """The codec is chosen for each connection; the server speaks both on one socket."""
    heading("The same call over MessagePack")
    with Client(socket, codec="messagepack") as client:
        result = client.calculator().add(5, 3)
        line("calculator.add(5, 3)", f"sum {result.sum}")


def time_limit_and_cancel(client: Client) -> None:
    """Leaving the `with` block cancels the call: the server stops counting."""
    heading("A call with a time limit, and a stream that is left early")
    result = client.calculator().add(20, 22, timeout=1)
    line("calculator.add(20, 22), at most 1 s", f"sum {result.sum}")

    with client.countdown().countdown(1000, 10) as ticks:
        for tick in ticks:
            if tick.value == LAST_TICK:
                line("countdown.countdown(1000, 10)", f"cancelled at tick {tick.value}")
                break


def failure(client: Client) -> None:
    """Whatever else goes wrong is a `CallError` as well, with the wire's code."""
    heading("A failure on the way: nobody has that name")
    try:
        came = f"sum {client.calculator('nobody').add(5, 3).sum}"
    except CallError as failure:
        came = f"{failure.code}: {failure}"
    line('calculator at "nobody": add(5, 3)', came)


def heading(text: str) -> None:
    """Prints what comes next."""
    print(styled("1", text))


def line(call: str, came: str) -> None:
    """Prints what was called and what came of it, at once."""
    print(f"  {call:<36} {styled('2', '->')} {styled('32', came)}", flush=True)


def styled(style: str, text: str) -> str:
    """Bold, dim and colours are for people at a terminal who have not declined them."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return f"\x1b[{style}m{text}\x1b[0m"


def main() -> None:
    """Runs the tour; a call that fails where it should not ends it."""
    if not sys.argv[1:] or sys.argv[2:]:
        print("usage: tour.py SOCKET", file=sys.stderr)
        sys.exit(2)
    try:
        tour(sys.argv[1])
    except CallError as error:
        sys.exit(f"error: {error.code}: {error}")


if __name__ == "__main__":
    main()
