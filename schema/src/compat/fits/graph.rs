//! Which pairs of types fit, where each depends on others.
//!
//! Types that are met again inside themselves are taken to fit: if they do not, there is a flaw somewhere, and all that
//! depends on it does not fit.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Demanded, Ends, Findings, Flaw, Pair, heads::Role};
use crate::{
    Request, TypeRef,
    compat::{Part, Rule, Step},
};

/// What is known of one way.
pub(in crate::compat) struct Graph<'a> {
    ends: Ends<'a>,
    nodes: Vec<Node<'a>>,
    known: HashMap<Pair<'a>, usize>,
    /// How much may still be looked at.
    budget: usize,
}

/// Something that fits or not.
struct Node<'a> {
    kind: Kind,
    flaws: Vec<Flaw<'a>>,
    /// Each with its place; see [`Flaw::place`].
    parts: Vec<(Vec<Step<'a>>, usize)>,
    /// Those that this one is a part of.
    wholes: Vec<usize>,
    fits: bool,
}

enum Kind {
    /// It fits if it has no flaws and all parts fit.
    All,
    /// It fits if one of its parts does: so many still may. The flaw is why it does not.
    OneOf(usize),
}

impl<'a> Graph<'a> {
    /// `budget` is how many parts of types may be looked at: what is not looked at does not fit.
    pub(in crate::compat) fn new(ends: Ends<'a>, budget: usize) -> Self {
        Graph {
            ends,
            nodes: Vec::new(),
            known: HashMap::new(),
            budget,
        }
    }

    /// Why values of one type are not read as those of the other, from the outermost part inwards; empty if they are.
    pub(in crate::compat) fn values(&mut self, written: &'a TypeRef, read: &'a TypeRef) -> Vec<Flaw<'a>> {
        let mut findings = Findings::default();
        findings.pair(&[], written, read, Role::Value);
        self.judge(findings)
    }

    /// Why one payload is not read as the other, from the outermost part inwards; empty if it is.
    pub(in crate::compat) fn payloads(&mut self, written: &'a Request, read: &'a Request) -> Vec<Flaw<'a>> {
        let findings = self.ends.payloads(written, read);
        self.judge(findings)
    }

    fn judge(&mut self, findings: Findings<'a>) -> Vec<Flaw<'a>> {
        let start = self.nodes.len();
        let mut open = VecDeque::new();
        let root = self.add(findings, &mut open);
        while let Some((pair, node)) = open.pop_front() {
            let findings = match self.budget {
                0 => too_large(),
                _ => self.ends.pair(pair),
            };
            self.fill(node, findings, &mut open);
        }
        self.settle(start);
        self.flaws(root)
    }

    fn add(&mut self, findings: Findings<'a>, open: &mut VecDeque<(Pair<'a>, usize)>) -> usize {
        let node = self.reserve(Kind::All);
        self.fill(node, findings, open);
        node
    }

    fn reserve(&mut self, kind: Kind) -> usize {
        self.nodes.push(Node {
            kind,
            flaws: Vec::new(),
            parts: Vec::new(),
            wholes: Vec::new(),
            fits: true,
        });
        self.nodes.len() - 1
    }

    /// Makes nodes of all that is demanded. Pairs that are not known yet are `open`.
    fn fill(&mut self, node: usize, findings: Findings<'a>, open: &mut VecDeque<(Pair<'a>, usize)>) {
        self.budget = self.budget.saturating_sub(1 + findings.size());
        self.nodes[node].flaws = findings.flaws;
        for demand in findings.demands {
            let part = match demand.what {
                Demanded::Pair(pair) => match self.known.get(&pair) {
                    Some(known) => *known,
                    None => {
                        let part = self.reserve(Kind::All);
                        self.known.insert(pair, part);
                        open.push_back((pair, part));
                        part
                    }
                },
                Demanded::OneOf(alternatives, flaw) => {
                    let part = self.reserve(Kind::OneOf(alternatives.len()));
                    self.nodes[part].flaws.push(flaw);
                    for findings in alternatives {
                        let alternative = self.add(findings, open);
                        self.nodes[part].parts.push((Vec::new(), alternative));
                    }
                    part
                }
            };
            self.nodes[node].parts.push((demand.place, part));
        }
    }

    /// Finds out which of the nodes from `start` on do not fit. None before them depends on one of them.
    fn settle(&mut self, start: usize) {
        let mut unfit = Vec::new();
        for node in start..self.nodes.len() {
            for at in 0..self.nodes[node].parts.len() {
                let (_, part) = self.nodes[node].parts[at];
                if part >= start {
                    self.nodes[part].wholes.push(node);
                } else if !self.nodes[part].fits {
                    self.lose_part(node, &mut unfit);
                }
            }
            let is_flawed = matches!(self.nodes[node].kind, Kind::All) && !self.nodes[node].flaws.is_empty();
            if is_flawed {
                self.refuse(node, &mut unfit);
            }
        }
        while let Some(node) = unfit.pop() {
            for whole in std::mem::take(&mut self.nodes[node].wholes) {
                self.lose_part(whole, &mut unfit);
            }
        }
    }

    /// A part of `node` does not fit.
    fn lose_part(&mut self, node: usize, unfit: &mut Vec<usize>) {
        if let Kind::OneOf(left) = &mut self.nodes[node].kind {
            *left = left.saturating_sub(1);
            if *left > 0 {
                return;
            }
        }
        self.refuse(node, unfit);
    }

    fn refuse(&mut self, node: usize, unfit: &mut Vec<usize>) {
        if std::mem::replace(&mut self.nodes[node].fits, false) {
            unfit.push(node);
        }
    }

    /// Why `root` does not fit, each flaw once.
    fn flaws(&mut self, root: usize) -> Vec<Flaw<'a>> {
        let mut flaws = Vec::new();
        let mut seen = HashSet::from([root]);
        // Each with the step from the root, and the place in the innermost named type.
        let mut open: VecDeque<(usize, &[Step<'a>], &[Step<'a>])> =
            VecDeque::from([(root, [].as_slice(), [].as_slice())]);
        let mut left = self.budget;
        while let Some((node, root_place, place)) = open.pop_front() {
            let this = &self.nodes[node];
            if this.fits {
                continue;
            }
            if left == 0 {
                flaws.extend(too_large().flaws);
                break;
            }
            left = left.saturating_sub(1 + this.parts.len());
            for flaw in &this.flaws {
                let inner = if flaw.place.is_empty() { place } else { &flaw.place };
                let place = if node == root {
                    inner.to_vec()
                } else {
                    [root_place, inner].concat()
                };
                flaws.push(Flaw { place, ..flaw.clone() });
            }
            if let Kind::OneOf(_) = this.kind {
                continue;
            }
            for (part_place, part) in &this.parts {
                if seen.insert(*part) {
                    open.push_back(match (node == root, part_place.is_empty()) {
                        (true, _) => (*part, part_place, &[]),
                        (false, true) => (*part, root_place, place),
                        (false, false) => (*part, root_place, part_place),
                    });
                }
            }
        }
        self.budget = left;
        flaws
    }
}

fn too_large<'a>() -> Findings<'a> {
    let mut findings = Findings::default();
    findings.flaw(Rule::TooLarge, &[], Part::Nothing, Part::Nothing);
    findings
}
