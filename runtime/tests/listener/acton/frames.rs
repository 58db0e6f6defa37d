//! Whose frames they are, where they begin and end, and what is no frame.

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::{
    Client, DISCOVER, ERROR, FORMS, Form, HEARTBEAT, PUSH, REQUEST, RESPONSE, SECOND, STREAM, SUBSCRIBE, UNSUBSCRIBE,
    ask, bytes, encoded,
};
use crate::{
    peer::{frame, within},
    probe::Server,
};

#[tokio::test]
async fn all_forms_may_be_mixed_on_one_connection() {
    let server = Server::start().await;
    let mut client = Client::connect(&server.path()).await;
    for form in FORMS.into_iter().chain(FORMS) {
        client.works(form).await;
    }
}

#[tokio::test]
async fn both_wires_are_served_on_one_socket() {
    let server = Server::start().await;
    let mut own = server.peer().await;
    let mut client = Client::connect(&server.path()).await;
    own.works().await;
    client.works(Form::Json).await;
    own.works().await;
    // Once it is known whose wire a connection speaks, that stays so.
    own.send_raw(&encoded(Form::Json, REQUEST, &ask("Add", json!({"a": 1, "b": 1}))))
        .await;
    assert_eq!(own.receive().await["error_code"], "ProtocolError");
}

#[tokio::test]
async fn frames_are_found_however_they_are_cut() {
    let server = Server::start().await;
    let mut whole = bytes(Form::Json, HEARTBEAT, b"");
    for (form, id, gate) in [(Form::One, "first", "1"), (Form::Packed, "second", "3")] {
        let mut request = ask("Hold", json!({"gate": gate}));
        request["correlation_id"] = json!(id);
        server.gates.open(gate);
        whole.extend(encoded(form, REQUEST, &request));
    }
    for cut in 1..whole.len() {
        let mut client = Client::connect(&server.path()).await;
        client.peer.send_raw(&whole[..cut]).await;
        // The server has read what came before once it answers somebody who came after. Four zero bytes are not left alone
        // for so long: they are an empty frame of our own, if nothing follows soon.
        if cut != 4 {
            server.peer().await.works().await;
        }
        client.peer.send_raw(&whole[cut..]).await;
        assert_eq!(
            client.receive().await,
            (Form::Json, HEARTBEAT, Value::Null),
            "cut at {cut}"
        );
        // One after the other: each has the state alone.
        assert_eq!(client.answer(Form::One).await.1["payload"], "1", "cut at {cut}");
        assert_eq!(client.answer(Form::Packed).await.1["payload"], "3", "cut at {cut}");
    }
}

#[tokio::test]
async fn an_empty_first_frame_that_nothing_follows_is_one_of_our_own() {
    let server = Server::start().await;
    let mut waiting = server.peer().await;
    waiting.send_raw(&frame(b"")).await;
    assert_eq!(waiting.receive().await["error_code"], "ProtocolError");
    waiting.works().await;
    let mut ended = server.peer().await;
    ended.send_raw(&frame(b"")).await;
    within(ended.socket.shutdown()).await.unwrap();
    assert_eq!(ended.receive().await["error_code"], "ProtocolError");
    ended.is_closed().await;
}

#[tokio::test]
async fn heartbeats_are_answered() {
    let server = Server::start().await;
    let mut client = Client::connect(&server.path()).await;
    for (form, answered) in [
        (Form::One, Form::One),
        (Form::Json, Form::Json),
        (Form::Packed, Form::Json),
    ] {
        client.peer.send_raw(&bytes(form, HEARTBEAT, b"")).await;
        assert_eq!(client.receive().await, (answered, HEARTBEAT, Value::Null));
        // Whoever sends a map can read one, and perhaps nothing else.
        client.send(form, HEARTBEAT, &json!({})).await;
        assert_eq!(client.answer(form).await, (HEARTBEAT, json!({})));
        client.peer.send_raw(&bytes(form, HEARTBEAT, b"whatever")).await;
        assert_eq!(client.answer(form).await, (HEARTBEAT, json!({})));
    }
    client.works(Form::Json).await;
}

#[tokio::test]
async fn headers_that_are_not_taken_are_refused_and_skipped() {
    let server = Server::setup().listener(|options| options.max_frame(256)).start().await;
    for form in FORMS {
        let mut client = Client::connect(&server.path()).await;
        client.works(form).await;
        let mut unknown: Vec<u8> = vec![0, 12, 255];
        if form == Form::One {
            // What its version has not.
            unknown.extend([PUSH, SUBSCRIBE, UNSUBSCRIBE, DISCOVER, STREAM, 10, 11]);
        }
        let answered = form;
        for kind in unknown {
            client.peer.send_raw(&bytes(form, kind, b"skipped")).await;
            client.is_refused(answered, "unknown", "PROTOCOL_ERROR").await;
            client.works(form).await;
        }
        client.peer.send_raw(&bytes(form, REQUEST, &[b' '; 257])).await;
        let error = client.is_refused(form, "unknown", "FRAME_TOO_LARGE").await;
        assert!(error.contains("257") && error.contains("256"), "{error}");
        client.works(form).await;
    }
    let mut client = Client::connect(&server.path()).await;
    client.peer.send_raw(b"\0\0\0\x02\x02\x01\x03{}").await;
    client.is_refused(Form::Json, "unknown", "PROTOCOL_ERROR").await;
    client.works(Form::Json).await;
}

#[tokio::test]
async fn a_size_is_refused_when_it_is_announced() {
    let server = Server::setup().listener(|options| options.max_frame(256)).start().await;
    // The first frame of a connection, whose size means nothing until it is known whose it is.
    let mut client = Client::connect(&server.path()).await;
    client.peer.send_raw(&[0xff, 0xff, 0xff, 0xff, 2, REQUEST, 1]).await;
    client.is_refused(Form::Json, "unknown", "FRAME_TOO_LARGE").await;
    let mut client = Client::connect(&server.path()).await;
    client.peer.send_raw(&[0, 0, 1, 1]).await;
    server.peer().await.works().await;
    client.peer.send_raw(&[1, REQUEST]).await;
    client.is_refused(Form::One, "unknown", "FRAME_TOO_LARGE").await;
    client.peer.send_raw(&[b' '; 257]).await;
    client.works(Form::One).await;
}

#[tokio::test]
async fn behind_an_unknown_version_the_connection_is_closed_with_a_last_word() {
    let server = Server::start().await;
    for version in [0, 3, b'{', 255] {
        let mut client = Client::connect(&server.path()).await;
        client.works(Form::Packed).await;
        client
            .send(Form::Json, REQUEST, &ask("Wait", json!({"gate": "g"})))
            .await;
        let mut rest = vec![0, 0, 0, 2, version, REQUEST, 1, b'{', b'}'];
        rest.extend(encoded(Form::Json, REQUEST, &ask("Add", json!({"a": 1, "b": 1}))));
        client.peer.send_raw(&rest).await;
        client.is_refused(Form::Json, "unknown", "PROTOCOL_ERROR").await;
        server.gates.open("g");
        let (_, answer) = client.answer(Form::Json).await;
        assert_eq!(answer["payload"], "g", "what was in flight is answered");
        client.peer.is_closed().await;
    }
    server.peer().await.works().await;
}

#[tokio::test]
async fn what_only_a_server_sends_is_refused() {
    let server = Server::start().await;
    let mut client = Client::connect(&server.path()).await;
    for form in SECOND {
        for kind in [RESPONSE, ERROR, PUSH, STREAM] {
            client
                .send(form, kind, &json!({"correlation_id": "r", "success": true}))
                .await;
            client.is_refused(form, "unknown", "PROTOCOL_ERROR").await;
        }
        client.works(form).await;
    }
}

#[tokio::test]
async fn envelopes_that_cannot_be_read_are_refused_and_the_connection_stays() {
    let server = Server::start().await;
    for form in FORMS {
        let mut client = Client::connect(&server.path()).await;
        let deep = "[".repeat(4000);
        for payload in [
            &b""[..],
            b"{",
            b"[]",
            b"null",
            b"\xc1",
            b"\xff\xfe",
            b"\xdf\xff\xff\xff\xff",
            b"\xdd\xff\xff\xff\xff",
            deep.as_bytes(),
            b"{} {}",
        ] {
            client.peer.send_raw(&bytes(form, REQUEST, payload)).await;
            client.is_refused(form, "unknown", "SERIALIZATION_ERROR").await;
        }
        client
            .send(form, REQUEST, &json!({"correlation_id": "r", "target": "probe"}))
            .await;
        let error = client.is_refused(form, "r", "SERIALIZATION_ERROR").await;
        assert!(error.contains("missing field `message_type`"), "{error}");
        for id in [String::new(), "x".repeat(129)] {
            let mut request = ask("Add", json!({"a": 1, "b": 1}));
            request["correlation_id"] = json!(id);
            client.send(form, REQUEST, &request).await;
            client.is_refused(form, "unknown", "SERIALIZATION_ERROR").await;
        }
        client.works(form).await;
    }
}
