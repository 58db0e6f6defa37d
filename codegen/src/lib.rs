//! The generator of Callsheet's client packages.
//!
//! A [`Document`](callsheet_schema::Document) is lowered once to the language-neutral [`ir::Api`]; a
//! [`Backend`](backends::Backend) turns that into the [`Files`](output::Files) of one package, in memory; [`output`]
//! writes them or compares them with what is there. The `callsheet` command is a thin layer above.
//!
//! ```
//! use callsheet_codegen::ir::Api;
//! use callsheet_schema::Document;
//!
//! let document = Document::from_json(r#"{"callsheet": 1, "contracts": [], "types": {}, "encodings": {}}"#)?;
//! assert!(Api::lower(&document)?.services.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

pub mod backends;
pub mod chosen;
pub mod export;
pub mod fault;
pub mod ir;
pub mod nearest;
pub mod output;
