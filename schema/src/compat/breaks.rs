//! What a caller of one document cannot do at a server of another.

use std::fmt;

use super::Way;
use crate::{Document, hash::MethodHashes};

/// A method that callers made for one document cannot call at a server of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break<'a> {
    /// The full name of the contract.
    pub contract: &'a str,
    /// The full name of the method's message.
    pub message: &'a str,
    /// The way of the values that do not fit.
    pub way: Way,
}

impl fmt::Display for Break<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}.{}` is another one at the server ({})",
            self.contract, self.message, self.way
        )
    }
}

/// The methods of contracts in both documents that callers made for `caller` cannot call at a server of `server`.
pub fn breaks<'a>(caller: &'a Document, server: &'a Document) -> Vec<Break<'a>> {
    let mut breaks = Vec::new();
    for (contract, hashes) in &caller.hashes {
        let Some(own) = server.hashes.get(contract) else {
            continue;
        };
        for (message, asked) in &hashes.methods {
            if let Some(way) = own
                .methods
                .get(message)
                .map_or(Some(Way::Both), |own| differing(asked, own))
            {
                breaks.push(Break { contract, message, way });
            }
        }
    }
    breaks
}

fn differing(asked: &MethodHashes, own: &MethodHashes) -> Option<Way> {
    match (asked.request == own.request, asked.reply == own.reply) {
        (true, true) => None,
        (false, true) => Some(Way::Accepted),
        (true, false) => Some(Way::Produced),
        (false, false) => Some(Way::Both),
    }
}
