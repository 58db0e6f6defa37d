//! The client of acton-reactive, as it is published, against a listener of Callsheet: in JSON, and in MessagePack.
//!
//! What it does with what it gets is in its own hands here; `runtime/tests/listener/acton.rs` says the same of bytes.

mod calls;
mod events;
mod service;

use acton_reactive::ipc::{IpcClient, IpcClientConfig, protocol::Format};

/// What the client can be told to write.
const FORMATS: [Format; 2] = [Format::Json, Format::MessagePack];

/// A client that writes in `format`.
async fn connect(service: &service::Service, format: Format) -> IpcClient {
    let config = IpcClientConfig {
        format,
        ..IpcClientConfig::default()
    };
    let connected = IpcClient::connect_with_config(service.listener.path(), config).await;
    connected.expect("the service listens")
}
