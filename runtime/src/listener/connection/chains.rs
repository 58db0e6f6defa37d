//! The chain that a request comes with: which calls of the peer's wait for it.

use std::sync::Arc;

use callsheet_wire::{Code, Failure, Hop, Payload};

use super::link::Link;
use crate::{call, transport::exports};

/// A chain is read up to so many bytes.
const LARGEST: usize = 16 << 10;

impl Link {
    /// Who waits for a call that comes with this chain. What a stranger says of that is not believed: it would be let past
    /// the queue, or have calls refused.
    ///
    /// # Errors
    ///
    /// `ProtocolError`, if it is no chain, or too long.
    pub(super) fn chain(&self, chain: Option<Payload<'_>>) -> Result<Option<Arc<call::Link>>, Failure> {
        let Some(chain) = chain.filter(|_| self.trusts) else {
            return Ok(None);
        };
        let fault = |text: &str| Failure::new(Code::ProtocolError, format!("`chain`: {text}")).with_path("chain");
        if chain.bytes().len() > LARGEST {
            return Err(fault(&format!("expected at most {LARGEST} bytes")));
        }
        let hops: Vec<Hop> = chain.decode().map_err(|error| fault(error.message()))?;
        if hops.len() > exports::LONGEST {
            return Err(fault(&format!("expected at most {} calls", exports::LONGEST)));
        }
        Ok(exports::enter(&self.runtime, hops))
    }
}
