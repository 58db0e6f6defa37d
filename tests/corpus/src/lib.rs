//! The adversarial corpus: documents made to break generators, and whether what is generated from them works.
//!
//! - [`written`] holds those that were written by hand, [`generated`] makes others at random;
//! - [`package`](mod@package) makes packages of them, or hears why not: in sentences, never by breaking;
//! - [`checked`] has every package compiled, type-checked and linted in its language, all of one language at once;
//! - [`returned`] gives values of their types to clients in every language, which give them back;
//! - [`known`] lists what is known to fail, each with its reason. What is listed and does not fail is a failure too.
#![forbid(unsafe_code)]

pub mod checked;
pub mod echo;
pub mod finding;
pub mod generated;
pub mod known;
pub mod package;
pub mod returned;
pub mod spelling;
pub mod written;
