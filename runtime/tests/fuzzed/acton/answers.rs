//! What a client of acton-reactive has to get for what it has said: every question its answer, in its form.

use std::collections::{BTreeSet, HashMap};

use callsheet_wire::{
    Codec, Request,
    acton::{self, Form, Incoming, Kind, Selection},
};
use serde::Deserialize;

use crate::answers::{Heard, MAX_FRAME};
use crate::header::{Part, parts};
use crate::reference::{self, Node};

/// The id in the refusal of what has none that can be read.
const UNKNOWN: &str = "unknown";

/// What no call of a peer that reads what it gets ends with.
const NEVER: [&str; 5] = [
    "SHUTTING_DOWN",
    "CONNECTION_CLOSED",
    "SLOW_CONSUMER",
    "ACTOR_FAILED",
    "INTERNAL",
];

/// Fewer patterns than a connection may have.
const FEW_PATTERNS: usize = 32;

/// Where an answer belongs: ids may be used for several questions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    id: String,
    form: Form,
    is_stream: bool,
}

/// The answers that belong to one place.
#[derive(Debug, Default)]
struct Outcomes {
    count: usize,
    /// Those that are certain to be refusals, by their codes.
    codes: Vec<&'static str>,
    content: Content,
}

/// What the only answer with its id has in it, if it is no refusal.
#[derive(Debug, Default)]
enum Content {
    #[default]
    Any,
    Text(String),
    Delivered,
    /// The list under this name. What is in it depends on the order in which calls have ended, if it is not there.
    List(&'static str, Option<Vec<String>>),
}

/// The answers that there have to be.
#[derive(Debug, Default)]
pub struct Expected {
    places: HashMap<Place, Outcomes>,
    /// Heartbeats by their form, and whether there is a map in them.
    heartbeats: HashMap<(Form, bool), usize>,
    /// How many questions have the id.
    ids: HashMap<String, usize>,
    /// Of those, the ones that may be in flight.
    called: BTreeSet<String>,
    /// What was subscribed to, in any form.
    codecs: Vec<Codec>,
    subscribed: Subscribed,
}

/// The names and the patterns that the peer has subscribed to.
#[derive(Debug, Default)]
struct Subscribed {
    /// A call in flight may have had the id of a subscription, which was refused for it, or not.
    is_uncertain: bool,
    names: BTreeSet<String>,
    patterns: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Echo {
    text: String,
}

impl Expected {
    pub fn of(said: &[u8]) -> Self {
        let mut expected = Expected::default();
        for part in parts(said, MAX_FRAME) {
            match part {
                Part::Frame(form, kind, payload) => expected.add(form, kind, payload),
                Part::Refused(form, code) => expected.refused(form, UNKNOWN, code),
                Part::Lost => expected.refused(Form::Two(Codec::Json), UNKNOWN, "PROTOCOL_ERROR"),
            }
        }
        expected
    }

    fn add(&mut self, form: Form, kind: Kind, payload: &[u8]) {
        match acton::read(form, kind, payload) {
            Err(unreadable) => {
                let id = unreadable.correlation_id.as_deref().unwrap_or(UNKNOWN);
                self.refused(form, id, "SERIALIZATION_ERROR");
            }
            Ok(Incoming::Foreign(_)) => self.refused(form, UNKNOWN, "PROTOCOL_ERROR"),
            Ok(Incoming::Heartbeat) => {
                // An empty one has no codec, and says that it is JSON.
                let answered = match (form, payload) {
                    (Form::Two(_), []) => Form::Two(Codec::Json),
                    _ => form,
                };
                *self.heartbeats.entry((answered, !payload.is_empty())).or_default() += 1;
            }
            Ok(Incoming::Request(request)) => self.request(form, &request),
            Ok(Incoming::Discover(discover)) => {
                self.one(form, &discover.correlation_id, false);
            }
            Ok(Incoming::Subscribe(selection)) => self.subscribe(form, false, &selection),
            Ok(Incoming::SubscribePatterns(selection)) => self.subscribe(form, true, &selection),
            Ok(Incoming::Unsubscribe(selection)) => self.unsubscribe(form, false, &selection),
            Ok(Incoming::UnsubscribePatterns(selection)) => self.unsubscribe(form, true, &selection),
        }
    }

    fn one(&mut self, form: Form, id: &str, is_stream: bool) -> &mut Outcomes {
        let id = id.to_owned();
        *self.ids.entry(id.clone()).or_default() += 1;
        let outcomes = self.places.entry(Place { id, form, is_stream }).or_default();
        outcomes.count += 1;
        outcomes
    }

    fn refused(&mut self, form: Form, id: &str, code: &'static str) {
        self.one(form, id, false).codes.push(code);
    }

    fn request(&mut self, form: Form, request: &Request<'_>) {
        let id = request.request_id.as_deref().expect("there is no request without one");
        if form == Form::One && request.expects_stream {
            return self.refused(form, id, "PROTOCOL_ERROR");
        }
        self.called.insert(id.to_owned());
        let outcomes = self.one(form, id, request.expects_stream);
        let is_long = |name: &str| name.len() > 1024;
        if is_long(&request.target) || is_long(&request.message_type) {
            outcomes.codes.push("PROTOCOL_ERROR");
        } else if request.target != "probe" {
            outcomes.codes.push("ACTOR_NOT_FOUND");
        }
        let is_echo = request.message_type == "fuzz.Probe.Echo" && request.expects_reply && !request.expects_stream;
        outcomes.content = match request.payload.decode::<Echo>() {
            _ if !request.expects_reply && !request.expects_stream => Content::Delivered,
            Ok(echo) if is_echo => Content::Text(echo.text),
            _ => Content::Any,
        };
    }

    /// Whether the names may be said at all; if not, it is refused.
    fn is_said_well(&mut self, form: Form, is_pattern: bool, selection: &Selection<'_>) -> bool {
        let is_well = |name: &str| match is_pattern {
            false => name.len() <= 1024 && !name.contains('*'),
            true => name.len() <= 1024 && name.ends_with('*'),
        };
        let is_said_well = selection.names.iter().all(|name| is_well(name));
        if !is_said_well {
            self.refused(form, &selection.correlation_id, "PROTOCOL_ERROR");
        }
        is_said_well
    }

    /// Whether nobody knows from here what the answer is.
    fn is_uncertain(&self, selection: &Selection<'_>) -> bool {
        let names = &selection.names;
        self.called.contains(&*selection.correlation_id)
            || names.iter().any(|name| name.matches('*').count() > 1)
            || self.subscribed.patterns.len() + names.len() > FEW_PATTERNS
    }

    fn subscribe(&mut self, form: Form, is_pattern: bool, selection: &Selection<'_>) {
        self.codecs.push(form.codec());
        if !self.is_said_well(form, is_pattern, selection) {
            return;
        }
        let is_uncertain = self.is_uncertain(selection);
        self.subscribed.is_uncertain |= is_uncertain;
        let is_unheard = !is_pattern && selection.names.iter().any(|name| name != "Price");
        if is_unheard && !is_uncertain {
            return self.refused(form, &selection.correlation_id, "UNKNOWN_MESSAGE_TYPE");
        }
        let of = self.subscribed.of(is_pattern);
        of.extend(selection.names.iter().map(|name| (**name).to_owned()));
        self.listed(form, is_pattern, selection);
    }

    fn unsubscribe(&mut self, form: Form, is_pattern: bool, selection: &Selection<'_>) {
        if !self.is_said_well(form, is_pattern, selection) {
            return;
        }
        let is_uncertain = self.is_uncertain(selection);
        let subscribed = &mut self.subscribed;
        subscribed.is_uncertain |= is_uncertain;
        match (&*selection.names, is_pattern) {
            ([], false) => (subscribed.names, subscribed.patterns) = Default::default(),
            ([], true) => subscribed.patterns.clear(),
            (names, _) => subscribed
                .of(is_pattern)
                .retain(|name| names.iter().all(|ended| ended != name)),
        }
        self.listed(form, is_pattern, selection);
    }

    fn listed(&mut self, form: Form, is_pattern: bool, selection: &Selection<'_>) {
        let name = if is_pattern {
            "subscribed_patterns"
        } else {
            "subscribed_types"
        };
        let is_certain = !self.subscribed.is_uncertain;
        let list = is_certain.then(|| self.subscribed.of(is_pattern).iter().cloned().collect());
        self.one(form, &selection.correlation_id, false).content = Content::List(name, list);
    }

    /// Holds what a peer has got against it.
    pub fn judge(mut self, heard: &Heard) {
        assert!(
            heard.is_closed,
            "nothing is left to wait for, and the connection is not closed"
        );
        // The streams that have begun and not ended, with the number of the next frame.
        let mut streams = HashMap::<(Form, String), u64>::new();
        let parts = parts(&heard.bytes, usize::MAX);
        let mut length = 0;
        for part in &parts {
            let Part::Frame(form, kind, payload) = part else {
                panic!("a server sends no such header: {part:?}");
            };
            assert!(payload.len() <= MAX_FRAME, "the server sends a frame that is too long");
            length += form.header() + payload.len();
            let frame = Fields::of(form.codec(), payload);
            match kind {
                Kind::Heartbeat => {
                    let key = (*form, !payload.is_empty());
                    let left = self.heartbeats.get_mut(&key).filter(|left| **left > 0);
                    *left.unwrap_or_else(|| panic!("a heartbeat that nobody asked for: {form:?}")) -= 1;
                    assert!(frame.0.is_empty(), "a heartbeat says nothing else");
                }
                Kind::Push => {
                    assert_eq!(frame.text("message_type"), "Price");
                    assert!(self.codecs.contains(&form.codec()), "nobody has subscribed in {form:?}");
                    assert_ne!(*form, Form::One, "version 1 has no events");
                }
                Kind::Response | Kind::Error => {
                    let is_success = *kind == Kind::Response;
                    assert_eq!(frame.find("success"), Some(&Node::Boolean(is_success)));
                    self.ends(*form, false, &frame);
                }
                Kind::Stream => self.item(*form, &frame, &mut streams),
                _ => panic!("only a client sends {kind:?}"),
            }
        }
        assert_eq!(length, heard.bytes.len(), "the last frame is whole");
        let missing: Vec<_> = self.places.iter().filter(|(_, outcomes)| outcomes.count > 0).collect();
        assert!(missing.is_empty(), "not answered: {missing:?}");
        let untold: Vec<_> = self
            .places
            .iter()
            .filter(|(_, outcomes)| !outcomes.codes.is_empty())
            .collect();
        assert!(untold.is_empty(), "not refused: {untold:?}");
        let unanswered: Vec<_> = self.heartbeats.iter().filter(|(_, left)| **left > 0).collect();
        assert!(unanswered.is_empty(), "heartbeats without an answer: {unanswered:?}");
        assert!(streams.is_empty(), "streams without an end: {streams:?}");
    }

    fn item(&mut self, form: Form, frame: &Fields, streams: &mut HashMap<(Form, String), u64>) {
        let id = frame.text("correlation_id").to_owned();
        let is_alone = self.ids.get(&id) == Some(&1);
        let Some(Node::Integer(sequence)) = frame.find("sequence") else {
            panic!("an item has its number");
        };
        let key = (form, id);
        let next = streams.entry(key.clone()).or_default();
        assert!(
            !is_alone || i128::from(*next) == *sequence,
            "{key:?}: frame {next} is {sequence}"
        );
        *next += 1;
        match frame.find("is_final") {
            Some(Node::Boolean(false)) => {
                assert!(frame.find("error").is_none() && frame.find("error_code").is_none());
                // Its end is yet to come.
                let place = Place {
                    id: key.1,
                    form,
                    is_stream: true,
                };
                let outcomes = self.places.get(&place);
                assert!(
                    outcomes.is_some_and(|outcomes| outcomes.count > 0),
                    "{place:?} has ended"
                );
            }
            Some(Node::Boolean(true)) => {
                let is_failed = frame.find("error_code").is_some();
                assert!(
                    is_failed || frame.find("payload").is_none(),
                    "no item is in the last frame"
                );
                if is_alone || self.is_last(&key.1, form) {
                    streams.remove(&key);
                }
                self.ends(form, true, frame);
            }
            other => panic!("{other:?} tells whether it is the last"),
        }
    }

    /// Whether only one stream of several with this id has not ended.
    fn is_last(&self, id: &str, form: Form) -> bool {
        let place = Place {
            id: id.to_owned(),
            form,
            is_stream: true,
        };
        self.places.get(&place).is_some_and(|outcomes| outcomes.count == 1)
    }

    /// Counts the answer, and holds what is in it against what was asked for.
    fn ends(&mut self, form: Form, is_stream: bool, frame: &Fields) {
        let place = Place {
            id: frame.text("correlation_id").to_owned(),
            form,
            is_stream,
        };
        let is_alone = self.ids.get(&place.id) == Some(&1);
        let outcomes = self.places.get_mut(&place).filter(|outcomes| outcomes.count > 0);
        let outcomes = outcomes.unwrap_or_else(|| panic!("{place:?} is answered, which nobody asked for"));
        outcomes.count -= 1;
        let code = match frame.find("error_code") {
            Some(_) => {
                let (code, text) = (frame.text("error_code"), frame.text("error"));
                assert!(
                    code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
                    "{code}"
                );
                assert!(!text.is_empty());
                // Nothing here ends a call that its actor would have answered.
                assert!(!NEVER.contains(&code), "{place:?}: {code}: {text}");
                Some(code)
            }
            None => None,
        };
        if let Some(at) = outcomes.codes.iter().position(|expected| code == Some(expected)) {
            outcomes.codes.swap_remove(at);
        }
        if code.is_some() || !is_alone {
            return;
        }
        match &outcomes.content {
            Content::Any => {}
            Content::Text(text) => assert_eq!(frame.find("payload"), Some(&Node::text(text))),
            Content::Delivered => {
                let delivered = Node::Map(vec![(Node::text("status"), Node::text("delivered"))]);
                assert_eq!(frame.find("payload"), Some(&delivered));
            }
            Content::List(name, list) => {
                let Some(Node::Array(listed)) = frame.find(name) else {
                    panic!("`{name}` is not there");
                };
                if let Some(list) = list {
                    let list: Vec<_> = list.iter().map(|name| Node::text(name)).collect();
                    assert_eq!(*listed, list, "{place:?}");
                }
            }
        }
    }
}

impl Subscribed {
    fn of(&mut self, is_pattern: bool) -> &mut BTreeSet<String> {
        if is_pattern {
            &mut self.patterns
        } else {
            &mut self.names
        }
    }
}

/// What is in a frame of the server's.
struct Fields(Vec<(Node, Node)>);

impl Fields {
    fn of(codec: Codec, payload: &[u8]) -> Self {
        if payload.is_empty() {
            return Fields(Vec::new());
        }
        let Some(Node::Map(entries)) = reference::read(codec, payload) else {
            panic!("the server sends no map: {}", payload.escape_ascii());
        };
        for (at, (key, value)) in entries.iter().enumerate() {
            assert!(
                entries[..at].iter().all(|(other, _)| other != key),
                "{key:?} is there twice"
            );
            assert_ne!(*value, Node::Null, "{key:?} is left out if there is nothing in it");
        }
        Fields(entries)
    }

    fn find(&self, name: &str) -> Option<&Node> {
        let entry = self.0.iter().find(|(key, _)| *key == Node::text(name));
        entry.map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> &str {
        match self.find(name) {
            Some(Node::Text(text)) => text,
            other => panic!("`{name}` is a text, and not {other:?}"),
        }
    }
}
