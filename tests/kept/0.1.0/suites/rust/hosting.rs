//! Sources that the client for async programs hosts, and the showcase's importer imports from.

use std::{fmt, time::Duration};

use futures_util::{Stream, stream};
use showcase_client::{
    CallError, Client, Code, HostError, HostOptions, ImportSummary, ImporterError, MailboxSource, Row, SourceError,
    handlers::Source,
};
use tokio::{sync::watch, time::timeout};

use super::{CODECS, options};
use crate::service::Service;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(10);

type Correction = Result<&'static str, SourceError>;

async fn connect(service: &Service, codec: showcase_client::Codec) -> Client {
    Client::connect_with(service.socket(), options(codec))
        .await
        .expect("it listens")
}

async fn import(client: &Client, source: &MailboxSource) -> Result<ImportSummary, CallError<ImporterError>> {
    client.importer().import_rows(source).await
}

fn summary(imported: u32, left_out: u32) -> Result<ImportSummary, CallError<ImporterError>> {
    Ok(ImportSummary { imported, left_out })
}

fn source_failed(code: Code) -> Result<ImportSummary, CallError<ImporterError>> {
    let code = code.to_string();
    Err(CallError::Contract(ImporterError::SourceFailed { code }))
}

/// Rows of these texts; those without text are corrected by this.
struct Texts {
    texts: Vec<&'static str>,
    correction: Correction,
    told: watch::Sender<Vec<u32>>,
}

impl Texts {
    fn new(texts: &[&'static str], correction: Correction) -> Self {
        Self {
            texts: texts.to_vec(),
            correction,
            told: watch::Sender::default(),
        }
    }
}

fn rows(texts: &[&'static str]) -> impl Stream<Item = Result<Row, HostError>> + Send + use<> {
    let row = |(text, number): (&&str, u32)| {
        Ok(Row {
            number,
            text: (*text).to_owned(),
        })
    };
    stream::iter(texts.iter().zip(1..).map(row).collect::<Vec<_>>())
}

impl Source for Texts {
    fn rows(&self) -> impl Stream<Item = Result<Row, HostError>> + Send {
        rows(&self.texts)
    }

    async fn correct(&self, row: Row, reason: String) -> Result<Row, HostError<SourceError>> {
        assert_eq!(reason, "it has no text");
        let text = self.correction.clone()?.to_owned();
        Ok(Row { text, ..row })
    }

    async fn imported(&self, rows: u32) {
        self.told.send_modify(|told| told.push(rows));
    }
}

#[tokio::test]
async fn clients_made_of_the_running_server_can_host_too() {
    let service = Service::showcase();
    let client = connect(&service, CODECS[0]).await;
    let document = client.connection().schema().await.expect("it tells");
    assert!(document.contracts.iter().any(|of| of.name == "demo.Source"));
}

#[tokio::test]
async fn rows_are_imported_corrected_and_counted() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let texts = Texts::new(&["one", "", "three"], Ok("two"));
        let mut told = texts.told.subscribe();
        let hosted = client.host_source(texts);
        assert_eq!(import(&client, hosted.mailbox()).await, summary(3, 0));
        // A tell is accepted before it is done.
        let all = timeout(PATIENCE, told.wait_for(|told| told.len() == 3)).await;
        assert_eq!(*all.expect("in time").expect("the handler is there"), [1, 2, 3]);
    }
    service.stop();
}

#[tokio::test]
async fn more_rows_than_the_credit_of_a_stream() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let texts = Texts::new(&["row"; 500], Err(SourceError::LeaveOut));
        let named = HostOptions::new().id("many/rows").concurrency(2);
        let hosted = client.host_source_with(texts, named).expect("the id is free");
        assert_eq!(hosted.id(), "many/rows");
        assert_eq!(hosted.mailbox().0.id, "many/rows");
        assert_eq!(import(&client, hosted.mailbox()).await, summary(500, 0));
    }
    service.stop();
}

#[tokio::test]
async fn declared_errors_reach_the_importer() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let leaving_out = client.host_source(Texts::new(&["one", ""], Err(SourceError::LeaveOut)));
        assert_eq!(import(&client, leaving_out.mailbox()).await, summary(1, 1));
        let reason = "no more".to_owned();
        let giving_up = client.host_source(Texts::new(&[""], Err(SourceError::GiveUp(reason.clone()))));
        let given_up = import(&client, giving_up.mailbox()).await;
        assert_eq!(given_up, Err(CallError::Contract(ImporterError::GivenUp(reason))));
    }
    service.stop();
}

/// Has one row, which is corrected by a function.
struct Correcting<F>(F);

impl<F, R> Source for Correcting<F>
where
    F: Fn(Row) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Row, HostError<SourceError>>> + Send,
{
    fn rows(&self) -> impl Stream<Item = Result<Row, HostError>> + Send {
        rows(&[""])
    }

    async fn correct(&self, row: Row, _: String) -> Result<Row, HostError<SourceError>> {
        (self.0)(row).await
    }

    async fn imported(&self, _: u32) {}
}

#[tokio::test]
async fn what_a_handler_fails_with_is_not_told() {
    #[derive(Debug)]
    struct Secret;
    impl fmt::Display for Secret {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("secret")
        }
    }
    impl std::error::Error for Secret {}

    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let failing = client.host_source(Correcting(|_| async { Err(HostError::failed(Secret)) }));
        assert_eq!(
            import(&client, failing.mailbox()).await,
            source_failed(Code::ActorFailed)
        );
        let panicking = client.host_source(Correcting(|row: Row| async move {
            assert!(row.text == "text", "a row without text");
            Ok(row)
        }));
        assert_eq!(
            import(&client, panicking.mailbox()).await,
            source_failed(Code::ActorFailed)
        );
        assert_eq!(client.calculator().add(1, 1).await.map(|made| made.sum), Ok(2));
    }
    service.stop();
}

#[tokio::test]
async fn a_handler_may_call_the_same_client() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let asking = client.clone();
        let hosted = client.host_source(Correcting(move |row: Row| {
            let calculator = asking.calculator();
            async move {
                let made = calculator.add(1, 2).await.map_err(HostError::failed)?;
                Ok(Row {
                    text: made.sum.to_string(),
                    ..row
                })
            }
        }));
        assert_eq!(import(&client, hosted.mailbox()).await, summary(1, 0));
    }
    service.stop();
}

#[tokio::test]
async fn what_is_closed_is_not_found_any_more() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let texts = || Texts::new(&["one"], Err(SourceError::LeaveOut));
        let hosted = client.host_source(texts());
        let mailbox = hosted.mailbox().clone();
        let again = client.host_source_with(texts(), HostOptions::new().id(hosted.id()));
        assert_eq!(
            again.map(|_| ()).map_err(|failure| failure.code()),
            Err(Code::ProtocolError)
        );
        hosted.close();
        assert_eq!(import(&client, &mailbox).await, source_failed(Code::ActorNotFound));
        let anew = client.host_source_with(texts(), HostOptions::new().id(&mailbox.0.id));
        let anew = anew.expect("the id is free again");
        assert_eq!(import(&client, &mailbox).await, summary(1, 0));
        drop(anew);
    }
    service.stop();
}

/// Tells when a call runs, and when it is dropped.
struct Running(watch::Sender<u32>);

impl Running {
    fn begin(of: &watch::Sender<u32>) -> Self {
        of.send_modify(|running| *running += 1);
        Self(of.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}

async fn until(running: &mut watch::Receiver<u32>, calls: u32) {
    let reached = timeout(PATIENCE, running.wait_for(|running| *running == calls)).await;
    reached.expect("in time").expect("the handler is there");
}

#[tokio::test]
async fn an_import_that_is_given_up_ends_what_it_waits_for() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let (sender, mut running) = watch::channel(0);
        let hosted = client.host_source(Correcting(move |row| {
            let call = Running::begin(&sender);
            async move {
                std::future::pending::<()>().await;
                drop(call);
                Ok(row)
            }
        }));
        let importer = client.importer();
        tokio::select! {
            ended = importer.import_rows(hosted.mailbox()) => panic!("nothing ends it, but it did: {ended:?}"),
            () = until(&mut running, 1) => (),
        }
        until(&mut running, 0).await;

        // And so does closing the actor, of which the importer hears.
        let mailbox = hosted.mailbox().clone();
        let (ended, ()) = tokio::join!(import(&client, &mailbox), async {
            until(&mut running, 1).await;
            hosted.close();
        });
        assert_eq!(ended, source_failed(Code::ActorStopped));
        until(&mut running, 0).await;
    }
    service.stop();
}
