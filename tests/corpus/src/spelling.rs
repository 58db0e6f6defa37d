//! Short words to write documents with, by hand or at random.

use std::collections::BTreeMap;

use callsheet_schema::{
    Access, Argument, Contract, Definition, Document, Event, FORMAT, Field, Kind, Method, Request, Shape, Tagging,
    TypeRef, Variant, VariantShape,
};

/// A document on the way to be one.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The named types.
    pub types: BTreeMap<String, Definition>,
    /// The contracts, in any order.
    pub contracts: Vec<Contract>,
}

impl Draft {
    /// Adds a type, and gives a use of it.
    pub fn define(&mut self, name: &str, shape: Shape) -> TypeRef {
        self.types.insert(name.to_owned(), definition(shape));
        named(name)
    }

    /// Adds a contract with these methods.
    pub fn contract(&mut self, name: &str, methods: Vec<Method>) -> &mut Contract {
        let methods = methods.into_iter().map(|method| Method {
            message: format!("{name}.{}", callsheet_schema::names::message_of(&method.name)),
            ..method
        });
        self.contracts.push(Contract {
            name: name.to_owned(),
            docs: String::new(),
            deprecated: None,
            extends: Vec::new(),
            methods: methods.collect(),
            events: Vec::new(),
        });
        let last = self.contracts.len() - 1;
        &mut self.contracts[last]
    }

    /// Adds a contract that takes and gives back each of the types, and publishes nothing.
    pub fn gives_back(&mut self, contract: &str, types: &[TypeRef]) {
        let echo =
            |(at, of): (usize, &TypeRef)| ask(&format!("echo_{at}"), [argument("value", of.clone())], of.clone());
        self.contract(contract, types.iter().enumerate().map(echo).collect());
    }

    /// What was written, not yet judged.
    pub fn document(&self) -> Document {
        Document {
            callsheet: FORMAT,
            package: None,
            contracts: self.contracts.clone(),
            types: self.types.clone(),
            encodings: BTreeMap::new(),
            hashes: BTreeMap::new(),
        }
    }
}

/// A definition that is nothing but its shape.
pub fn definition(shape: Shape) -> Definition {
    Definition {
        docs: String::new(),
        deprecated: None,
        shape,
        produces: None,
        checked: false,
        mailbox: None,
    }
}

/// A use of a type of the document.
pub fn named(name: &str) -> TypeRef {
    TypeRef::Named(name.to_owned())
}

/// The value, or null.
pub fn option(of: TypeRef) -> TypeRef {
    TypeRef::Option(Box::new(of))
}

/// Any number of values.
pub fn list(of: TypeRef) -> TypeRef {
    TypeRef::List(Box::new(of))
}

/// Distinct values.
pub fn set(of: TypeRef) -> TypeRef {
    TypeRef::Set(Box::new(of))
}

/// So many values.
pub fn array(of: TypeRef, length: usize) -> TypeRef {
    TypeRef::Array(Box::new(of), length)
}

/// A map from the one to the other.
pub fn map(key: TypeRef, value: TypeRef) -> TypeRef {
    TypeRef::Map(Box::new(key), Box::new(value))
}

/// An integer that is not zero.
pub fn non_zero(of: TypeRef) -> TypeRef {
    TypeRef::NonZero(Box::new(of))
}

/// A field without anything special.
pub fn field(name: &str, type_ref: TypeRef) -> Field {
    Field {
        name: name.to_owned(),
        ident: None,
        accepts: None,
        aliases: Vec::new(),
        docs: String::new(),
        deprecated: None,
        type_ref,
        optional: false,
        defaulted: false,
        sometimes: false,
        flattened: false,
    }
}

/// A field that may be left out by a client, and then reads as null does.
pub fn optional(name: &str, type_ref: TypeRef) -> Field {
    Field {
        optional: true,
        ..field(name, type_ref)
    }
}

/// A field whose entries stand among those around it.
pub fn flattened(name: &str, type_ref: TypeRef) -> Field {
    Field {
        flattened: true,
        ..field(name, type_ref)
    }
}

/// A struct of these fields.
pub fn fields(fields: impl IntoIterator<Item = Field>) -> Shape {
    Shape::Struct {
        tags: Vec::new(),
        fields: fields.into_iter().collect(),
        deny_unknown: false,
    }
}

/// A variant without anything special.
pub fn variant(name: &str, shape: VariantShape) -> Variant {
    Variant {
        name: name.to_owned(),
        ident: None,
        accepts: None,
        aliases: Vec::new(),
        docs: String::new(),
        deprecated: None,
        untagged: false,
        other: false,
        shape,
    }
}

/// A variant without data.
pub fn unit(name: &str) -> Variant {
    variant(name, VariantShape::Unit)
}

/// A variant of one value.
pub fn newtype(name: &str, of: TypeRef) -> Variant {
    variant(name, VariantShape::Newtype(of))
}

/// A variant of several values in order.
pub fn places(name: &str, of: impl IntoIterator<Item = TypeRef>) -> Variant {
    variant(name, VariantShape::Tuple(of.into_iter().collect()))
}

/// A variant with fields.
pub fn record(name: &str, fields: impl IntoIterator<Item = Field>) -> Variant {
    variant(name, VariantShape::Struct(fields.into_iter().collect()))
}

/// An enum of these variants.
pub fn one_of(tagging: Tagging, variants: impl IntoIterator<Item = Variant>) -> Shape {
    Shape::Enum {
        tagging,
        variants: variants.into_iter().collect(),
        deny_unknown: false,
    }
}

/// Internally tagged by this entry.
pub fn internal(tag: &str) -> Tagging {
    Tagging::Internal { tag: tag.to_owned() }
}

/// Adjacently tagged by these entries.
pub fn adjacent(tag: &str, content: &str) -> Tagging {
    Tagging::Adjacent {
        tag: tag.to_owned(),
        content: content.to_owned(),
    }
}

/// An argument that must be given.
pub fn argument(name: &str, type_ref: TypeRef) -> Argument {
    Argument {
        name: name.to_owned(),
        type_ref,
        optional: false,
    }
}

/// An event.
pub fn event(name: &str, type_ref: TypeRef) -> Event {
    Event {
        name: name.to_owned(),
        type_ref,
    }
}

/// A call with one reply. Its message is named by the contract that it is put into.
pub fn ask(name: &str, arguments: impl IntoIterator<Item = Argument>, reply: TypeRef) -> Method {
    Method {
        name: name.to_owned(),
        message: String::new(),
        aliases: Vec::new(),
        docs: String::new(),
        deprecated: None,
        kind: Kind::Ask,
        access: Access::Shared,
        idempotent: false,
        request: Request::Arguments(arguments.into_iter().collect()),
        reply,
        error: None,
    }
}

/// A call without a reply.
pub fn tell(name: &str, arguments: impl IntoIterator<Item = Argument>) -> Method {
    Method {
        kind: Kind::Tell,
        ..ask(name, arguments, TypeRef::Unit)
    }
}

/// A call with any number of replies.
pub fn stream(name: &str, arguments: impl IntoIterator<Item = Argument>, item: TypeRef) -> Method {
    Method {
        kind: Kind::Stream,
        ..ask(name, arguments, item)
    }
}

/// A call whose whole payload is one value.
pub fn message(name: &str, of: TypeRef, reply: TypeRef) -> Method {
    Method {
        request: Request::Message {
            name: "message".to_owned(),
            type_ref: of,
        },
        ..ask(name, [], reply)
    }
}
