//! A peer that speaks the wire by hand.

use std::{future::Future, path::Path, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// So long anything in these tests may take.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("it is done in time")
}

pub fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(payload.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(payload);
    frame
}

/// MessagePack made by a library that the listener's own writers know nothing of.
pub fn pack(value: &Value) -> Vec<u8> {
    rmp_serde::to_vec_named(value).unwrap()
}

pub struct Peer {
    pub socket: UnixStream,
}

impl Peer {
    pub async fn connect(path: &Path) -> Self {
        let socket = within(UnixStream::connect(path)).await.unwrap();
        Peer { socket }
    }

    pub async fn send(&mut self, json: &str) {
        self.send_raw(&frame(json.as_bytes())).await;
    }

    pub async fn send_packed(&mut self, value: &Value) {
        self.send_raw(&frame(&pack(value))).await;
    }

    pub async fn send_raw(&mut self, bytes: &[u8]) {
        within(self.socket.write_all(bytes)).await.unwrap();
    }

    pub async fn receive_raw(&mut self) -> Vec<u8> {
        within(async {
            let length = self.socket.read_u32().await.expect("a frame follows");
            let mut payload = vec![0; length as usize];
            self.socket
                .read_exact(&mut payload)
                .await
                .expect("the whole frame follows");
            payload
        })
        .await
    }

    pub async fn receive(&mut self) -> Value {
        let payload = self.receive_raw().await;
        serde_json::from_slice(&payload).expect("a frame in JSON")
    }

    pub async fn receive_packed(&mut self) -> Value {
        let payload = self.receive_raw().await;
        rmp_serde::from_slice(&payload).expect("a frame in MessagePack")
    }

    pub async fn ask(&mut self, json: &str) -> Value {
        self.send(json).await;
        self.receive().await
    }

    /// Shows that the connection is in step, and that nothing else was on its way.
    pub async fn works(&mut self) {
        let answer = self
            .ask(r#"{"target":"probe","message_type":"Add","payload":{"a":20,"b":22},"request_id":"works","expects_reply":true}"#)
            .await;
        assert_eq!(
            (&answer["request_id"], &answer["payload"]),
            (&"works".into(), &42.into()),
            "{answer}"
        );
    }

    /// The connection was closed by the server, with nothing more to read.
    pub async fn is_closed(&mut self) {
        let mut byte = [0];
        match within(self.socket.read(&mut byte)).await {
            Ok(0) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
            other => panic!("the connection goes on: {other:?}"),
        }
    }
}

/// Asserts what every failure on the wire looks like.
#[track_caller]
pub fn assert_failure(frame: &Value, code: &str, delivered: &str, retryable: bool) {
    assert_eq!(frame["success"], false, "{frame}");
    assert_eq!(frame["error_code"], code, "{frame}");
    let error = frame["error"].as_str().unwrap();
    assert!(error.starts_with(&format!("{code}: ")), "{frame}");
    assert_eq!(frame["error_details"]["delivered"], delivered, "{frame}");
    assert_eq!(frame["error_details"]["retryable"], retryable, "{frame}");
    assert_eq!(frame["payload"], Value::Null, "{frame}");
}
