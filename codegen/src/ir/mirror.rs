//! The contracts as the other side sees them: what a server in memory reads and writes, that stands in for the real one.

use super::{Api, Enum, Field, NamedType, Shape, Struct, Uses, Variant, VariantShape};

impl Api {
    /// The same api with the two sides exchanged: what clients send is received, and what they receive is sent.
    ///
    /// Names, ids and the shapes of values stay, so that both sides have the same types. [`Service::methods`] and
    /// [`Service::hosted`] still say what the client calls and what it serves.
    ///
    /// [`Service::methods`]: super::Service::methods
    /// [`Service::hosted`]: super::Service::hosted
    #[must_use]
    pub fn mirrored(mut self) -> Self {
        self.types.values_mut().for_each(mirror_type);
        self
    }
}

fn mirror_type(of: &mut NamedType) {
    let declared_error = of.uses.declared_error;
    of.uses = Uses {
        sent: of.uses.received,
        received: of.uses.sent,
        declared_error,
    };
    match &mut of.shape {
        Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
        Shape::Struct(Struct { fields, .. }) => fields.iter_mut().for_each(mirror_field),
        Shape::Enum(Enum { variants, .. }) => variants.iter_mut().for_each(mirror_variant),
    }
}

fn mirror_variant(variant: &mut Variant) {
    std::mem::swap(&mut variant.sent_as, &mut variant.received_as);
    if let VariantShape::Struct(fields) = &mut variant.shape {
        fields.iter_mut().for_each(mirror_field);
    }
}

fn mirror_field(field: &mut Field) {
    std::mem::swap(&mut field.sent_as, &mut field.received_as);
    std::mem::swap(&mut field.optional, &mut field.sometimes);
}
