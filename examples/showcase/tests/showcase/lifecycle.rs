use rustix::process::Signal;
use serde_json::json;
use tokio::process::Command;

use crate::process::{Showcase, in_time, showcase};

#[tokio::test]
async fn a_signal_drains_it_and_removes_the_socket() {
    for signal in [Signal::TERM, Signal::INT] {
        let showcase = Showcase::start(&[]).await;
        assert_eq!(showcase.line, format!("listening on {}\n", showcase.socket.display()));

        let mut caller = showcase.connect().await;
        let countdown = json!({
            "target": "countdown",
            "message_type": "CountdownRequest",
            "payload": { "from": 3, "delay_ms": 100 },
            "request_id": "draining",
            "expects_stream": true,
        });
        let first = caller.ask(&countdown).await;
        assert_eq!(first["payload"], json!({ "value": 3 }));

        let socket = showcase.socket.clone();
        showcase.signal(signal);
        assert_eq!(
            caller.receive().await["payload"],
            json!({ "value": 2 }),
            "it is drained"
        );
        assert_eq!(
            caller.receive().await["payload"],
            json!({ "value": 1 }),
            "it is drained"
        );
        let output = showcase.end().await;
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(!socket.exists(), "the socket is removed");
    }
}

#[tokio::test]
async fn a_live_socket_is_not_taken_over() {
    let first = Showcase::start(&[]).await;
    let second = in_time(showcase(&first.socket).output()).await.expect("ran");
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&second.stdout), "", "it was never ready");
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains(&*first.socket.to_string_lossy()), "{said}");

    let check = json!({ "target": "health", "message_type": "HealthCheck", "expects_reply": true });
    let answer = first.connect().await.ask(&check).await;
    assert_eq!(answer["payload"], json!({ "status": "ok" }), "the first still answers");
}

#[tokio::test]
async fn wrong_arguments_are_refused() {
    for arguments in [&["--socket", "x", "--tick-ms", "0"][..], &[]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_showcase"));
        let output = in_time(command.args(arguments).kill_on_drop(true).output())
            .await
            .expect("ran");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
