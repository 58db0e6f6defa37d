//! Peers that host actors, and do it badly.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    case::case,
    peer::{CODECS, Codec, Peer, encoded, refused, with},
    service::Service,
};

/// The mailbox of an actor of the peer's own.
pub(crate) fn mine(id: &str) -> Value {
    json!({"contract": "hostile.Host", "id": id, "route": "client"})
}

/// A call of a desk, which will call a host.
pub(crate) fn desk(message: &str, payload: Value, id: &str) -> Value {
    json!({"target": "desk", "message_type": message, "payload": payload, "expects_reply": true, "request_id": id})
}

/// The next frame, which is a request of the server's: its id and all of it.
pub(crate) fn asked(peer: &mut Peer) -> (String, Value) {
    let (_, frame) = peer.next();
    assert!(frame["target"].is_string(), "a request of the server's: {frame}");
    (frame["request_id"].as_str().expect("it has an id").to_owned(), frame)
}

pub(crate) fn reply(id: &str, payload: Value) -> Value {
    json!({"success": true, "request_id": id, "error": null, "payload": payload})
}

fn failure(id: &str, code: &str, details: Value) -> Value {
    json!({
        "success": false, "request_id": id, "error": format!("{code}: said the host"), "error_code": code,
        "error_details": details, "payload": null,
    })
}

pub(crate) fn item(id: &str, sequence: u32, is_final: bool, payload: Value) -> Value {
    json!({"stream_id": id, "sequence": sequence, "is_final": is_final, "payload": payload})
}

/// What a desk answers to the call `id` whose host gave no number.
pub(crate) fn lost(id: &str, code: &str, delivered: &str) -> Value {
    json!({
        "success": false, "request_id": id, "error": "ContractError: Lost", "error_code": "ContractError",
        "error_details": {"code": code, "delivered": delivered}, "payload": null,
    })
}

/// The same, but for its text.
pub(crate) fn is_lost(answer: &Value, id: &str, code: &str, delivered: &str) {
    let mut expected = lost(id, code, delivered);
    expected["error"] = answer["error"].clone();
    assert_eq!(*answer, expected);
}

/// That a call is answered that its time is over, by the desk or for it: both have the same time.
fn is_late(answer: &Value) {
    let code = match answer["error_code"].as_str() {
        Some("ContractError") => &answer["error_details"]["code"],
        _ => &answer["error_code"],
    };
    assert_eq!(
        (code, &answer["request_id"]),
        (&json!("Timeout"), &json!("c")),
        "{answer}"
    );
}

#[test]
fn a_host_is_asked_in_its_own_codec_and_answers_in_any() {
    case(&["CALLBACK-1", "CALLBACK-2", "CALLBACK-3", "MAILBOX-2"], |service| {
        let mut peer = Peer::of(service);
        for (asks, answers) in CODECS.iter().flat_map(|asks| CODECS.map(|answers| (*asks, answers))) {
            let call = with(
                desk("Ask", json!({"host": mine("a/b"), "times": 2}), "c"),
                json!({"timeout_ms": 20_000}),
            );
            peer.send(encoded(asks, &call));
            let mut last = None;
            for (n, codec) in [(0, asks), (1, answers)] {
                // It is asked in the codec of what it said last.
                let (found, mut frame) = peer.next();
                assert_eq!(found, codec, "{frame}");
                let id = frame["request_id"].take();
                let left = frame["timeout_ms"]
                    .take()
                    .as_u64()
                    .expect("its caller waits only so long");
                assert!(left <= 21_000, "{left}");
                let chain = frame["chain"].take();
                assert_eq!(
                    (chain.as_array().map(Vec::len), &chain[0]["actor"]),
                    (Some(1), &json!("desk"))
                );
                let expected = json!({
                    "target": "a/b", "message_type": "hostile.Host.Step", "expects_reply": true, "payload": {"n": n},
                    "request_id": null, "timeout_ms": null, "chain": null,
                });
                assert_eq!(frame, expected);
                let id = id.as_str().expect("it has an id");
                let number: u64 = id.parse().expect("it is a number");
                assert!(last.is_none_or(|last| number > last), "no id comes twice");
                last = Some(number);
                peer.send(encoded(answers, &reply(id, json!(10 + n))));
            }
            assert_eq!(peer.next(), (asks, reply("c", json!(21))));
        }
    });
}

#[test]
fn the_ids_of_both_sides_are_apart() {
    case(&["CALLBACK-3", "CANCEL-2", "ID-3"], |service| {
        let mut peer = Peer::of(service);
        peer.tell(&desk("Ask", json!({"host": mine("a"), "times": 1}), "1"));
        let (id, _) = asked(&mut peer);
        assert_eq!(id, "1", "a new connection counts from there");
        // This one is not the server's call, though it is called the same.
        let taken = peer.ask(&desk("Look", json!({}), "1"));
        refused(&taken, "ProtocolError");
        peer.tell(&reply("1", json!(5)));
        assert_eq!(peer.receive(), reply("1", json!(5)));
        // To cancel is the caller's: neither of these ends a call of the server's.
        peer.tell(&desk("Ask", json!({"host": mine("a"), "times": 1}), "c"));
        let (id, _) = asked(&mut peer);
        peer.tell(&json!({"control": "cancel", "request_id": id}));
        peer.tell(&json!({"control": "credit", "stream_id": id, "items": 5}));
        peer.works();
        peer.tell(&reply(&id, json!(6)));
        assert_eq!(peer.receive(), reply("c", json!(6)));
    });
}

#[test]
fn a_host_that_never_answers_is_not_waited_for_beyond_the_deadline() {
    case(&["CALLBACK-6", "CALL-6"], |service| {
        let mut peer = Peer::of(service);
        for _ in 0..3 {
            let call = desk("Ask", json!({"host": mine("a"), "times": 1}), "c");
            peer.tell(&with(call, json!({"timeout_ms": 200})));
            let mut seen = BTreeMap::new();
            // On a slow machine its time may be over before it has begun.
            while !seen.contains_key("late") || seen.contains_key("asked") != seen.contains_key("cancelled") {
                let frame = peer.receive();
                let kind = match () {
                    () if frame["target"] == "a" => "asked",
                    () if frame["control"] == "cancel" => "cancelled",
                    () => "late",
                };
                assert!(seen.insert(kind, frame).is_none(), "once");
            }
            is_late(&seen["late"]);
            if let Some(asked) = seen.get("asked") {
                assert_eq!(seen["cancelled"]["request_id"], asked["request_id"]);
                // What comes now is nobody's.
                let id = asked["request_id"].as_str().expect("a text");
                peer.tell(&reply(id, json!(1)));
                peer.tell(&failure(
                    id,
                    "Cancelled",
                    json!({"retryable": false, "delivered": "unknown"}),
                ));
            }
            peer.works();
        }
    });
}

#[test]
fn a_second_answer_is_nobodys() {
    case(&["CALLBACK-5"], |service| {
        let mut peer = Peer::of(service);
        peer.tell(&desk("Ask", json!({"host": mine("a"), "times": 2}), "c"));
        let (first, _) = asked(&mut peer);
        for payload in [1, 2, 3] {
            peer.tell(&reply(&first, json!(payload)));
        }
        peer.tell(&item(&first, 0, true, json!(4)));
        let (second, _) = asked(&mut peer);
        assert_ne!(first, second);
        peer.tell(&reply(&first, json!(1000)));
        peer.tell(&reply(&second, json!(10)));
        assert_eq!(peer.receive(), reply("c", json!(11)), "the first one counts");
        peer.works();
    });
}

#[test]
fn an_answer_to_what_was_not_asked_is_refused() {
    case(&["CALLBACK-5", "KIND-4"], |service| {
        let mut peer = Peer::of(service);
        peer.tell(&desk("Ask", json!({"host": mine("a"), "times": 1}), "c"));
        let (id, _) = asked(&mut peer);
        let next = (id.parse::<u64>().expect("a number") + 1).to_string();
        for wrong in [
            "0",
            &next,
            "18446744073709551616",
            "-1",
            "x",
            "c",
            "~1",
            &format!("0{id}"),
            &format!("+{id}"),
            &format!("{id} "),
        ] {
            for codec in CODECS {
                let refusal = peer.answer(codec, encoded(codec, &reply(wrong, json!(666))));
                refused(&refusal, "ProtocolError");
                assert_eq!(refusal["request_id"], wrong);
                let refusal = peer.answer(codec, encoded(codec, &item(wrong, 0, true, json!(666))));
                refused(&refusal, "ProtocolError");
            }
        }
        let refusal = peer.ask(&json!({"success": true, "error": null, "payload": 666}));
        refused(&refusal, "ProtocolError");
        // Nor is it an answer to what somebody else was asked.
        refused(&Peer::of(service).ask(&reply(&id, json!(666))), "ProtocolError");
        peer.tell(&reply(&id, json!(7)));
        assert_eq!(peer.receive(), reply("c", json!(7)));
    });
}

#[test]
fn an_answer_belongs_to_the_call_whose_id_it_has() {
    case(&["CALLBACK-5", "ORDER-2"], |service| {
        let mut peer = Peer::of(service);
        let mut calls = BTreeMap::new();
        for n in 0..100_u32 {
            peer.tell(&desk(
                "Ask",
                json!({"host": mine(&format!("h{n}")), "times": 1}),
                &format!("c{n}"),
            ));
            let (id, frame) = asked(&mut peer);
            calls.insert(frame["target"].as_str().expect("a text").to_owned(), id);
        }
        let ids: BTreeSet<_> = calls.values().collect();
        assert_eq!(ids.len(), 100);
        for n in (0..100_u32).rev() {
            // Its neighbour's id: whoever swaps them swaps the answers, and harms nobody else.
            peer.tell(&reply(&calls[&format!("h{}", n ^ 1)], json!(n)));
            assert_eq!(peer.receive(), reply(&format!("c{}", n ^ 1), json!(n)));
        }
        peer.works();
    });
}

#[test]
fn an_answer_that_does_not_fit_is_the_failure_of_that_call_alone() {
    case(&["CALLBACK-4", "ERROR-3"], |service| {
        let mut peer = Peer::of(service);
        let plain = |retryable: bool, delivered: &str| json!({"retryable": retryable, "delivered": delivered});
        for (answer, code, delivered) in [
            (reply("?", json!("text")), "SerializationError", "yes"),
            (reply("?", json!(-1)), "SerializationError", "yes"),
            (reply("?", json!(null)), "SerializationError", "yes"),
            (reply("?", json!({"later": [1, {"a": 2}]})), "SerializationError", "yes"),
            (json!({"success": true, "request_id": "?"}), "SerializationError", "yes"),
            (failure("?", "ActorNotFound", plain(true, "no")), "ActorNotFound", "no"),
            (failure("?", "TargetBusy", plain(false, "yes")), "TargetBusy", "yes"),
            (failure("?", "Timeout", plain(false, "unknown")), "Timeout", "unknown"),
            (failure("?", "Internal", json!({})), "Internal", "unknown"),
            (
                failure("?", "ContractError", json!({"ByZero": {"dividend": 3}})),
                "ContractError",
                "yes",
            ),
            (
                failure("?", "ContractError", json!({"Unheard": 3})),
                "SerializationError",
                "yes",
            ),
            (failure("?", "ContractError", json!(null)), "SerializationError", "yes"),
            // One reply is no stream.
            (item("?", 0, true, json!(7)), "ProtocolError", "yes"),
            (item("?", 0, false, json!(7)), "ProtocolError", "yes"),
        ] {
            for codec in CODECS {
                peer.send(encoded(
                    codec,
                    &desk("Ask", json!({"host": mine("a"), "times": 1}), "c"),
                ));
                let (id, _) = asked(&mut peer);
                let mut answer = answer.clone();
                let field = if answer.get("stream_id").is_some() {
                    "stream_id"
                } else {
                    "request_id"
                };
                answer[field] = json!(id);
                peer.send(encoded(codec, &answer));
                let told = loop {
                    let (_, frame) = peer.next();
                    // Of a stream that nobody reads it is told that much.
                    if frame["control"] != "cancel" {
                        break frame;
                    }
                };
                is_lost(&told, "c", code, delivered);
            }
        }
        // A code that no version knows is taken for what its details say.
        for answer in [
            failure("?", "Unheard", plain(false, "yes")),
            json!({"success": false, "request_id": "?"}),
            json!({"success": false, "request_id": "?", "error": "\u{7}\u{1b}[2J", "error_code": "\n", "error_details": [1]}),
        ] {
            peer.tell(&desk("Ask", json!({"host": mine("a"), "times": 1}), "c"));
            let (id, _) = asked(&mut peer);
            peer.tell(&with(answer, json!({"request_id": id})));
            assert_eq!(peer.receive()["error_code"], "ContractError");
        }
        peer.works();
    });
}

#[test]
fn a_busy_host_is_asked_again() {
    case(&["CALLBACK-4", "CALLBACK-6"], |service| {
        let mut peer = Peer::of(service);
        let busy = |id: &str| failure(id, "TargetBusy", json!({"retryable": true, "delivered": "no"}));
        peer.tell(&desk("Ask", json!({"host": mine("a"), "times": 1}), "c"));
        let (first, frame) = asked(&mut peer);
        peer.tell(&busy(&first));
        let (second, again) = asked(&mut peer);
        assert_ne!(first, second);
        assert_eq!(frame["payload"], again["payload"]);
        peer.tell(&reply(&second, json!(3)));
        assert_eq!(peer.receive(), reply("c", json!(3)));
        // For as long as its caller waits, and no longer.
        let call = desk("Ask", json!({"host": mine("a"), "times": 1}), "c");
        peer.tell(&with(call, json!({"timeout_ms": 300})));
        let late = loop {
            let frame = peer.receive();
            match frame["request_id"].as_str() {
                Some(id) if frame["target"] == "a" => peer.tell(&busy(id)),
                Some("c") => break frame,
                _ => assert_eq!(frame["control"], "cancel", "{frame}"),
            }
        };
        is_late(&late);
        peer.works();
    });
}

#[test]
fn what_has_no_reply_is_confirmed() {
    case(&["CALLBACK-4"], |service| {
        let mut peer = Peer::of(service);
        for (answer, code, delivered) in [
            (reply("?", json!(null)), None, ""),
            (reply("?", json!("whatever")), None, ""),
            (
                failure("?", "ActorNotFound", json!({"retryable": true, "delivered": "no"})),
                Some("ActorNotFound"),
                "no",
            ),
            (item("?", 0, true, json!(1)), Some("ProtocolError"), "yes"),
        ] {
            peer.tell(&desk("Hint", json!({"host": mine("a")}), "c"));
            let (id, frame) = asked(&mut peer);
            assert_eq!(
                (&frame["message_type"], &frame["expects_reply"], &frame["payload"]),
                (&json!("hostile.Host.Hint"), &json!(true), &json!({"n": 7}))
            );
            let field = if answer.get("stream_id").is_some() {
                "stream_id"
            } else {
                "request_id"
            };
            peer.tell(&with(answer, json!({field: id})));
            let told = peer.receive();
            match code {
                None => assert_eq!(told, reply("c", json!(null))),
                Some(code) => is_lost(&told, "c", code, delivered),
            }
        }
    });
}

/// Has the desk `keeper` remember a host of a connection, which was asked nothing yet.
fn kept(service: &Service, id: &str) -> Peer {
    let mut host = Peer::of(service);
    let keep = with(
        desk("Keep", json!({"host": mine(id)}), "k"),
        json!({"target": "keeper"}),
    );
    assert_eq!(host.ask(&keep), reply("k", json!(null)));
    host
}

#[test]
fn a_host_that_goes_fails_those_who_wait_for_it() {
    case(&["CALLBACK-8", "CLOSE-1", "CLOSE-2", "MAILBOX-5"], |service| {
        let ask_kept = with(desk("AskKept", json!({}), "c"), json!({"target": "keeper"}));
        for half in [false, true] {
            let mut host = kept(service, "a");
            let mut caller = Peer::of(service);
            caller.tell(&ask_kept);
            asked(&mut host);
            if half {
                // Its own call waits for it too, and is answered.
                host.tell(&desk("Ask", json!({"host": mine("b"), "times": 1}), "own"));
                asked(&mut host);
                host.half_close();
                is_lost(&host.receive(), "own", "ConnectionClosed", "unknown");
                is_lost(&caller.receive(), "c", "ConnectionClosed", "unknown");
                host.is_closed();
            } else {
                drop(host);
                is_lost(&caller.receive(), "c", "ConnectionClosed", "unknown");
            }
            // It stays gone, and does not come back with another connection.
            let _other = Peer::of(service);
            is_lost(&caller.ask(&ask_kept), "c", "ConnectionClosed", "no");
        }
        // It goes in the middle of a frame, and of a stream.
        let mut host = kept(service, "a");
        let mut caller = Peer::of(service);
        caller.tell(&ask_kept);
        let (id, _) = asked(&mut host);
        let answer = crate::peer::framed(reply(&id, json!(1)).to_string().as_bytes());
        host.raw(&answer[..answer.len() - 1]);
        drop(host);
        is_lost(&caller.receive(), "c", "ConnectionClosed", "unknown");
        let mut host = Peer::of(service);
        host.tell(&desk("Read", json!({"host": mine("a"), "to": 9}), "s"));
        let (id, _) = asked(&mut host);
        host.tell(&item(&id, 0, false, json!(1)));
        host.half_close();
        // The item may have been read before the end was: there is credit for another then.
        let mut answer = host.receive();
        if answer["control"] == "credit" {
            answer = host.receive();
        }
        is_lost(&answer, "s", "ConnectionClosed", "unknown");
        host.is_closed();
    });
}

#[test]
fn a_thousand_hosts_on_one_connection_are_asked_at_once() {
    case(&["CALLBACK-9", "LIMIT-1", "MAILBOX-1"], |service| {
        let mut peer = Peer::of(service);
        let hosts: Vec<_> = (0..1000).map(|n| mine(&format!("host {n}"))).collect();
        assert_eq!(
            peer.ask(&desk("Count", json!({"hosts": hosts}), "n")),
            reply("n", json!(1000))
        );
        peer.tell(&desk("AskAll", json!({"hosts": hosts}), "all"));
        let mut calls: Vec<_> = (0..1000).map(|_| asked(&mut peer)).collect();
        let targets: BTreeSet<_> = calls.iter().map(|(_, frame)| frame["target"].to_string()).collect();
        assert_eq!(targets.len(), 1000);
        calls.reverse();
        for (id, _) in &calls {
            peer.tell(&reply(id, json!(1)));
        }
        assert_eq!(peer.receive(), reply("all", json!(1000)));
        // More than may be in flight wait for their turn.
        peer.tell(&desk("AskAtOnce", json!({"host": mine("a"), "times": 3000}), "all"));
        let mut waiting: Vec<_> = (0..1024).map(|_| asked(&mut peer).0).collect();
        peer.works();
        for answered in 0..3000 {
            let id = waiting.pop().expect("there is always one more");
            peer.tell(&reply(&id, json!(1)));
            if answered + 1024 < 3000 {
                waiting.push(asked(&mut peer).0);
            }
        }
        assert_eq!(peer.receive(), reply("all", json!(3000)));
        // None is answered, and the peer goes.
        peer.tell(&desk("AskAtOnce", json!({"host": mine("a"), "times": 3000}), "all"));
        asked(&mut peer);
        assert_eq!(Peer::of(service).call("Pid", json!({})), service.pid());
    });
}

#[test]
fn a_host_answers_while_it_asks() {
    case(&["CALLBACK-1", "CALLBACK-3", "ORDER-1"], |service| {
        let mut peer = Peer::of(service);
        // Without an id the answer keeps its place among those without, which what the host says has none of.
        let mut call = desk("Ask", json!({"host": mine("a"), "times": 1}), "");
        call.as_object_mut().expect("it is one").remove("request_id");
        peer.tell(&call);
        let (id, _) = asked(&mut peer);
        peer.tell(&json!({"target": "mark", "message_type": "Pid", "expects_reply": true}));
        peer.works();
        peer.tell(&json!({"control": "ping", "request_id": "p"}));
        assert_eq!(peer.receive()["request_id"], "p");
        peer.tell(&reply(&id, json!(9)));
        assert_eq!(
            peer.next(),
            (Codec::Json, json!({"success": true, "error": null, "payload": 9}))
        );
        assert_eq!(peer.receive()["payload"], service.pid());
    });
}
