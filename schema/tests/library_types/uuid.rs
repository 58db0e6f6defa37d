use serde_json::json;
use uuid::{NonNilUuid, Uuid};

use crate::expect::{called, definition, read, refused, written};

#[test]
fn uuids_are_hyphenated() {
    called::<Uuid>("uuid");
    written(&Uuid::nil(), r#""00000000-0000-0000-0000-000000000000""#);
    written(&Uuid::max(), r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#);
    let upper: Uuid = read(r#""67E55044-10B1-426F-9247-BB680E5FE0C8""#).expect("upper case is read too");
    written(&upper, r#""67e55044-10b1-426f-9247-bb680e5fe0c8""#);
}

#[test]
fn some_uuids_are_not_nil() {
    called::<NonNilUuid>("uuid.NonNilUuid");
    assert_eq!(
        definition::<NonNilUuid>(),
        json!({"shape": {"newtype": {"text": "uuid"}}, "checked": true})
    );
    let most = NonNilUuid::new(Uuid::max()).expect("not nil");
    written(&most, r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#);
    refused::<NonNilUuid>(r#""00000000-0000-0000-0000-000000000000""#);
}
