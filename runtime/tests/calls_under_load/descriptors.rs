//! How many files this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Allows this process, and those it starts, so many descriptors at least.
///
/// # Panics
///
/// If the system allows less.
pub fn allow(descriptors: u64) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= descriptors) {
        return;
    }
    assert!(
        maximum.is_none_or(|maximum| maximum >= descriptors),
        "{descriptors} descriptors are needed and {maximum:?} allowed: raise `ulimit -Hn`, or call over fewer connections"
    );
    let raised = Rlimit {
        current: Some(descriptors),
        maximum,
    };
    setrlimit(Resource::Nofile, raised).expect("a process may have what it is allowed");
}
