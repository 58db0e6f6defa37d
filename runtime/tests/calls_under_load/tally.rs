//! All books together, held against the server's ledger.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
};

use callsheet_wire::Code;

use crate::{
    book::{Book, Fault, Outcome},
    plan::Kind,
};

/// So many faults are told; where there is one there may be millions.
const TOLD: usize = 20;

/// How many calls ended in one way.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    by_hand: u64,
    by_client: u64,
    ran: u64,
}

/// How all calls ended.
#[derive(Debug)]
pub struct Tally {
    counts: BTreeMap<String, Count>,
    kinds: HashMap<Kind, u64>,
    outcomes: HashSet<Outcome>,
    faults: Vec<Fault>,
}

impl Tally {
    /// Counts what is in the books, and holds it against `runs`: how often the server ran each call, `each` of them of one
    /// connection.
    pub fn of(books: &[Book], runs: &[u8], each: u32) -> Self {
        let mut tally = Tally {
            counts: BTreeMap::new(),
            kinds: HashMap::new(),
            outcomes: HashSet::new(),
            faults: Vec::new(),
        };
        let mut counts: HashMap<(Outcome, Kind), Count> = HashMap::new();
        for book in books {
            let first = book.connection as usize * each as usize;
            for (at, entry) in book.entries() {
                let ran = runs[first + at as usize];
                let Some((kind, outcome)) = entry else {
                    tally.fault(format!(
                        "lost: call {at} of connection {} has no outcome",
                        book.connection
                    ));
                    continue;
                };
                let (least, most) = outcome.runs();
                if !(least..=most).contains(&ran) {
                    tally.fault(format!(
                        "call {at} of connection {}, {kind:?}, ended with `{outcome}` and was run {ran} times",
                        book.connection
                    ));
                }
                let count = counts.entry((outcome, kind)).or_default();
                count.by_hand += u64::from(!book.by_client);
                count.by_client += u64::from(book.by_client);
                count.ran += u64::from(ran);
            }
        }
        for ((outcome, kind), count) in counts {
            tally.outcomes.insert(outcome);
            *tally.kinds.entry(kind).or_default() += count.by_hand + count.by_client;
            let sum = tally.counts.entry(outcome.to_string()).or_default();
            sum.by_hand += count.by_hand;
            sum.by_client += count.by_client;
            sum.ran += count.ran;
        }
        tally
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < TOLD {
            self.faults.push(fault);
        }
    }

    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How many calls have an outcome.
    pub fn calls(&self) -> u64 {
        self.counts.values().map(|count| count.by_hand + count.by_client).sum()
    }

    /// That everything which this test is to try has happened. A test that made too few calls for that shows little.
    pub fn assert_covers_everything(&self) {
        let missing: Vec<_> = Kind::all().filter(|kind| !self.kinds.contains_key(kind)).collect();
        assert_eq!(missing, [], "no such call was made");
        let failures = self.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Failed(code, _) => Some(code.as_str()),
            _ => None,
        });
        let failures: BTreeSet<_> = failures.collect();
        let expected = [
            Code::Timeout,
            Code::Cancelled,
            Code::ActorFailed,
            Code::TargetBusy,
            Code::UnknownMessageType,
            Code::ActorNotFound,
            Code::SerializationError,
        ];
        assert_eq!(failures, expected.iter().map(|code| code.as_str()).collect());
        for outcome in [
            Outcome::Answered,
            Outcome::Declared,
            Outcome::Closed,
            Outcome::Unsent,
            Outcome::Dropped,
        ] {
            assert!(self.outcomes.contains(&outcome), "no call was {outcome}");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sum = Count::default();
        writeln!(f, "{:<52}{:>12}{:>12}{:>12}", "outcome", "by hand", "by client", "runs")?;
        for (outcome, count) in &self.counts {
            row(f, outcome, count)?;
            sum.by_hand += count.by_hand;
            sum.by_client += count.by_client;
            sum.ran += count.ran;
        }
        row(f, "all", &sum)
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, count: &Count) -> fmt::Result {
    let Count {
        by_hand,
        by_client,
        ran,
    } = count;
    writeln!(f, "{name:<52}{by_hand:>12}{by_client:>12}{ran:>12}")
}
