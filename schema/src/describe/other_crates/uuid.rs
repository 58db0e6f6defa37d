//! UUIDs, always hyphenated and in lower case when written.

use uuid::{NonNilUuid, Uuid};

use crate::{
    Format, Shape, TypeRef,
    describe::implement::{built_in, checked, defined},
};

built_in! { Uuid => "uuid", TypeRef::Text(Format::Uuid); }

defined! {
    NonNilUuid => "uuid.NonNilUuid",
        checked("A UUID that is not all zeros.", Shape::Newtype(TypeRef::Text(Format::Uuid)));
}
