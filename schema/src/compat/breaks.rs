//! What a caller of one document cannot do at a server of another.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use serde::Serialize;

use super::{
    Aspect, Part, Rule, Step, Way,
    fits::{Ends, Enums, Flaw, Graph},
    view::View,
};
use crate::{Contract, Direction, Document, Event, Kind, Method, names::visible};

/// Something that callers made for one document cannot do at a server of another.
///
/// As JSON: `{"contract": "demo.Calculator", "subject": {"message": "demo.Calculator.Add"}, "served":
/// "demo.Calculator.Add", "way": "accepted", "rule":
/// "B031", "aspect": "request", "place": [{"argument": "a"}], "before": "i64", "after": "i32"}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Break<'a> {
    /// The full name of the contract.
    pub contract: &'a str,
    /// What of the contract it is about.
    pub subject: Subject<'a>,
    /// The full name that the server has for the message, if it is about one that the server has. It is another one where
    /// the server knows the caller's by an alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served: Option<&'a str>,
    /// The way of the values that do not fit.
    pub way: Way,
    /// Why they do not.
    pub rule: Rule,
    /// What of the subject differs: the [request](Aspect::Request), [reply](Aspect::Reply) or [error](Aspect::Error) of a
    /// message, or what the rule is about.
    pub aspect: Aspect,
    /// Where in it, from the outside inwards: the argument, then the innermost named type and the variant and field of it.
    /// Names are the caller's, but of what only the server has.
    pub place: Vec<Step<'a>>,
    /// What the caller has there.
    pub before: Part<'a>,
    /// What the server has there.
    pub after: Part<'a>,
}

/// What of a contract a break is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject<'a> {
    /// The contract as a whole.
    Contract,
    /// A call, by the full name of its message in the caller's document.
    Message(&'a str),
    /// An event, by its name.
    Event(&'a str),
}

impl<'a> Break<'a> {
    /// The full name of the message whose calls do not fit, if it is about one.
    pub fn message(&self) -> Option<&'a str> {
        match self.subject {
            Subject::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The name of the event whose values the caller cannot read, if it is about one. Of an event that is not
    /// [published](Rule::Event) there are none.
    pub fn misread_event(&self) -> Option<&'a str> {
        match self.subject {
            Subject::Event(event) if self.rule != Rule::Event => Some(event),
            _ => None,
        }
    }
}

/// One line: ``B031 demo.Calculator.Add: argument `a`: numbers may be out of the reader's range: i64 at the caller, i32 at
/// the server (accepted)``.
impl fmt::Display for Break<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        visible(Line(self)).fmt(f)
    }
}

/// A break in one line, the names as the documents have them.
struct Line<'a>(&'a Break<'a>);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(of) = self;
        write!(f, "{} ", of.rule)?;
        match of.subject {
            Subject::Contract => f.write_str(of.contract)?,
            Subject::Message(message) => f.write_str(message)?,
            Subject::Event(event) => write!(f, "{}, event `{event}`", of.contract)?,
        }
        let mut separator = ": ";
        if let Aspect::Reply | Aspect::Error = of.aspect {
            write!(f, ": {}", of.aspect.words())?;
            separator = ", ";
        }
        for step in &of.place {
            let (kind, name) = step.parts();
            write!(f, "{separator}{kind} `{name}`")?;
            separator = ", ";
        }
        write!(f, ": {}", of.rule.title())?;
        if (of.before, of.after) != (Part::Nothing, Part::Nothing) {
            write!(f, ": {} at the caller, {} at the server", of.before, of.after)?;
        }
        write!(f, " ({})", of.way)
    }
}

/// What callers made for `caller` cannot do at a server of `server`; empty if they can do all that they could do at a
/// server of their own document.
///
/// The same judgement tells what a change breaks, with the older document as that of the caller, and whether a client may
/// call a server, with the documents that each was made from. Requests must be read by the server: all that the caller's
/// document says is accepted. Replies, items, errors and events must be read by the caller: all that the server's
/// document says is produced. Names that the wire does not see, docs and deprecation do not matter.
///
/// The caller's enums are [closed](Enums::Closed), as the types of callers in Rust are that link the contract's crate; for
/// generated clients there is [`breaks_with`].
///
/// What fits is not always what was meant: an entry of a request that the server no longer knows is read past, unless the
/// server refuses it.
///
/// The breaks stand in the order of the caller's document, those of a call from the outermost type inwards. The time this
/// takes is bounded by the sizes of the documents; where that is not enough, what is left is [`Rule::TooLarge`].
///
/// ```
/// use callsheet_schema::{Document, compat};
///
/// let document = |of: &str| {
///     Document::from_json(&format!(
///         r#"{{"callsheet": 1, "types": {{}}, "encodings": {{}}, "contracts": [{{"name": "demo.Clock", "methods": [{{
///             "name": "set", "message": "demo.Clock.Set", "kind": "ask", "access": "exclusive",
///             "request": {{"arguments": [{{"name": "hour", "type": "{of}"}}]}}, "reply": "unit"
///         }}]}}]}}"#
///     ))
/// };
/// let (narrow, wide) = (document("u8")?, document("u16")?);
/// assert!(compat::breaks(&narrow, &wide).is_empty(), "a server that takes more takes that too");
/// assert_eq!(
///     compat::breaks(&wide, &narrow)[0].to_string(),
///     "B031 demo.Clock.Set: argument `hour`: numbers may be out of the reader's range: \
///      u16 at the caller, u8 at the server (accepted)"
/// );
/// # Ok::<(), callsheet_schema::DocumentError>(())
/// ```
pub fn breaks<'a>(caller: &'a Document, server: &'a Document) -> Vec<Break<'a>> {
    breaks_with(caller, server, Enums::Closed)
}

/// As [`breaks`], of a caller that does with variants of unknown names in what it is sent as `enums` says. The server's
/// enums are closed: what it is sent is read by the types of its contract.
///
/// Where an enum's entries stand among those of others a new variant is a break all the same, as no reader can tell then
/// which entries are its own.
pub fn breaks_with<'a>(caller: &'a Document, server: &'a Document, enums: Enums) -> Vec<Break<'a>> {
    let view = |document, direction| View { document, direction };
    let budget = BUDGET + size(caller) * SHARE + size(server) * SHARE;
    let accepted = Ends {
        writer: view(caller, Direction::Accepted),
        reader: view(server, Direction::Accepted),
        enums: Enums::Closed,
    };
    let produced = Ends {
        writer: view(server, Direction::Produced),
        reader: view(caller, Direction::Produced),
        enums,
    };
    let mut judge = Judge {
        caller,
        server,
        accepted: Graph::new(accepted, budget),
        produced: Graph::new(produced, budget),
        breaks: Vec::new(),
    };
    let contracts: BTreeMap<&str, &Contract> = named(&server.contracts);
    for contract in &caller.contracts {
        judge.contract(contract, contracts.get(contract.name.as_str()).copied());
    }
    judge.breaks
}

/// How much of two documents of no size is looked at.
const BUDGET: usize = 50_000;

/// How often, on average, each use of a type may be looked at.
const SHARE: usize = 8;

/// How many uses of types there are.
fn size(document: &Document) -> usize {
    let mut size = 0;
    document.visit(&mut |_| size += 1);
    size
}

fn named(contracts: &[Contract]) -> BTreeMap<&str, &Contract> {
    contracts
        .iter()
        .map(|contract| (contract.name.as_str(), contract))
        .collect()
}

struct Judge<'a> {
    caller: &'a Document,
    server: &'a Document,
    accepted: Graph<'a>,
    produced: Graph<'a>,
    breaks: Vec<Break<'a>>,
}

/// What is being judged.
#[derive(Clone, Copy)]
struct Of<'a> {
    contract: &'a str,
    subject: Subject<'a>,
    served: Option<&'a str>,
}

impl<'a> Judge<'a> {
    fn push(&mut self, of: Of<'a>, rule: Rule, (way, aspect): (Way, Aspect), before: Part<'a>, after: Part<'a>) {
        self.breaks.push(Break {
            contract: of.contract,
            subject: of.subject,
            served: of.served,
            way,
            rule,
            aspect,
            place: Vec::new(),
            before,
            after,
        });
    }

    fn push_all(&mut self, of: Of<'a>, way: Way, aspect: Aspect, flaws: Vec<Flaw<'a>>) {
        self.breaks.extend(flaws.into_iter().map(|flaw| {
            let (before, after) = match way {
                Way::Produced => (flaw.read, flaw.written),
                Way::Accepted | Way::Both => (flaw.written, flaw.read),
            };
            Break {
                contract: of.contract,
                subject: of.subject,
                served: of.served,
                way,
                rule: flaw.rule,
                aspect,
                place: flaw.place,
                before,
                after,
            }
        }));
    }

    fn contract(&mut self, caller: &'a Contract, server: Option<&'a Contract>) {
        let of = Of {
            contract: &caller.name,
            subject: Subject::Contract,
            served: None,
        };
        let Some(server) = server else {
            let before = Part::Contract(caller);
            self.push(of, Rule::Contract, (Way::Both, Aspect::Name), before, Part::Nothing);
            for event in &caller.events {
                self.published_elsewhere(of.contract, event);
            }
            return;
        };
        let hash = |document: &'a Document| document.hashes.get(&caller.name);
        if hash(self.caller).is_some() && hash(self.caller) == hash(self.server) {
            return;
        }
        let extended = self.extended(server);
        if caller.extends.iter().any(|name| !extended.contains(name.as_str())) {
            let (before, after) = (Part::Names(&caller.extends), Part::Names(&server.extends));
            self.push(of, Rule::Extends, (Way::Both, Aspect::Extends), before, after);
        }
        let mut methods: BTreeMap<&str, &'a Method> = BTreeMap::new();
        for method in &server.methods {
            methods.extend(names(method).map(|name| (name, method)));
        }
        for method in &caller.methods {
            let served = methods.get(method.message.as_str()).copied();
            let of = Of {
                subject: Subject::Message(&method.message),
                served: served.map(|served| served.message.as_str()),
                ..of
            };
            match served {
                Some(served) => self.method(of, method, (server, served), &methods),
                None => {
                    let before = Part::Method(method);
                    self.push(of, Rule::Message, (Way::Both, Aspect::Message), before, Part::Nothing);
                }
            }
        }
        for event in &caller.events {
            self.event(of.contract, event, server);
        }
    }

    /// The contracts that `contract` extends at the server, directly or not.
    fn extended(&self, contract: &'a Contract) -> HashSet<&'a str> {
        let contracts = named(&self.server.contracts);
        let mut extended = HashSet::new();
        let mut open = vec![contract];
        while let Some(contract) = open.pop() {
            for name in &contract.extends {
                if extended.insert(name.as_str()) {
                    open.extend(contracts.get(name.as_str()));
                }
            }
        }
        extended
    }

    fn method(
        &mut self,
        of: Of<'a>,
        caller: &'a Method,
        (contract, server): (&'a Contract, &'a Method),
        methods: &BTreeMap<&str, &'a Method>,
    ) {
        let own = |document: &'a Document, name: &str, method: &Method| {
            let hashes = &document.hashes.get(name)?.methods;
            hashes.get(&method.message)
        };
        let asked = own(self.caller, of.contract, caller);
        let served = own(self.server, &contract.name, server);
        let (same_request, same_reply) = match (asked, served) {
            (Some(asked), Some(served)) => (asked.request == served.request, asked.reply == served.reply),
            _ => (false, false),
        };
        if !same_request {
            let is_known = |name: &&String| {
                methods
                    .get(name.as_str())
                    .is_some_and(|known| std::ptr::eq(*known, server))
            };
            if !caller.aliases.iter().all(|alias| is_known(&alias)) {
                let (before, after) = (Part::Names(&caller.aliases), Part::Names(&server.aliases));
                self.push(of, Rule::MessageAlias, (Way::Accepted, Aspect::Aliases), before, after);
            }
            // A tell and a stream are not repeated, whatever a document says of them.
            if caller.idempotent && !server.idempotent && caller.kind == Kind::Ask {
                let (before, after) = (Part::Flag(true), Part::Flag(false));
                self.push(of, Rule::Repeated, (Way::Accepted, Aspect::Idempotent), before, after);
            }
            let flaws = self.accepted.payloads(&caller.request, &server.request);
            self.push_all(of, Way::Accepted, Aspect::Request, flaws);
        }
        if same_reply {
            return;
        }
        match (caller.kind, server.kind) {
            // A reply that nobody waits for is dropped.
            (Kind::Tell, Kind::Tell | Kind::Ask) => return,
            (asked, served) if asked != served => {
                let (before, after) = (Part::Kind(asked), Part::Kind(served));
                self.push(of, Rule::Replies, (Way::Both, Aspect::Kind), before, after);
                return;
            }
            _ => {}
        }
        let flaws = self.produced.values(&server.reply, &caller.reply);
        self.push_all(of, Way::Produced, Aspect::Reply, flaws);
        match (&caller.error, &server.error) {
            (Some(known), Some(sent)) => {
                let flaws = self.produced.values(sent, known);
                self.push_all(of, Way::Produced, Aspect::Error, flaws);
            }
            (None, Some(sent)) => {
                let after = Part::Type(sent);
                self.push(of, Rule::Error, (Way::Produced, Aspect::Error), Part::Nothing, after);
            }
            (_, None) => {}
        }
    }

    fn event(&mut self, contract: &'a str, event: &'a Event, server: &'a Contract) {
        let of = Of {
            contract,
            subject: Subject::Event(&event.name),
            served: None,
        };
        match server.events.iter().find(|published| published.name == event.name) {
            Some(published) => {
                let flaws = self.produced.values(&published.type_ref, &event.type_ref);
                self.push_all(of, Way::Produced, Aspect::Type, flaws);
            }
            None => {
                let before = Part::Event(event);
                self.push(of, Rule::Event, (Way::Produced, Aspect::Name), before, Part::Nothing);
                self.published_elsewhere(contract, event);
            }
        }
    }

    /// Whoever subscribes to an event does so by its name alone, and gets it whichever contract publishes it.
    fn published_elsewhere(&mut self, contract: &'a str, event: &'a Event) {
        let events = self.server.contracts.iter().flat_map(|contract| &contract.events);
        // They have one type, whose name it is.
        if let Some(published) = events.into_iter().find(|published| published.name == event.name) {
            let of = Of {
                contract,
                subject: Subject::Event(&event.name),
                served: None,
            };
            let flaws = self.produced.values(&published.type_ref, &event.type_ref);
            self.push_all(of, Way::Produced, Aspect::Type, flaws);
        }
    }
}

/// All names of a method's message.
fn names(method: &Method) -> impl Iterator<Item = &str> {
    std::iter::once(&method.message)
        .chain(&method.aliases)
        .map(String::as_str)
}
