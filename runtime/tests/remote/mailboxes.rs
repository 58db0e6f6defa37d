//! Mailboxes as arguments and replies.

use callsheet::{CallError, Code, Mailbox, Runtime};
use futures_util::StreamExt;

use crate::sides::{Lost, Progress, Sides, Steps, Work, within};

#[tokio::test]
async fn an_actor_of_the_caller_is_called_back() {
    let sides = Sides::start().await;
    let sum = within(sides.worker().report(3, sides.steps())).await;
    assert_eq!(sum, Ok(60));
    // And later, as long as the connection lasts.
    within(sides.worker().remember(sides.steps())).await.unwrap();
    assert_eq!(within(sides.worker().tell_remembered(7)).await, Ok(70));
    let items: Vec<_> = within(sides.worker().items(200, sides.steps()).collect()).await;
    assert_eq!(items, (1..=200).map(Ok).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_comes_back_is_the_callers_own_actor_again() {
    let sides = Sides::start().await;
    within(sides.worker().remember(sides.steps())).await.unwrap();
    let own = within(sides.worker().remembered()).await.unwrap();
    within(sides.remote.close()).await;
    // It needs no connection.
    assert_eq!(within(own.step(2)).await, Ok(20));
}

#[tokio::test]
async fn only_what_was_given_away_can_be_called() {
    let sides = Sides::start().await;
    sides
        .calling
        .actor("secret", Steps::default)
        .serves(Progress)
        .start()
        .await
        .unwrap();
    // One that was not given, under its own name, by a side that knows how.
    let remembered = within(async {
        sides.worker().remember(sides.steps()).await.unwrap();
        sides.serving.to::<dyn Work>("worker").remembered().await.unwrap()
    });
    let known = format!("{:?}", remembered.await);
    assert!(known.contains("steps"), "{known}");
    let stranger = Runtime::launch().unwrap();
    stranger
        .actor("steps", Steps::default)
        .serves(Progress)
        .start()
        .await
        .unwrap();
    let refused = within(sides.worker().report(1, stranger.to("steps"))).await;
    let Err(CallError::Failure(refused)) = refused else {
        panic!("it is of another runtime: {refused:?}")
    };
    assert_eq!(refused.code(), Code::SerializationError);
    assert!(refused.text().contains("another runtime"), "{refused}");
}

#[tokio::test]
async fn a_reply_may_be_the_mailbox_of_what_is_exposed() {
    let sides = Sides::start().await;
    for (id, known_as) in [("worker", "worker"), ("inner", "outer")] {
        let colleague: Mailbox<dyn Work> = within(sides.worker().colleague(id.to_owned())).await.unwrap();
        assert!(format!("{colleague:?}").contains(known_as), "{colleague:?}");
        assert_eq!(within(colleague.add(2, 2)).await, Ok(4));
    }
    let refused = within(sides.worker().colleague("hidden".to_owned())).await.unwrap_err();
    assert_eq!(refused.code(), Code::SerializationError);
    assert!(refused.text().contains("not exposed"), "{refused}");
    let gone = within(sides.worker().colleague("nobody".to_owned())).await.unwrap_err();
    assert_eq!(gone.code(), Code::SerializationError);
}

#[tokio::test]
async fn a_mailbox_outlives_the_connection_that_brought_it() {
    let sides = Sides::start().await;
    let colleague = within(sides.worker().colleague("worker".to_owned())).await.unwrap();
    sides.listener.shutdown().await;
    let listener = sides.serving.listen(sides.folder.path().join("s")).await.unwrap();
    assert_eq!(within(colleague.add(2, 2)).await, Ok(4));
    listener.shutdown().await;
}

#[tokio::test]
async fn who_cannot_be_called_back_any_more_fails_the_call() {
    let sides = Sides::start().await;
    within(sides.worker().remember(sides.steps())).await.unwrap();
    sides.remote.close().await;
    let worker = sides.serving.to::<dyn Work>("worker");
    let lost = within(worker.tell_remembered(1)).await.unwrap_err();
    let code = "ConnectionClosed".to_owned();
    assert_eq!(lost, CallError::Contract(Lost { code }));
}

#[tokio::test]
async fn outside_of_a_connection_a_mailbox_is_not_written() {
    let sides = Sides::start().await;
    let refused = serde_json::to_string(&sides.steps()).unwrap_err();
    assert!(refused.to_string().contains("crosses a connection"), "{refused}");
    let text = r#"{"contract":"far.Progress","id":"steps"}"#;
    let refused = serde_json::from_str::<Mailbox<dyn Progress>>(text).unwrap_err();
    assert!(refused.to_string().contains("crosses a connection"), "{refused}");
}

#[test]
fn the_document_says_of_which_contract_a_mailbox_is() {
    let document = callsheet_schema::Document::of_registered().unwrap();
    let of = |contract: &str| {
        let mailbox = document.types.get(&format!("callsheet.Mailbox<{contract}>"));
        mailbox.and_then(|mailbox| mailbox.mailbox.as_deref())
    };
    for contract in ["far.Progress", "far.Work"] {
        assert_eq!(of(contract), Some(contract), "{:?}", document.types.keys());
    }
    assert_eq!(document.types["callsheet.Mailbox"].mailbox, None);
}
