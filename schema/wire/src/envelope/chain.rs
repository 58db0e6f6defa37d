//! The call chain that a request is part of.

use serde::{Deserialize, Serialize};

/// A call that waits for this request, as far as another process has to know: the innermost one of each process on the way,
/// which knows by itself what waits for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// Which life of which server the call was made in: its epoch, as hello tells it.
    pub runtime: String,
    /// The number that the call has there.
    pub link: u64,
    /// The actor whose handler waits for the call, for people.
    pub actor: String,
}
