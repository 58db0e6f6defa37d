//! What the fuzzers try for hours, tried for a moment: the same properties, of bytes and of frames made from bytes.
//!
//! `schema/wire/fuzz` runs [`frame::holds`], [`envelope::holds`], [`payload::holds`] and [`acton::holds`] on what the
//! fuzzer thinks of. What it has found stands here as a test of its own.

#![allow(missing_docs, unreachable_pub, reason = "a test is no library")]

mod acton;
mod contract_like;
mod envelope;
mod frame;
mod header;
mod made;
mod payload;
mod reference;

use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn frames_are_found_however_a_stream_is_cut(limit in any::<u8>(), cuts in any::<u8>(), stream in vec(prop_oneof![Just(0), any::<u8>()], 0..256)) {
        // A limit near the lengths that there are.
        frame::holds(&[&[0, limit, cuts][..], &stream].concat());
    }

    #[test]
    fn any_bytes_are_read_as_what_they_are_or_refused(bytes in vec(any::<u8>(), 0..512)) {
        envelope::holds_for(&bytes);
    }

    #[test]
    fn any_frame_is_read_as_what_it_is_or_refused(seed in vec(any::<u8>(), 16..1024)) {
        envelope::holds(&[&[1][..], &seed].concat());
    }

    #[test]
    fn any_payload_is_read_as_what_it_is_or_refused(how in any::<u8>(), number in any::<u8>(), bytes in vec(any::<u8>(), 0..1024)) {
        payload::holds(&[&[how, number][..], &bytes].concat());
    }

    #[test]
    fn any_value_survives_both_codecs(codec in any::<bool>(), number in any::<u8>(), seed in vec(any::<u8>(), 16..1024)) {
        payload::holds(&[&[1 | u8::from(codec) << 1, number][..], &seed].concat());
    }

    #[test]
    fn frames_of_acton_reactive_are_found_however_a_stream_is_cut(
        limit in any::<u8>(), cuts in any::<u8>(),
        frames in vec((0..40_u8, prop_oneof![9 => 1..=2_u8, 1 => any::<u8>()], 0..13_u8, 0..4_u8, vec(any::<u8>(), 0..40)), 0..8),
    ) {
        let stream = frames.into_iter().flat_map(|(length, version, kind, format, body)| {
            [&[0, 0, 0, length, version, kind, format][..], &body].concat()
        });
        acton::holds(&[&[0, 0, limit % 48, cuts][..], &stream.collect::<Vec<_>>()].concat());
    }

    #[test]
    fn any_bytes_and_any_envelope_of_acton_reactive_are_read_as_what_they_are_or_refused(
        how in 1..=2_u8, form in any::<u8>(), kind in any::<u8>(), bytes in vec(any::<u8>(), 0..512),
    ) {
        acton::holds(&[&[how, form, kind][..], &bytes].concat());
    }

    #[test]
    fn what_is_written_for_acton_reactive_is_read_back(form in any::<u8>(), seed in vec(any::<u8>(), 16..512)) {
        acton::holds(&[&[3, form][..], &seed].concat());
    }
}

// What the fuzzers have found.

#[test]
fn a_list_of_many_short_names_reserves_no_more_than_it_may() {
    let text = format!("{{\"message_types\":[{}]}}", ["\"\""; 4000].join(","));
    envelope::holds_for(text.as_bytes());
    let mut packed = b"\x81\xadmessage_types\xdc\x0f\xa0".to_vec();
    packed.resize(packed.len() + 4000, 0xa0);
    envelope::holds_for(&packed);
}

#[test]
fn many_unknown_fields_reserve_no_more_than_they_may() {
    let keys = || (0..4000_u16).map(|key| format!("{key:x}"));
    let text = format!(
        "{{{}}}",
        keys().map(|key| format!("\"{key}\":0")).collect::<Vec<_>>().join(",")
    );
    envelope::holds_for(text.as_bytes());
    let mut packed = vec![0xde, 0x0f, 0xa0];
    for key in keys() {
        packed.push(0xa0 | key.len() as u8);
        packed.extend(key.as_bytes());
        packed.push(0xc0);
    }
    envelope::holds_for(&packed);
}
