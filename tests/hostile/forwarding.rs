//! Replies that are to go where they cannot.

use serde_json::{Value, json};

use crate::{
    case::case,
    peer::{CODECS, Peer, encoded, failed, refused, with},
};

/// An ask of the cashier whose reply goes to another actor.
fn ask(message: &str, payload: Value, reply_to: &str) -> Value {
    json!({
        "target": "cashier", "message_type": message, "payload": payload, "reply_to": reply_to, "expects_reply": true,
        "request_id": "f",
    })
}

fn receipt(n: u32, reply_to: &str) -> Value {
    ask("Receipt", json!({"n": n, "bytes": 0}), reply_to)
}

fn delivered() -> Value {
    json!({"success": true, "request_id": "f", "error": null, "payload": null})
}

/// What is booked in a ledger. One that has just been held may be busy for a moment.
fn booked(peer: &mut Peer, ledger: &str) -> Value {
    let ask = json!({"target": ledger, "message_type": "Booked", "expects_reply": true, "request_id": "b"});
    loop {
        let answer = peer.ask(&ask);
        if answer["success"] == true {
            break answer["payload"].clone();
        }
        refused(&answer, "TargetBusy");
    }
}

#[test]
fn a_reply_goes_to_the_actor_that_is_named() {
    case(&["FORWARD-1", "FORWARD-2"], |service| {
        let mut peer = Peer::of(service);
        for codec in CODECS {
            assert_eq!(peer.answer(codec, encoded(codec, &receipt(1, "ledger"))), delivered());
        }
        assert_eq!(booked(&mut peer, "ledger"), json!([1, 1]));
        // Its own actor is one as any other.
        assert_eq!(peer.ask(&receipt(2, "cashier")), delivered());
        assert_eq!(booked(&mut peer, "cashier"), json!([2]));
        // Without an id the answer has its place in the order.
        let mut unnamed = ask("Late", json!({"gate": "a late receipt"}), "ledger");
        unnamed.as_object_mut().expect("it is one").remove("request_id");
        peer.tell(&unnamed);
        peer.tell(&json!({"target": "mark", "message_type": "Pid", "expects_reply": true}));
        Peer::of(service).call("Open", json!({"gate": "a late receipt"}));
        assert_eq!(peer.receive(), json!({"success": true, "error": null, "payload": null}));
        assert_eq!(peer.receive()["payload"], service.pid());
        // A caller that is gone has it delivered all the same, if it said that it waits for nothing.
        let mut other = Peer::of(service);
        other.tell(&with(receipt(3, "ledger"), json!({"expects_reply": false})));
        other.works();
        drop(other);
        while booked(&mut peer, "ledger") != json!([1, 1, 0, 3]) {}
    });
}

#[test]
fn only_an_exposed_actor_that_takes_the_type_gets_a_reply() {
    case(&["FORWARD-1", "FORWARD-3", "ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        let long = "n".repeat(1025);
        let megabyte = "n".repeat(1 << 20);
        for (reply_to, code) in [
            ("nobody", "ActorNotFound"),
            ("", "ActorNotFound"),
            ("cellar", "ActorNotFound"),
            ("silent ledger/x", "ActorNotFound"),
            ("\0\u{7}\u{1b}[2J", "ActorNotFound"),
            ("~1", "ActorNotFound"),
            ("*", "ActorNotFound"),
            ("mark", "UnknownMessageType"),
            ("both", "UnknownMessageType"),
            ("price_feed", "UnknownMessageType"),
            (&long, "ProtocolError"),
            (&megabyte, "ProtocolError"),
        ] {
            for codec in CODECS {
                let refusal = peer.answer(codec, encoded(codec, &receipt(9, reply_to)));
                let text = refused(&refusal, code);
                assert!(text.len() < 2000 && !text.contains(char::is_control), "{text}");
                assert_eq!(refusal["request_id"], "f");
            }
            // Nobody is told, but nobody gets it either.
            peer.tell(&with(
                receipt(9, reply_to),
                json!({"expects_reply": false, "request_id": null}),
            ));
        }
        for wrong in [json!(7), json!([]), json!({}), json!(true)] {
            refused(
                &peer.ask(&with(receipt(9, ""), json!({"reply_to": wrong}))),
                "ProtocolError",
            );
        }
        // The reply to this is of no type that any method takes whole, and this method has none.
        refused(
            &peer.ask(&ask("Plain", json!({"n": 9}), "silent ledger")),
            "UnknownMessageType",
        );
        refused(&peer.ask(&ask("Wink", json!({}), "silent ledger")), "ProtocolError");
        assert_eq!(booked(&mut peer, "silent ledger"), json!([]));
    });
}

#[test]
fn a_stream_goes_nowhere_else() {
    case(&["FORWARD-4", "CALL-3"], |service| {
        let mut peer = Peer::of(service);
        for (reply, stream) in [(false, true), (true, true), (true, false), (false, false)] {
            let flags = json!({"expects_reply": reply, "expects_stream": stream});
            let refusal = peer.ask(&with(ask("Receipts", json!({"to": 3}), "silent ledger"), flags.clone()));
            refused(&refusal, "ProtocolError");
            if stream {
                refused(&peer.ask(&with(receipt(9, "silent ledger"), flags)), "ProtocolError");
            }
        }
        assert_eq!(booked(&mut peer, "silent ledger"), json!([]));
    });
}

#[test]
fn what_goes_wrong_is_the_callers_to_hear() {
    case(&["FORWARD-2", "ERROR-2", "ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        let refusal = peer.ask(&ask("Refuse", json!({}), "silent ledger"));
        assert_eq!(
            (&refusal["error_code"], &refusal["error_details"]),
            (&json!("ContractError"), &json!({"ByZero": {"dividend": 7}}))
        );
        let text = failed(
            &peer.ask(&ask("Burst", json!({}), "silent ledger")),
            "ActorFailed",
            "yes",
        );
        assert!(!text.contains("secret"), "{text}");
        refused(
            &peer.ask(&ask("Receipt", json!({"n": "x"}), "silent ledger")),
            "SerializationError",
        );
        // What is too long for a frame is not too long for a queue: it never becomes one.
        let long = ask("Receipt", json!({"n": 5, "bytes": crate::peer::LONGEST + 1}), "cashier");
        assert_eq!(peer.ask(&long), delivered());
        // It is not asked for in time.
        let late = with(
            ask("Late", json!({"gate": "never a receipt"}), "silent ledger"),
            json!({"timeout_ms": 50}),
        );
        assert_eq!(peer.ask(&late)["error_code"], "Timeout");
        peer.tell(&with(late, json!({"timeout_ms": 20_000})));
        peer.tell(&json!({"control": "cancel", "request_id": "f"}));
        assert_eq!(peer.receive()["error_code"], "Cancelled");
        assert_eq!(booked(&mut peer, "silent ledger"), json!([]));
    });
}

#[test]
fn a_ledger_whose_queue_is_full_loses_a_reply_and_its_caller_is_told() {
    case(&["FORWARD-2"], |service| {
        let mut peer = Peer::of(service);
        let gate = "a ledger that is held";
        peer.tell(&json!({
            "target": "held ledger", "message_type": "Hold", "payload": {"gate": gate}, "expects_reply": true, "request_id": "h",
        }));
        peer.call_with_an_id("Gathered", json!({"gate": gate, "count": 1}));
        let mut confirmed = 0;
        for n in 0..50 {
            let answer = peer.ask(&receipt(n, "held ledger"));
            if answer["success"] == true {
                confirmed += 1;
            } else {
                failed(&answer, "TargetBusy", "yes");
                assert_eq!(answer["error_details"]["retryable"], false, "the call itself has run");
            }
        }
        assert!((1..50).contains(&confirmed), "the queue is bounded: {confirmed}");
        Peer::of(service).call("Open", json!({"gate": gate}));
        assert_eq!(peer.receive()["request_id"], "h");
        assert_eq!(
            booked(&mut peer, "held ledger").as_array().map(Vec::len),
            Some(confirmed)
        );
    });
}
