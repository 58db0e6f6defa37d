//! A listener that is not what the command expects.

use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    thread::{self, JoinHandle},
};

use serde_json::{Value, json};

/// A thread that serves one connection, in its own way.
pub(crate) struct Fake(JoinHandle<()>);

impl Fake {
    pub(crate) fn at(path: &Path, serve: impl FnOnce(UnixStream) + Send + 'static) -> Self {
        let listener = UnixListener::bind(path).expect("the folder is the test's own");
        Self(thread::spawn(move || {
            let (socket, _) = listener.accept().expect("the command connects");
            serve(socket);
        }))
    }

    /// Waits until the connection was served.
    pub(crate) fn end(self) {
        self.0.join().expect("it serves one connection");
    }
}

/// The next frame; `None` once the command has hung up.
fn frame(socket: &mut UnixStream) -> Option<Value> {
    let mut length = [0; 4];
    socket.read_exact(&mut length).ok()?;
    let mut payload = vec![0; u32::from_be_bytes(length) as usize];
    socket.read_exact(&mut payload).ok()?;
    Some(serde_json::from_slice(&payload).expect("the command speaks JSON"))
}

/// The text with its length before it.
pub(crate) fn framed(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("it is short");
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

/// Answers pings, and `schema` with what is given, if anything is.
pub(crate) fn answer(mut socket: UnixStream, to_schema: Option<&Value>) {
    while let Some(request) = frame(&mut socket) {
        let id = &request["request_id"];
        let answer = match (request["control"].as_str(), to_schema) {
            (Some("schema"), None) => return,
            (Some("schema"), Some(given)) => {
                let mut answer = given.clone();
                answer["request_id"] = id.clone();
                answer
            }
            _ => json!({"success": true, "request_id": id, "error": null, "payload": null}),
        };
        if socket.write_all(&framed(&answer.to_string())).is_err() {
            return;
        }
    }
}
