//! What is asked, and what is answered.

use std::time::Duration;

use callsheet::{CallInfo, Failure, Layer, Next, Passed};
use serde_json::json;

use super::{Client, DISCOVER, ERROR, FORMS, Form, REQUEST, RESPONSE, SECOND, STREAM, ask, request, stream};
use crate::{
    peer::within,
    probe::{Probe, Server, State},
};

#[tokio::test]
async fn a_request_is_answered_in_its_own_form() {
    let server = Server::start().await;
    for form in FORMS {
        let mut client = Client::connect(&server.path()).await;
        client.works(form).await;
        let null = client.ask(form, REQUEST, &ask("Nothing", json!({}))).await;
        assert_eq!(null, (RESPONSE, json!({"correlation_id": "r", "success": true})));
        let (kind, failed) = client.ask(form, REQUEST, &ask("Divide", json!({"a": 7, "b": 0}))).await;
        assert_eq!((kind, &failed["error_code"]), (ERROR, &json!("CONTRACT_ERROR")));
        assert_eq!(failed["payload"], json!({"ByZero": {"dividend": 7}}));
        client.send(form, REQUEST, &ask("Explode", json!({}))).await;
        client.is_refused(form, "r", "ACTOR_FAILED").await;
        client.works(form).await;
    }
}

#[tokio::test]
async fn what_wants_no_reply_is_told_that_it_was_delivered() {
    let server = Server::start().await;
    for form in FORMS {
        let mut client = Client::connect(&server.path()).await;
        let delivered = json!({"correlation_id": "r", "success": true, "payload": {"status": "delivered"}});
        // A message without a reply, and a call whose reply is dropped.
        for message in [
            request("Note", json!({"text": "n"})),
            request("Add", json!({"a": 1, "b": 1})),
        ] {
            let answer = client.ask(form, REQUEST, &message).await;
            assert_eq!(answer, (RESPONSE, delivered.clone()));
        }
        let (_, notes) = client.ask(form, REQUEST, &ask("Notes", json!({}))).await;
        assert_eq!(notes["payload"].as_array().unwrap().last(), Some(&json!("n")));
        client.send(form, REQUEST, &request("Note", json!({"text": 7}))).await;
        client.is_refused(form, "r", "SERIALIZATION_ERROR").await;
        client.send(form, REQUEST, &request("Count", json!({"to": 1}))).await;
        client.is_refused(form, "r", "PROTOCOL_ERROR").await;
        client.works(form).await;
    }
}

/// A layer that lets everything pass.
struct Open;

impl Layer for Open {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        next.run(call).await
    }
}

#[tokio::test]
async fn a_message_that_passes_layers_is_told_that_it_was_delivered() {
    let server = Server::start().await;
    let layered = server.runtime.actor("layered", State::default).serves(Probe);
    layered.expose().serving(Open).start().await.unwrap();
    let mut client = Client::connect(&server.path()).await;
    for message in ["Note", "Long"] {
        let mut request = request(message, json!({"text": "n", "bytes": 1}));
        request["target"] = json!("layered");
        let (kind, answer) = client.ask(Form::Json, REQUEST, &request).await;
        assert_eq!((kind, &answer["payload"]), (RESPONSE, &json!({"status": "delivered"})));
        request["payload"] = json!({"text": 7, "bytes": "n"});
        client.send(Form::Json, REQUEST, &request).await;
        client.is_refused(Form::Json, "r", "SERIALIZATION_ERROR").await;
    }
}

#[tokio::test]
async fn a_stream_closes_with_an_empty_final_frame() {
    let server = Server::start().await;
    for form in SECOND {
        let mut client = Client::connect(&server.path()).await;
        client.send(form, REQUEST, &stream("Count", json!({"to": 2}))).await;
        let item = |sequence, payload: u32| json!({"correlation_id": "r", "sequence": sequence, "is_final": false, "payload": payload});
        let end = |sequence| json!({"correlation_id": "r", "sequence": sequence, "is_final": true});
        for expected in [item(0, 1), item(1, 2), end(2)] {
            assert_eq!(client.answer(form).await, (STREAM, expected));
        }
        client.send(form, REQUEST, &stream("Count", json!({"to": 0}))).await;
        assert_eq!(client.answer(form).await, (STREAM, end(0)));
        // One reply is a stream of one item.
        client
            .send(form, REQUEST, &stream("Add", json!({"a": 1, "b": 2})))
            .await;
        assert_eq!(client.answer(form).await, (STREAM, item(0, 3)));
        assert_eq!(client.answer(form).await, (STREAM, end(1)));
        // Whoever wants both wants the stream.
        let mut both = stream("Count", json!({"to": 0}));
        both["expects_reply"] = json!(true);
        client.send(form, REQUEST, &both).await;
        assert_eq!(client.answer(form).await, (STREAM, end(0)));
        client.works(form).await;
    }
}

#[tokio::test]
async fn a_stream_that_fails_says_so_in_its_final_frame() {
    let server = Server::start().await;
    for form in SECOND {
        let mut client = Client::connect(&server.path()).await;
        for (message, payload, items, code) in [
            ("Failing", json!({"after": 1}), 1, "CONTRACT_ERROR"),
            ("Breaking", json!({}), 2, "ACTOR_FAILED"),
            ("Unheard", json!({}), 0, "UNKNOWN_MESSAGE_TYPE"),
            ("Count", json!({"to": "x"}), 0, "SERIALIZATION_ERROR"),
            ("Note", json!({"text": "n"}), 0, "PROTOCOL_ERROR"),
        ] {
            client.send(form, REQUEST, &stream(message, payload)).await;
            for sequence in 0..items {
                let (kind, item) = client.answer(form).await;
                assert_eq!((kind, &item["sequence"]), (STREAM, &json!(sequence)), "{item}");
            }
            let (kind, last) = client.answer(form).await;
            assert_eq!((kind, &last["is_final"]), (STREAM, &json!(true)), "{last}");
            assert_eq!((&last["sequence"], &last["error_code"]), (&json!(items), &json!(code)));
        }
        client.works(form).await;
    }
    let mut first = Client::connect(&server.path()).await;
    first.send(Form::One, REQUEST, &stream("Count", json!({"to": 2}))).await;
    let error = first.is_refused(Form::One, "r", "PROTOCOL_ERROR").await;
    assert!(error.contains("version 1"), "{error}");
}

#[tokio::test]
async fn what_is_asked_for_is_discovered() {
    let server = Server::start().await;
    for form in SECOND {
        let mut client = Client::connect(&server.path()).await;
        let (kind, found) = client.ask(form, DISCOVER, &json!({"correlation_id": "d"})).await;
        assert_eq!((kind, &found["success"]), (RESPONSE, &json!(true)));
        assert_eq!(
            found["actors"],
            json!([
                {"name": "both", "ern": "ern:callsheet:actor:local:both"},
                {"name": "probe", "ern": "ern:callsheet:actor:local:probe"},
            ])
        );
        let types = found["message_types"].as_array().unwrap();
        for name in ["test.Probe.Add", "other.Adder.Add", "Price"] {
            assert!(types.contains(&json!(name)), "{name}: {found}");
        }
        assert_eq!(found["protocol_version"]["current"], 2);
        assert_eq!(
            found["protocol_version"]["capabilities"],
            json!({"messagepack": true, "streaming": true, "push": true, "discovery": true})
        );
        let ask = json!({"correlation_id": "d", "include_actors": false, "include_message_types": false});
        let (_, found) = client.ask(form, DISCOVER, &ask).await;
        assert!(
            found.get("actors").is_none() && found.get("message_types").is_none(),
            "{found}"
        );
    }
}

#[tokio::test]
async fn calls_that_cannot_be_made_are_refused_with_their_codes() {
    let server = Server::setup()
        .listener(|options| options.max_in_flight(1))
        .start()
        .await;
    for form in FORMS {
        let mut client = Client::connect(&server.path()).await;
        for (target, message, payload, code) in [
            ("nobody", "Add", json!({}), "ACTOR_NOT_FOUND"),
            ("hidden", "Add", json!({}), "ACTOR_NOT_FOUND"),
            ("probe", "Unheard", json!({}), "UNKNOWN_MESSAGE_TYPE"),
            ("both", "Add", json!({}), "AMBIGUOUS_MESSAGE_TYPE"),
            ("probe", "Add", json!({"a": 1}), "SERIALIZATION_ERROR"),
            ("probe", "Count", json!({"to": 1}), "PROTOCOL_ERROR"),
        ] {
            let mut request = ask(message, payload);
            request["target"] = json!(target);
            client.send(form, REQUEST, &request).await;
            client.is_refused(form, "r", code).await;
        }
        let mut long = ask("Add", json!({}));
        long["target"] = json!("x".repeat(2000));
        client.send(form, REQUEST, &long).await;
        let error = client.is_refused(form, "r", "PROTOCOL_ERROR").await;
        assert!(error.contains("`target`"), "{error}");
        let gate = format!("{form:?}");
        client.send(form, REQUEST, &ask("Wait", json!({"gate": gate}))).await;
        client.send(form, REQUEST, &ask("Add", json!({"a": 1, "b": 1}))).await;
        let error = client.is_refused(form, "r", "PROTOCOL_ERROR").await;
        assert!(
            error.contains("`correlation_id`: a call with this id is in flight"),
            "{error}"
        );
        let mut other = ask("Add", json!({"a": 1, "b": 1}));
        other["correlation_id"] = json!("other");
        client.send(form, REQUEST, &other).await;
        client.is_refused(form, "other", "LIMIT_EXCEEDED").await;
        server.gates.open(&gate);
        assert_eq!(client.answer(form).await.1["payload"], json!(gate));
        client.works(form).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_when_its_time_is_over() {
    let server = Server::start().await;
    let mut client = Client::connect(&server.path()).await;
    for form in FORMS {
        let mut request = ask("Wait", json!({"gate": "never"}));
        request["response_timeout_ms"] = json!(50);
        client.send(form, REQUEST, &request).await;
        client.is_refused(form, "r", "TIMEOUT").await;
    }
}

#[tokio::test]
async fn a_reply_that_is_too_long_is_refused() {
    let server = Server::setup()
        .listener(|options| options.max_frame(1000))
        .start()
        .await;
    let mut client = Client::connect(&server.path()).await;
    for form in FORMS {
        client.send(form, REQUEST, &ask("Long", json!({"bytes": 2000}))).await;
        client.is_refused(form, "r", "SERIALIZATION_ERROR").await;
        client.works(form).await;
    }
}

#[tokio::test]
async fn what_is_in_flight_is_answered_when_the_server_ends() {
    let server = Server::setup()
        .listener(|options| options.drain(Duration::from_secs(60)))
        .start()
        .await;
    let mut client = Client::connect(&server.path()).await;
    client
        .send(Form::Json, REQUEST, &ask("Wait", json!({"gate": "g"})))
        .await;
    client.works(Form::Json).await;
    let ended = within(async {
        let ((), ()) = tokio::join!(server.listener.shutdown(), async {
            let mut late = ask("Add", json!({"a": 1, "b": 1}));
            late["correlation_id"] = json!("late");
            // Until the connection has heard of it, calls are answered.
            loop {
                client.send(Form::Json, REQUEST, &late).await;
                let (_, answer) = client.answer(Form::Json).await;
                if answer["success"] == false {
                    assert_eq!(answer["error_code"], "SHUTTING_DOWN");
                    break;
                }
            }
            server.gates.open("g");
            assert_eq!(client.answer(Form::Json).await.1["payload"], "g");
            client.peer.is_closed().await;
        });
    });
    ended.await;
}
