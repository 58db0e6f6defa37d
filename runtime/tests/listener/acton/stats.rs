//! What is counted of the calls of such clients.

use serde_json::json;

use super::{Client, FORMS, Form, PUSH, REQUEST, SUBSCRIBE, ask, request, stream};
use crate::{
    probe::{Price, Server},
    stats::of,
};

#[tokio::test]
async fn calls_and_events_of_either_wire_are_counted_together() {
    let server = Server::start().await;
    for form in FORMS {
        let mut client = Client::connect(&server.path()).await;
        client.works(form).await;
        client
            .send(form, REQUEST, &ask("Divide", json!({"a": 1, "b": 0})))
            .await;
        client.answer(form).await;
        // Whoever wants no reply is told that the message is in the queue.
        client.send(form, REQUEST, &request("Note", json!({"text": "a"}))).await;
        client.answer(form).await;
        client.send(form, REQUEST, &ask("Unheard", json!({}))).await;
        client.is_refused(form, "r", "UNKNOWN_MESSAGE_TYPE").await;
        let unheard = json!({"correlation_id": "s", "message_types": ["Unheard"]});
        client.send(form, SUBSCRIBE, &unheard).await;
        client.answer(form).await;
    }
    let mut client = Client::connect(&server.path()).await;
    client
        .send(Form::Packed, REQUEST, &stream("Count", json!({"to": 3})))
        .await;
    while client.answer(Form::Packed).await.1["is_final"] != true {}
    let prices = json!({"correlation_id": "s", "message_types": ["Price"]});
    client.send(Form::Packed, SUBSCRIBE, &prices).await;
    client.answer(Form::Packed).await;
    server.runtime.broker().publish(Price {
        symbol: "ACME".into(),
        price: 1.0,
    });
    assert_eq!(client.answer(Form::Packed).await.0, PUSH);

    let stats = server.listener.detailed_stats();
    let (add, divide, note) = (of(&stats, "Add"), of(&stats, "Divide"), of(&stats, "Note"));
    assert_eq!((add.started, add.succeeded), (3, 3));
    assert_eq!((divide.started, divide.contract_errors), (3, 3));
    assert_eq!((note.started, note.succeeded), (3, 3));
    assert_eq!((of(&stats, "Count").succeeded, of(&stats, "Count").in_flight), (1, 0));
    // The first version has no subscriptions.
    let refused = [("ProtocolError".to_owned(), 1), ("UnknownMessageType".to_owned(), 5)];
    assert_eq!(stats.refused, refused.into());
    assert_eq!(stats.errors, 6);
    assert_eq!((stats.events["Price"].pushed, stats.events["Price"].dropped), (1, 0));
}
