//! Two documents compared: what changed between them, which way it matters, and whether a caller made for the one fits a
//! server made for the other.
//!
//! ```
//! use callsheet_schema::{Document, compat};
//!
//! let empty = r#"{"callsheet": 1, "contracts": [], "types": {}, "encodings": {}}"#;
//! let added = r#"{"callsheet": 1, "contracts": [{"name": "demo.Clock", "methods": []}], "types": {}, "encodings": {}}"#;
//! let (old, new) = (Document::from_json(empty)?, Document::from_json(added)?);
//! let changes = compat::changes(&old, &new);
//! assert_eq!(changes.len(), 1);
//! assert_eq!(changes[0].to_string(), "+ contract demo.Clock: 0 methods (both ways)");
//! assert!(compat::changes(&old, &old).is_empty());
//! # Ok::<(), callsheet_schema::DocumentError>(())
//! ```

mod alike;
mod breaks;
mod changes;
mod compare;
mod definitions;
mod fits;
mod part;
mod rules;
mod view;

pub use breaks::{Break, Subject, breaks, breaks_with};
pub use changes::{Aspect, Change, Effect, Step, Way, What};
pub use fits::Enums;
pub use part::Part;
pub use rules::Rule;

use crate::Document;

/// What is different in `new`, seen from `old`; empty if nothing is.
///
/// Contracts, methods (by their messages), arguments, events, types, fields and variants are told by their names on the
/// wire. Differences in the order of fields, arguments and tagged variants are none, nor are the tables that a document
/// derives from the rest of it. The order of the changes is that of the documents: contracts first, then types.
pub fn changes<'a>(old: &'a Document, new: &'a Document) -> Vec<Change<'a>> {
    compare::documents(old, new)
}
