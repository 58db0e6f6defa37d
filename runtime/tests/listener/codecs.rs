//! Both codecs on one connection, frame by frame.

use serde_json::json;

use crate::{peer::assert_failure, probe::Server};

#[tokio::test]
async fn an_answer_is_in_the_codec_of_its_request() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let ask = json!({"target": "probe", "message_type": "Add", "payload": {"a": 1, "b": 2}, "request_id": "m", "expects_reply": true});
    peer.send_packed(&ask).await;
    let answer = peer.receive_packed().await;
    assert_eq!(
        answer,
        json!({"request_id": "m", "success": true, "payload": 3, "error": null})
    );
    assert_eq!(peer.ask(&ask.to_string()).await, answer);
    peer.send_packed(&ask).await;
    assert_eq!(peer.receive_packed().await, answer);
}

#[tokio::test]
async fn messagepack_byte_for_byte() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let request =
        b"\x84\xa6target\xa5probe\xacmessage_type\xa3Add\xa7payload\x82\xa1a\x05\xa1b\xfd\xadexpects_reply\xc3";
    peer.send_raw(&crate::peer::frame(request)).await;
    assert_eq!(
        peer.receive_raw().await,
        b"\x83\xa7success\xc3\xa5error\xc0\xa7payload\x02"
    );
}

#[tokio::test]
async fn streams_and_failures_in_messagepack() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send_packed(
        &json!({"target": "probe", "message_type": "Count", "payload": {"to": 2}, "expects_stream": true}),
    )
    .await;
    assert_eq!(
        peer.receive_packed().await,
        json!({"stream_id": "~1", "sequence": 0, "payload": 1, "is_final": false})
    );
    assert_eq!(
        peer.receive_packed().await,
        json!({"stream_id": "~1", "sequence": 1, "payload": 2, "is_final": true})
    );
    let wrong = json!({"target": "probe", "message_type": "Add", "payload": {"a": 1, "b": "x"}, "expects_reply": true});
    peer.send_packed(&wrong).await;
    let answer = peer.receive_packed().await;
    assert_failure(&answer, "SerializationError", "no", false);
    assert_eq!(
        answer["error"],
        "SerializationError: payload.b: expected i32, found string"
    );
    peer.send_packed(
        &json!({"target": "probe", "message_type": "Divide", "payload": {"a": 1, "b": 0}, "expects_reply": true}),
    )
    .await;
    assert_eq!(
        peer.receive_packed().await["error_details"],
        json!({"ByZero": {"dividend": 1}})
    );
}
