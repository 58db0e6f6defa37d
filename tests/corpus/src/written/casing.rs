//! Names that differ until they are written in a language's case. Who cannot tell them apart names both.

use callsheet_codegen::backends::Language;
use callsheet_schema::{Field, Tagging, TypeRef, Variant};

use super::Written;
use crate::spelling::{Draft, argument, ask, event, field, fields, one_of, unit};

pub(super) fn all() -> Vec<Written> {
    vec![
        of_fields(),
        of_fields_in_rust(),
        of_variants(),
        of_methods(),
        of_arguments(),
        of_types(),
        of_namespaces(),
        of_contracts(),
        of_events(),
        without_letters(),
    ]
}

/// One language after the other sees that two fields are one.
fn of_fields() -> Written {
    let mut draft = Draft::default();
    let of = draft.define(
        "casing.Fields",
        fields([field("foo_bar", TypeRef::U8), field("fooBar", TypeRef::U8)]),
    );
    draft.gives_back("casing.Echo", &[of]);
    let names = ["casing.Fields", "`foo_bar`", "`fooBar`"];
    in_every_language("casing_fields", &draft, &names)
}

/// Names in Rust count where there are any.
fn of_fields_in_rust() -> Written {
    let mut draft = Draft::default();
    let called = |name: &str, ident: &str| Field {
        ident: Some(ident.to_owned()),
        ..field(name, TypeRef::U8)
    };
    let of = draft.define(
        "casing.Idents",
        fields([called("one", "same_name"), called("other", "sameName")]),
    );
    draft.gives_back("casing.Echo", &[of]);
    let idents = ["casing.Idents", "`same_name`", "`sameName`"];
    Written::works("casing_idents", &draft)
        .but(Some(Language::Python), &idents)
        .but(Some(Language::TypeScript), &idents)
        .but(Some(Language::Rust), &["casing.Idents", "`one`", "`other`"])
}

fn of_variants() -> Written {
    let mut draft = Draft::default();
    let called = Variant {
        ident: Some("DarkRed".to_owned()),
        ..unit("3")
    };
    let colours = [unit("dark-red"), unit("DARK_RED"), called];
    let of = draft.define("casing.Colours", one_of(Tagging::External, colours));
    draft.gives_back("casing.Echo", &[of]);
    let names = ["casing.Colours", "`dark-red`", "`DARK_RED`"];
    // TypeScript calls variants as the wire does.
    Written::works("casing_variants", &draft)
        .but(Some(Language::Python), &names)
        .but(Some(Language::Rust), &names)
}

fn of_methods() -> Written {
    let mut draft = Draft::default();
    let contract = draft.contract(
        "casing.Methods",
        vec![ask("do_it", [], TypeRef::Unit), ask("doIt", [], TypeRef::Unit)],
    );
    // Their messages are not one.
    contract.methods[1].message = "casing.Methods.Other".to_owned();
    in_every_language("casing_methods", &draft, &["casing.Methods", "`do_it`", "`doIt`"])
}

fn of_arguments() -> Written {
    let mut draft = Draft::default();
    let arguments = [argument("page_size", TypeRef::U8), argument("PageSize", TypeRef::U8)];
    draft.contract("casing.Arguments", vec![ask("list", arguments, TypeRef::Unit)]);
    in_every_language("casing_arguments", &draft, &["`list`", "`page_size`", "`PageSize`"])
}

fn of_types() -> Written {
    let mut draft = Draft::default();
    let types =
        ["casing.user_name", "casing.UserName"].map(|name| draft.define(name, fields([field("a", TypeRef::U8)])));
    draft.gives_back("casing.Echo", &types);
    Written::refused("casing_types", &draft, &["`casing.user_name`", "`casing.UserName`"])
}

/// What stands before their names tells them apart.
fn of_namespaces() -> Written {
    let mut draft = Draft::default();
    let names = [
        "a.User",
        "b.User",
        "a.b.User",
        "User",
        "a.Page<a.User>",
        "a.Page<b.User>",
        "c.Page<User>",
    ];
    let types = names.map(|name| draft.define(name, fields([field("a", TypeRef::U8)])));
    draft.gives_back("a.Echo", &types);
    draft.gives_back("b.Echo", &types[..2]);
    Written::works("casing_namespaces", &draft)
}

fn of_contracts() -> Written {
    let mut draft = Draft::default();
    draft.gives_back("casing.HTTPServer", &[TypeRef::U8]);
    draft.gives_back("casing.HttpServer", &[TypeRef::U8]);
    Written::refused(
        "casing_contracts",
        &draft,
        &["`casing.HTTPServer`", "`casing.HttpServer`"],
    )
}

fn of_events() -> Written {
    let mut draft = Draft::default();
    draft.contract("casing.Publisher", Vec::new()).events = vec![
        event("casing.price_update", TypeRef::U8),
        event("casing.PriceUpdate", TypeRef::U8),
    ];
    Written::refused(
        "casing_events",
        &draft,
        &["`casing.price_update`", "`casing.PriceUpdate`"],
    )
}

fn without_letters() -> Written {
    let mut draft = Draft::default();
    let types = [
        draft.define(
            "letters.Fields",
            fields([field("!", TypeRef::U8), field("", TypeRef::U8)]),
        ),
        draft.define(
            "letters.Variants",
            one_of(Tagging::External, [unit("-"), unit("\u{1F3AD}")]),
        ),
    ];
    draft.gives_back("letters.Echo", &types);
    let names = [
        "field `!`",
        "field ``",
        "variant `-`",
        "variant `\u{1F3AD}`",
        "no letter or digit",
    ];
    Written::refused("names_without_letters", &draft, &names)
}

fn in_every_language(name: &str, draft: &Draft, names: &[&str]) -> Written {
    [Language::Python, Language::TypeScript, Language::Rust]
        .into_iter()
        .fold(Written::works(name, draft), |written, language| {
            written.but(Some(language), names)
        })
}
