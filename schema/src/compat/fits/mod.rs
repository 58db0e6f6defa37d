//! Whether what one end of a call writes is read by the other, whatever it is.
//!
//! A document says what the values of a type are, once for each way. A type of the writer fits one of the reader if each
//! of its values is read. What is accepted the caller writes and the server reads; what is produced, the other way round.
//! Whoever reads may take less for granted than the letter of a document says: entries that it does not know are ignored
//! unless the type refuses them, and a variant that is told by no known name is read where the type has one for that, or
//! where the reader keeps what it does not know.
//!
//! A type is seen as the [heads](heads::Head) that its values can have: of an optional number, null and the number. Each
//! head of the writer is held against those of the reader that could take it. What has a type of its own inside becomes a
//! [pair](Pair), which the [graph](graph::Graph) judges. So nothing here goes deep: how deep types refer to one another is
//! up to who sends a document.
//!
//! Where this does not tell, a value is taken not to fit: it concerns what is flattened, and entries that may be read as
//! another kind of type.

mod entries;
mod flattened;
mod graph;
mod heads;
mod scalars;
mod values;
mod variants;

pub(super) use graph::Graph;

use super::{Part, Rule, Step, view::View};
use crate::{Direction, Request, TypeRef};
use heads::{Form, Head, Level, Role, heads};
use values::Readable;

/// What a reader does with a variant whose name it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Enums {
    /// It refuses it, unless its type has a variant that says `#[serde(other)]`, as Rust's own types do.
    Closed,
    /// It keeps the name and the data, as generated clients do.
    Open,
}

/// The two ends of one way.
#[derive(Clone, Copy)]
pub(super) struct Ends<'a> {
    pub(super) writer: View<'a>,
    pub(super) reader: View<'a>,
    /// What the reader does with a variant of an unknown name.
    pub(super) enums: Enums,
}

/// A use of a type by the writer and one by the reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Pair<'a> {
    pub(super) written: &'a TypeRef,
    pub(super) read: &'a TypeRef,
    pub(super) role: Role,
}

/// Why something does not fit.
#[derive(Clone, Debug)]
pub(super) struct Flaw<'a> {
    pub(super) rule: Rule,
    /// From the innermost named type inwards; empty where it is the whole pair.
    pub(super) place: Vec<Step<'a>>,
    pub(super) written: Part<'a>,
    pub(super) read: Part<'a>,
}

/// What it takes for something to fit: that there is no flaw, and that all demands are met.
#[derive(Default)]
pub(super) struct Findings<'a> {
    flaws: Vec<Flaw<'a>>,
    demands: Vec<Demand<'a>>,
}

struct Demand<'a> {
    /// From the innermost named type inwards; empty where it is the whole pair.
    place: Vec<Step<'a>>,
    what: Demanded<'a>,
}

enum Demanded<'a> {
    /// These types fit.
    Pair(Pair<'a>),
    /// One of these holds, or else there is the flaw.
    OneOf(Vec<Findings<'a>>, Flaw<'a>),
}

impl<'a> Findings<'a> {
    fn flaw(&mut self, rule: Rule, place: &[Step<'a>], written: Part<'a>, read: Part<'a>) {
        self.flaws.push(Flaw {
            rule,
            place: place.to_vec(),
            written,
            read,
        });
    }

    fn pair(&mut self, place: &[Step<'a>], written: &'a TypeRef, read: &'a TypeRef, role: Role) {
        self.demands.push(Demand {
            place: place.to_vec(),
            what: Demanded::Pair(Pair { written, read, role }),
        });
    }

    /// One of these must hold.
    fn one_of(&mut self, alternatives: Vec<Findings<'a>>, place: &[Step<'a>], [written, read]: [Part<'a>; 2]) {
        let flaw = Flaw {
            rule: Rule::Alternatives,
            place: place.to_vec(),
            written,
            read,
        };
        self.demands.push(Demand {
            place: place.to_vec(),
            what: Demanded::OneOf(alternatives, flaw),
        });
    }

    /// How much there is to look at.
    fn size(&self) -> usize {
        let inside = self.demands.iter().map(|demand| match &demand.what {
            Demanded::Pair(_) => 1,
            Demanded::OneOf(alternatives, _) => 1 + alternatives.iter().map(Findings::size).sum::<usize>(),
        });
        self.flaws.len() + inside.sum::<usize>()
    }
}

impl<'a> Ends<'a> {
    /// Of the two things at the ends, that of the caller.
    fn callers<T>(&self, written: T, read: T) -> T {
        match self.writer.direction {
            Direction::Accepted => written,
            Direction::Produced => read,
        }
    }

    /// What it takes for the types of a pair to fit.
    fn pair(&self, pair: Pair<'a>) -> Findings<'a> {
        let mut findings = Findings::default();
        let written = heads(self.writer, pair.written, pair.role);
        let read = Readable {
            heads: &heads(self.reader, pair.read, pair.role),
            whole: Part::Type(pair.read),
        };
        self.heads(&[], &written, read, pair.role, &mut findings);
        findings
    }

    /// What it takes for the payloads of a message to fit. Arguments are read as a struct with these fields would be; null
    /// is read as no arguments.
    fn payloads(&self, written: &'a Request, read: &'a Request) -> Findings<'a> {
        let mut findings = Findings::default();
        match (written, read) {
            (Request::Arguments(written), Request::Arguments(read)) => {
                let written = Level::of_arguments(self.writer, written);
                self.levels(&written, &Level::of_arguments(self.reader, read), &mut findings);
            }
            (Request::Message { type_ref: written, .. }, Request::Message { type_ref: read, .. }) => {
                findings.pair(&[], written, read, Role::Value);
            }
            (Request::Arguments(arguments), Request::Message { type_ref, .. }) => {
                let written = Head {
                    part: Part::Request(written),
                    form: Form::Level(Level::of_arguments(self.writer, arguments)),
                };
                let read = Readable {
                    heads: &heads(self.reader, type_ref, Role::Value),
                    whole: Part::Request(read),
                };
                self.heads(&[], &[written], read, Role::Value, &mut findings);
            }
            (Request::Message { type_ref, .. }, Request::Arguments(arguments)) => {
                let mut written = heads(self.writer, type_ref, Role::Value);
                for head in &mut written {
                    if let Form::Null = head.form {
                        head.form = Form::Level(Level::default());
                    }
                }
                let level = Head {
                    part: Part::Request(read),
                    form: Form::Level(Level::of_arguments(self.reader, arguments)),
                };
                let read = Readable {
                    heads: &[level],
                    whole: Part::Request(read),
                };
                self.heads(&[], &written, read, Role::Value, &mut findings);
            }
        }
        findings
    }
}
