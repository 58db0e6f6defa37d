//! The service, asked over HTTP.

use std::net::{Ipv4Addr, SocketAddr};

use axum::http::{Method, Request, StatusCode};
use callsheet::http::ServeError;
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::oneshot, task::JoinHandle};

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    async fn start() -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let service = http_shop::service().bind((Ipv4Addr::LOCALHOST, 0)).shutdown_on(async {
            let _ = stopped.await;
        });
        let listening = service.build().listen().await.expect("any port is free");
        Server {
            address: listening.address(),
            stop,
            served: tokio::spawn(listening.run()),
        }
    }

    async fn request(&self, method: Method, path: &str, body: &str) -> (StatusCode, String) {
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        let connection = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.address.to_string())
            .body(Full::<Bytes>::from(body.to_owned()))
            .expect("a request");
        let response = sender.send_request(request).await.expect("it is answered");
        let status = response.status();
        let body = response.into_body().collect().await.expect("to its end").to_bytes();
        drop(sender);
        connection.await.expect("it does not panic").expect("it ends well");
        (status, String::from_utf8(body.to_vec()).expect("text"))
    }

    async fn stop(self) {
        self.stop.send(()).expect("it serves");
        self.served.await.expect("it does not panic").expect("it ends well");
    }
}

fn said(status: StatusCode, text: &str) -> (StatusCode, String) {
    (status, text.to_owned())
}

#[tokio::test]
async fn the_cache_keeps_notes_between_requests() {
    let server = Server::start().await;
    let note = "/notes/milk";
    assert_eq!(
        server.request(Method::GET, note, "").await,
        said(StatusCode::NOT_FOUND, "")
    );
    let put = server.request(Method::PUT, note, "two bottles").await;
    assert_eq!(put, said(StatusCode::NO_CONTENT, ""));
    let got = server.request(Method::GET, note, "").await;
    assert_eq!(got, said(StatusCode::OK, "two bottles"));
    server.stop().await;
}

#[tokio::test]
async fn an_order_is_priced_by_contract_and_heard_by_the_analytics() {
    let server = Server::start().await;
    let tea = server.request(Method::POST, "/orders/tea", "").await;
    assert_eq!(tea, said(StatusCode::CREATED, "250"));
    let coffee = server.request(Method::POST, "/orders/coffee", "").await;
    assert_eq!(coffee, said(StatusCode::CREATED, "320"));
    let gold = server.request(Method::POST, "/orders/gold", "").await;
    assert_eq!(gold, said(StatusCode::UNPROCESSABLE_ENTITY, "gold is not for sale"));
    let totals = server.request(Method::GET, "/totals", "").await;
    assert_eq!(totals, said(StatusCode::OK, "2 orders, 570 cents"));
    server.stop().await;
}
