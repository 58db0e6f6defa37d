//! Calls that wait for others in further processes: each has a number there, by which it is known when it comes back.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use callsheet_wire::Hop;
use parking_lot::Mutex;

use crate::{call::Link, runtime::WeakRuntime};

/// A chain is no longer than this.
pub(crate) const LONGEST: usize = 64;

/// The calls of one runtime that wait for others in further processes.
#[derive(Default)]
pub(crate) struct Exports(Mutex<Numbered>);

#[derive(Default)]
struct Numbered {
    links: HashMap<u64, Weak<Link>>,
    last: u64,
}

/// A call that waits for another in a further process, which knows it by a number for as long as this lives.
pub(crate) struct Export {
    runtime: WeakRuntime,
    number: u64,
}

impl Exports {
    fn add(&self, link: &Arc<Link>) -> u64 {
        let mut numbered = self.0.lock();
        numbered.last += 1;
        let number = numbered.last;
        numbered.links.insert(number, Arc::downgrade(link));
        number
    }

    fn find(&self, number: u64) -> Option<Arc<Link>> {
        self.0.lock().links.get(&number)?.upgrade()
    }
}

/// What a further process is told of the calls that wait for one that leaves here.
pub(crate) fn leave(runtime: &WeakRuntime, link: &Arc<Link>) -> Option<(Export, Vec<Hop>)> {
    let upgraded = runtime.upgrade().ok()?;
    let number = upgraded.exports().add(link);
    let export = Export {
        runtime: runtime.clone(),
        number,
    };
    let mut hops = link.hops(upgraded.broker().epoch(), number);
    hops.truncate(LONGEST);
    (!hops.is_empty()).then_some((export, hops))
}

/// The call that waits for one which came here with this chain.
pub(crate) fn enter(runtime: &WeakRuntime, hops: Vec<Hop>) -> Option<Arc<Link>> {
    let runtime = runtime.upgrade().ok()?;
    let own = |hop: &&Hop| hop.runtime == runtime.broker().epoch();
    let here = hops.iter().find(own).and_then(|hop| runtime.exports().find(hop.link));
    (!hops.is_empty()).then(|| Link::arrived(hops, here))
}

impl Drop for Export {
    fn drop(&mut self) {
        if let Ok(runtime) = self.runtime.upgrade() {
            runtime.exports().0.lock().links.remove(&self.number);
        }
    }
}
