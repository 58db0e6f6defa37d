//! The calls of a socket that have no outcome yet, by their ids or in their order.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
};

use crate::{book::Fault, plan::Call};

/// A call without an outcome.
#[derive(Debug)]
pub struct Open {
    pub call: Call,
    /// How many items have come.
    pub items: u32,
    /// How many may come; `None` for all.
    pub granted: Option<u32>,
    /// What the server calls a stream without an id, once it has said so.
    name: Option<String>,
}

/// The calls that are open.
#[derive(Debug)]
pub struct Calls {
    /// By what stands in their ids.
    named: HashMap<u64, Open>,
    /// Those without ids, the oldest first.
    ordered: VecDeque<Open>,
    /// Numbers that can stand in an id again; `None` if each call has its own.
    spare: Option<Vec<u64>>,
    made: u64,
}

impl Calls {
    /// Without any yet. The ids are numbers: each call's own, or such as are used again once an answer has come.
    pub fn new(uses_ids_again: bool) -> Self {
        Calls {
            named: HashMap::new(),
            ordered: VecDeque::new(),
            spare: uses_ids_again.then(Vec::new),
            made: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.named.len() + self.ordered.len()
    }

    /// Takes a call in, and gives its id if it is to have one.
    pub fn open(&mut self, call: Call) -> Option<String> {
        let open = Open {
            call,
            items: 0,
            granted: call.credit,
            name: None,
        };
        if !call.has_id {
            self.ordered.push_back(open);
            return None;
        }
        let key = match &mut self.spare {
            None => call.number,
            Some(spare) => spare.pop().unwrap_or_else(|| {
                self.made += 1;
                self.made
            }),
        };
        self.named.insert(key, open);
        Some(key.to_string())
    }

    /// The id of the call, if it has one and is open.
    pub fn id_of(&self, call: &Call) -> Option<String> {
        let mut named = self.named.iter();
        let (key, _) = named.find(|(_, open)| open.call.number == call.number)?;
        Some(key.to_string())
    }

    /// Whether there are streams that wait for credit under a name which is not known yet.
    pub fn any_out_of_reach(&self) -> bool {
        let mut ordered = self.ordered.iter();
        ordered.any(|open| open.granted.is_some() && open.name.is_none())
    }

    /// Has every stream send all its items. `grant` tells the server.
    pub fn grant_all(&mut self, mut grant: impl FnMut(&str, u64)) {
        const ALL: u32 = 1 << 20;
        for (key, open) in &mut self.named {
            if open.granted.replace(ALL).is_some() {
                grant(&key.to_string(), ALL.into());
            }
        }
        for open in &mut self.ordered {
            if let (Some(name), Some(_)) = (&open.name, open.granted.replace(ALL)) {
                grant(name, ALL.into());
            }
        }
    }

    /// The call that a response with this id, or without any, answers. It is open no more.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn close(&mut self, id: Option<&str>) -> Result<Open, Fault> {
        let Some(id) = id else {
            let first = self.ordered.pop_front();
            return first.ok_or_else(|| format!("an answer without an id came, and no such call is open; {self}"));
        };
        let key = key(id).filter(|key| self.named.contains_key(key));
        let closed = key.and_then(|key| Some((key, self.named.remove(&key)?)));
        let (key, open) = closed.ok_or_else(|| self.unknown(id))?;
        if let Some(spare) = &mut self.spare {
            spare.push(key);
        }
        Ok(open)
    }

    /// The stream that a frame with this name belongs to.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn stream(&mut self, name: &str) -> Result<&mut Open, Fault> {
        if !name.starts_with('~') {
            let unknown = self.unknown(name);
            return key(name).and_then(|key| self.named.get_mut(&key)).ok_or(unknown);
        }
        let unknown = self.unknown(name);
        let first = self.ordered.front_mut().ok_or(unknown)?;
        let known = first.name.get_or_insert_with(|| name.to_owned());
        if known != name {
            return Err(format!("a frame of `{name}` came before the end of {}", first.call));
        }
        Ok(first)
    }

    /// The stream with this name is open no more.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn close_stream(&mut self, name: &str) -> Result<Open, Fault> {
        self.close((!name.starts_with('~')).then_some(name))
    }

    /// Every call that is open, which none is any more.
    pub fn take_all(&mut self) -> Vec<Open> {
        if let Some(spare) = &mut self.spare {
            spare.extend(self.named.keys());
        }
        let named = self.named.drain().map(|(_, open)| open);
        named.chain(self.ordered.drain(..)).collect()
    }

    fn unknown(&self, id: &str) -> Fault {
        format!("doubled: an answer with the id `{id}` came, and no such call is open any more")
    }
}

fn key(id: &str) -> Option<u64> {
    id.parse().ok()
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls are open:", self.len())?;
        for (key, open) in &self.named {
            write!(f, "\n  with the id `{key}`, {} items: {}", open.items, open.call)?;
        }
        for open in &self.ordered {
            write!(f, "\n  in the order, {} items: {}", open.items, open.call)?;
        }
        Ok(())
    }
}
