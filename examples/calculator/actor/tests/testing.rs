//! How a contract, its actor and its callers are tested.

use std::time::Duration;

use calculator::Adder;
use calculator_contract::{AddResult, Calculator, FakeCalculator, MathError};
use callsheet::{CallError, Code, ListenerOptions, Mailbox, Runtime};
use showcase_client::{Client, ConnectOptions, Connection};
use tokio::time::{Instant, sleep};

/// A caller: it adds up a bill, and gives up on a calculator that takes more than a second for a line.
async fn bill(calculator: &Mailbox<dyn Calculator>, prices: &[i32]) -> Result<i32, CallError<MathError>> {
    let mut total = 0;
    for &price in prices {
        let added = calculator.add(total, price).timeout(Duration::from_secs(1));
        total = added.await?.sum;
    }
    Ok(total)
}

/// With a fake, a caller is tested without the actor that it calls.
#[tokio::test]
async fn a_bill_ends_at_the_first_line_that_cannot_be_added() {
    let runtime = Runtime::launch().expect("inside tokio");
    let fake = FakeCalculator::new();
    fake.on_add(|a, b| match b {
        666 => Err(MathError::Overflow),
        _ => Ok(AddResult { sum: a + b }),
    });
    fake.start(&runtime, "calculator").await.expect("the name is free");

    let total = bill(&Calculator.at("calculator"), &[5, 3, 666, 1]).await;
    assert_eq!(total, Err(CallError::Contract(MathError::Overflow)));
    assert_eq!(fake.calls(), ["add", "add", "add"]);
}

/// On a paused clock, what takes an hour is over at once.
#[tokio::test(start_paused = true)]
async fn a_bill_does_not_wait_for_a_calculator_that_thinks_for_an_hour() {
    let runtime = Runtime::launch().expect("inside tokio");
    let fake = FakeCalculator::new();
    fake.async_on_add(|a, b| async move {
        sleep(Duration::from_secs(3600)).await;
        Ok(AddResult { sum: a + b })
    });
    fake.start(&runtime, "calculator").await.expect("the name is free");

    let began = Instant::now();
    let Err(CallError::Failure(late)) = bill(&Calculator.at("calculator"), &[5, 3]).await else {
        panic!("an hour is more than a second");
    };
    assert_eq!(late.code(), Code::Timeout);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

/// In the process, a generated client meets the actor as it would over a socket, with nothing in the file system.
#[tokio::test]
async fn a_generated_client_adds() {
    let runtime = Runtime::launch().expect("inside tokio");
    let actor = runtime.actor("calculator", Adder::default).serves(Calculator);
    actor.expose().start().await.expect("the name is free");
    let listener = runtime.listen_in_process(ListenerOptions::in_process());

    let socket = listener.connect().expect("it listens");
    let client = Client::from(Connection::over(socket, ConnectOptions::new()));
    let calculator = client.calculator();
    assert_eq!(calculator.add(5, 3).await.map(|result| result.sum), Ok(8));
    let failed = calculator.add(i32::MAX, 1).await;
    assert_eq!(failed, Err(CallError::Contract(showcase_client::MathError::Overflow)));

    listener.shutdown().await;
    let refused = calculator.add(5, 3).await;
    assert!(matches!(refused, Err(CallError::Failure(_))), "{refused:?}");
}
