//! Documents that no macro writes: names that are paths, code, or nothing. Whoever takes them must take them whole.

use callsheet_codegen::backends::{self, Backend};
use callsheet_schema::{Field, TypeRef};

use super::Written;
use crate::{
    package::{Outcome, package},
    spelling::{Draft, argument, ask, event, field, fields},
};

/// What a hand can put where a name of contracts, types, methods or events belongs.
const NAMES: &[(&str, &str)] = &[
    ("climbing", "x.../../../tmp/escaped"),
    ("absolute", "/etc/passwd"),
    ("quoted", "x.Quo\"te'd"),
    ("lines", "x.New\nLine"),
    ("comment", "x.End*/Comment"),
    ("code", "x.A\"); import os; os.system(\"true"),
    ("template", "x.{{ A }}${B}"),
    ("bidi", "x.\u{202e}Right"),
    ("nul", "x.Nu\u{0}l"),
    ("emoji", "x.\u{1F3AD}Curtain"),
    ("digits", "x.1st"),
    ("empty", ""),
    ("dots", "..."),
    ("letters", "x.Größe"),
    ("greek", "x.\u{3a3}\u{3c3}\u{3c2}"),
    ("combining", "x.e\u{301}tat"),
    ("kelvin", "x.\u{212a}elvin"),
];

/// Puts something of this name into a document.
type Put = fn(&mut Draft, &str);

/// Where such a name can stand, each as a document of its own.
const PLACES: [(&str, Put); 5] = [
    ("contract", contract),
    ("type", named_type),
    ("method", method),
    ("event", published),
    ("field", member),
];

pub(super) fn all() -> Vec<Written> {
    let mut all = vec![undefined()];
    // Which of the names are refused is not the point: that those which are not make packages that work is.
    for backend in backends::all() {
        for (place, put) in PLACES {
            let mut draft = Draft::default();
            for (_, called) in NAMES {
                if is_taken(*backend, put, called) {
                    put(&mut draft, called);
                }
            }
            let language = backend.language();
            all.push(Written {
                only: Some(language),
                ..Written::works(&format!("hostile_{place}_{language}"), &draft)
            });
        }
    }
    all
}

/// Every name at every place, alone: whoever refuses it has to say so in a sentence, and nobody may break.
pub fn alone() -> Vec<Written> {
    let places = PLACES.iter();
    let all = places.flat_map(|(place, put)| {
        NAMES.iter().map(move |(name, called)| {
            let mut draft = Draft::default();
            put(&mut draft, called);
            Written::works(&format!("hostile_{place}_{name}"), &draft)
        })
    });
    all.collect()
}

/// Whether a package is made of a document with this name. Who breaks on it is found out by those who ask for all alone.
fn is_taken(backend: &dyn Backend, put: Put, called: &str) -> bool {
    let mut draft = Draft::default();
    put(&mut draft, called);
    matches!(package(backend, &draft.document(), "corpus-taken"), Outcome::Made(_))
}

fn contract(draft: &mut Draft, called: &str) {
    draft.gives_back(called, &[TypeRef::U8]);
}

fn named_type(draft: &mut Draft, called: &str) {
    let of = draft.define(called, fields([field("value", TypeRef::U8)]));
    let at = draft.contracts.len();
    draft.gives_back(&format!("hostile.Echo{at}"), &[of]);
}

fn method(draft: &mut Draft, called: &str) {
    let at = draft.contracts.len();
    let method = ask(called, [argument(called, TypeRef::U8)], TypeRef::U8);
    draft.contract(&format!("hostile.Calls{at}"), vec![method]).methods[0].message = format!("hostile.{called}");
}

fn published(draft: &mut Draft, called: &str) {
    let at = draft.contracts.len();
    draft.contract(&format!("hostile.Publisher{at}"), Vec::new()).events = vec![event(called, TypeRef::U8)];
}

/// A field and its name in Rust, both.
fn member(draft: &mut Draft, called: &str) {
    let at = draft.contracts.len();
    let of = fields([Field {
        ident: Some(called.to_owned()),
        ..field(called, TypeRef::U8)
    }]);
    let of = draft.define(&format!("hostile.Fields{at}"), of);
    draft.gives_back(&format!("hostile.Echo{at}"), &[of]);
}

fn undefined() -> Written {
    let mut draft = Draft::default();
    draft.gives_back("undefined.Echo", &[crate::spelling::named("undefined.Nowhere")]);
    Written::refused("undefined", &draft, &["undefined.Echo", "undefined.Nowhere"])
}
