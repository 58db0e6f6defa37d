//! A type on trial, without its type.

use callsheet_schema::{
    Access, Contract, ContractType, Document, DocumentError, Field, Kind, Method, Request, Shape, TypeRef, Types,
    VariantShape,
};

/// A value of a type on trial.
pub type Subject = Box<dyn erased_serde::Serialize>;

/// A type on trial.
///
/// What serde does with it is compiled once, behind serde's traits as objects, so that thousands of types can be tried.
#[derive(Clone, Copy)]
pub struct Case {
    /// How the type is written in Rust.
    pub name: &'static str,
    describe: fn(&mut Types) -> Contract,
    /// Reads a value of the type.
    pub read: fn(&mut dyn erased_serde::Deserializer<'_>) -> Result<Subject, erased_serde::Error>,
    /// The code of the fault for which no document describes the type.
    pub refused: Option<&'static str>,
    /// More is accepted than any description says.
    pub lenient: bool,
    /// Structs are flattened into others: documents list their fields, but serde buffers them.
    pub buffers: bool,
    /// One variant of an untagged enum may be read as another, and then differs from what was written.
    pub ambiguous: bool,
    /// A document may refuse it, with whatever code.
    pub wild: bool,
}

/// A type as a document describes it.
pub struct Described {
    /// The document.
    pub document: Document,
    /// The type in what is accepted and in what is produced.
    pub reference: TypeRef,
}

impl Case {
    /// The case of `T`.
    pub fn of<T: ContractType>(name: &'static str) -> Self {
        Case {
            name,
            describe: contract::<T>,
            read: |deserializer| Ok(Box::new(erased_serde::deserialize::<T>(deserializer)?)),
            refused: None,
            lenient: false,
            buffers: false,
            ambiguous: false,
            wild: false,
        }
    }

    /// The type has a fault that only documents see.
    pub fn refused(self, code: &'static str) -> Self {
        Case {
            refused: Some(code),
            ..self
        }
    }

    /// More is accepted than any description says, as places at the end of a tuple that have a default may be left out.
    pub fn lenient(self) -> Self {
        Case { lenient: true, ..self }
    }

    /// Structs are flattened into others.
    pub fn flattens(self) -> Self {
        Case { buffers: true, ..self }
    }

    /// One variant of an untagged enum may be read as another.
    pub fn ambiguous(self) -> Self {
        Case {
            ambiguous: true,
            ..self
        }
    }

    /// A document may refuse the type.
    pub fn wild(self) -> Self {
        Case { wild: true, ..self }
    }

    /// Describes the type.
    ///
    /// # Errors
    ///
    /// If it has a fault that only documents see.
    pub fn describe(&self) -> Result<Described, DocumentError> {
        let document = Document::describe([self.describe])?;
        let reference = document.contracts[0].methods[0].reply.clone();
        Ok(Described { document, reference })
    }
}

impl Described {
    /// Whether the server may refuse values that fit the description.
    pub fn is_checked(&self) -> bool {
        self.document.types.values().any(|definition| definition.checked)
    }

    /// Whether there are types whose values are always null.
    pub fn has_units(&self) -> bool {
        let mut has_units = self
            .document
            .types
            .values()
            .any(|definition| definition.shape == Shape::Unit);
        self.document
            .visit(&mut |reference| has_units |= *reference == TypeRef::Unit);
        has_units
    }

    /// Whether reading and writing differ anywhere in the type.
    pub fn has_two_sides(&self) -> bool {
        let of_field = |field: &Field| field.accepts.is_some();
        self.document.types.values().any(|definition| {
            definition.produces.is_some()
                || match &definition.shape {
                    Shape::Struct { fields, .. } => fields.iter().any(of_field),
                    Shape::Enum { variants, .. } => variants.iter().any(|variant| {
                        let fields = match &variant.shape {
                            VariantShape::Struct(fields) => fields.as_slice(),
                            _ => &[],
                        };
                        variant.accepts.is_some() || fields.iter().any(of_field)
                    }),
                    _ => false,
                }
        })
    }
}

/// A contract that does nothing but speak of `T`.
fn contract<T: ContractType>(types: &mut Types) -> Contract {
    let reference = T::describe(types);
    let method = Method {
        name: "echo".to_owned(),
        message: "oracle.Oracle.Echo".to_owned(),
        aliases: Vec::new(),
        docs: String::new(),
        deprecated: None,
        kind: Kind::Ask,
        access: Access::Shared,
        idempotent: false,
        request: Request::Message {
            name: "value".to_owned(),
            type_ref: reference.clone(),
        },
        reply: reference,
        error: None,
    };
    Contract {
        name: "oracle.Oracle".to_owned(),
        docs: String::new(),
        deprecated: None,
        extends: Vec::new(),
        methods: vec![method],
        events: Vec::new(),
    }
}

/// The cases of the types that are listed; `Type => refused("CS0201")` has a fault that only documents see.
#[macro_export]
macro_rules! types {
    ($($kind:ty $(=> $method:ident($($argument:expr),*))?),* $(,)?) => {
        vec![$($crate::Case::of::<$kind>(stringify!($kind))$(.$method($($argument),*))?),*]
    };
}
