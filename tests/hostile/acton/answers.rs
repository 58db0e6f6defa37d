//! What there is to ask, and what is answered.

use serde_json::{Value, json};

use super::{
    Client, DISCOVER, FORMS, Form, HEARTBEAT, PUSH, REQUEST, RESPONSE, SECOND, STREAM, SUBSCRIBE, SUBSCRIBE_PATTERNS,
    UNSUBSCRIBE, UNSUBSCRIBE_PATTERNS, ask, echo, framed, request,
};
use crate::{
    case::{canary, case, on_its_own},
    peer::{Peer, with},
    service::Service,
};

fn stream(message: &str, payload: Value) -> Value {
    with(request("s", message, payload), json!({"expects_stream": true}))
}

fn names(field: &str, names: &[&str]) -> Value {
    json!({"correlation_id": "u", field: names})
}

#[test]
fn a_request_has_one_answer_whatever_came_of_it() {
    case(&["ACTON-5", "ACTON-6", "ACTON-13"], |service| {
        let mut client = Client::of(service);
        for form in FORMS {
            client.works(form);
            let nothing = client.ask(form, REQUEST, &ask("r", "Nothing", json!({})));
            assert_eq!(nothing, (RESPONSE, json!({"correlation_id": "r", "success": true})));
            for (target, message, payload, code) in [
                ("nobody", "Echo", json!({}), "ACTOR_NOT_FOUND"),
                ("hidden", "Echo", json!({}), "ACTOR_NOT_FOUND"),
                ("", "Echo", json!({}), "ACTOR_NOT_FOUND"),
                ("mark", "Unheard", json!({}), "UNKNOWN_MESSAGE_TYPE"),
                ("both", "Echo", json!({}), "AMBIGUOUS_MESSAGE_TYPE"),
                ("mark", "Echo", json!({"text": 7}), "SERIALIZATION_ERROR"),
                ("mark", "Echo", json!([]), "SERIALIZATION_ERROR"),
                ("mark", "Count", json!({"to": 1}), "PROTOCOL_ERROR"),
                ("mark", &"x".repeat(1025), json!({}), "PROTOCOL_ERROR"),
            ] {
                let request = with(ask("r", message, payload), json!({"target": target}));
                client.send(form, REQUEST, &request);
                client.is_refused(form, "r", code);
            }
            let divide = ask("r", "Divide", json!({"a": 7, "b": 0}));
            client.send(form, REQUEST, &divide);
            let (kind, failed) = client.answer(form);
            assert_eq!((kind, &failed["error_code"]), (super::ERROR, &json!("CONTRACT_ERROR")));
            assert_eq!(failed["payload"], json!({"ByZero": {"dividend": 7}}));
            client.works(form);
        }
    });
}

#[test]
fn what_wants_no_reply_is_told_that_it_was_delivered() {
    case(&["ACTON-7"], |service| {
        let mut client = Client::of(service);
        let delivered = json!({"correlation_id": "r", "success": true, "payload": {"status": "delivered"}});
        for form in FORMS {
            for message in [
                request("r", "Note", json!({"text": "n"})),
                // Its reply is dropped.
                request("r", "Echo", json!({"text": "n"})),
            ] {
                assert_eq!(client.ask(form, REQUEST, &message), (RESPONSE, delivered.clone()));
            }
            client.send(form, REQUEST, &request("r", "Note", json!({"text": 7})));
            client.is_refused(form, "r", "SERIALIZATION_ERROR");
            client.works(form);
        }
    });
}

#[test]
fn a_stream_ends_once() {
    case(&["ACTON-8", "ACTON-13", "ACTON-15"], |service| {
        let mut client = Client::of(service);
        let item = |n: u32, payload: Value| {
            with(
                json!({"correlation_id": "s", "sequence": n, "is_final": false}),
                payload,
            )
        };
        let end = |n: u32| json!({"correlation_id": "s", "sequence": n, "is_final": true});
        for form in SECOND {
            for request in [
                stream("Count", json!({"to": 2})),
                with(stream("Count", json!({"to": 2})), json!({"expects_reply": true})),
            ] {
                client.send(form, REQUEST, &request);
                for expected in [item(0, json!({"payload": 1})), item(1, json!({"payload": 2})), end(2)] {
                    assert_eq!(client.answer(form), (STREAM, expected));
                }
            }
            client.send(form, REQUEST, &stream("Nulls", json!({"count": 1})));
            for expected in [item(0, json!({})), end(1)] {
                assert_eq!(client.answer(form), (STREAM, expected));
            }
            client.send(form, REQUEST, &stream("Echo", json!({"text": "e"})));
            for expected in [item(0, json!({"payload": "e"})), end(1)] {
                assert_eq!(client.answer(form), (STREAM, expected));
            }
            for (message, payload, items, code) in [
                ("Failing", json!({"after": 1}), 1, "CONTRACT_ERROR"),
                ("Unheard", json!({}), 0, "UNKNOWN_MESSAGE_TYPE"),
                ("Count", json!({"to": -1}), 0, "SERIALIZATION_ERROR"),
                ("Note", json!({"text": "n"}), 0, "PROTOCOL_ERROR"),
            ] {
                client.send(form, REQUEST, &stream(message, payload));
                for n in 0..items {
                    assert_eq!(client.answer(form).1["sequence"], n);
                }
                let (kind, last) = client.answer(form);
                assert_eq!(
                    (kind, &last["is_final"], &last["error_code"]),
                    (STREAM, &json!(true), &json!(code))
                );
                assert_eq!(last["sequence"], items);
            }
            client.works(form);
        }
        // Version 1 has no frames for it.
        client.send(Form::One, REQUEST, &stream("Count", json!({"to": 2})));
        client.is_refused(Form::One, "s", "PROTOCOL_ERROR");
        client.works(Form::One);
    });
}

#[test]
fn whoever_discovers_sees_what_is_exposed() {
    case(&["ACTON-9"], |service| {
        let mut client = Client::of(service);
        for form in SECOND {
            let (kind, found) = client.ask(form, DISCOVER, &json!({"correlation_id": "d"}));
            assert_eq!(
                (kind, &found["success"], &found["correlation_id"]),
                (RESPONSE, &json!(true), &json!("d"))
            );
            let actors: Vec<_> = found["actors"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|actor| &actor["name"])
                .collect();
            assert!(
                actors.contains(&&json!("mark")) && !actors.contains(&&json!("hidden")),
                "{actors:?}"
            );
            let types = found["message_types"].as_array().expect("a list");
            for name in ["hostile.Mark.Echo", "Tick"] {
                assert!(types.contains(&json!(name)), "{types:?}");
            }
            assert_eq!(found["protocol_version"]["current"], 2);
            let neither = json!({"correlation_id": "d", "include_actors": false, "include_message_types": false});
            let (_, found) = client.ask(form, DISCOVER, &neither);
            assert!(
                found.get("actors").is_none() && found.get("message_types").is_none(),
                "{found}"
            );
        }
    });
}

#[test]
fn events_come_in_the_form_of_the_subscription_and_no_longer_than_it_lasts() {
    // Nobody else publishes there.
    on_its_own(&["ACTON-4", "ACTON-10"], || {
        let service = Service::start(&[]);
        let mut publisher = Peer::of(&service);
        let mut publish = |count: u32| publisher.call("Publish", json!({"count": count, "bytes": 1}));
        for form in SECOND {
            let mut client = Client::of(&service);
            let listed =
                |field: &str, names: &[&str]| (RESPONSE, json!({"correlation_id": "u", "success": true, field: names}));
            let (types, patterns) = ("subscribed_types", "subscribed_patterns");
            assert_eq!(
                client.ask(form, SUBSCRIBE_PATTERNS, &names("patterns", &["Ti*", "Nothing*"])),
                listed(patterns, &["Nothing*", "Ti*"])
            );
            assert_eq!(
                client.ask(form, SUBSCRIBE, &names("message_types", &["Tick"])),
                listed(types, &["Tick"])
            );
            for refused in [&["Tick", "Unheard"][..], &["T*"], &[""]] {
                client.send(form, SUBSCRIBE, &names("message_types", refused));
                let (kind, answer) = client.answer(form);
                assert_eq!(
                    (kind, &answer["success"], &answer[types]),
                    (super::ERROR, &json!(false), &json!([]))
                );
            }
            client.send(form, SUBSCRIBE_PATTERNS, &names("patterns", &["Tick"]));
            assert_eq!(client.answer(form).1["error_code"], "PROTOCOL_ERROR");
            publish(2);
            for n in 0..2 {
                let (kind, push) = client.answer(form);
                assert_eq!((kind, &push["message_type"]), (PUSH, &json!("Tick")));
                assert_eq!(push["payload"], json!({"n": n, "text": "x"}));
                assert!(
                    push["notification_id"].is_string() && push["timestamp_ms"].is_u64(),
                    "{push}"
                );
            }
            // The pattern still wants them; then nobody does.
            assert_eq!(
                client.ask(form, UNSUBSCRIBE, &names("message_types", &["Tick"])),
                listed(types, &[])
            );
            publish(1);
            assert_eq!(client.answer(form).0, PUSH);
            assert_eq!(
                client.ask(form, UNSUBSCRIBE_PATTERNS, &names("patterns", &[])),
                listed(patterns, &[])
            );
            publish(1);
            client.works(form);
            client.ask(form, SUBSCRIBE_PATTERNS, &names("patterns", &["*"]));
            client.ask(form, SUBSCRIBE, &names("message_types", &["Tick"]));
            assert_eq!(
                client.ask(form, UNSUBSCRIBE, &names("message_types", &[])),
                listed(types, &[])
            );
            publish(1);
            client.works(form);
        }
        canary(&service);
    });
}

#[test]
fn a_heartbeat_is_answered() {
    case(&["ACTON-11"], |service| {
        let mut client = Client::of(service);
        for form in FORMS {
            client.raw(&framed(form, HEARTBEAT, b""));
            // What is empty is in no format, and says JSON.
            let empty = if form == Form::One { Form::One } else { Form::Json };
            assert_eq!(client.next(), (empty, HEARTBEAT, Value::Null));
            for payload in [&b"{}"[..], b"\x80", b"whatever", &[0xff; 1000]] {
                client.raw(&framed(form, HEARTBEAT, payload));
                assert_eq!(client.next(), (form, HEARTBEAT, json!({})));
            }
        }
    });
}

#[test]
fn a_call_ends_when_its_time_is_over() {
    case(&["ACTON-19"], |service| {
        let mut client = Client::of(service);
        for form in FORMS {
            let late = with(
                ask("r", "Wait", json!({"gate": "never"})),
                json!({"response_timeout_ms": 20}),
            );
            client.send(form, REQUEST, &late);
            client.is_refused(form, "r", "TIMEOUT");
        }
        for form in SECOND {
            let gate = format!("after the first item, {form:?}");
            let lagging = with(
                stream("Lagging", json!({"gate": gate, "to": 2})),
                json!({"response_timeout_ms": 20}),
            );
            client.send(form, REQUEST, &lagging);
            assert_eq!(client.answer(form).1["payload"], 1);
            // So much time has passed for another call meanwhile.
            let late = with(
                ask("r", "Wait", json!({"gate": "never"})),
                json!({"response_timeout_ms": 60}),
            );
            client.send(form, REQUEST, &late);
            client.is_refused(form, "r", "TIMEOUT");
            Peer::of(service).call("Open", json!({"gate": gate}));
            assert_eq!(client.answer(form).1["payload"], 2);
            assert_eq!(client.answer(form).1["is_final"], true);
        }
    });
}

#[test]
fn limits_hold_for_these_connections_too() {
    on_its_own(&["ACTON-18"], || {
        let service = Service::start(&[]);
        let mut client = Client::of(&service);
        let waits = |n: usize| {
            with(
                ask(&n.to_string(), "Wait", json!({"gate": "g"})),
                json!({"target": "crowded"}),
            )
        };
        for n in 0..1024 {
            client.send(FORMS[n % FORMS.len()], REQUEST, &waits(n));
        }
        for form in FORMS {
            client.send(form, REQUEST, &echo("one more"));
            client.is_refused(form, "one more", "LIMIT_EXCEEDED");
        }
        Peer::of(&service).call("Open", json!({"gate": "g"}));
        for _ in 0..1024 {
            assert_eq!(client.next().2["payload"], "g");
        }
        client.works(Form::One);
        let patterns: Vec<String> = (0..65).map(|n| format!("E{n}*")).collect();
        let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
        client.send(Form::Json, SUBSCRIBE_PATTERNS, &names("patterns", &patterns));
        client.is_refused(Form::Json, "u", "LIMIT_EXCEEDED");
        let (_, listed) = client.ask(Form::Json, SUBSCRIBE_PATTERNS, &names("patterns", &patterns[..64]));
        assert_eq!(listed["subscribed_patterns"].as_array().map(Vec::len), Some(64));
        client.works(Form::Packed);
        canary(&service);
    });
}
