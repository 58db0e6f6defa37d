//! The generated Rust client of the showcase, async and blocking.

mod asynchronous;
mod blocking;
mod blocking_hosting;
mod hosting;

use std::time::Duration;

use showcase_client::{Codec, ConnectOptions};

const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

fn options(codec: Codec) -> ConnectOptions {
    ConnectOptions::new().codec(codec).timeout(Duration::from_secs(10))
}
