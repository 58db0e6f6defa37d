//! Envelopes that are none, and ids that cannot be ones or are in use.

use serde_json::{Value, json};

use super::{
    Client, DISCOVER, FORMS, Form, REQUEST, RESPONSE, SECOND, SUBSCRIBE, SUBSCRIBE_PATTERNS, UNSUBSCRIBE,
    UNSUBSCRIBE_PATTERNS, ask, echo, echoed, frame, framed, request,
};
use crate::{
    case::case,
    peer::{CODECS, Codec, Peer, encoded, with},
};

/// The kinds of frames that have an envelope, and an envelope for each.
fn envelopes(form: Form) -> Vec<(u8, Value)> {
    let mut all = vec![(REQUEST, echo("r"))];
    if form != Form::One {
        for kind in [SUBSCRIBE, UNSUBSCRIBE] {
            all.push((kind, json!({"correlation_id": "r", "message_types": ["Tick"]})));
        }
        for kind in [SUBSCRIBE_PATTERNS, UNSUBSCRIBE_PATTERNS] {
            all.push((kind, json!({"correlation_id": "r", "patterns": ["Tick*"]})));
        }
        all.push((DISCOVER, json!({"correlation_id": "r"})));
    }
    all
}

#[test]
fn payloads_in_the_other_format_than_the_header_says_are_refused() {
    case(&["ACTON-4", "ACTON-14"], |service| {
        let mut client = Client::of(service);
        for form in FORMS {
            let other = CODECS[usize::from(form.codec() == Codec::Json)];
            for (kind, envelope) in envelopes(form) {
                client.raw(&framed(form, kind, &encoded(other, &envelope)));
                client.is_refused(form, "unknown", "SERIALIZATION_ERROR");
            }
            client.works(form);
        }
    });
}

#[test]
fn what_is_no_envelope_is_refused_and_the_connection_goes_on() {
    case(&["ACTON-14", "ACTON-20"], |service| {
        let mut client = Client::of(service);
        let deep = "[".repeat(1 << 20);
        let nested = format!("{{\"x\":{}", "{\"x\":".repeat(100_000));
        let packed = [&[0x81, 0xa1, b'x'][..], &[0x91; 100_000]].concat();
        let payloads: [&[u8]; 18] = [
            b"",
            b"{",
            b"[]",
            b"null",
            b"7",
            b"{} {}",
            b"{}\0",
            b"\xef\xbb\xbf{}",
            b"{\"correlation_id\":\"\\ud800\"}",
            b"\xff\xfe",
            b"\xc1",
            b"\x80\x80",
            b"\xdf\xff\xff\xff\xff",
            b"\xdd\xff\xff\xff\xff",
            b"\x81\xdb\xff\xff\xff\xff",
            deep.as_bytes(),
            nested.as_bytes(),
            &packed,
        ];
        for form in FORMS {
            for (kind, _) in envelopes(form) {
                for payload in payloads {
                    client.raw(&framed(form, kind, payload));
                    client.is_refused(form, "unknown", "SERIALIZATION_ERROR");
                }
            }
            client.works(form);
        }
    });
}

#[test]
fn fields_of_wrong_types_and_those_that_are_missing_are_named() {
    case(&["ACTON-5", "ACTON-14"], |service| {
        let mut client = Client::of(service);
        for form in FORMS {
            for (kind, envelope) in envelopes(form) {
                let fields = envelope.as_object().expect("it is one");
                for name in fields
                    .keys()
                    .filter(|name| *name != "payload" && *name != "expects_reply")
                {
                    for wrong in [None, Some(json!(1.5)), Some(json!({})), Some(json!(null))] {
                        let mut fields = fields.clone();
                        match wrong {
                            Some(wrong) => fields.insert(name.clone(), wrong),
                            None => fields.remove(name),
                        };
                        client.send(form, kind, &Value::Object(fields));
                        let id = if name == "correlation_id" { "unknown" } else { "r" };
                        let text = client.is_refused(form, id, "SERIALIZATION_ERROR");
                        assert!(text.contains(&format!("`{name}`")), "{text}");
                    }
                }
                // What nobody knows is passed over.
                if kind == DISCOVER {
                    let more = with(envelope.clone(), json!({"later": [{"x": null}], "target": null}));
                    assert_eq!(client.ask(form, kind, &more).0, RESPONSE);
                }
            }
            let nulls = json!({"expects_stream": null, "response_timeout_ms": null, "patterns": null});
            assert_eq!(
                client.ask(form, REQUEST, &with(echo("r"), nulls)),
                (RESPONSE, echoed("r"))
            );
            for (flag, wrong) in [
                ("expects_reply", json!("yes")),
                ("expects_stream", json!(1)),
                ("response_timeout_ms", json!(-1)),
                ("response_timeout_ms", json!(1.5)),
            ] {
                client.send(form, REQUEST, &with(echo("r"), json!({ flag: wrong })));
                let text = client.is_refused(form, "r", "SERIALIZATION_ERROR");
                assert!(text.contains(&format!("`{flag}`")), "{text}");
            }
            client.works(form);
        }
    });
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    case(&["ACTON-20"], |service| {
        let mut client = Client::of(service);
        for form in [Form::One, Form::Json] {
            for twice in [
                "correlation_id",
                "target",
                "message_type",
                "payload",
                "expects_reply",
                "unknown",
            ] {
                let echo = echo("r").to_string();
                // The second is escaped, and the same all the same.
                let (first, rest) = twice.split_at(1);
                let escaped = format!("\\u{:04x}{rest}", first.as_bytes()[0]);
                let open = echo.strip_suffix('}').expect("it is a map");
                let unknown = if twice == "unknown" { "\"unknown\":0," } else { "" };
                let body = format!("{open},{unknown}\"{escaped}\":\"r\"}}");
                client.raw(&framed(form, REQUEST, body.as_bytes()));
                let text = client.is_refused(form, "r", "SERIALIZATION_ERROR");
                assert!(text.contains("duplicate") && text.contains(twice), "{body}: {text}");
            }
        }
        let doubled = b"\x82\xaecorrelation_id\xa1a\xd9\x0ecorrelation_id\xa1b";
        client.raw(&framed(Form::Packed, REQUEST, doubled));
        let (_, refused) = client.answer(Form::Packed);
        assert_eq!(refused["error_code"], "SERIALIZATION_ERROR");
        assert!(
            refused["error"].as_str().is_some_and(|text| text.contains("duplicate")),
            "{refused}"
        );
        client.works(Form::Packed);
    });
}

#[test]
fn arguments_may_be_nested_64_deep_and_no_deeper() {
    case(&["ACTON-20"], |service| {
        let mut client = Client::of(service);
        let tree = |depth: usize| (1..depth).fold(json!({"below": []}), |tree, _| json!({"below": [tree]}));
        for form in FORMS {
            // Arguments, a tree and the list below it, and so on.
            let fits = client.ask(form, REQUEST, &ask("r", "Trees", json!({"tree": tree(31)})));
            assert_eq!((fits.0, &fits.1["payload"]), (RESPONSE, &json!(31)));
            for depth in [32, 60] {
                client.send(form, REQUEST, &ask("r", "Trees", json!({"tree": tree(depth)})));
                client.is_refused(form, "r", "SERIALIZATION_ERROR");
            }
            client.works(form);
        }
    });
}

#[test]
fn an_id_comes_back_as_it_was_sent() {
    case(&["ACTON-14"], |service| {
        let mut client = Client::of(service);
        let long = "é".repeat(64);
        for id in ["1", "null", " ", "\n\0", "\"\\", "~", "~1", "unknown", "🎭", &long] {
            for form in FORMS {
                assert_eq!(client.ask(form, REQUEST, &echo(id)), (RESPONSE, echoed(id)));
            }
        }
    });
}

#[test]
fn what_is_no_id_is_refused_without_one() {
    case(&["ACTON-14"], |service| {
        let mut client = Client::of(service);
        let ids = [
            json!(""),
            json!("i".repeat(129)),
            json!("é".repeat(65)),
            json!("i".repeat(1 << 20)),
            json!(7),
            json!(true),
            json!(null),
            json!([]),
            json!({}),
        ];
        for form in FORMS {
            for (kind, envelope) in envelopes(form) {
                for id in &ids {
                    client.send(form, kind, &with(envelope.clone(), json!({"correlation_id": id})));
                    let text = client.is_refused(form, "unknown", "SERIALIZATION_ERROR");
                    assert!(text.contains("`correlation_id`"), "{text}");
                }
            }
            client.works(form);
        }
    });
}

#[test]
fn an_id_in_use_is_refused_and_the_call_that_has_it_goes_on() {
    case(&["ACTON-12"], |service| {
        for form in FORMS {
            let mut client = Client::of(service);
            let gate = format!("an id in use, {form:?}");
            client.send(form, REQUEST, &ask("r", "Wait", json!({"gate": gate})));
            Peer::of(service).call("Gathered", json!({"gate": gate, "count": 1}));
            for other in FORMS {
                for (kind, envelope) in envelopes(other) {
                    client.send(other, kind, &envelope);
                    let text = client.is_refused(other, "r", "PROTOCOL_ERROR");
                    assert!(text.contains("in flight"), "{text}");
                }
                client.send(other, REQUEST, &request("r", "Note", json!({"text": "n"})));
                client.is_refused(other, "r", "PROTOCOL_ERROR");
            }
            Peer::of(service).call("Open", json!({"gate": gate}));
            let answer = json!({"correlation_id": "r", "success": true, "payload": gate});
            assert_eq!(client.answer(form), (RESPONSE, answer));
            assert_eq!(
                client.ask(form, REQUEST, &echo("r")),
                (RESPONSE, echoed("r")),
                "it is free again"
            );
        }
    });
}

#[test]
fn every_frame_of_noise_has_one_answer() {
    case(&["ACTON-14", "ACTON-15"], |service| {
        let mut client = Client::of(service);
        // A generator that is the same everywhere, so that a failure comes again.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..2000 {
            let form = FORMS[round % FORMS.len()];
            let length = random() % 64;
            let mut payload: Vec<u8> = (0..length).map(|_| random() as u8).collect();
            if let Some(first) = payload.first_mut() {
                *first = [b'{', 0x82, 0xdf, 0xde, *first][round % 5];
            }
            client.raw(&framed(form, REQUEST, &payload));
            client.is_refused(form, "unknown", "SERIALIZATION_ERROR");
        }
        // A good frame with one byte of its payload changed is understood or not, and has one answer in any case.
        for form in SECOND {
            let good = frame(form, REQUEST, &echo("noise"));
            for at in 7..good.len() {
                let mut bytes = good.clone();
                bytes[at] ^= 1 << (random() % 7);
                client.raw(&bytes);
                let (kind, _) = client.answer(form);
                assert!(matches!(kind, 2 | 3), "byte {at}");
                client.works(form);
            }
        }
    });
}
