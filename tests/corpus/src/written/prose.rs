//! Documentation, reasons and names on the wire that end whatever they are written into.

use callsheet_schema::{Definition, Field, Shape, Tagging, TypeRef, Variant, VariantShape};

use super::Written;
use crate::spelling::{
    Draft, argument, ask, event, field, fields, internal, named, newtype, one_of, option, record, stream, tell, unit,
};

/// What ends comments, strings and templates in one language or another, hides itself, or turns the line about.
const NASTY: &str = "Ends */ early. \"\"\" and ''' and ${x} and `tick` and \\N{DASH} \\u{41} \\ back\\slash \\
 {{ y }} {% z %} {# c #} \u{2028} LS \u{2029} PS \u{200b} ZWSP \u{200d} ZWJ \u{202e} RLO \u{2066} LRI \u{2069} \u{0} NUL \
 \u{7} BEL \u{1b}[31m ESC \u{85} NEL \u{feff} BOM \u{a0} NBSP \u{ad} SHY \u{e000} PUA \u{10ffff} LAST\rCR\r\nCRLF\ttab \
 \u{b} VT \u{c} FF </script> <b>HTML</b> &amp; <!-- --> [link](https://example.org/*/) ![i](x) #[attr] #!shebang\n\n# \
 Errors\n\n# Safety\n\n@param x - no\n@deprecated never\n\n    indented \"\"\"\n* star\n- dash\n/** open\n///\n//!\n\
 ```\nunclosed fence\n:param x: no\nArgs:\nReturns:\nTODO: x  # noqa  // eslint-disable\n# type: ignore\n\\";

/// Such reasons are of one line in Rust, but not in documents.
const REASON: &str = "use \"\"\" */ \\ \n\u{2028}\r other ${x} \u{202e} `it` \u{0} instead\\";

pub(super) fn all() -> Vec<Written> {
    vec![docs(), short_docs(), deprecated(), wire_names()]
}

/// Documents everything with the text, and deprecates it for the reason, where there is one.
fn told(draft: &mut Draft, docs: &str, reason: Option<&str>) {
    let reason = reason.map(str::to_owned);
    let docs = docs.to_owned();
    let of_fields = |fields: &mut Vec<Field>| {
        for field in fields {
            field.docs.clone_from(&docs);
            field.deprecated.clone_from(&reason);
        }
    };
    for definition in draft.types.values_mut() {
        definition.docs.clone_from(&docs);
        definition.deprecated.clone_from(&reason);
        match &mut definition.shape {
            Shape::Struct { fields, .. } => of_fields(fields),
            Shape::Enum { variants, .. } => {
                for variant in variants {
                    variant.docs.clone_from(&docs);
                    variant.deprecated.clone_from(&reason);
                    if let VariantShape::Struct(fields) = &mut variant.shape {
                        of_fields(fields);
                    }
                }
            }
            Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
        }
    }
    for contract in &mut draft.contracts {
        contract.docs.clone_from(&docs);
        contract.deprecated.clone_from(&reason);
        for method in &mut contract.methods {
            method.docs.clone_from(&docs);
            method.deprecated.clone_from(&reason);
        }
    }
}

/// One of everything that can be documented, in this namespace.
fn one_of_each(namespace: &str) -> Draft {
    let mut draft = Draft::default();
    let name = |of: &str| format!("{namespace}.{of}");
    let data = draft.define(
        &name("Data"),
        fields([
            field("plain", TypeRef::U8),
            crate::spelling::optional("optional", option(TypeRef::String)),
        ]),
    );
    let types = [
        data.clone(),
        draft.define(
            &name("Units"),
            one_of(Tagging::External, [unit("First"), unit("Second")]),
        ),
        draft.define(
            &name("Choice"),
            one_of(
                Tagging::External,
                [
                    unit("Nothing"),
                    newtype("One", data.clone()),
                    record("Record", [field("a", TypeRef::U8)]),
                ],
            ),
        ),
        draft.define(
            &name("Tagged"),
            one_of(
                internal("kind"),
                [unit("Nothing"), record("Record", [field("a", TypeRef::U8)])],
            ),
        ),
        draft.define(
            &name("Untagged"),
            one_of(
                Tagging::Untagged,
                [newtype("One", TypeRef::U8), newtype("Other", TypeRef::String)],
            ),
        ),
        draft.define(&name("Wrapped"), Shape::Newtype(TypeRef::String)),
        draft.define(&name("Places"), Shape::Tuple(vec![TypeRef::U8, data.clone()])),
    ];
    draft.gives_back(&name("Echo"), &types);
    let mut fails = ask("fails", [argument("value", data.clone())], TypeRef::Unit);
    fails.error = Some(named(&name("Choice")));
    let mut refuses = stream("refuses", [], data.clone());
    refuses.error = Some(named(&name("Units")));
    draft
        .contract(
            &name("Calls"),
            vec![fails, refuses, tell("told", [argument("value", TypeRef::U8)])],
        )
        .events = vec![event(&name("Happened"), data)];
    draft
}

fn docs() -> Written {
    let mut draft = one_of_each("prose");
    told(&mut draft, NASTY, None);
    Written::works("docs", &draft)
}

/// Each of them is all that is said.
fn short_docs() -> Written {
    let texts = [
        "*/",
        "\"\"\"",
        "\"",
        "\\",
        "'''",
        "`",
        "${",
        "{{",
        "{%",
        "\r",
        "\n",
        " ",
        "\t",
        "\u{2028}",
        "\u{202e}",
        "\u{200b}",
        "\u{0}",
        "```",
        "ends in a quote\"",
        "ends in a backslash\\",
        "ends in a star*",
        "/",
        "@",
        "#",
        "-",
        "//",
        "\"\"",
        "a\n\n\nb",
        "\n\na",
        "a\n",
        "a\r",
        "\u{feff}",
        "Deprecated.",
        "[",
        "<",
        "&",
        "%",
        "1.",
        "    code",
        "|a|b|\n|-|-|",
    ];
    let mut draft = Draft::default();
    let one = |(at, text): (usize, &&str)| Field {
        docs: (*text).to_owned(),
        deprecated: (at % 3 == 0).then(|| (*text).to_owned()),
        ..field(&format!("field_{at}"), TypeRef::U8)
    };
    let mut types = vec![draft.define("short_docs.Fields", fields(texts.iter().enumerate().map(one)))];
    for (at, text) in texts.iter().enumerate() {
        let shape = one_of(
            Tagging::External,
            [Variant {
                docs: (*text).to_owned(),
                ..unit("Only")
            }],
        );
        let name = format!("short_docs.Type{at}");
        let of = draft.define(&name, shape);
        draft
            .types
            .entry(name)
            .and_modify(|of: &mut Definition| of.docs = (*text).to_owned());
        types.push(of);
    }
    draft.gives_back("short_docs.Echo", &types);
    for (method, text) in draft.contracts[0].methods.iter_mut().zip(texts) {
        method.docs = text.to_owned();
    }
    Written::works("short_docs", &draft)
}

fn deprecated() -> Written {
    let mut draft = one_of_each("old");
    told(&mut draft, "Was good once.", Some(REASON));
    let without_reason = one_of_each("older");
    let mut silent = without_reason;
    told(&mut silent, "", Some(""));
    draft.types.append(&mut silent.types);
    draft.contracts.append(&mut silent.contracts);
    Written::works("deprecated", &draft)
}

/// Names on the wire that no language could write, with names in Rust that all can.
fn wire_names() -> Written {
    let names = [
        "with space",
        "quote\"s",
        "quote's",
        "back`tick",
        "new\nline",
        "carriage\rreturn",
        "u2028\u{2028}",
        "u202e\u{202e}",
        "back\\slash",
        "\u{0}nul",
        "\u{1F3AD} curtain",
        "${dollar}",
        "{{brace}}",
        "*/",
        "\"\"\"",
        "9lives",
        "-",
        "",
        " ",
        "__proto__",
        "constructor",
        "\u{200b}zero",
        "é",
        "e\u{301}",
        "日本",
        "a.b",
        "a[0]",
        "#",
        "\\n",
        "\\u0041",
        "%s",
        "<script>",
        "</script>",
        "\u{feff}bom",
    ];
    let ident = |at: usize| Some(format!("name_{at}"));
    let mut draft = Draft::default();
    let of_fields = || {
        names.iter().enumerate().map(|(at, name)| Field {
            ident: ident(at),
            ..field(name, TypeRef::U8)
        })
    };
    let optional = names.iter().enumerate().map(|(at, name)| Field {
        ident: ident(at),
        ..crate::spelling::optional(name, option(TypeRef::String))
    });
    let variants = |shape: fn(&Vec<Field>) -> VariantShape| {
        let inner = vec![field("a", TypeRef::U8)];
        names.iter().enumerate().map(move |(at, name)| Variant {
            ident: Some(format!("Name{at}")),
            shape: shape(&inner),
            ..unit(name)
        })
    };
    let types = [
        draft.define("wire_names.Fields", fields(of_fields())),
        draft.define("wire_names.Optional", fields(optional)),
        draft.define(
            "wire_names.Units",
            one_of(Tagging::External, variants(|_| VariantShape::Unit)),
        ),
        draft.define(
            "wire_names.External",
            one_of(Tagging::External, variants(|inner| VariantShape::Struct(inner.clone()))),
        ),
        draft.define(
            "wire_names.Internal",
            one_of(
                internal("the \"tag\"\n"),
                variants(|inner| VariantShape::Struct(inner.clone())),
            ),
        ),
        draft.define(
            "wire_names.Adjacent",
            one_of(
                crate::spelling::adjacent("*/ \\", "\"\"\" ${x}"),
                variants(|_| VariantShape::Newtype(TypeRef::U8)),
            ),
        ),
        draft.define(
            "wire_names.Record",
            one_of(Tagging::External, [record("All", of_fields())]),
        ),
    ];
    draft.gives_back("wire_names.Echo", &types);
    Written::works("wire_names", &draft)
}
