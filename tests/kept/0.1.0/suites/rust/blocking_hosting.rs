//! Sources that the client for programs without async hosts, and the showcase's importer imports from.

use std::{
    sync::{Arc, Mutex},
    thread,
};

use showcase_client::{
    CallError, Code, HostError, HostOptions, ImportSummary, ImporterError, MailboxSource, Row, SourceError,
    blocking::{Client, handlers::Source},
};

use super::{CODECS, options};
use crate::service::Service;

fn connect(service: &Service, codec: showcase_client::Codec) -> Client {
    Client::connect_with(service.socket(), options(codec)).expect("it listens")
}

fn import(client: &Client, source: &MailboxSource) -> Result<ImportSummary, CallError<ImporterError>> {
    client.importer().import_rows(source)
}

fn summary(imported: u32, left_out: u32) -> Result<ImportSummary, CallError<ImporterError>> {
    Ok(ImportSummary { imported, left_out })
}

fn source_failed(code: Code) -> Result<ImportSummary, CallError<ImporterError>> {
    let code = code.to_string();
    Err(CallError::Contract(ImporterError::SourceFailed { code }))
}

/// Rows of these texts, of which those without text are corrected by a function.
struct Texts<F> {
    texts: Vec<&'static str>,
    correct: F,
    told: Arc<Mutex<Vec<u32>>>,
}

impl<F> Texts<F> {
    fn new(texts: &[&'static str], correct: F) -> Self {
        Self {
            texts: texts.to_vec(),
            correct,
            told: Arc::default(),
        }
    }
}

impl<F> Source for Texts<F>
where
    F: Fn(u32) -> Result<String, HostError<SourceError>> + Send + Sync + 'static,
{
    fn rows(&self) -> impl Iterator<Item = Result<Row, HostError>> {
        self.texts.iter().zip(1..).map(|(text, number)| {
            Ok(Row {
                number,
                text: (*text).to_owned(),
            })
        })
    }

    fn correct(&self, row: Row, reason: String) -> Result<Row, HostError<SourceError>> {
        assert_eq!(reason, "it has no text");
        let text = (self.correct)(row.number)?;
        Ok(Row { text, ..row })
    }

    fn imported(&self, rows: u32) {
        self.told.lock().expect("no panic").push(rows);
    }
}

#[test]
fn rows_are_imported_and_corrected() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec);
        let here = thread::current().id();
        let hosted = client.host_source(Texts::new(&["one", "", "three"], move |_| {
            assert_ne!(thread::current().id(), here, "handlers have threads of their own");
            Ok("two".to_owned())
        }));
        assert_eq!(import(&client, hosted.mailbox()), summary(3, 0));
    }
    service.stop();
}

#[test]
fn more_rows_than_the_credit_of_a_stream() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec);
        let texts = Texts::new(&["row"; 500], |_| Err(SourceError::LeaveOut.into()));
        let told = Arc::clone(&texts.told);
        let named = HostOptions::new().id("many/rows").concurrency(2);
        let hosted = client.host_source_with(texts, named).expect("the id is free");
        assert_eq!(hosted.mailbox().0.id, "many/rows");
        assert_eq!(import(&client, hosted.mailbox()), summary(500, 0));
        // A tell is accepted before it is done, so that the last ones may be missing yet.
        let mut told = told.lock().expect("no panic").clone();
        told.sort_unstable();
        told.dedup();
        assert!(
            !told.is_empty() && told.iter().all(|rows| (1..=500).contains(rows)),
            "{told:?}"
        );
    }
    service.stop();
}

#[test]
fn errors_reach_the_importer() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec);
        let leaving_out = client.host_source(Texts::new(&["one", ""], |_| Err(SourceError::LeaveOut.into())));
        assert_eq!(import(&client, leaving_out.mailbox()), summary(1, 1));
        let giving_up = client.host_source(Texts::new(&[""], |_| {
            Err(SourceError::GiveUp("no more".to_owned()).into())
        }));
        let given_up = ImporterError::GivenUp("no more".to_owned());
        assert_eq!(import(&client, giving_up.mailbox()), Err(CallError::Contract(given_up)));
        let failing = client.host_source(Texts::new(&[""], |_| Err(HostError::failed("secret"))));
        assert_eq!(import(&client, failing.mailbox()), source_failed(Code::ActorFailed));
        let panicking = client.host_source(Texts::new(&[""], |row| panic!("row {row}")));
        assert_eq!(import(&client, panicking.mailbox()), source_failed(Code::ActorFailed));
    }
    service.stop();
}

#[test]
fn a_handler_may_call_the_same_client() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec);
        let asking = client.clone();
        let hosted = client.host_source(Texts::new(&["", ""], move |row| {
            let row = i32::try_from(row).map_err(HostError::failed)?;
            let made = asking.calculator().add(row, 1).map_err(HostError::failed)?;
            Ok(made.sum.to_string())
        }));
        assert_eq!(import(&client, hosted.mailbox()), summary(2, 0));
    }
    service.stop();
}

#[test]
fn what_is_closed_is_not_found_any_more() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec);
        let texts = || Texts::new(&["one"], |_| Err(SourceError::LeaveOut.into()));
        let hosted = client.host_source(texts());
        let mailbox = hosted.mailbox().clone();
        let again = client.host_source_with(texts(), HostOptions::new().id(hosted.id()));
        assert_eq!(
            again.map(|_| ()).map_err(|failure| failure.code()),
            Err(Code::ProtocolError)
        );
        hosted.close();
        assert_eq!(import(&client, &mailbox), source_failed(Code::ActorNotFound));
    }
    service.stop();
}
