//! Whatever comes, the answer says what was wrong, and the next request works.

use serde_json::json;

use crate::{
    peer::{assert_failure, frame},
    probe::Server,
};

#[tokio::test]
async fn frames_that_are_none_are_refused_and_the_connection_stays() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let frames: [&[u8]; 12] = [
        b"",
        b"\xef\xbb\xbf{}",
        b"[]",
        b"null",
        b"{",
        b"{} {}",
        b"{\"target\":\"probe\xff\"}",
        b"{}",
        b"\xc1",
        b"\x82\xa6target",
        b"{\"target\":\"probe\",\"stream_id\":\"s\"}",
        b"{\"stream_id\":\"s\",\"sequence\":0,\"is_final\":true}",
    ];
    for payload in frames {
        peer.send_raw(&frame(payload)).await;
        let first = payload.first();
        let answer = if first == Some(&0x82) {
            peer.receive_packed().await
        } else {
            peer.receive().await
        };
        assert_failure(&answer, "ProtocolError", "no", false);
        assert!(answer.get("request_id").is_none(), "{answer}");
        peer.works().await;
    }
}

#[tokio::test]
async fn a_broken_frame_with_an_id_is_answered_by_it() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for payload in [
        r#"{"request_id":"x","target":"probe"}"#,
        r#"{"request_id":"x","target":"probe","message_type":"Add","expects_reply":1}"#,
        r#"{"request_id":"x","target":"probe","target":"probe"}"#,
        r#"{"request_id":"x","control":"unheard"}"#,
        r#"{"request_id":"x","success":true,"payload":1,"error":null}"#,
    ] {
        let answer = peer.ask(payload).await;
        assert_failure(&answer, "ProtocolError", "no", false);
        assert_eq!(answer["request_id"], "x", "{payload}");
    }
    // Of a control without an id nothing is said.
    peer.send(r#"{"control":"unheard"}"#).await;
    peer.works().await;
}

#[tokio::test]
async fn ids_are_bounded_and_unique_among_what_is_in_flight() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let ask = |id: &str| {
        format!(
            r#"{{"target":"probe","message_type":"Add","payload":{{"a":1,"b":1}},"request_id":"{id}","expects_reply":true}}"#
        )
    };
    for id in ["", "~1", &"x".repeat(129)] {
        assert_failure(&peer.ask(&ask(id)).await, "ProtocolError", "no", false);
    }
    assert_eq!(peer.ask(&ask(&"x".repeat(128))).await["payload"], 2);
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"i","expects_reply":true}"#,
    )
    .await;
    let twice = peer.ask(&ask("i")).await;
    assert_failure(&twice, "ProtocolError", "no", false);
    assert!(twice["error"].as_str().unwrap().contains("in flight"), "{twice}");
    for other in [
        r#"{"message_types":["Price"],"request_id":"i"}"#,
        r#"{"target":"probe","message_type":"Note","payload":{"text":""},"request_id":"i","expects_reply":true}"#,
    ] {
        assert_failure(&peer.ask(other).await, "ProtocolError", "no", false);
    }
    server.gates.open("g");
    assert_eq!(peer.receive().await["payload"], "g");
    assert_eq!(peer.ask(&ask("i")).await["payload"], 2, "the id is free again");
}

#[tokio::test]
async fn unknown_actors_and_unknown_types_are_told_apart() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for target in ["nobody", "hidden", "Probe", ""] {
        let request = format!(r#"{{"target":"{target}","message_type":"Add","payload":{{}},"expects_reply":true}}"#);
        let answer = peer.ask(&request).await;
        assert_failure(&answer, "ActorNotFound", "no", true);
        assert!(
            answer["error"].as_str().unwrap().ends_with("(AgentNotFound)"),
            "{answer}"
        );
    }
    for message in ["InvalidRequest", "add", "test.Probe.add", "demo.Probe.Add"] {
        let request = format!(r#"{{"target":"probe","message_type":"{message}","payload":{{}},"expects_reply":true}}"#);
        let answer = peer.ask(&request).await;
        assert_failure(&answer, "UnknownMessageType", "no", false);
        assert!(
            answer["error"].as_str().unwrap().contains("is not registered"),
            "{answer}"
        );
    }
    let long = format!(
        r#"{{"target":"{}","message_type":"Add","expects_reply":true}}"#,
        "x".repeat(1 << 20)
    );
    let answer = peer.ask(&long).await;
    assert_failure(&answer, "ProtocolError", "no", false);
    assert!(
        answer["error"].as_str().unwrap().len() < 200,
        "what is too long is not repeated"
    );
    peer.works().await;
}

#[tokio::test]
async fn a_failure_is_told_by_its_id_even_if_no_reply_was_wanted() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(r#"{"target":"nobody","message_type":"Note","payload":{}}"#)
        .await;
    let answer = peer
        .ask(r#"{"target":"nobody","message_type":"Note","payload":{},"request_id":"x"}"#)
        .await;
    assert_failure(&answer, "ActorNotFound", "no", true);
    assert_eq!(answer["request_id"], "x");
    peer.works().await;
    assert_eq!(server.listener.stats().errors, 2);
}

#[tokio::test]
async fn payloads_that_do_not_fit_are_refused_with_the_place() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for (payload, error) in [
        (r#"{"a":5,"b":"three"}"#, "payload.b: expected i32, found string"),
        (r#"{"a":5}"#, "payload: missing field `b`"),
        ("[5,3]", "payload: expected "),
        (r#"{"a":5,"b":3,"b":3}"#, "duplicate field `b`"),
    ] {
        let request = format!(r#"{{"target":"probe","message_type":"Add","payload":{payload},"expects_reply":true}}"#);
        let answer = peer.ask(&request).await;
        assert_failure(&answer, "SerializationError", "no", false);
        assert!(answer["error"].as_str().unwrap().contains(error), "{answer}");
        assert!(
            !answer["error"].as_str().unwrap().contains("three"),
            "texts carry no payload"
        );
        peer.works().await;
    }
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"Add","payload":{"a":5,"b":"three"},"expects_reply":true}"#)
        .await;
    assert_eq!(answer["error_details"]["path"], "payload.b");
}

#[tokio::test]
async fn over_long_frames_are_refused_and_skipped() {
    let server = Server::setup()
        .listener(|options| options.max_frame(1000))
        .start()
        .await;
    let mut peer = server.peer().await;
    let long = format!(r#"{{"target":"{}"}}"#, "x".repeat(1 << 20));
    peer.send(&long).await;
    let answer = peer.receive().await;
    assert_failure(&answer, "FrameTooLarge", "no", false);
    assert!(answer["error"].as_str().unwrap().contains("1048589"), "{answer}");
    peer.works().await;
    // In the codec of the frame, whose first byte is enough to know it.
    peer.send_raw(&frame(&[&[0x80][..], &[0; 2000]].concat())).await;
    assert_failure(&peer.receive_packed().await, "FrameTooLarge", "no", false);
    peer.works().await;
    // The longest frame there can be, of which hardly anything comes.
    peer.send_raw(b"\xff\xff\xff\xff{").await;
    assert_failure(&peer.receive().await, "FrameTooLarge", "no", false);
    drop(peer);
    server.peer().await.works().await;
}

#[tokio::test]
async fn replies_that_cannot_be_written_are_failures_that_were_delivered() {
    let server = Server::setup()
        .listener(|options| options.max_frame(1000))
        .start()
        .await;
    let mut peer = server.peer().await;
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"NotANumber","request_id":"n","expects_reply":true}"#)
        .await;
    assert_failure(&answer, "SerializationError", "yes", false);
    assert_eq!(answer["error_details"]["path"], "payload[1]");
    peer.send_packed(&json!({"target": "probe", "message_type": "NotANumber", "expects_reply": true}))
        .await;
    assert_eq!(
        peer.receive_packed().await["success"],
        true,
        "MessagePack has a form for it"
    );
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"Long","payload":{"bytes":2000},"request_id":"n","expects_reply":true}"#)
        .await;
    assert_failure(&answer, "SerializationError", "yes", false);
    peer.works().await;
}

#[tokio::test]
async fn frames_are_understood_however_they_are_cut() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let request = r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":2},"expects_reply":true}"#;
    for byte in frame(request.as_bytes()) {
        peer.send_raw(&[byte]).await;
    }
    assert_eq!(peer.receive().await["payload"], 3);
    let padded = format!("{}{request}", " ".repeat(1 << 20));
    assert_eq!(peer.ask(&padded).await["payload"], 3);
    peer.works().await;
}

#[tokio::test]
async fn no_bytes_whatever_end_more_than_their_own_connection() {
    let server = Server::start().await;
    // A generator of its own, so that a failure can be repeated.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    let valid =
        br#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":2},"request_id":"r","expects_reply":true}"#;
    for _ in 0..20 {
        let mut peer = server.peer().await;
        for _ in 0..50 {
            let mut payload = valid.to_vec();
            for _ in 0..1 + random() % 4 {
                let at = usize::from(random()) % payload.len();
                payload[at] = random();
            }
            peer.send_raw(&frame(&payload)).await;
        }
        peer.send_raw(&std::array::from_fn::<u8, 100, _>(|_| random())).await;
    }
    server.peer().await.works().await;
}
