//! Whether what is judged is so, found out by trying: values of the writer are held against the reader's description.

use std::collections::BTreeMap;

use callsheet_schema::{
    Definition, Direction, Document, Field, Shape, TypeRef, VariantShape,
    conform::{self, Codec, Value},
};

use crate::made::{Dice, value};

const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

/// A value that the writer may write and the reader refuses, with why. `None` if none was found among so many in each
/// codec.
pub(crate) fn refused(
    (writer, written): (&Document, &TypeRef),
    (reader, read): (&Document, &TypeRef),
    direction: Direction,
    number: usize,
    dice: &mut Dice,
) -> Option<String> {
    let [own_reads, reads] = [writer, reader].map(|of| match direction {
        Direction::Accepted => of.types.clone(),
        Direction::Produced => as_read(&of.types),
    });
    for codec in CODECS {
        for _ in 0..number {
            let Some(value) = value(&writer.types, written, direction, codec, dice) else {
                break;
            };
            // By accident an entry of a map has the name of another: not even the writer's own type reads that.
            let fits = conform::check(&writer.types, written, direction, codec, &value);
            if fits.is_err() || conform::check(&own_reads, written, Direction::Accepted, codec, &value).is_err() {
                continue;
            }
            if let Err(misfit) = conform::check(&reads, read, Direction::Accepted, codec, &value) {
                return Some(format!("{codec:?}: {misfit}: {}", shown(&value)));
            }
        }
    }
    None
}

fn shown(value: &Value) -> String {
    format!("{value:?}")
}

/// The types as whoever reads what is produced takes them: it needs what is always there, knows no further names, and
/// ignores tags.
fn as_read(types: &BTreeMap<String, Definition>) -> BTreeMap<String, Definition> {
    let read = |definition: &Definition| {
        let mut shape = definition.seen(Direction::Produced).clone();
        match &mut shape {
            Shape::Struct { tags, fields, .. } => {
                fields.iter_mut().for_each(field_as_read);
                fields.extend(tags.drain(..).map(|tag| Field {
                    name: tag.name,
                    ident: None,
                    accepts: None,
                    aliases: Vec::new(),
                    docs: String::new(),
                    deprecated: None,
                    type_ref: TypeRef::String,
                    optional: true,
                    defaulted: false,
                    sometimes: true,
                    flattened: false,
                }));
            }
            Shape::Enum { variants, .. } => {
                for variant in variants {
                    variant.accepts = None;
                    variant.aliases.clear();
                    if let VariantShape::Struct(fields) = &mut variant.shape {
                        fields.iter_mut().for_each(field_as_read);
                    }
                }
            }
            Shape::Unit | Shape::Newtype(_) | Shape::Tuple(_) => {}
        }
        Definition {
            shape,
            produces: None,
            ..definition.clone()
        }
    };
    types
        .iter()
        .map(|(name, definition)| (name.clone(), read(definition)))
        .collect()
}

fn field_as_read(field: &mut Field) {
    field.optional = field.sometimes;
    field.accepts = None;
    field.aliases.clear();
}
