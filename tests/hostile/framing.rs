//! Bytes that come in other pieces than frames, and frames that are none.

use serde_json::{Value, json};

use crate::{
    case::{alone, canary, case},
    peer::{CODECS, Codec, LONGEST, Peer, asks, encoded, framed, refused, with},
};

fn echo(text: &str) -> Value {
    with(asks("Echo", json!({"text": text})), json!({"request_id": text}))
}

fn echoed(text: &str) -> Value {
    json!({"success": true, "request_id": text, "error": null, "payload": text})
}

#[test]
fn frames_may_be_split_at_every_byte() {
    case(&["FRAME-1", "FRAME-2", "CODEC-2"], |service| {
        let frames = [
            framed(&encoded(Codec::Json, &echo("a"))),
            framed(b""),
            framed(&encoded(Codec::MessagePack, &echo("b"))),
        ];
        let bytes = frames.concat();
        for cut in 0..=bytes.len() {
            let mut peer = Peer::of(service);
            peer.raw(&bytes[..cut]);
            // By the time that another is answered, the server has had the time to look at the first part.
            canary(service);
            peer.raw(&bytes[cut..]);
            let mut answers = [peer.next(), peer.next(), peer.next()];
            answers.sort_by_key(|(_, answer)| answer["request_id"].to_string());
            let [a, b, refusal] = answers;
            assert_eq!(
                (a, b),
                ((Codec::Json, echoed("a")), (Codec::MessagePack, echoed("b"))),
                "cut at {cut}"
            );
            refused(&refusal.1, "ProtocolError");
        }
    });
}

#[test]
fn a_slow_drip_is_a_frame_in_the_end() {
    case(&["FRAME-1"], |service| {
        let mut peer = Peer::of(service);
        for codec in CODECS {
            for byte in framed(&encoded(codec, &echo("drip"))) {
                peer.raw(&[byte]);
                canary(service);
            }
            assert_eq!(peer.next(), (codec, echoed("drip")));
        }
    });
}

#[test]
fn many_frames_may_come_at_once() {
    case(&["FRAME-1", "ORDER-2"], |service| {
        let mut peer = Peer::of(service);
        let texts: Vec<_> = (0..1000).map(|n| format!("call {n}")).collect();
        let frame = |text: &String| framed(&encoded(CODECS[text.len() % 2], &echo(text)));
        peer.raw(&texts.iter().flat_map(frame).collect::<Vec<_>>());
        let mut answers: Vec<_> = texts.iter().map(|_| peer.next().1).collect();
        answers.sort_by_key(|answer| answer["request_id"].to_string());
        let mut expected: Vec<_> = texts.iter().map(|text| echoed(text)).collect();
        expected.sort_by_key(|answer| answer["request_id"].to_string());
        assert_eq!(answers, expected);
    });
}

#[test]
fn a_frame_that_is_too_long_is_refused_at_its_first_byte_and_passed_over() {
    case(&["FRAME-3", "FRAME-5", "CODEC-2"], |service| {
        let mut peer = Peer::of(service);
        let rest = vec![b'x'; LONGEST];
        for (first, codec) in [(b'{', Codec::Json), (0x80, Codec::MessagePack), (b'?', Codec::Json)] {
            let announced = u32::try_from(LONGEST + 1).expect("16 MiB");
            peer.raw(&announced.to_be_bytes());
            peer.raw(&[first]);
            let (found, answer) = peer.next();
            assert_eq!(found, codec);
            let text = refused(&answer, "FrameTooLarge");
            assert!(text.contains(&LONGEST.to_string()), "{text} tells the limit");
            peer.raw(&rest);
            peer.works();
        }
    });
}

#[test]
fn the_longest_frame_is_taken() {
    case(&["FRAME-3"], |service| {
        let mut peer = Peer::of(service);
        let mut payload = encoded(Codec::Json, &echo("long"));
        payload.resize(LONGEST, b' ');
        peer.send(payload);
        assert_eq!(peer.receive(), echoed("long"));
    });
}

#[test]
fn the_most_that_can_be_announced_is_refused() {
    case(&["FRAME-3", "FRAME-4"], |service| {
        for length in [u32::MAX, u32::MAX - 4, 1 << 31, 1 << 30] {
            let mut peer = Peer::of(service);
            peer.raw(&length.to_be_bytes());
            peer.raw(b"{");
            refused(&peer.receive(), "FrameTooLarge");
            // Some of it comes, the rest never.
            peer.raw(&[0; 100_000]);
        }
    });
}

#[test]
fn what_is_announced_reserves_nothing() {
    alone(&["FRAME-4"], |service| {
        let before = service.memory();
        let announced = u32::try_from(LONGEST).expect("16 MiB").to_be_bytes();
        let peers: Vec<_> = (0..90)
            .map(|_| {
                let mut peer = Peer::of(service);
                peer.raw(&announced);
                peer.raw(b"{");
                peer
            })
            .collect();
        canary(service);
        let used = service.memory().saturating_sub(before);
        assert!(used < 32 << 20, "{used} bytes for {} connections", peers.len());
    });
}

#[test]
fn what_other_protocols_say_first_is_refused() {
    case(&["FRAME-3", "FRAME-5", "CODEC-1"], |service| {
        let mut tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec();
        tls.extend([0; 500]);
        let first_words: [&[u8]; 5] = [
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"{\"target\":\"mark\",\"message_type\":\"Pid\",\"expects_reply\":true}\n",
            &tls,
        ];
        for words in first_words {
            let mut peer = Peer::silent(service);
            peer.raw(words);
            refused(&peer.receive(), "FrameTooLarge");
            peer.half_close();
            peer.is_closed();
        }
        // The same with a length before it.
        let mut peer = Peer::of(service);
        peer.send(b"GET / HTTP/1.1\r\n\r\n");
        refused(&peer.receive(), "ProtocolError");
        peer.works();
    });
}

#[test]
fn no_first_byte_but_those_of_maps_begins_a_frame() {
    case(&["CODEC-1", "FRAME-2", "FRAME-5"], |service| {
        let mut peer = Peer::of(service);
        for first in 0..=u8::MAX {
            let is_map = matches!(first, 0x80..=0x8f | 0xde | 0xdf);
            for payload in [vec![first], vec![first, b'{', b'}']] {
                // White space stands before a map, or before nothing.
                let is_space = matches!(first, b' ' | b'\t' | b'\r' | b'\n');
                let answer = peer.answer(if is_map { Codec::MessagePack } else { Codec::Json }, &payload);
                let text = refused(&answer, "ProtocolError");
                let is_in_a_codec = is_map || first == b'{' || (is_space && payload.len() > 1);
                assert_eq!(text.contains("neither"), !is_in_a_codec, "{first:#04x}: {text}");
            }
        }
        peer.send(b"");
        refused(&peer.receive(), "ProtocolError");
        for space in [&b" "[..], b"\t\r\n ", b"   \n"] {
            let payload = [space, &encoded(Codec::Json, &echo("space"))].concat();
            assert_eq!(peer.answer(Codec::Json, payload), echoed("space"));
        }
    });
}

#[test]
fn every_frame_of_noise_has_one_answer() {
    case(&["FRAME-5"], |service| {
        let mut peer = Peer::of(service);
        // A generator that is the same everywhere, so that a failure comes again.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..2000 {
            let length = random() % 64;
            let mut payload: Vec<u8> = (0..length).map(|_| random() as u8).collect();
            if let Some(first) = payload.first_mut() {
                *first = [b'{', 0x82, 0xdf, 0xde, *first][round % 5];
            }
            peer.send(&payload);
            refused(&peer.next().1, "ProtocolError");
        }
        // A good frame with one byte changed is understood or not, and has one answer in any case.
        let good = encoded(Codec::Json, &echo("noise"));
        for at in 0..good.len() {
            let mut payload = good.clone();
            payload[at] ^= 1 << (random() % 7);
            peer.send(&payload);
            assert!(peer.frames_until_it_works() <= 1, "byte {at}");
        }
    });
}
