//! A contract that nobody had in mind when the generators were written, as nasty as what is supported allows.
//!
//! It is no example. It holds the generators to their word that any contract works in every language: who finds a type
//! or a name that does not, adds it here.

mod calls;
mod forms;
mod names;
mod shapes;

pub use calls::{Archive, Broken, Bulletin, Difference, Entry, Import, Mirror, Siren, Sirens};
pub use forms::{Adjacent, External, Heading, Internal, Untagged};
pub use names::{Error, Map, OddNames, Promise, Words};
pub use shapes::{
    Chain, Containers, Everything, Expression, Fixed, Lenient, Marker, Pair, Scalars, Strict, Times, Title, Tree,
};
