//! The classes, unions and aliases of the contracts' types.

use super::claim_members;
use crate::{
    backends::python::{
        docs::{docstring, noted_docstring},
        layout::{Code, string},
        lint::looks_secret,
        modules,
        names::{self, Fields},
        references::Types,
    },
    fault::Faults,
    ir::{Enum, Field, NamedType, Shape, Tagging, TypeRef, Uses, Variant, VariantShape},
};

/// What a type says of names that it does not list.
const OPEN_NAMES: &str = "A newer server may send a name that is not listed here, for which `is_known` is false: \
                          handle it in `case _`.";

/// A union of more members has names for its parts: pyright reads no expression of some 250 alternatives.
const MOST_MEMBERS: usize = 100;

/// What a type says of variants that it does not list.
const OPEN_VARIANTS: &str = "A newer server may send a variant that is not listed here, as an `UnknownVariant`: \
                             handle it in a case of its own or in `case _`.";

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

    /// Whether an alias is defined. Wherever a variant is, its union is too.
    pub(in crate::backends::python) fn has_aliases(&self) -> bool {
        self.definitions.iter().any(|of| matches!(of, Definition::Alias { .. }))
    }

    /// What the module imports of the runtime.
    pub(in crate::backends::python) fn imports(&self) -> Vec<String> {
        let base = |module: &str| module == "_unknown." && self.has_strings();
        // Others are named in annotations alone.
        let runs = |module: &str| ["_unknown.", "_unset."].contains(&module) && self.mentions(module);
        modules::runtime_imports(|module| base(module) || runs(module))
    }

    /// What the module imports for its annotations alone.
    pub(in crate::backends::python) fn type_imports(&self) -> String {
        modules::type_imports(|module| self.mentions(module))
    }

    pub(super) fn mentions(&self, module: &str) -> bool {
        let any = |members: &[Member]| members.iter().any(|member| modules::mentions(&member.line, module));
        self.definitions.iter().any(|of| match of {
            Definition::Class { fields, .. } => any(fields),
            Definition::Strings { .. } => false,
            Definition::Alias { statement, .. } => modules::mentions(statement, module),
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
        let summary = format!("The type `{}`.", of.wire_name);
        let noted = |note, indent| noted_docstring(&of.docs, &summary, note, deprecated, indent);
        let docs = |indent| noted("", indent);
        match &of.shape {
            Shape::Newtype(inner) => self.alias(name, inner, docs(0)),
            Shape::Tuple(items) => self.alias(name, &TypeRef::Tuple(items.clone()), docs(0)),
            Shape::Unit => self.alias(name, &TypeRef::Unit, docs(0)),
            Shape::Struct(shape) => self.record(name, docs(4), &shape.fields, of.uses),
            // A class that no decoder makes and no encoder takes.
            Shape::Enum(shape) if shape.variants.is_empty() => self.record(name, docs(4), &[], of.uses),
            Shape::Enum(shape) if shape.strings => self.strings(name, noted(OPEN_NAMES, 4), &shape.variants),
            Shape::Enum(shape) if shape.tagging == Tagging::Untagged => self.union(of, shape, name, docs(0)),
            Shape::Enum(shape) => self.union(of, shape, name, noted(OPEN_VARIANTS, 0)),
        }
    }

    fn define(&mut self, name: String, definition: Definition) {
        self.names.push(name);
        self.definitions.push(definition);
    }

    fn alias(&mut self, name: String, meaning: &TypeRef, docs: String) {
        let meaning = Code::Quoted(Box::new(self.types.annotation(meaning, "").outside_brackets()));
        let statement = meaning.statement(0, &format!("{name}: _typing.TypeAlias = "), "");
        self.define(name, Definition::Alias { statement, docs });
    }

    fn record(&mut self, name: String, docs: String, fields: &[Field], uses: Uses) {
        let field = |field: &Field| self.field(field, Fields::OfStruct, uses);
        let fields = fields.iter().map(field).collect();
        let class = Definition::Class {
            name: name.clone(),
            positional: false,
            docs,
            fields,
        };
        self.define(name, class);
    }

    /// The class of a variant, with the field that tells it.
    fn variant(&mut self, name: String, docs: String, variant: &Variant, uses: Uses) {
        let (mut fields, positional) = match &variant.shape {
            VariantShape::Unit => (Vec::new(), false),
            VariantShape::Struct(fields) => {
                let field = |field: &Field| self.field(field, Fields::OfVariant(&variant.received_as), uses);
                (fields.iter().map(field).collect(), false)
            }
            VariantShape::Newtype(inner) => (vec![self.wrapped(inner)], true),
            VariantShape::Tuple(items) => (vec![self.wrapped(&TypeRef::Tuple(items.clone()))], true),
        };
        let literal = string(&variant.received_as);
        let given = [
            Code::text(format!("default={literal}")),
            Code::text("init=False"),
            Code::text("repr=False"),
        ];
        let before = format!("{}: _typing.Literal[{literal}] = ", names::KIND);
        fields.push(Member {
            line: Code::call("_dataclasses.field", given).statement(4, &before, ""),
            docs: String::new(),
        });
        let class = Definition::Class {
            name: name.clone(),
            positional,
            docs,
            fields,
        };
        self.define(name, class);
    }

    fn field(&self, field: &Field, of: Fields<'_>, uses: Uses) -> Member {
        let before = format!("{}: ", of.name(&field.name));
        let left_out = (uses.sent && field.optional) || (uses.received && field.sometimes);
        let mut annotation = self.types.annotation(&field.type_ref, "");
        if self.types.tells_null(field, uses) {
            // Readers and linters look for `None` at the end.
            let given = match &field.type_ref {
                TypeRef::Option(inner) => self.types.annotation(inner, ""),
                _ => annotation,
            };
            let either = Code::union([given, Code::text("_unset.Unset")]).nullable();
            annotation = Code::assigned(either, "_unset.UNSET");
        } else if left_out || matches!(field.type_ref, TypeRef::Option(_)) {
            annotation = Code::assigned(annotation.nullable(), "None");
        }
        Member {
            line: annotation.outside_brackets().statement(4, &before, ""),
            docs: member_docs(&field.docs, field.deprecated.as_deref()),
        }
    }

    fn strings(&mut self, name: String, docs: String, variants: &[Variant]) {
        let line = |constant: &str, value: &str| match looks_secret(constant) {
            true => format!("    {constant} = _unknown.listed({value})\n"),
            false => format!("    {constant} = {value}\n"),
        };
        let member = |variant: &Variant| Member {
            line: line(&names::constant(&variant.name), &string(&variant.received_as)),
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
            self.variant(class, docs, variant, of.uses);
        }
        if shape.tagging != Tagging::Untagged {
            classes.push("_unknown.UnknownVariant".to_owned());
        }
        let mut statement = String::new();
        if classes.len() > MOST_MEMBERS {
            let parts: Vec<String> = (1..=classes.len().div_ceil(MOST_MEMBERS))
                .map(|number| format!("_{name}_{number}"))
                .collect();
            for (part, members) in parts.iter().zip(classes.chunks(MOST_MEMBERS)) {
                statement += &alias(part, members);
            }
            classes = parts;
        }
        statement += &alias(&name, &classes);
        self.define(name, Definition::Alias { statement, docs });
    }

    fn wrapped(&self, inner: &TypeRef) -> Member {
        let annotation = self.types.annotation(inner, "").outside_brackets();
        Member {
            line: annotation.statement(4, "value: ", ""),
            docs: String::new(),
        }
    }
}

/// The statement that gives the union of these classes a name.
fn alias(name: &str, members: &[String]) -> String {
    let union = Code::union(members.iter().map(Code::text)).outside_brackets();
    union.statement(0, &format!("{name}: _typing.TypeAlias = "), "")
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
