use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex, RwLock},
};

use callsheet_schema::{Describe, TypeRef, Types};

use crate::expect::{called, names, written};

#[test]
fn pointers_are_what_they_point_to() {
    called::<Box<u8>>("u8");
    called::<Box<Option<u8>>>("option<u8>");
    written(&Box::new(1_u8), "1");
    called::<Arc<Vec<u8>>>("list<u8>");
    called::<Arc<str>>("string");
    called::<Arc<[String]>>("list<string>");
    called::<Arc<Option<u8>>>("option<u8>");
    written(&Arc::<str>::from("text"), r#""text""#);
    written(&Arc::<[u8]>::from([1, 2]), "[1,2]");
    called::<Cow<'static, [u8]>>("list<u8>");
    called::<Cow<'static, Option<u8>>>("option<u8>");
    written(&Cow::Borrowed(&[1_u8, 2][..]), "[1,2]");

    // It is not `Send`, and so never crosses the wire itself.
    names::<Rc<u8>>("u8");
    names::<Rc<str>>("string");
    written(&Rc::<str>::from("text"), r#""text""#);
}

#[test]
fn cells_and_locks_are_what_they_hold() {
    called::<Cell<u8>>("u8");
    called::<Cell<Option<u8>>>("option<u8>");
    written(&Cell::new(1_u8), "1");
    called::<RefCell<String>>("string");
    called::<RefCell<Option<String>>>("option<string>");
    written(&RefCell::new("text".to_owned()), r#""text""#);
    called::<Mutex<String>>("string");
    called::<Mutex<Option<String>>>("option<string>");
    written(&Mutex::new("text".to_owned()), r#""text""#);
    called::<RwLock<String>>("string");
    called::<RwLock<Option<String>>>("option<string>");
    written(&RwLock::new("text".to_owned()), r#""text""#);
}

#[test]
fn pointers_sum_up_what_they_point_to() {
    #[derive(Clone)]
    struct Refused;

    impl Describe for Refused {
        const NAME: &'static str = "Refused";

        fn describe(_: &mut Types) -> TypeRef {
            TypeRef::Unit
        }

        fn summary(&self) -> String {
            "Refused::Late".to_owned()
        }
    }

    assert_eq!(Box::new(Refused).summary(), "Refused::Late");
    assert_eq!(Arc::new(Refused).summary(), "Refused::Late");
    assert_eq!(Rc::new(Refused).summary(), "Refused::Late");
    assert_eq!(Cow::Owned::<Refused>(Refused).summary(), "Refused::Late");
    assert_eq!(std::cmp::Reverse(Refused).summary(), "Refused::Late");
}
