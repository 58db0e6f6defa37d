//! The names of generic types, made of the names of their arguments while compiling.

use std::marker::PhantomData;

/// The longest name, in bytes.
const LONGEST: usize = 1024;

/// A type whose name consists of several parts.
pub trait NameParts {
    /// The parts, for example `["Page<", "User", ">"]`.
    const PARTS: &'static [&'static str];
}

/// The name of the generic type `T`.
///
/// ```
/// use callsheet_schema::{Describe, Joined, NameParts};
///
/// struct Page<T>(Vec<T>);
///
/// impl<T: Describe> NameParts for Page<T> {
///     const PARTS: &'static [&'static str] = &["Page<", T::NAME, ">"];
/// }
///
/// assert_eq!(<Joined<Page<Vec<String>>>>::NAME, "Page<list<string>>");
/// ```
#[derive(Debug)]
pub struct Joined<T: ?Sized>(PhantomData<T>);

impl<T: NameParts + ?Sized> Joined<T> {
    const BYTES: &'static [u8; LONGEST] = &join(T::PARTS);

    /// The parts as one text. That it is not longer than 1,024 bytes is checked while compiling.
    pub const NAME: &'static str = match str::from_utf8(Self::BYTES.split_at(length(T::PARTS)).0) {
        Ok(name) => name,
        Err(_) => panic!("texts one after the other are a text"),
    };
}

const fn length(parts: &[&str]) -> usize {
    let (mut length, mut part) = (0, 0);
    while part < parts.len() {
        length += parts[part].len();
        part += 1;
    }
    assert!(
        length <= LONGEST,
        "the name of a generic contract type is longer than 1,024 bytes"
    );
    length
}

const fn join(parts: &[&str]) -> [u8; LONGEST] {
    let mut joined = [0; LONGEST];
    let (mut end, mut part) = (0, 0);
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut byte = 0;
        while byte < bytes.len() {
            joined[end] = bytes[byte];
            end += 1;
            byte += 1;
        }
        part += 1;
    }
    joined
}
