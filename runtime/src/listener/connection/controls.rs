//! Messages about the connection itself, one for each name of a control.

use std::{collections::BTreeMap, sync::Arc};

use callsheet_schema::{
    Document,
    compat::{self, Enums},
};
use callsheet_wire::{
    Allowed, Code, Codec, Control, DetailedStats, Encode, EncodeError, Failure, Hello, Judgement, PROTOCOL, Welcome,
    encode,
};
use serde::Deserialize;

use super::inbound::Inbound;
use crate::listener::{Action, stats::narrow};

/// What this side calls itself.
pub(super) const SOFTWARE: &str = concat!("callsheet ", env!("CARGO_PKG_VERSION"));

impl Inbound {
    pub(super) fn control(&mut self, codec: Codec, control: &Control<'_>) {
        let id = control.request_id.as_deref();
        if self.link.is_client() && !["cancel", "credit", "goodbye", "ping"].contains(&&*control.control) {
            let text = "this side has connected, and is no server";
            return self.refuse_control(codec, id, &Failure::new(Code::ProtocolError, text));
        }
        match &*control.control {
            "goodbye" if self.link.is_client() => self.link.leave(),
            "cancel" => {
                if let Some(id) = id {
                    self.link.cancel(id);
                }
                self.processed += 1;
            }
            "credit" => {
                if let (Some(stream), Some(items)) = (&control.stream_id, control.items) {
                    self.link.credit(stream, items);
                }
                self.processed += 1;
            }
            "unsubscribe" => {
                let names: Option<Vec<&str>> =
                    (control.message_types.as_ref()).map(|names| names.iter().map(|name| &**name).collect());
                self.unsubscribe(codec, names.as_deref(), id);
            }
            "ping" => self.answer_control(codec, id, |_| Ok(())),
            "hello" => self.answer_control(codec, id, |me| me.hello(control)),
            "discover" => self.answer_control(codec, id, |me| {
                me.link.visitor.check(Action::Discover)?;
                me.terms.catalogue.discovery(&me.link.visitor)
            }),
            "stats" => self.answer_control(codec, id, Self::stats),
            "schema" => self.schema(codec, control),
            _ if id.is_some() => {
                let text = "`control`: this server does not know it; it knows `cancel`, `credit`, `discover`, `hello`, `ping`, \
                            `schema`, `stats` and `unsubscribe`";
                self.refuse_control(codec, id, &Failure::new(Code::ProtocolError, text));
            }
            // Of a later version, and nobody waits for an answer.
            _ => {}
        }
    }

    /// Answers a control, unless there are too many; one without an id is acted on and never answered.
    fn answer_control<T: Encode>(
        &mut self,
        codec: Codec,
        id: Option<&str>,
        act: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) {
        let checked = id.map_or(Ok(()), |id| self.link.check_id(id));
        let answered = checked.and_then(|()| self.check_rate()).and_then(|()| act(self));
        self.settle(codec, id, answered);
    }

    fn settle<T: Encode>(&mut self, codec: Codec, id: Option<&str>, answered: Result<T, Failure>) {
        match answered {
            Ok(answer) => {
                self.processed += 1;
                if let Some(id) = id {
                    self.link.respond(codec, id, &answer);
                }
            }
            Err(failure) => self.refuse_control(codec, id, &failure),
        }
    }

    /// Refuses a control, if there is any way to tell it.
    pub(super) fn refuse_control(&self, codec: Codec, id: Option<&str>, failure: &Failure) {
        if let Some(id) = id {
            self.refuse_frame(Some(id.into()), Some(codec), failure);
        } else {
            self.terms.counters.failed(failure);
            self.link.visitor.refused(failure);
            tracing::debug!(%failure, "dropped a control");
        }
    }

    fn hello(&mut self, control: &Control<'_>) -> Result<Welcome, Failure> {
        let hello: Hello = control
            .frame
            .at_most(self.limits.max_values)
            .decode()
            .map_err(|error| misread(&error))?;
        let [lowest, highest] = hello.protocol;
        if !(lowest..=highest).contains(&PROTOCOL) {
            let text =
                format!("`protocol`: this server speaks version {PROTOCOL}, and the client {lowest} to {highest}");
            return Err(Failure::new(Code::ProtocolError, text));
        }
        let document = self.terms.catalogue.document()?;
        let shown = self.terms.catalogue.shown(&self.link.visitor)?;
        let (mut unknown, mut differing) = (Vec::new(), Vec::new());
        for (name, hash) in hello.contracts {
            // A client may be made of what it is shown, or of all that there is.
            let fits = |known: &Document| known.hashes.get(&name).is_some_and(|own| own.contract == hash);
            if !shown.hashes.contains_key(&name) {
                unknown.push(name);
            } else if !fits(&shown) && !fits(&document) {
                differing.push(name);
            }
        }
        self.link.greet();
        Ok(Welcome {
            protocol: PROTOCOL,
            server: SOFTWARE.to_owned(),
            epoch: self.runtime.broker().epoch().to_owned(),
            unknown,
            differing,
            limits: Allowed {
                frame: self.limits.max_frame as u64,
                in_flight: self.limits.max_in_flight as u64,
                idle_ms: (self.limits.idle).map(|idle| u64::try_from(idle.as_millis()).unwrap_or(u64::MAX)),
            },
        })
    }

    /// Tells what the listener has counted of what the peer may use.
    fn stats(&mut self) -> Result<DetailedStats, Failure> {
        self.link.visitor.check(Action::Stats)?;
        // What came before it in the same batch.
        self.count_batch();
        let mut stats = self.terms.counters.detailed();
        if !self.link.visitor.is_free() {
            narrow(&mut stats, &*self.terms.catalogue.shown(&self.link.visitor)?);
        }
        Ok(stats)
    }

    /// Gives the document of what is served or, given that of the client, judges whether its calls fit.
    fn schema(&mut self, codec: Codec, control: &Control<'_>) {
        #[derive(Deserialize)]
        struct Own {
            #[serde(default)]
            document: Option<Document>,
            /// It keeps variants that its document does not have.
            #[serde(default)]
            open_enums: bool,
        }
        let id = control.request_id.as_deref();
        let checked = id.map_or(Ok(()), |id| self.link.check_id(id));
        // Before anything is decoded, which is most of the work.
        let own = checked.and_then(|()| self.check_rate()).and_then(|()| {
            let frame = control.frame.at_most(self.limits.max_values);
            frame.decode::<Own>().map_err(|error| misread(&error))
        });
        match own {
            Ok(Own { document: None, .. }) => {
                let visitor = &self.link.visitor;
                let shown = visitor
                    .check(Action::Schema)
                    .and_then(|()| self.terms.catalogue.told(visitor));
                self.settle(codec, id, shown.map(Served));
            }
            Ok(Own {
                document: Some(document),
                open_enums,
            }) => {
                let enums = if open_enums { Enums::Open } else { Enums::Closed };
                let judged = self.judge(document, enums);
                self.settle(codec, id, judged);
            }
            Err(failure) => self.refuse_control(codec, id, &failure),
        }
    }

    /// Refuses those calls from now on whose messages the client's document describes otherwise than they are here, and keeps
    /// back the events that it would misread.
    fn judge(&mut self, client: Document, enums: Enums) -> Result<Judgement, Failure> {
        let client = client.checked().map_err(|error| {
            let text = format!("`document`: {error}");
            Failure::new(Code::ProtocolError, text)
        })?;
        let server = self.terms.catalogue.document()?;
        let (mut misfits, mut refused) = (BTreeMap::new(), BTreeMap::new());
        let (mut misread, mut withheld) = (BTreeMap::new(), BTreeMap::new());
        let shown = self.terms.catalogue.shown(&self.link.visitor)?;
        for found in compat::breaks_with(&client, &server, enums) {
            // Clients do not use the further names of anything.
            if found.rule.is_of_aliases() {
                continue;
            }
            if let Some(event) = found.misread_event() {
                misread.entry(event.to_owned()).or_insert_with(|| said(&found));
                if has_event(&shown, event) {
                    withheld.entry(event.to_owned()).or_insert_with(|| said(&found));
                }
            }
            let Some(message) = found.message() else {
                continue;
            };
            let served = found.served.unwrap_or(message);
            misfits.entry(served.to_owned()).or_insert_with(|| said(&found));
            if !is_hidden(served, &server, &shown) {
                refused.entry(message.to_owned()).or_insert_with(|| said(&found));
            }
        }
        self.misfits = misfits;
        self.subscriptions.withhold(misread);
        self.withheld.clone_from(&withheld);
        Ok(Judgement { refused, withheld })
    }
}

/// What does not fit, cut: it is told with every refusal, and the names and types in it are the peer's.
fn said(found: &compat::Break<'_>) -> String {
    const LONGEST: usize = 512;
    let text = found.to_string();
    let mut shown: String = (text.chars().take(LONGEST))
        .map(|shown| if shown.is_control() { ' ' } else { shown })
        .collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Whether a message is there, and the peer may not know of it.
fn is_hidden(message: &str, all: &Document, shown: &Document) -> bool {
    !has_message(shown, message) && has_message(all, message)
}

fn has_message(document: &Document, message: &str) -> bool {
    let mut methods = document.contracts.iter().flat_map(|contract| &contract.methods);
    methods.any(|method| method.message == message)
}

fn has_event(document: &Document, name: &str) -> bool {
    let mut events = document.contracts.iter().flat_map(|contract| &contract.events);
    events.any(|event| event.name == name)
}

/// The document of what is served, as it is written to a peer.
struct Served(Arc<Document>);

impl Encode for Served {
    fn encode(&self, codec: Codec, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        encode(codec, &*self.0, out)
    }
}

fn misread(error: &callsheet_wire::DecodeError) -> Failure {
    // The root of a payload is the frame itself here.
    let path = error.path().strip_prefix("payload").unwrap_or_default();
    let path = path.strip_prefix('.').unwrap_or(path);
    let text = match path {
        "" => error.message().to_owned(),
        path => format!("`{path}`: {}", error.message()),
    };
    Failure::new(Code::ProtocolError, text)
}
