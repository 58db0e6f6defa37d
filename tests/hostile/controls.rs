//! Controls out of place, and what they promise.

use serde_json::{Value, json};

use crate::{
    case::{alone, case},
    peer::{CODECS, Peer, asks, encoded, failed, refused, streams, with},
    service::Service,
};

fn control(peer: &mut Peer, name: &str, fields: Value) -> Value {
    peer.ask(&with(json!({"control": name, "request_id": "c"}), fields))
}

/// The payload of the answer to a control that is not refused.
pub(crate) fn answered(peer: &mut Peer, name: &str, fields: Value) -> Value {
    let answer = control(peer, name, fields);
    assert_eq!(
        (&answer["success"], &answer["request_id"]),
        (&json!(true), &json!("c")),
        "{answer}"
    );
    answer["payload"].clone()
}

#[test]
fn without_an_id_no_control_is_answered() {
    case(&["CONTROL-1", "CONTROL-2", "ORDER-4"], |service| {
        let mut peer = Peer::of(service);
        for codec in CODECS {
            for name in [
                "ping",
                "hello",
                "discover",
                "stats",
                "schema",
                "unsubscribe",
                "cancel",
                "credit",
                "goodbye",
                "stats of tomorrow",
                "",
            ] {
                for fields in [
                    json!({}),
                    json!({"protocol": 7, "document": 7}),
                    json!({"message_types": ["*x"]}),
                ] {
                    peer.send(encoded(codec, &with(json!({"control": name}), fields)));
                }
            }
        }
        peer.works();
    });
}

#[test]
fn a_control_that_is_not_known_is_refused_by_its_id() {
    case(&["CONTROL-2", "CODEC-2"], |service| {
        let mut peer = Peer::of(service);
        for name in ["", "PING", "ping ", "of tomorrow", "goodbye", &"x".repeat(100_000)] {
            for codec in CODECS {
                let answer = peer.answer(codec, encoded(codec, &json!({"control": name, "request_id": "c"})));
                refused(&answer, "ProtocolError");
                assert_eq!(answer["request_id"], "c");
            }
        }
    });
}

#[test]
fn hello_tells_what_holds() {
    case(&["HELLO-1", "HELLO-3", "CONTROL-1"], |service| {
        let mut peer = Peer::of(service);
        peer.works();
        let hash = answered(&mut peer, "discover", json!({}))["contracts"]
            .as_array()
            .and_then(|contracts| contracts.iter().find(|contract| contract["name"] == "hostile.Mark"))
            .map(|contract| contract["hash"].clone())
            .expect("it is served");
        let hello = json!({
            "protocol": [1, 9], "client": "none of your business\0",
            "contracts": {"hostile.Mark": hash, "other.Second": "0", "no.Such": "", "": "x"},
        });
        let welcome = answered(&mut peer, "hello", hello.clone());
        assert_eq!(
            (&welcome["protocol"], &welcome["unknown"], &welcome["differing"]),
            (&json!(1), &json!(["", "no.Such"]), &json!(["other.Second"]))
        );
        assert!(
            welcome["limits"]["frame"].is_u64() && welcome["limits"]["in_flight"].is_u64(),
            "{welcome}"
        );
        assert!(
            welcome["server"]
                .as_str()
                .is_some_and(|server| server.starts_with("callsheet "))
        );
        let epoch = welcome["epoch"].as_str().expect("a text");
        assert!(!epoch.is_empty());
        // It may be said again, and is the same for everybody until the server is started anew.
        assert_eq!(answered(&mut peer, "hello", hello.clone()), welcome);
        assert_eq!(answered(&mut Peer::of(service), "hello", hello.clone()), welcome);
        let other = Service::start(&[]);
        assert_ne!(answered(&mut Peer::of(&other), "hello", hello)["epoch"], epoch);
    });
}

#[test]
fn a_hello_that_cannot_be_one_is_refused() {
    case(&["HELLO-2"], |service| {
        let mut peer = Peer::of(service);
        let many: serde_json::Map<_, _> = (0..50_000).map(|n| (format!("contract {n}"), json!("0"))).collect();
        for protocol in [
            json!([2, 9]),
            json!([0, 0]),
            json!([9, 1]),
            json!([1]),
            json!([1, 1, 1]),
            json!("1"),
            json!(1),
            json!([-1, 1]),
            json!([1, 4_294_967_296_u64]),
            json!(null),
        ] {
            refused(
                &control(&mut peer, "hello", json!({"protocol": protocol})),
                "ProtocolError",
            );
        }
        for fields in [
            json!({}),
            json!({"protocol": [1, 1], "contracts": ["a"]}),
            json!({"protocol": [1, 1], "contracts": {"a": 1}}),
            json!({"protocol": [1, 1], "client": 7}),
        ] {
            refused(&control(&mut peer, "hello", fields), "ProtocolError");
        }
        let welcome = answered(&mut peer, "hello", json!({"protocol": [1, 1], "contracts": many}));
        assert_eq!(welcome["unknown"].as_array().map(Vec::len), Some(50_000));
        peer.works();
    });
}

#[test]
fn calls_that_do_not_fit_the_clients_document_are_refused() {
    case(&["SCHEMA-1", "SCHEMA-2"], |service| {
        let mut peer = Peer::of(service);
        let document = answered(&mut peer, "schema", json!({}));
        assert_eq!(answered(&mut peer, "schema", json!({"document": null})), document);
        let contracts = document["contracts"].as_array().expect("a list");
        assert!(contracts.iter().any(|contract| contract["name"] == "hostile.Mark"));
        assert_eq!(
            answered(&mut peer, "schema", json!({"document": document})),
            json!({"refused": {}})
        );
        let mut other = document.clone();
        let contracts = other["contracts"].as_array_mut().expect("a list");
        let mark = contracts
            .iter_mut()
            .find(|contract| contract["name"] == "hostile.Mark")
            .expect("it is served");
        let methods = mark["methods"].as_array_mut().expect("a list");
        let pid = methods
            .iter_mut()
            .find(|method| method["name"] == "pid")
            .expect("it has it");
        pid["reply"] = json!("string");
        other.as_object_mut().expect("a map").remove("hashes");
        let judged = answered(&mut peer, "schema", json!({"document": other}));
        let why = judged["refused"]["hostile.Mark.Pid"].as_str().expect("it is refused");
        for message in ["Pid", "hostile.Mark.Pid"] {
            assert_eq!(refused(&peer.ask(&asks(message, json!({}))), "SchemaMismatch"), why);
        }
        peer.works();
        // Elsewhere it is not, and here not after another document.
        assert_eq!(Peer::of(service).call("Pid", json!({})), service.pid());
        answered(&mut peer, "schema", json!({"document": document}));
        assert_eq!(peer.call("Pid", json!({})), service.pid());
    });
}

#[test]
fn events_that_do_not_fit_the_clients_document_are_withheld() {
    alone(&["SCHEMA-3"], |service| {
        let (mut peer, mut publisher) = (Peer::of(service), Peer::of(service));
        let document = answered(&mut peer, "schema", json!({}));
        for names in [json!(["Tick"]), json!(["Ti*"])] {
            peer.ask(&json!({"message_types": names, "request_id": "s"}));
        }
        let mut other = document.clone();
        let fields = other["types"]["Tick"]["shape"]["struct"]["fields"].as_array_mut();
        let n = fields
            .expect("it is a struct")
            .iter_mut()
            .find(|field| field["name"] == "n");
        n.expect("it has one")["type"] = json!("bool");
        other.as_object_mut().expect("a map").remove("hashes");
        let judged = answered(&mut peer, "schema", json!({"document": other}));
        assert_eq!(judged["refused"], json!({}));
        let why = judged["withheld"]["Tick"].as_str().expect("it is withheld");
        assert!(why.starts_with("B030 "), "{why}");
        // Whatever was subscribed to, and however it is asked for again.
        publisher.call("Publish", json!({"count": 3, "bytes": 1}));
        peer.works();
        for names in [json!(["Tick"]), json!(["Tick", "Tick*"])] {
            let answer = peer.ask(&json!({"message_types": names, "request_id": "s"}));
            assert_eq!(refused(&answer, "SchemaMismatch"), why);
        }
        let taken = peer.ask(&json!({"message_types": ["Tic*"], "request_id": "s"}));
        assert_eq!(taken["payload"], json!({"subscribed": {}, "withheld": {"Tick": why}}));
        publisher.call("Publish", json!({"count": 3, "bytes": 1}));
        peer.works();
        // Elsewhere it is pushed, and here after another document.
        answered(&mut peer, "schema", json!({"document": document}));
        peer.ask(&json!({"message_types": ["Tick"], "request_id": "s"}));
        publisher.call("Publish", json!({"count": 1, "bytes": 1}));
        assert_eq!(peer.receive()["message_type"], "Tick");
        peer.works();
    });
}

#[test]
fn a_client_that_keeps_unknown_variants_is_refused_none() {
    case(&["SCHEMA-4"], |service| {
        let mut peer = Peer::of(service);
        let mut document = answered(&mut peer, "schema", json!({}));
        let variants = &mut document["types"]["DivideError"]["shape"]["enum"]["variants"];
        assert_eq!(variants[0]["name"], "ByZero");
        variants[0]["name"] = json!("Late");
        document.as_object_mut().expect("a map").remove("hashes");
        let judge = |peer: &mut Peer, open: Value| {
            let mut fields = json!({"document": document});
            fields["open_enums"] = open;
            answered(peer, "schema", fields)["refused"].clone()
        };
        let refusals = judge(&mut peer, json!(false));
        let why = refusals["hostile.Mark.Divide"].as_str().expect("it is refused");
        assert!(why.starts_with("B020 "), "{why}");
        assert_eq!(judge(&mut peer, json!(true)), json!({}));
        peer.works();
        for wrong in [json!(1), json!("yes"), json!(null)] {
            let fields = json!({"document": document, "open_enums": wrong});
            refused(&control(&mut peer, "schema", fields), "ProtocolError");
        }
        peer.works();
    });
}

#[test]
fn what_is_no_document_is_refused() {
    case(&["SCHEMA-2", "FRAME-5"], |service| {
        let mut peer = Peer::of(service);
        let document = answered(&mut peer, "schema", json!({}));
        for wrong in [
            json!({}),
            json!("x"),
            json!([]),
            json!(7),
            json!({"callsheet": 99, "contracts": [], "types": {}, "encodings": {}}),
        ] {
            refused(
                &control(&mut peer, "schema", json!({"document": wrong})),
                "ProtocolError",
            );
        }
        // Each part of a good one in turn is taken away, or is something else. None of it may do more than be refused.
        let fields: Vec<String> = document.as_object().expect("a map").keys().cloned().collect();
        for field in &fields {
            for value in [
                None,
                Some(json!(null)),
                Some(json!([[]])),
                Some(json!({"a": {"b": "c"}})),
                Some(json!("x")),
                Some(json!(-1)),
            ] {
                let mut broken = document.clone();
                let map = broken.as_object_mut().expect("a map");
                map.remove(field);
                if let Some(value) = value {
                    map.insert(field.clone(), value);
                }
                let answer = control(&mut peer, "schema", json!({"document": broken}));
                if answer["success"] == false {
                    refused(&answer, "ProtocolError");
                }
            }
        }
        // Types that are made of themselves, and names that lead nowhere.
        let text = document.to_string();
        for (from, to) in [
            ("\"text\"", "\"no such type\""),
            ("hostile.", ""),
            ("\"i32\"", "\"hostile.Mark\""),
            ("Tree", "DivideError"),
        ] {
            let broken: Value = serde_json::from_str(&text.replace(from, to)).expect("it is JSON still");
            let answer = control(&mut peer, "schema", json!({"document": broken}));
            if answer["success"] == false {
                refused(&answer, "ProtocolError");
            }
        }
        answered(&mut peer, "schema", json!({"document": document}));
        peer.works();
    });
}

#[test]
fn discover_lists_what_is_exposed() {
    case(&["DISCOVER-1"], |service| {
        let mut peer = Peer::of(service);
        let found = answered(&mut peer, "discover", json!({"later": 1}));
        let names: Vec<_> = found["actors"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|actor| actor["name"].clone())
            .collect();
        assert_eq!(
            json!(names),
            json!([
                "both",
                "calculator",
                "cashier",
                "circle",
                "countdown",
                "crowd",
                "crowded",
                "desk",
                "fragile",
                "held ledger",
                "keeper",
                "late circle",
                "ledger",
                "mark",
                "narrow",
                "passage",
                "price_feed",
                "silent ledger",
                "writer"
            ])
        );
        assert_eq!(found["actors"][0]["contracts"], json!(["hostile.Mark", "other.Second"]));
        assert_eq!(found["events"], json!(["PriceUpdate", "Tick", "TradeExecuted"]));
        let second = found["contracts"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|contract| contract["name"] == "other.Second");
        assert_eq!(
            second.expect("it is served")["message_types"],
            json!(["other.Second.Echo"])
        );
    });
}

#[test]
fn a_cancelled_call_is_given_up_and_answered_once() {
    case(&["CANCEL-1", "CANCEL-2"], |service| {
        let mut peer = Peer::of(service);
        let gate = "cancelled";
        for codec in CODECS {
            peer.send(encoded(
                codec,
                &with(asks("Wait", json!({"gate": gate})), json!({"request_id": "w"})),
            ));
            peer.call("Gathered", json!({"gate": gate, "count": 1}));
            for _ in 0..3 {
                peer.tell(&json!({"control": "cancel", "request_id": "w"}));
            }
            let (found, answer) = peer.next();
            assert_eq!(
                (found, &answer["request_id"]),
                (codec, &json!("w")),
                "in the codec of the call"
            );
            failed(&answer, "Cancelled", "unknown");
            peer.call("Gathered", json!({"gate": gate, "count": 0}));
        }
        for id in ["w", "never", "~1", "~99999999999999999999"] {
            peer.tell(&json!({"control": "cancel", "request_id": id}));
        }
        peer.tell(&json!({"control": "cancel"}));
        peer.works();
        // Nobody ends a call of another connection.
        peer.tell(&with(asks("Wait", json!({"gate": gate})), json!({"request_id": "w"})));
        peer.call("Gathered", json!({"gate": gate, "count": 1}));
        let mut other = Peer::of(service);
        other.tell(&json!({"control": "cancel", "request_id": "w"}));
        other.works();
        other.call("Open", json!({"gate": gate}));
        assert_eq!(peer.receive()["payload"], gate);
    });
}

#[test]
fn a_cancel_and_the_answer_may_meet_and_one_of_them_wins() {
    case(&["CANCEL-1", "CANCEL-2", "ID-3"], |service| {
        let mut peer = Peer::of(service);
        for n in 0..2000 {
            let id = format!("c{n}");
            peer.tell(&if n % 2 == 0 {
                with(asks("Echo", json!({"text": "a"})), json!({"request_id": id}))
            } else {
                streams("Count", json!({"to": 1}), &id)
            });
            peer.tell(&json!({"control": "cancel", "request_id": id}));
            let answer = peer.receive();
            assert!(
                [&answer["request_id"], &answer["stream_id"]].contains(&&json!(id)),
                "{answer}"
            );
            if answer["success"] == false {
                assert_eq!(answer["error_code"], "Cancelled", "{answer}");
            }
        }
        peer.works();
    });
}
