//! Descriptors: what the macros write down of contracts and types, as constants.
//!
//! They hold what the source says, and for each type a function that describes it; a [`Contract`](crate::Contract) or a
//! [`Definition`](crate::Definition) is made of them when somebody asks for a document. Code that makes
//! the same would be a good part of what a contract adds to a build.

mod contract;
mod definition;

pub use contract::{
    ArgumentDescriptor, ContractDescriptor, DescribeReturned, EventDescriptor, MethodDescriptor, RequestDescriptor,
};
pub use definition::{
    DefaultDescriptor, DefinitionDescriptor, FieldDescriptor, NameDescriptor, ShapeDescriptor, TaggingDescriptor,
    VariantDescriptor, VariantShapeDescriptor,
};

use crate::{TypeRef, Types};

/// Describes a type; the [`describe`](crate::Describe::describe) of each.
pub type DescribeType = fn(&mut Types) -> TypeRef;

fn owned(text: Option<&'static str>) -> Option<String> {
    text.map(str::to_owned)
}

fn all_owned(texts: &[&'static str]) -> Vec<String> {
    texts.iter().copied().map(str::to_owned).collect()
}

fn described(items: &[DescribeType], types: &mut Types) -> Vec<TypeRef> {
    items.iter().map(|describe| describe(types)).collect()
}
