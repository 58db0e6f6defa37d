//! The classes, unions and aliases of the contracts' types.

use super::claim_members;
use crate::{
    backends::python::{
        docs::docstring,
        layout::{Code, WIDTH, string},
        names,
        types::{Types, nullable},
    },
    fault::Faults,
    ir::{Enum, Field, NamedType, Shape, TypeRef, Uses, Variant, VariantShape},
};

/// The module of types.
pub(in crate::backends::python) struct Models {
    pub(in crate::backends::python) definitions: Vec<Definition>,
    /// What it exports.
    pub(super) names: Vec<String>,
    /// `__all__`.
    pub(in crate::backends::python) exports: String,
}

/// A top-level definition.
pub(in crate::backends::python) enum Definition {
    Class {
        name: String,
        /// Its one field may be given without its name.
        positional: bool,
        docs: String,
        fields: Vec<Member>,
    },
    Strings {
        name: String,
        docs: String,
        members: Vec<Member>,
    },
    Alias {
        statement: String,
        docs: String,
    },
}

/// A field or an enum's member.
pub(in crate::backends::python) struct Member {
    /// The statement, on lines of its own.
    pub(in crate::backends::python) line: String,
    /// Empty if there is nothing to say.
    pub(in crate::backends::python) docs: String,
}

impl Models {
    pub(super) fn of(types: Types<'_>, faults: &mut Faults) -> Self {
        let mut models = Builder {
            types,
            definitions: Vec::new(),
            names: Vec::new(),
        };
        for of in types.api.in_dependency_order() {
            claim_members(of, faults);
            models.add(of);
        }
        Models {
            exports: super::all(models.names.clone()),
            definitions: models.definitions,
            names: models.names,
        }
    }

    /// Whether a class without a base is defined.
    pub(in crate::backends::python) fn has_classes(&self) -> bool {
        self.definitions.iter().any(|of| matches!(of, Definition::Class { .. }))
    }

    /// Whether an enum of strings is defined.
    pub(in crate::backends::python) fn has_strings(&self) -> bool {
        self.definitions
            .iter()
            .any(|of| matches!(of, Definition::Strings { .. }))
    }

    /// Whether an alias is defined.
    pub(in crate::backends::python) fn has_aliases(&self) -> bool {
        self.definitions.iter().any(|of| matches!(of, Definition::Alias { .. }))
    }

    /// Whether any definition holds this text.
    pub(in crate::backends::python) fn mentions(&self, text: &str) -> bool {
        let any = |members: &[Member]| members.iter().any(|member| member.line.contains(text));
        self.definitions.iter().any(|of| match of {
            Definition::Class { fields, .. } => any(fields),
            Definition::Strings { .. } => false,
            Definition::Alias { statement, .. } => statement.contains(text),
        })
    }
}

struct Builder<'a> {
    types: Types<'a>,
    definitions: Vec<Definition>,
    names: Vec<String>,
}

impl Builder<'_> {
    fn add(&mut self, of: &NamedType) {
        let name = self.types.names.class(&of.id).to_owned();
        let deprecated = of.deprecated.as_deref();
        let docs = |indent| docstring(&of.docs, &format!("The type `{}`.", of.wire_name), deprecated, indent);
        match &of.shape {
            Shape::Newtype(inner) => self.alias(name, self.types.annotation(inner, ""), docs(0)),
            Shape::Tuple(items) => {
                let tuple = TypeRef::Tuple(items.clone());
                self.alias(name, self.types.annotation(&tuple, ""), docs(0));
            }
            Shape::Unit => self.alias(name, "None".to_owned(), docs(0)),
            Shape::Struct(shape) => self.record(name, docs(4), &shape.fields, of.uses),
            Shape::Enum(shape) if shape.strings && !shape.variants.is_empty() => {
                self.strings(name, docs(4), &shape.variants);
            }
            Shape::Enum(shape) => self.union(of, shape, name, docs(0)),
        }
    }

    fn define(&mut self, name: String, definition: Definition) {
        self.names.push(name);
        self.definitions.push(definition);
    }

    fn alias(&mut self, name: String, meaning: String, docs: String) {
        let statement = format!("{name}: _typing.TypeAlias = {}\n", string(&meaning));
        self.define(name, Definition::Alias { statement, docs });
    }

    fn record(&mut self, name: String, docs: String, fields: &[Field], uses: Uses) {
        let fields = fields.iter().map(|field| self.field(field, uses)).collect();
        let class = Definition::Class {
            name: name.clone(),
            positional: false,
            docs,
            fields,
        };
        self.define(name, class);
    }

    fn field(&self, field: &Field, uses: Uses) -> Member {
        let before = format!("{}: ", names::field(&field.name));
        let left_out = (uses.sent && field.optional) || (uses.received && field.sometimes);
        let code = if left_out || matches!(field.type_ref, TypeRef::Option(_)) {
            let annotation = nullable(self.types.annotation(&field.type_ref, ""));
            Code::text(format!("{annotation} = None"))
        } else {
            self.types.laid_annotation(&field.type_ref, "")
        };
        Member {
            line: code.statement(4, &before, ""),
            docs: member_docs(&field.docs, field.deprecated.as_deref()),
        }
    }

    fn strings(&mut self, name: String, docs: String, variants: &[Variant]) {
        let member = |variant: &Variant| Member {
            line: format!(
                "    {} = {}\n",
                names::constant(&variant.name),
                string(&variant.received_as)
            ),
            docs: member_docs(&variant.docs, variant.deprecated.as_deref()),
        };
        let strings = Definition::Strings {
            name: name.clone(),
            docs,
            members: variants.iter().map(member).collect(),
        };
        self.define(name, strings);
    }

    fn union(&mut self, of: &NamedType, shape: &Enum, name: String, docs: String) {
        let mut classes = Vec::new();
        for variant in &shape.variants {
            let class = names::variant_class(of, variant);
            let summary = format!("The variant `{}` of `{}`.", variant.name.source(), of.wire_name);
            let docs = docstring(&variant.docs, &summary, variant.deprecated.as_deref(), 4);
            classes.push(class.clone());
            match &variant.shape {
                VariantShape::Unit => self.record(class, docs, &[], of.uses),
                VariantShape::Struct(fields) => self.record(class, docs, fields, of.uses),
                VariantShape::Newtype(inner) => self.wrapper(class, docs, inner),
                VariantShape::Tuple(items) => self.wrapper(class, docs, &TypeRef::Tuple(items.clone())),
            }
        }
        let statement = if classes.is_empty() {
            format!("{name}: _typing.TypeAlias = \"_typing.NoReturn\"\n")
        } else {
            let flat = classes.join(" | ");
            match flat.len() {
                short if name.len() + ": _typing.TypeAlias = ".len() + short <= WIDTH => {
                    format!("{name}: _typing.TypeAlias = {flat}\n")
                }
                long if "    ".len() + long <= WIDTH => format!("{name}: _typing.TypeAlias = (\n    {flat}\n)\n"),
                _ => format!("{name}: _typing.TypeAlias = (\n    {}\n)\n", classes.join("\n    | ")),
            }
        };
        self.define(name, Definition::Alias { statement, docs });
    }

    fn wrapper(&mut self, name: String, docs: String, inner: &TypeRef) {
        let value = Member {
            line: self.types.laid_annotation(inner, "").statement(4, "value: ", ""),
            docs: String::new(),
        };
        let class = Definition::Class {
            name: name.clone(),
            positional: true,
            docs,
            fields: vec![value],
        };
        self.define(name, class);
    }
}

fn member_docs(docs: &str, deprecated: Option<&str>) -> String {
    if docs.trim().is_empty() && deprecated.is_none() {
        String::new()
    } else {
        let summary = if docs.trim().is_empty() {
            "No longer in use."
        } else {
            "In the contract's words:"
        };
        docstring(docs, summary, deprecated, 4)
    }
}
