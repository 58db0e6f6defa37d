//! The forms that implementations of [`Describe`](crate::Describe) for types of other crates have.

use crate::{Definition, Field, Shape, TypeRef, Variant, VariantShape};

/// Types that are one of the model's own.
macro_rules! built_in {
    ($($rust:ty => $name:expr, $reference:expr;)*) => {$(
        impl $crate::Describe for $rust {
            const NAME: &'static str = $name;

            fn describe(_: &mut $crate::Types) -> $crate::TypeRef {
                $reference
            }
        }
    )*};
}

/// The name of a generic type: its own, and those of its arguments.
macro_rules! name_parts {
    ([$($generics:tt)*] $rust:ty => $name:expr, $first:ident $(, $further:ident)*) => {
        impl<$($generics)*> $crate::NameParts for $rust {
            const PARTS: &'static [&'static str] = &[$name, "<", $first::NAME, $(", ", $further::NAME,)* ">"];
        }
    };
}

/// Containers of the model's own kinds.
macro_rules! containers {
    ($([$($generics:tt)*] $rust:ty => $name:literal, $reference:ident($($argument:ident),+);)*) => {$(
        name_parts!([$($generics)*] $rust => $name, $($argument),+);

        impl<$($generics)*> $crate::Describe for $rust {
            const NAME: &'static str = $crate::Joined::<Self>::NAME;

            fn describe(types: &mut $crate::Types) -> $crate::TypeRef {
                $crate::TypeRef::$reference($(Box::new($argument::describe(types))),+)
            }
        }
    )*};
}

/// Types whose values are written and read exactly as those of the type inside.
macro_rules! transparent {
    ($([$($generics:tt)*] $rust:ty => $inner:ident $(, |$value:ident| $summary:expr)?;)*) => {$(
        impl<$($generics)*> $crate::Describe for $rust {
            const NAME: &'static str = $inner::NAME;
            const OPTIONAL: bool = $inner::OPTIONAL;

            fn describe(types: &mut $crate::Types) -> $crate::TypeRef {
                $inner::describe(types)
            }

            $(fn summary(&self) -> String {
                let $value = self;
                $summary
            })?
        }
    )*};
}

/// Types with a definition of their own, which depends on nothing.
macro_rules! defined {
    ($($rust:ty => $name:literal, $definition:expr;)*) => {$(
        impl $crate::Describe for $rust {
            const NAME: &'static str = $name;

            fn describe(types: &mut $crate::Types) -> $crate::TypeRef {
                types.define::<Self>(Self::NAME, |_| $definition)
            }
        }
    )*};
}

pub(super) use {built_in, containers, defined, name_parts, transparent};

/// A type of which every value of the shape is read.
pub(super) fn definition(docs: &str, shape: Shape) -> Definition {
    Definition {
        docs: docs.to_owned(),
        deprecated: None,
        shape,
        produces: None,
        checked: false,
        mailbox: None,
    }
}

/// A type that refuses some of the values of the shape.
pub(super) fn checked(docs: &str, shape: Shape) -> Definition {
    Definition {
        checked: true,
        ..definition(docs, shape)
    }
}

pub(super) fn field(name: &str, type_ref: TypeRef) -> Field {
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

pub(super) fn variant(name: &str, shape: VariantShape) -> Variant {
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
