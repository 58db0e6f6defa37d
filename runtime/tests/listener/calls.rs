//! Requests that are answered once, or not at all.

use serde_json::{Value, json};

use crate::{
    peer::{assert_failure, within},
    probe::Server,
};

#[tokio::test]
async fn an_ask_is_answered_as_the_seeds_say() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let answer = peer
        .ask(r#"{"target": "probe", "message_type": "Add", "payload": {"a": 5, "b": 3}, "expects_reply": true}"#)
        .await;
    assert_eq!(answer, json!({"success": true, "payload": 8, "error": null}));
    let answer = peer
        .ask(r#"{"request_id":"é\u0041","target":"probe","message_type":"test.Probe.Add","payload":{"a":5,"b":-7},"expects_reply":true}"#)
        .await;
    assert_eq!(
        answer,
        json!({"request_id": "éA", "success": true, "payload": -2, "error": null})
    );
}

#[tokio::test]
async fn a_method_without_arguments_takes_any_empty_payload() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for payload in ["", r#","payload":null"#, r#","payload":{}"#] {
        let request = format!(r#"{{"target":"probe","message_type":"Nothing","expects_reply":true{payload}}}"#);
        assert_eq!(
            peer.ask(&request).await,
            json!({"success": true, "payload": null, "error": null})
        );
    }
}

#[tokio::test]
async fn a_declared_error_is_a_contract_error_with_its_value() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"Divide","payload":{"a":7,"b":0},"request_id":"d","expects_reply":true}"#)
        .await;
    assert_eq!(answer["request_id"], "d");
    assert_eq!(answer["success"], false);
    assert_eq!(answer["error_code"], "ContractError");
    assert_eq!(answer["error_details"], json!({"ByZero": {"dividend": 7}}));
    assert_eq!(server.listener.stats().errors, 0, "a declared error is an answer");
}

#[tokio::test]
async fn tells_and_asks_whose_reply_nobody_wants_are_run_and_not_answered() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(r#"{"target":"probe","message_type":"Note","payload":{"text":"a"}}"#)
        .await;
    peer.send(r#"{"target":"probe","message_type":"Note","payload":{"text":"b"},"request_id":"n"}"#)
        .await;
    server.gates.open("c");
    peer.send(r#"{"target":"probe","message_type":"Hold","payload":{"gate":"c"}}"#)
        .await;
    let confirmed = peer
        .ask(r#"{"target":"probe","message_type":"Note","payload":{"text":"d"},"expects_reply":true}"#)
        .await;
    assert_eq!(confirmed, json!({"success": true, "payload": null, "error": null}));
    let notes = peer
        .ask(r#"{"target":"probe","message_type":"Notes","expects_reply":true}"#)
        .await;
    assert_eq!(notes["payload"], json!(["a", "b", "c", "d"]));
}

#[tokio::test]
async fn flags_that_do_not_fit_the_method_are_refused_with_the_right_one() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let cases = [
        (
            "Add",
            r#""expects_reply":true,"expects_stream":true"#,
            "`expects_reply`",
        ),
        (
            "Count",
            r#""expects_reply":true,"expects_stream":true"#,
            "`expects_stream`",
        ),
        ("Count", r#""expects_reply":true"#, "`expects_stream`"),
        ("Count", r#""expects_reply":false"#, "`expects_stream`"),
        (
            "Note",
            r#""expects_reply":true,"expects_stream":true"#,
            "`expects_reply`",
        ),
    ];
    for (message, flags, right) in cases {
        let request =
            format!(r#"{{"target":"probe","message_type":"{message}","payload":{{}},"request_id":"f",{flags}}}"#);
        let answer = peer.ask(&request).await;
        assert_failure(&answer, "ProtocolError", "no", false);
        assert!(answer["error"].as_str().unwrap().contains(right), "{answer}");
        assert_eq!(answer["request_id"], "f");
    }
    // Nobody is there to be told.
    peer.send(r#"{"target":"probe","message_type":"Count","payload":{"to":3}}"#)
        .await;
    peer.works().await;
}

#[tokio::test]
async fn many_calls_of_one_connection_are_in_flight_and_answered_as_they_finish() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for n in 0..10 {
        peer.send(&format!(
            r#"{{"target":"probe","message_type":"Wait","payload":{{"gate":"{n}"}},"request_id":"{n}","expects_reply":true}}"#
        ))
        .await;
    }
    for n in (0..10).rev() {
        server.gates.open(&n.to_string());
        let answer = peer.receive().await;
        assert_eq!(
            (&answer["request_id"], &answer["payload"]),
            (&json!(n.to_string()), &json!(n.to_string()))
        );
    }
}

#[tokio::test]
async fn a_batch_of_requests_in_one_write_is_answered_whole() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let mut batch = Vec::new();
    for n in 0..1000 {
        let request = format!(
            r#"{{"target":"probe","message_type":"Add","payload":{{"a":{n},"b":1}},"request_id":"{n}","expects_reply":true}}"#
        );
        batch.extend(crate::peer::frame(request.as_bytes()));
    }
    // Cut at odd places, as a socket does.
    let (first, second) = batch.split_at(batch.len() / 3 + 1);
    peer.send_raw(first).await;
    peer.send_raw(second).await;
    for n in 0..1000 {
        let answer = peer.receive().await;
        assert_eq!(
            (&answer["request_id"], &answer["payload"]),
            (&json!(n.to_string()), &json!(n + 1))
        );
    }
    assert_eq!(server.listener.stats().messages_processed, 1000);
}

#[tokio::test]
async fn a_call_that_takes_too_long_fails_and_its_handler_is_told() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"t","expects_reply":true,"timeout_ms":30}"#)
        .await;
    assert_failure(&answer, "Timeout", "unknown", false);
    server.gates.left("g").await;
    peer.works().await;
}

#[tokio::test]
async fn a_call_that_is_late_in_the_queue_was_not_delivered() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Hold","payload":{"gate":"h"},"request_id":"h","expects_reply":true}"#,
    )
    .await;
    server.gates.entered("h").await;
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"Note","payload":{"text":"never"},"expects_reply":true,"timeout_ms":1}"#)
        .await;
    assert_eq!(
        answer["success"], true,
        "a tell is confirmed once it is enqueued: {answer}"
    );
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"Hold","payload":{"gate":"late"},"request_id":"l","expects_reply":true,"timeout_ms":30}"#)
        .await;
    assert_failure(&answer, "Timeout", "no", true);
    server.gates.open("h");
    assert_eq!(peer.receive().await["payload"], "h");
    peer.works().await;
    assert_eq!(server.gates.visitors("late"), 0, "it was never run");
}

#[tokio::test]
async fn the_runtimes_limits_hold_for_callers_outside() {
    let runtime = callsheet::Runtime::configure().longest_timeout(std::time::Duration::from_millis(20));
    let server = Server::setup().runtime(runtime).start().await;
    let mut peer = server.peer().await;
    for timeout in ["", r#","timeout_ms":18446744073709551615"#] {
        let request = format!(
            r#"{{"target":"probe","message_type":"Wait","payload":{{"gate":"g"}},"expects_reply":true{timeout}}}"#
        );
        assert_failure(&peer.ask(&request).await, "Timeout", "unknown", false);
    }
}

#[tokio::test]
async fn a_handler_that_panics_fails_its_call_and_is_survived() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let answer = peer
        .ask(r#"{"target":"probe","message_type":"Explode","expects_reply":true}"#)
        .await;
    assert_failure(&answer, "ActorFailed", "yes", false);
    peer.works().await;
}

#[tokio::test]
async fn a_full_queue_is_busy_and_nothing_waits_for_it() {
    let server = Server::setup().capacity(1).start().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Hold","payload":{"gate":"h"},"request_id":"h","expects_reply":true}"#,
    )
    .await;
    server.gates.entered("h").await;
    let add = |id: &str| {
        format!(
            r#"{{"target":"probe","message_type":"Add","payload":{{"a":1,"b":1}},"request_id":"{id}","expects_reply":true}}"#
        )
    };
    peer.send(&add("queued")).await;
    let answer = peer.ask(&add("refused")).await;
    assert_eq!(answer["request_id"], "refused");
    assert_failure(&answer, "TargetBusy", "no", true);
    server.gates.open("h");
    assert_eq!(peer.receive().await["request_id"], "h");
    assert_eq!(peer.receive().await["request_id"], "queued");
}

#[tokio::test]
async fn an_actor_that_stops_answers_what_it_has_queued_and_is_not_found_afterwards() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.works().await;
    let other = server
        .runtime
        .actor("late", || Still)
        .serves(crate::probe::Adder)
        .expose();
    let late = other.start().await.unwrap();
    let ask = r#"{"target":"late","message_type":"Add","payload":{"a":1},"expects_reply":true}"#;
    assert_eq!(peer.ask(ask).await["payload"], 1);
    late.stop().await;
    assert_failure(&peer.ask(ask).await, "ActorNotFound", "no", true);
    let again = server
        .runtime
        .actor("late", || Still)
        .serves(crate::probe::Adder)
        .expose();
    again.start().await.unwrap();
    assert_eq!(peer.ask(ask).await["payload"], 1, "the name leads to the new actor");
}

struct Still;

impl crate::probe::Adder for Still {
    fn add(&self, a: i32) -> i32 {
        a
    }
}

#[tokio::test]
async fn short_names_of_several_contracts_are_ambiguous() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let answer = peer
        .ask(r#"{"target":"both","message_type":"Add","payload":{"a":1,"b":2},"expects_reply":true}"#)
        .await;
    assert_failure(&answer, "AmbiguousMessageType", "no", false);
    let mut candidates: Vec<&str> = answer["error_details"]["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    candidates.sort_unstable();
    assert_eq!(candidates, ["other.Adder.Add", "test.Probe.Add"]);
    let answer = peer
        .ask(r#"{"target":"both","message_type":"other.Adder.Add","payload":{"a":1},"expects_reply":true}"#)
        .await;
    assert_eq!(answer["payload"], 1);
}

#[tokio::test]
async fn too_many_calls_in_flight_are_refused_until_one_is_answered() {
    let server = Server::setup()
        .listener(|options| options.max_in_flight(2))
        .start()
        .await;
    let mut peer = server.peer().await;
    for id in ["a", "b"] {
        peer.send(&format!(
            r#"{{"target":"probe","message_type":"Wait","payload":{{"gate":"{id}"}},"request_id":"{id}","expects_reply":true}}"#
        ))
        .await;
    }
    let third =
        r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1},"request_id":"c","expects_reply":true}"#;
    let answer = peer.ask(third).await;
    assert_failure(&answer, "LimitExceeded", "no", true);
    server.gates.open("a");
    assert_eq!(peer.receive().await["request_id"], "a");
    assert_eq!(peer.ask(third).await["payload"], 2);
}

#[tokio::test]
async fn a_lost_connection_abandons_what_it_had_in_flight() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let mut other = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"w"},"request_id":"w","expects_reply":true}"#,
    )
    .await;
    peer.send(r#"{"target":"probe","message_type":"Gated","payload":{"gate":"s","to":3},"request_id":"s","expects_stream":true}"#).await;
    server.gates.entered("w").await;
    server.gates.entered("s").await;
    drop(peer);
    server.gates.left("w").await;
    server.gates.left("s").await;
    other.works().await;
}

#[tokio::test]
async fn a_peer_that_has_said_all_still_gets_its_answers() {
    use tokio::io::AsyncWriteExt;
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(r#"{"target":"probe","message_type":"Wait","payload":{"gate":"w"},"expects_reply":true}"#)
        .await;
    peer.socket.shutdown().await.unwrap();
    server.gates.entered("w").await;
    server.gates.open("w");
    assert_eq!(peer.receive().await["payload"], "w");
    peer.is_closed().await;
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_not_read_from_and_delays_nobody() {
    let server = Server::setup()
        .listener(|options| options.high_water(64 << 10))
        .start()
        .await;
    let mut slow = server.peer().await;
    let mut other = server.peer().await;
    let request = r#"{"target":"probe","message_type":"Long","payload":{"bytes":10000},"expects_reply":true}"#;
    let frame = crate::peer::frame(request.as_bytes());
    let most = 1000 * 1000 * frame.len();
    let mut sent = 0;
    let mut stood_still = 0;
    while sent < most && stood_still < 100 {
        match slow.socket.try_write(&frame[sent % frame.len()..]) {
            Ok(written) => (sent, stood_still) = (sent + written, 0),
            // Others have their turns, and so would this peer if it were read from.
            Err(_) => {
                other.works().await;
                stood_still += 1;
            }
        }
    }
    assert!(sent < most, "the server stopped reading");
    for _ in 0..sent / frame.len() {
        let answer = slow.receive().await;
        assert!(
            answer["success"] == true || answer["error_code"] == "LimitExceeded",
            "{answer}"
        );
    }
}

#[tokio::test]
async fn stats_count_what_happened() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.works().await;
    peer.ask(r#"{"target":"nobody","message_type":"Add","expects_reply":true}"#)
        .await;
    let stats = server.listener.stats();
    assert_eq!(
        (stats.active_connections, stats.messages_processed, stats.errors),
        (1, 1, 1)
    );
    drop(peer);
    within(async {
        while server.listener.stats().active_connections > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
