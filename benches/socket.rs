//! One call in flight over a Unix socket, beside a server that does nothing else.
//!
//! `cargo bench -p callsheet-benches --bench socket`. Both servers are processes of their own, and the client is the same
//! loop for both. Pin everything to one CPU, or the wake-ups between CPUs are all that is measured:
//! `taskset -c 0 cargo bench -p callsheet-benches --bench socket`.

#![allow(missing_docs, reason = "a benchmark documents itself by its names")]

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use callsheet::{Runtime, actor_contract};
use callsheet_benches::Table;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

#[actor_contract(namespace = "bench")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
}

struct Adder;

impl Calculator for Adder {
    async fn add(&self, a: i64, b: i64) -> i64 {
        a + b
    }
}

const REQUEST: &str =
    r#"{"target":"calculator","message_type":"Add","request_id":"1","expects_reply":true,"payload":{"a":5,"b":3}}"#;
const TIME: Duration = Duration::from_millis(400);
const SERVER: &str = "CALLSHEET_BENCH_SERVER";

/// The raw loop: the least that serves the same frames, with the handler inside the connection's task.
async fn serve_raw(path: &Path) {
    #[derive(Deserialize)]
    struct Request<'a> {
        target: &'a str,
        message_type: &'a str,
        request_id: &'a str,
        payload: Arguments,
    }
    #[derive(Deserialize)]
    struct Arguments {
        a: i64,
        b: i64,
    }
    #[derive(Serialize)]
    struct Response<'a> {
        success: bool,
        request_id: &'a str,
        error: Option<()>,
        payload: i64,
    }
    let listener = UnixListener::bind(path).expect("the path is free");
    println!("ready");
    loop {
        let (mut socket, _) = listener.accept().await.expect("a client connects");
        let (mut input, mut output) = (Vec::with_capacity(4096), Vec::with_capacity(4096));
        while socket.read_buf(&mut input).await.is_ok_and(|read| read > 0) {
            let mut at = 0;
            while let Some(prefix) = input.get(at..at + 4) {
                let length = u32::from_be_bytes(prefix.try_into().expect("four bytes")) as usize;
                let Some(payload) = input.get(at + 4..at + 4 + length) else {
                    break;
                };
                let request: Request<'_> = serde_json::from_slice(payload).expect("the client's own frame");
                assert!(request.target == "calculator" && request.message_type == "Add");
                let response = Response {
                    success: true,
                    request_id: request.request_id,
                    error: None,
                    payload: request.payload.a + request.payload.b,
                };
                let start = output.len();
                output.extend([0; 4]);
                serde_json::to_writer(&mut output, &response).expect("it is plain data");
                let length = (output.len() - start - 4) as u32;
                output[start..start + 4].copy_from_slice(&length.to_be_bytes());
                at += 4 + payload.len();
            }
            input.drain(..at);
            socket.write_all(&output).await.expect("the client reads");
            output.clear();
        }
    }
}

async fn serve_callsheet(path: &Path) {
    let runtime = Runtime::launch().expect("inside tokio");
    runtime
        .actor("calculator", || Adder)
        .serves(Calculator)
        .expose()
        .start()
        .await
        .expect("the name is free");
    let _listener = runtime.listen(path).await.expect("the path is free");
    println!("ready");
    std::future::pending().await
}

/// Calls one after the other; every reply is read whole and checked.
async fn call(path: &Path) -> (Duration, u64) {
    let mut socket = UnixStream::connect(path).await.expect("the server listens");
    let mut frame = (REQUEST.len() as u32).to_be_bytes().to_vec();
    frame.extend(REQUEST.as_bytes());
    let mut reply = Vec::with_capacity(4096);
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < TIME {
        for _ in 0..64 {
            socket.write_all(&frame).await.expect("the server reads");
            reply.clear();
            while reply.len() < 4
                || reply.len() < 4 + u32::from_be_bytes([reply[0], reply[1], reply[2], reply[3]]) as usize
            {
                assert!(socket.read_buf(&mut reply).await.expect("the server replies") > 0);
            }
            assert!(
                reply.ends_with(b"\"payload\":8}"),
                "{}",
                String::from_utf8_lossy(&reply)
            );
        }
        count += 64;
    }
    (start.elapsed(), count)
}

struct Server(Child);

impl Server {
    fn start(kind: &str, path: &Path) -> Self {
        let own = env::current_exe().expect("this program has a path");
        let mut child = Command::new(own)
            .env(SERVER, kind)
            .arg(path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut ready = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut ready)
            .expect("it says when it is ready");
        assert_eq!(ready, "ready\n");
        Server(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> ExitCode {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("tokio starts");
    if let Ok(kind) = env::var(SERVER) {
        let path = env::args_os().nth(1).expect("the path is given");
        let path = Path::new(&path);
        match kind.as_str() {
            "raw" => tokio.block_on(serve_raw(path)),
            _ => tokio.block_on(serve_callsheet(path)),
        }
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("there is room for a socket");
    let kinds = ["raw", "callsheet"];
    let servers = kinds.map(|kind| {
        let path = folder.path().join(kind);
        (kind, Server::start(kind, &path), path)
    });
    let mut table = Table::new("add, 1 in flight, JSON, over a Unix socket");
    for _ in 0..9 {
        for (kind, _, path) in &servers {
            let (elapsed, count) = tokio.block_on(call(path));
            table.add(kind, elapsed, count);
        }
    }
    table.print();
    if table.guard("callsheet", 0.75) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
