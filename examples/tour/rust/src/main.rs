//! A tour of the showcase with the client that was generated for Rust: `tour SOCKET`.

mod page;

use std::{env, error::Error, path::Path, process::ExitCode, time::Duration};

use futures_util::{StreamExt, TryStreamExt};
use page::{heading, line};
use showcase_client::{
    CallError, Client, Codec, ConnectOptions, CountdownTick, ListItem, ListRequest, Notice, OrderError, PlaceOrder,
};

type Outcome = Result<(), Box<dyn Error>>;

// One thread is enough: the connection carries any number of calls at once.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(socket) = env::args_os().nth(1) else {
        eprintln!("usage: tour SOCKET");
        return ExitCode::from(2);
    };
    match tour(socket.as_ref()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn tour(socket: &Path) -> Outcome {
    let client = Client::connect(socket).await?;
    request_and_response(&client).await?;
    declared_error(&client).await?;
    streams(&client).await?;
    state(&client).await?;
    tell_then_ask(&client).await?;
    orders(&client).await?;
    subscription(&client).await?;
    message_pack(socket).await?;
    time_limit_and_cancel(&client).await?;
    failure(&client).await?;
    client.close().await;
    Ok(())
}

async fn request_and_response(client: &Client) -> Outcome {
    heading("Request and response");
    let result = client.calculator().add(5, 3).await?;
    line("calculator.add(5, 3)", format!("sum {}", result.sum));
    let health = client.health().health_check().await?;
    line("health.health_check()", health.status);
    Ok(())
}

async fn declared_error(client: &Client) -> Outcome {
    heading("A typed error in place of a wrong sum");
    let came = match client.calculator().add(i32::MAX, 1).await {
        Ok(result) => format!("sum {}", result.sum),
        Err(CallError::Contract(error)) => format!("MathError: {error}"),
        Err(CallError::Failure(failure)) => return Err(failure.into()),
    };
    line("calculator.add(2147483647, 1)", came);
    Ok(())
}

async fn streams(client: &Client) -> Outcome {
    heading("Streams: many replies to one call");
    let items = client.list_service().list(&ListRequest { page_size: 10 });
    let items: Vec<ListItem> = items.try_collect().await?;
    let ends = items.first().zip(items.last());
    let (first, last) = ends.ok_or("the list is empty")?;
    let came = format!("{} items, `{}` to `{}`", items.len(), first.name, last.name);
    line("list_service.list(page_size 10)", came);

    let mut ticks = client.countdown().countdown(3, 100);
    while let Some(CountdownTick { value }) = ticks.try_next().await? {
        line("countdown.countdown(3, 100)", format!("tick {value}"));
    }
    Ok(())
}

async fn state(client: &Client) -> Outcome {
    heading("State between calls");
    let store = client.kv_store();
    store.set_value("greeting", "hello from Rust").await?;
    line("kv_store.set_value(\"greeting\", ...)", "done");
    for key in ["greeting", "farewell"] {
        let stored = store.get_value(key).await?;
        let came = stored.value.as_deref().unwrap_or("no value");
        line(format!("kv_store.get_value({key:?})"), came);
    }
    Ok(())
}

async fn tell_then_ask(client: &Client) -> Outcome {
    heading("A tell, which has no reply, then an ask");
    let agent = client.agent();
    agent.notify("lunch", "in the park at noon").await?;
    line("agent.notify(\"lunch\", ...)", "sent");
    let status = agent.query_status().await?;
    line("agent.query_status()", format!("{status:?}"));
    Ok(())
}

async fn orders(client: &Client) -> Outcome {
    heading("An order taken, and two refused, each for its own reason");
    for product in ["widget", "gadget", "unicorn"] {
        let order = PlaceOrder {
            product: product.to_owned(),
        };
        let came = match client.orders().place_order(&order).await {
            Ok(confirmed) => format!("confirmed as {}", confirmed.order_id),
            Err(CallError::Contract(OrderError::OutOfStock)) => "OrderError: out of stock".to_owned(),
            Err(CallError::Contract(OrderError::ProductNotFound(name))) => format!("OrderError: no product `{name}`"),
            Err(CallError::Contract(newer)) => format!("OrderError: {newer}, which this client does not know"),
            Err(CallError::Failure(failure)) => return Err(failure.into()),
        };
        line(format!("orders.place_order({product:?})"), came);
    }
    Ok(())
}

async fn subscription(client: &Client) -> Outcome {
    heading("A subscription: the server pushes");
    let updates = client.price_feed().subscribe_price_update().await?;
    let mut updates = updates.take(3);
    while let Some(notice) = updates.try_next().await? {
        let came = match notice {
            Notice::Event(update) => format!("{} {:.2}", update.symbol, update.price),
            Notice::Gap(gap) => format!("missed: {:?}", gap.missed),
        };
        line("price_feed: PriceUpdate", came);
    }
    Ok(())
}

async fn message_pack(socket: &Path) -> Outcome {
    heading("The same call over MessagePack");
    let options = ConnectOptions::new().codec(Codec::MessagePack);
    let client = Client::connect_with(socket, options).await?;
    let result = client.calculator().add(5, 3).await?;
    line("calculator.add(5, 3)", format!("sum {}", result.sum));
    client.close().await;
    Ok(())
}

async fn time_limit_and_cancel(client: &Client) -> Outcome {
    heading("A call with a time limit, and a stream that is left early");
    let calculator = client.calculator().with_timeout(Duration::from_secs(1));
    let result = calculator.add(20, 22).await?;
    line("calculator.add(20, 22), at most 1 s", format!("sum {}", result.sum));

    let mut ticks = client.countdown().countdown(1000, 10);
    while let Some(CountdownTick { value }) = ticks.try_next().await? {
        if value <= 998 {
            line("countdown.countdown(1000, 10)", format!("cancelled at tick {value}"));
            break;
        }
    }
    // The server stops counting when the stream is dropped.
    Ok(())
}

async fn failure(client: &Client) -> Outcome {
    heading("A failure on the way: nobody has that name");
    let came = match client.calculator_at("nobody").add(5, 3).await {
        Ok(result) => format!("sum {}", result.sum),
        Err(CallError::Failure(failure)) => failure.to_string(),
        Err(declared) => return Err(declared.into()),
    };
    line("calculator at \"nobody\": add(5, 3)", came);
    Ok(())
}
