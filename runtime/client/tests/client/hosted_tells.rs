//! Tells to the client's own actors, whose connection ends before they are done.

use std::{future::pending, sync::Arc, time::Duration};

use callsheet_client::{
    Codec, ConnectOptions, Connection, Failure,
    hosting::{Accepted, Actor, Call, HostOptions},
};
use callsheet_wire::write::{self, RequestHead};
use serde_json::json;
use tokio::{io::AsyncWriteExt, sync::mpsc};

use crate::server::{Place, within_time};

/// Tells when its tell has begun, and when it was dropped.
struct Holding(mpsc::UnboundedSender<&'static str>);

struct Dropped(mpsc::UnboundedSender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

impl Actor for Holding {
    fn accept(self: Arc<Self>, call: Call<'_>) -> Result<Accepted, Failure> {
        let dropped = Dropped(self.0.clone());
        call.tell(async move {
            let _ = dropped.0.send("begun");
            pending().await
        })
    }
}

#[tokio::test]
async fn a_tell_outlives_its_connection_and_not_its_actor() {
    let mut place = Place::open();
    let options = ConnectOptions::new().backoff(Duration::from_millis(1), Duration::from_millis(1));
    within_time(async {
        let connection = Connection::connect_with(place.path(), options).await.unwrap();
        let (sender, mut heard) = mpsc::unbounded_channel();
        let hosted = connection
            .host_with(Holding(sender), HostOptions::new().id("holding"), |id| id)
            .unwrap();
        let mut socket = place.accept_socket().await;
        let mut out = Vec::new();
        write::request(
            &mut out,
            Codec::Json,
            &RequestHead::new("holding", "demo.Hold"),
            &json!({}),
        )
        .unwrap();
        socket.write_all(&out).await.unwrap();
        assert_eq!(heard.recv().await, Some("begun"));
        drop(socket);
        // The client connects anew once it has ended what came over the first socket.
        let _second = place.accept_socket().await;
        assert!(heard.try_recv().is_err());
        hosted.close();
        assert_eq!(heard.recv().await, Some("dropped"));
        place.close();
    })
    .await;
}
