//! What the server has counted, whatever was done to it.

use serde_json::{Value, json};

use crate::{
    case::on_its_own,
    controls::answered,
    peer::{CODECS, Peer, asks, encoded, framed, request, streams, with},
    service::Service,
};

/// What was counted of a method of the mark: started, succeeded, ended with the declared error, in flight.
fn counted(stats: &Value, message: &str) -> [u64; 4] {
    let method = &stats["contracts"]["hostile.Mark"]["methods"][format!("hostile.Mark.{message}")];
    ["started", "succeeded", "contract_errors", "in_flight"].map(|name| method[name].as_u64().unwrap_or_default())
}

fn sum(counts: &Value) -> u64 {
    let counts = counts.as_object().expect("a map");
    counts.values().map(|count| count.as_u64().expect("a count")).sum()
}

/// That every call has one outcome or none yet, and every error is one of a call's or a refusal.
fn balances(stats: &Value) {
    let mut errors = sum(&stats["refused"]);
    for contract in stats["contracts"].as_object().expect("a map").values() {
        for (name, method) in contract["methods"].as_object().expect("a map") {
            let [started, succeeded, declared, in_flight] = counted(stats, name.trim_start_matches("hostile.Mark."));
            let failed = sum(&method["failed"]);
            assert_eq!(started, succeeded + declared + failed + in_flight, "{name}: {method}");
            errors += failed;
        }
    }
    assert_eq!(stats["errors"], errors, "{stats}");
}

#[test]
fn stats_count_every_call_and_every_refusal_once() {
    on_its_own(&["STATS-1", "STATS-2", "STATS-3", "STATS-4"], || {
        let service = &Service::start(&[]);
        let mut peer = Peer::of(service);
        let (mut calls, mut refusals) = (0, 0);
        for codec in CODECS {
            for (frame, code) in [
                (asks("Echo", json!({"text": "a"})), None),
                (asks("Divide", json!({"a": 1, "b": 0})), Some("ContractError")),
                (asks("Echo", json!({"text": 7})), Some("SerializationError")),
                (asks("Explode", json!({})), Some("ActorFailed")),
                (asks("No such", json!({})), Some("UnknownMessageType")),
                (
                    with(asks("Echo", json!({})), json!({"target": "nobody"})),
                    Some("ActorNotFound"),
                ),
                (
                    with(asks("Echo", json!({})), json!({"target": "hidden"})),
                    Some("ActorNotFound"),
                ),
                (
                    json!({"control": "stats of tomorrow", "request_id": "c"}),
                    Some("ProtocolError"),
                ),
                (json!({}), Some("ProtocolError")),
            ] {
                let frame = if code == Some("ActorFailed") {
                    with(frame, json!({"target": "fragile"}))
                } else {
                    frame
                };
                let answer = peer.answer(codec, encoded(codec, &frame));
                assert_eq!(answer["error_code"].as_str(), code, "{answer}");
            }
            calls += 1;
            refusals += 1;
            let stats = peer.answer(codec, encoded(codec, &json!({"control": "stats", "request_id": "c"})));
            let stats = &stats["payload"];
            balances(stats);
            assert_eq!(counted(stats, "Echo"), [2 * calls, calls, 0, 0], "{stats}");
            assert_eq!(counted(stats, "Divide"), [calls, 0, calls, 0], "{stats}");
            assert_eq!(counted(stats, "Explode"), [calls, 0, 0, 0], "{stats}");
            let expected = json!({
                "UnknownMessageType": refusals, "ActorNotFound": 2 * refusals, "ProtocolError": 2 * refusals,
            });
            assert_eq!(stats["refused"], expected);
        }
        // Nobody is told of these, which count all the same, and what is asked in the same breath knows of them.
        let untold = [
            request("Echo", json!({"text": "a"})),
            with(request("Echo", json!({})), json!({"target": "nobody"})),
            json!({"message_types": ["Nothing"]}),
            json!({"control": "stats"}),
            json!({"control": "stats", "request_id": "c"}),
        ];
        peer.raw(
            &untold
                .iter()
                .flat_map(|frame| framed(frame.to_string().as_bytes()))
                .collect::<Vec<_>>(),
        );
        let stats = peer.receive()["payload"].take();
        balances(&stats);
        assert_eq!(counted(&stats, "Echo"), [2 * calls + 1, calls + 1, 0, 0], "{stats}");
        assert_eq!(
            (
                &stats["refused"]["ActorNotFound"],
                &stats["refused"]["UnknownMessageType"]
            ),
            (&json!(2 * refusals + 1), &json!(refusals + 1))
        );
        assert!(stats["since_ms"].as_u64() > Some(1_600_000_000_000), "{stats}");
        peer.works();
    });
}

#[test]
fn stats_show_what_is_in_flight_and_what_was_lost_with_its_connection() {
    on_its_own(&["STATS-1", "STATS-2", "STATS-5"], || {
        let service = &Service::start(&[]);
        let (mut peer, mut gone) = (Peer::of(service), Peer::of(service));
        let gate = "counted";
        for id in ["1", "2", "3"] {
            gone.tell(&with(asks("Wait", json!({"gate": gate})), json!({"request_id": id})));
        }
        gone.tell(&with(
            streams("Lagging", json!({"gate": gate, "to": 2}), "s"),
            json!({"credit": 1}),
        ));
        assert_eq!(gone.receive()["payload"], 1);
        // The stream looks ahead, and so waits there too.
        peer.call("Gathered", json!({"gate": gate, "count": 4}));
        let stats = answered(&mut peer, "stats", json!({}));
        balances(&stats);
        assert_eq!(
            (counted(&stats, "Wait"), counted(&stats, "Lagging")),
            ([3, 0, 0, 3], [1, 0, 0, 1])
        );
        let methods = &stats["contracts"]["hostile.Mark"]["methods"];
        assert_eq!(
            methods["hostile.Mark.Wait"].get("latency"),
            None,
            "none has ended: {stats}"
        );
        let latency = &methods["hostile.Mark.Gathered"]["latency"];
        let times = ["min_ns", "p50_ns", "mean_ns", "max_ns"].map(|name| latency[name].as_u64());
        assert!(
            times.iter().all(|time| *time == times[0] && *time > Some(0)),
            "one call: {stats}"
        );
        assert_eq!(latency["count"], 1);
        drop(gone);
        // Those who wait at the gate are gone once their calls are.
        peer.call("Gathered", json!({"gate": gate, "count": 0}));
        let stats = answered(&mut peer, "stats", json!({}));
        balances(&stats);
        assert_eq!(
            (counted(&stats, "Wait"), counted(&stats, "Lagging")),
            ([3, 0, 0, 0], [1, 0, 0, 0])
        );
        let lost = &stats["contracts"]["hostile.Mark"]["methods"]["hostile.Mark.Wait"]["failed"];
        assert_eq!(lost, &json!({"ConnectionClosed": 3}));
        // One of 64 calls is timed.
        for _ in 0..64 {
            peer.call("Nothing", json!({}));
        }
        let latency = |peer: &mut Peer| {
            answered(peer, "stats", json!({}))["contracts"]["hostile.Mark"]["methods"]["hostile.Mark.Nothing"]["latency"]
                ["count"]
                .clone()
        };
        assert_eq!(latency(&mut peer), 1);
        peer.call("Nothing", json!({}));
        assert_eq!(latency(&mut peer), 2);
    });
}
