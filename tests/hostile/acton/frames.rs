//! Bytes that come in other pieces than frames, headers that are none, and both wires on one connection.

use serde_json::json;

use super::{
    Client, DISCOVER, ERROR, FORMS, Form, HEARTBEAT, PUSH, REQUEST, RESPONSE, STREAM, SUBSCRIBE, ask, echo, echoed,
    frame, framed, header,
};
use crate::{
    case::{alone, canary, case, on_its_own},
    peer::{self, LONGEST, Peer, refused},
    service::Service,
};

#[test]
fn frames_may_be_split_at_every_byte() {
    // A connection that has said nothing yet may be one too many among others'.
    on_its_own(&["ACTON-1", "ACTON-3", "ACTON-4"], || {
        let service = Service::start(&[]);
        let frames = FORMS.map(|form| frame(form, REQUEST, &echo(&format!("{form:?}"))));
        let bytes = frames.concat();
        for cut in 0..=bytes.len() {
            let mut client = Client(Peer::silent(&service));
            client.raw(&bytes[..cut]);
            // By the time that another is answered, the server has had the time to look at the first part.
            canary(&service);
            client.raw(&bytes[cut..]);
            let mut answers = FORMS.map(|_| client.next());
            answers.sort_by_key(|(form, ..)| FORMS.iter().position(|other| other == form));
            assert_eq!(
                answers,
                FORMS.map(|form| (form, RESPONSE, echoed(&format!("{form:?}")))),
                "cut at {cut}"
            );
        }
    });
}

#[test]
fn a_slow_drip_is_a_frame_in_the_end() {
    case(&["ACTON-3"], |service| {
        let mut client = Client::of(service);
        for form in FORMS {
            for byte in frame(form, REQUEST, &echo("drip")) {
                client.raw(&[byte]);
                canary(service);
            }
            assert_eq!(client.answer(form), (RESPONSE, echoed("drip")));
        }
    });
}

#[test]
fn many_frames_may_come_at_once() {
    case(&["ACTON-3", "ACTON-4", "ACTON-12"], |service| {
        let mut client = Client::of(service);
        let form_of = |n: usize| FORMS[n % FORMS.len()];
        let ids: Vec<_> = (0..900).map(|n| format!("call {n:03}")).collect();
        let frames = ids
            .iter()
            .enumerate()
            .map(|(n, id)| frame(form_of(n), REQUEST, &echo(id)));
        client.raw(&frames.collect::<Vec<_>>().concat());
        let mut answers: Vec<_> = ids.iter().map(|_| client.next()).collect();
        answers.sort_by_key(|(.., answer)| answer["correlation_id"].to_string());
        for (n, (id, answer)) in ids.iter().zip(answers).enumerate() {
            assert_eq!(answer, (form_of(n), RESPONSE, echoed(id)));
        }
    });
}

#[test]
fn four_zero_bytes_that_nothing_follows_are_no_frame_of_this_wire() {
    on_its_own(&["ACTON-2"], || {
        let service = Service::start(&[]);
        let mut waiting = Peer::silent(&service);
        waiting.raw(&[0; 4]);
        refused(&waiting.receive(), "ProtocolError");
        waiting.works();
        let mut ended = Peer::silent(&service);
        ended.raw(&[0; 4]);
        ended.half_close();
        refused(&ended.receive(), "ProtocolError");
        ended.is_closed();
    });
}

#[test]
fn a_connection_speaks_one_wire() {
    case(&["ACTON-1", "ACTON-17"], |service| {
        // Behind our own words, a version is the beginning of no map.
        for form in FORMS {
            let mut peer = Peer::of(service);
            for kind in [REQUEST, HEARTBEAT, SUBSCRIBE, DISCOVER] {
                peer.send(&frame(form, kind, &echo("r"))[4..]);
                refused(&peer.receive(), "ProtocolError");
            }
            peer.works();
        }
        // The other way round, the brace is a version that nobody knows, and so is every other byte that begins a map.
        for codec in peer::CODECS {
            for form in FORMS {
                let mut client = Client::of(service);
                client.works(form);
                let own = peer::encoded(codec, &json!({"control": "ping", "request_id": "p"}));
                client.raw(&peer::framed(&own));
                let text = client.is_refused(Form::Json, "unknown", "PROTOCOL_ERROR");
                assert!(text.contains("version"), "{text}");
                client.is_closed();
            }
        }
    });
}

#[test]
fn behind_an_unknown_version_nothing_is_read_and_all_is_answered() {
    case(&["ACTON-17"], |service| {
        for version in (0..=u8::MAX).filter(|version| !matches!(version, 1 | 2)) {
            let form = FORMS[usize::from(version) % FORMS.len()];
            let gate = format!("behind version {version}");
            let mut client = Client::of(service);
            client.send(form, REQUEST, &ask("w", "Wait", json!({"gate": gate})));
            client.raw(&[0, 0, 0, 2, version, REQUEST, 1, b'{', b'}']);
            client.is_refused(Form::Json, "unknown", "PROTOCOL_ERROR");
            Peer::of(service).call("Open", json!({"gate": gate}));
            let answer = json!({"correlation_id": "w", "success": true, "payload": gate});
            assert_eq!(client.answer(form), (RESPONSE, answer));
            client.is_closed();
        }
    });
}

#[test]
fn headers_that_are_not_taken_are_refused_and_skipped() {
    case(&["ACTON-4", "ACTON-15"], |service| {
        let mut client = Client::of(service);
        for form in FORMS {
            let most = if form == Form::One { 4 } else { 11 };
            for kind in (0..=u8::MAX).filter(|kind| !(1..=most).contains(kind)) {
                // Some of what is skipped looks like a frame.
                client.raw(&framed(form, kind, &frame(form, REQUEST, &echo("within"))));
                client.is_refused(form, "unknown", "PROTOCOL_ERROR");
            }
            client.works(form);
            for kind in [RESPONSE, ERROR, PUSH, STREAM] {
                if kind <= most {
                    client.send(form, kind, &json!({"correlation_id": "r", "success": true}));
                    client.is_refused(form, "unknown", "PROTOCOL_ERROR");
                }
            }
            client.works(form);
        }
        for format in (0..=u8::MAX).filter(|format| !matches!(format, 1 | 2)) {
            client.raw(&[0, 0, 0, 2, 2, REQUEST, format, b'{', b'}']);
            client.is_refused(Form::Json, "unknown", "PROTOCOL_ERROR");
        }
        client.works(Form::Packed);
    });
}

#[test]
fn a_frame_that_is_too_long_is_refused_by_its_header_and_passed_over() {
    case(&["ACTON-16"], |service| {
        let mut client = Client::of(service);
        let rest = vec![b'x'; LONGEST + 1];
        let announced = u32::try_from(rest.len()).expect("16 MiB");
        for form in FORMS {
            client.raw(&header(form, REQUEST, announced));
            let text = client.is_refused(form, "unknown", "FRAME_TOO_LARGE");
            assert!(text.contains(&LONGEST.to_string()), "{text} tells the limit");
            client.raw(&rest);
            client.works(form);
            let mut longest = echo("long").to_string().into_bytes();
            if form != Form::Packed {
                longest.resize(LONGEST, b' ');
                client.raw(&framed(form, REQUEST, &longest));
                assert_eq!(client.answer(form), (RESPONSE, echoed("long")));
            }
        }
    });
}

#[test]
fn sizes_may_be_announced_and_never_sent() {
    case(&["ACTON-16"], |service| {
        for form in FORMS {
            for length in [u32::MAX, u32::MAX - 6, 1 << 31, 1 << 30, LONGEST as u32 + 1] {
                let mut client = Client::of(service);
                client.raw(&header(form, REQUEST, length));
                client.is_refused(form, "unknown", "FRAME_TOO_LARGE");
                // Some of it comes, the rest never.
                client.raw(&[0; 100_000]);
            }
        }
    });
}

#[test]
fn what_is_announced_reserves_nothing() {
    alone(&["ACTON-16"], |service| {
        let before = service.memory();
        let announced = u32::try_from(LONGEST).expect("16 MiB");
        let clients: Vec<_> = (0..90)
            .map(|n| {
                let mut client = Client::of(service);
                client.raw(&header(FORMS[n % FORMS.len()], REQUEST, announced));
                client.raw(b"{");
                client
            })
            .collect();
        canary(service);
        let used = service.memory().saturating_sub(before);
        assert!(used < 32 << 20, "{used} bytes for {} connections", clients.len());
    });
}
