//! Payloads, read into types as contracts have them.

use arbitrary::{Arbitrary, Unstructured};
use callsheet_wire::{Argument, Codec, DecodeError, Payload, encode};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::contract_like::{Adjacent, Borrowed, Loose, Maps, Numbers, Open, Order, Shape, Tagged, Tree};
use crate::made;
use crate::reference;

macro_rules! types {
    ($($type:ident $made:ident)*) => {
        /// How many types there are.
        const TYPES: u8 = [$(stringify!($type)),*].len() as u8;

        /// Reads a payload into the type with this number.
        fn holds_of(number: u8, codec: Codec, payload: &[u8]) {
            let mut numbers = 0..;
            $(
                if numbers.next() == Some(number % TYPES) {
                    return holds_as::<$type>(codec, payload);
                }
            )*
        }

        /// Makes a value of the type with this number.
        fn made_of(number: u8, codec: Codec, seed: &mut Unstructured<'_>) -> arbitrary::Result<()> {
            let mut numbers = 0..;
            $(
                if numbers.next() == Some(number % TYPES) {
                    return $made::<$type>(codec, seed);
                }
            )*
            Ok(())
        }
    };
}

types! {
    Numbers value
    Order value
    Shape value
    Tagged value
    Adjacent value
    Loose value
    Maps value
    Borrowed value
    Tree value
    Open anything
    Value anything
}

/// Holds for any bytes: as a payload of each type they are read or refused without a panic, what one type takes is well
/// formed, and a value that was read is read as the same when it is written again, in either codec.
///
/// The second byte is the type's. If the first is even, the rest is the payload; else a value is made from it.
pub fn holds(bytes: &[u8]) {
    let Some((&[how, number], rest)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let codec = if how & 2 == 0 { Codec::Json } else { Codec::MessagePack };
    if how % 2 == 0 {
        holds_of(number, codec, rest);
    } else {
        // Fewer bytes than a value needs make none.
        let _ = made_of(number, codec, &mut Unstructured::new(rest));
    }
}

/// A value of the type.
fn value<T>(codec: Codec, seed: &mut Unstructured<'_>) -> arbitrary::Result<()>
where
    T: for<'a> Arbitrary<'a> + Serialize + DeserializeOwned,
{
    let value: T = seed.arbitrary()?;
    survives(&value);
    let mut out = Vec::new();
    if encode(codec, &value, &mut out).is_ok() {
        made::damage(seed, &mut out)?;
        holds_as::<T>(codec, &out);
    }
    Ok(())
}

/// A value of any shape, for types that take them all.
fn anything<T: Serialize + DeserializeOwned>(codec: Codec, seed: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    for node in [made::node(seed, 4)?, made::envelope(seed)?] {
        holds_as::<T>(codec, &made::written(seed, codec, &node)?);
    }
    Ok(())
}

fn holds_as<T: Serialize + DeserializeOwned>(codec: Codec, bytes: &[u8]) {
    let payload = Payload::new(codec, bytes);
    let node = reference::read(codec, bytes);
    let is_admitted = node.as_ref().is_some_and(reference::Node::is_admitted);
    match payload.decode::<IgnoredAny>() {
        Ok(_) => assert!(is_admitted, "what is malformed was taken: {node:?}"),
        Err(error) => {
            assert!(!is_admitted, "what is well formed was refused: {error}");
            is_fit_to_print(&error);
        }
    }
    match payload.decode::<T>() {
        Ok(value) => {
            assert!(is_admitted, "what is malformed was taken: {node:?}");
            survives(&value);
        }
        Err(error) => is_fit_to_print(&error),
    }
    let mut argument = Argument::<T>::new();
    match payload.arguments(&["payload"], &mut [argument.place()]) {
        Ok(()) => survives(&argument.take()),
        Err(error) => is_fit_to_print(&error),
    }
}

/// Written in either codec, the value is read as the same, if it has a form there.
fn survives<T: Serialize + DeserializeOwned>(value: &T) {
    let mut packed = Vec::new();
    let mut text = Vec::new();
    let in_json = encode(Codec::Json, value, &mut text);
    if let Err(error) = encode(Codec::MessagePack, value, &mut packed) {
        // Both count the same levels.
        assert!(error.message().starts_with("nested deeper"), "{error}");
        assert!(in_json.is_err(), "JSON takes what MessagePack refuses: {error}");
        return;
    }
    // Compared by their bytes: what is no number is not equal to itself.
    assert_eq!(again::<T>(Codec::MessagePack, &packed), packed);
    match in_json {
        Ok(()) => assert_eq!(again::<T>(Codec::Json, &text), packed),
        Err(error) => {
            let node = reference::read(Codec::MessagePack, &packed).expect("what was written is well formed");
            assert!(node.holds_no_number(), "{error}");
        }
    }
}

/// Reads what was written, and writes it in MessagePack.
fn again<T: Serialize + DeserializeOwned>(codec: Codec, bytes: &[u8]) -> Vec<u8> {
    let value: T = match Payload::new(codec, bytes).decode() {
        Ok(value) => value,
        Err(error) => panic!("what was written in {codec} is refused: {error}"),
    };
    let mut packed = Vec::new();
    encode(Codec::MessagePack, &value, &mut packed).expect("it was written before");
    packed
}

fn is_fit_to_print(error: &DecodeError) {
    let text = error.to_string();
    assert!(!text.contains(char::is_control), "{text:?} can be logged as it is");
    assert!(text.len() < 64 << 10, "{} bytes of text", text.len());
}
