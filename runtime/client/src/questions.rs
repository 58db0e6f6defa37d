//! What a server is asked about itself.

use callsheet_schema::Document;
use callsheet_wire::{DetailedStats, Discovery, write};
use serde::de::DeserializeOwned;

use crate::{Connection, Failure, reply::Part};

impl Connection {
    /// Asks whether the server is there, and waits for its answer, as long as the connection's timeout says.
    ///
    /// # Errors
    ///
    /// `Timeout` if it does not answer, `ConnectionClosed` if the connection ended.
    pub async fn ping(&self) -> Result<(), Failure> {
        self.question("ping").await
    }

    /// Asks what there is to call, and what to subscribe to.
    ///
    /// # Errors
    ///
    /// As [`ping`](Self::ping); `ProtocolError` if the server knows no such question.
    pub async fn discover(&self) -> Result<Discovery, Failure> {
        self.question("discover").await
    }

    /// Asks for the document that describes what is served: clients are generated from it.
    ///
    /// # Errors
    ///
    /// As [`discover`](Self::discover).
    pub async fn schema(&self) -> Result<Document, Failure> {
        self.question("schema").await
    }

    /// Asks what the server has counted since it began: calls by method and outcome, refusals by code, events, and how long
    /// calls took.
    ///
    /// # Errors
    ///
    /// As [`discover`](Self::discover), and `PermissionDenied` if the server does not tell this client.
    pub async fn stats(&self) -> Result<DetailedStats, Failure> {
        self.question("stats").await
    }

    async fn question<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        let shared = self.shared();
        let answer = shared.ask(shared.options.timeout, true, |out, codec, id, _| {
            write::control(out, codec, name, id);
            Ok(())
        });
        answer.await?.decode(Part::Reply)
    }
}
