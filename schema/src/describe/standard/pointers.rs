//! Pointers, cells and locks: the wire sees only what is inside.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex, RwLock},
};

use crate::{Describe, describe::implement::transparent};

transparent! {
    [T: Describe + ?Sized] Box<T> => T, |pointer| (**pointer).summary();
    [T: Describe + ?Sized] Rc<T> => T, |pointer| (**pointer).summary();
    [T: Describe + ?Sized] Arc<T> => T, |pointer| (**pointer).summary();
    [T: Describe + ToOwned + ?Sized] Cow<'static, T> => T, |pointer| (**pointer).summary();
    [T: Describe] Cell<T> => T;
    [T: Describe] RefCell<T> => T;
    [T: Describe] Mutex<T> => T;
    [T: Describe] RwLock<T> => T;
}
