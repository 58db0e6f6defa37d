//! Code of the user's that may panic, kept from taking others with it.
//!
//! A contract has such code for each of its methods and types, and catching a panic is a dozen functions of the standard
//! library; here they are compiled once.

use std::{
    any::Any,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The code panicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs `code`, which asks nothing of whoever calls it when it panics.
#[inline]
pub(crate) fn contain(code: &mut dyn FnMut()) -> Result<(), Panicked> {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(()) => Ok(()),
        Err(panic) => Err(over(panic)),
    }
}

/// Drops what was thrown, which may panic in its turn.
#[cold]
fn over(panic: Box<dyn Any + Send>) -> Panicked {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        mem::forget(again);
    }
    Panicked
}

/// What `code` gives.
pub(crate) fn outcome<T>(code: impl FnOnce() -> T) -> Result<T, Panicked> {
    let (mut code, mut given) = (Some(code), None);
    contain(&mut || given = code.take().map(|code| code()))?;
    given.ok_or(Panicked)
}

/// Drops a value whose drop may panic.
pub(crate) fn dropped<T>(value: T) -> Result<(), Panicked> {
    let mut value = Some(value);
    if mem::needs_drop::<T>() {
        return contain(&mut || value = None);
    }
    Ok(())
}

/// Drops what a call brought or gave, whose drop may panic: no fault of the state, and no end of the actor.
pub(crate) fn discard<T>(value: T) {
    if dropped(value).is_err() {
        report();
    }
}

#[cold]
fn report() {
    tracing::error!("an argument or a reply panicked while it was dropped");
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::{Panicked, dropped, outcome};

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    #[test]
    fn what_is_given_comes_back() {
        assert_eq!(outcome(|| 3), Ok(3));
        assert_eq!(dropped(3), Ok(()));
        assert_eq!(dropped("three".to_owned()), Ok(()));
    }

    #[test]
    fn panics_end_here_and_so_do_those_of_what_was_thrown() {
        assert_eq!(outcome(|| panic!("code")), Err::<(), _>(Panicked));
        assert_eq!(dropped(Bomb), Err(Panicked));
        assert_eq!(outcome(|| panic_any(Bomb)), Err::<(), _>(Panicked));
    }
}
