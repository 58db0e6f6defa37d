//! What is to be printed, with the places where it may be broken into lines; and the choice of those that are.

use unicode_width::UnicodeWidthStr;

/// The longest line that is not broken, in columns.
const WIDTH: usize = 120;

/// The columns of one indentation.
const STEP: usize = 2;

/// Something to print.
#[derive(Clone, Debug)]
pub(super) enum Doc {
    Text(String),
    /// A space, or the end of a line where its group is broken.
    Line,
    /// Nothing, or the end of a line where its group is broken.
    SoftLine,
    /// The end of a line, which breaks every group around it.
    HardLine,
    /// An empty line, and the end of the line before it.
    EmptyLine,
    /// Nothing, but what is around it is broken.
    Break,
    All(Vec<Doc>),
    Indent(Box<Doc>),
    /// On one line, or broken as a whole.
    Group {
        of: Box<Doc>,
        broken: bool,
    },
    /// The first of these that fits; the last one, broken, if none does. Each is a form of the same.
    FirstThatFits(Vec<Doc>),
    /// One thing where the group around it is broken, another where it is not.
    IfBroken(Box<Doc>, Box<Doc>),
    /// `after` behind a space; or, if not even its beginning fits there, on a line of its own, indented.
    OnOwnLineIfNeeded(Box<Doc>),
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Doc::Text(text.into())
    }

    pub(super) fn nothing() -> Self {
        Doc::All(Vec::new())
    }

    pub(super) fn indent(of: Doc) -> Self {
        Doc::Indent(Box::new(of))
    }

    pub(super) fn group(of: Doc) -> Self {
        Self::group_broken_if(of, false)
    }

    pub(super) fn group_broken_if(of: Doc, broken: bool) -> Self {
        let broken = broken || of.breaks();
        Doc::Group {
            of: Box::new(of),
            broken,
        }
    }

    pub(super) fn if_broken(broken: &str, flat: &str) -> Self {
        Doc::IfBroken(Box::new(Doc::text(broken)), Box::new(Doc::text(flat)))
    }

    /// `items` with `between` between them.
    pub(super) fn joined(items: Vec<Doc>, between: &Doc) -> Self {
        let mut all = Vec::with_capacity(items.len() * 2);
        for item in items {
            if !all.is_empty() {
                all.push(between.clone());
            }
            all.push(item);
        }
        Doc::All(all)
    }

    /// Whether it cannot stand on one line.
    pub(super) fn breaks(&self) -> bool {
        match self {
            Doc::HardLine | Doc::EmptyLine | Doc::Break => true,
            Doc::Text(_) | Doc::Line | Doc::SoftLine | Doc::FirstThatFits(_) => false,
            Doc::All(items) => items.iter().any(Doc::breaks),
            Doc::Indent(of) | Doc::OnOwnLineIfNeeded(of) => of.breaks(),
            Doc::Group { broken, .. } => *broken,
            Doc::IfBroken(broken, flat) => broken.breaks() || flat.breaks(),
        }
    }

    /// Whether there is a place in it where it may be broken.
    pub(super) fn can_break(&self) -> bool {
        match self {
            Doc::Text(_) | Doc::Break => false,
            Doc::All(items) => items.iter().any(Doc::can_break),
            Doc::Indent(of) | Doc::Group { of, .. } => of.can_break(),
            _ => true,
        }
    }

    /// The same on one line: every place where it could be broken is gone.
    pub(super) fn flat(self) -> Self {
        match self {
            Doc::Line => Doc::text(" "),
            Doc::SoftLine => Doc::nothing(),
            Doc::All(items) => Doc::All(items.into_iter().map(Doc::flat).collect()),
            Doc::Indent(of) => of.flat(),
            Doc::OnOwnLineIfNeeded(of) => Doc::All(vec![Doc::text(" "), of.flat()]),
            Doc::Group { of, .. } => of.flat(),
            Doc::FirstThatFits(mut forms) => forms.swap_remove(0).flat(),
            Doc::IfBroken(_, flat) => flat.flat(),
            other => other,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

/// Something that is still to be printed.
#[derive(Clone, Copy)]
struct Waiting<'a> {
    margin: usize,
    mode: Mode,
    doc: &'a Doc,
}

/// Prints it, with lines that end where they have to.
pub(super) fn print(doc: &Doc) -> String {
    let mut printed = String::new();
    let mut column = 0;
    let mut waiting = vec![Waiting {
        margin: 0,
        mode: Mode::Broken,
        doc,
    }];
    while let Some(next) = waiting.pop() {
        let Waiting { margin, mode, doc } = next;
        match doc {
            Doc::Text(text) => {
                printed.push_str(text);
                // Text of several lines is a template literal or a comment, which nothing but the end of a line follows.
                column += text.width();
            }
            Doc::Line if mode == Mode::Flat => {
                printed.push(' ');
                column += 1;
            }
            Doc::SoftLine if mode == Mode::Flat => {}
            Doc::Line | Doc::SoftLine | Doc::HardLine => column = end_line(&mut printed, margin, 1),
            Doc::EmptyLine => column = end_line(&mut printed, margin, 2),
            Doc::Break => {}
            Doc::All(items) => waiting.extend(items.iter().rev().map(|doc| Waiting { doc, ..next })),
            Doc::Indent(of) => waiting.push(Waiting {
                margin: margin + STEP,
                doc: of,
                ..next
            }),
            Doc::Group { of, broken } => {
                let flat = Waiting {
                    mode: Mode::Flat,
                    doc: of,
                    ..next
                };
                let as_it_is = if *broken { Mode::Broken } else { Mode::Flat };
                let mode = match mode {
                    Mode::Flat => as_it_is,
                    Mode::Broken if !broken && fits(flat, &waiting, column) => Mode::Flat,
                    Mode::Broken => Mode::Broken,
                };
                waiting.push(Waiting { mode, doc: of, ..next });
            }
            Doc::FirstThatFits(forms) => {
                let (last, others) = forms.split_last().expect("there is one form at least");
                let fitting = |doc| {
                    let form = Waiting {
                        mode: Mode::Flat,
                        doc,
                        ..next
                    };
                    (mode == Mode::Flat || fits(form, &waiting, column)).then_some(form)
                };
                waiting.push(others.iter().find_map(fitting).unwrap_or(Waiting {
                    mode: Mode::Broken,
                    doc: last,
                    ..next
                }));
            }
            Doc::IfBroken(broken, flat) => waiting.push(Waiting {
                doc: if mode == Mode::Broken { broken } else { flat },
                ..next
            }),
            Doc::OnOwnLineIfNeeded(of) => {
                let space = Waiting {
                    mode: Mode::Flat,
                    doc: &Doc::Line,
                    ..next
                };
                waiting.push(Waiting { doc: of, ..next });
                if mode == Mode::Flat || fits(space, &waiting, column) {
                    waiting.push(space);
                } else {
                    let inner = Waiting {
                        margin: margin + STEP,
                        ..next
                    };
                    waiting.pop();
                    waiting.push(Waiting { doc: of, ..inner });
                    waiting.push(Waiting {
                        doc: &Doc::HardLine,
                        ..inner
                    });
                }
            }
        }
    }
    printed
}

/// Ends the line, without spaces at its end, and begins one with this margin.
fn end_line(printed: &mut String, margin: usize, ends: usize) -> usize {
    printed.truncate(printed.trim_end_matches(' ').len());
    printed.extend(std::iter::repeat_n('\n', ends));
    printed.extend(std::iter::repeat_n(' ', margin));
    margin
}

/// Whether what is printed next, with what follows it as far as the first end of a line, fits into the line.
fn fits(next: Waiting<'_>, rest: &[Waiting<'_>], column: usize) -> bool {
    let Some(mut left) = WIDTH.checked_sub(column) else {
        return false;
    };
    let mut rest = rest.iter().rev();
    let mut waiting = vec![next];
    loop {
        let Some(Waiting { mode, doc, .. }) = waiting.pop().or_else(|| rest.next().copied()) else {
            return true;
        };
        let mut push = |mode, doc| waiting.push(Waiting { margin: 0, mode, doc });
        let taken = match doc {
            Doc::Text(text) => text.width(),
            Doc::Line | Doc::SoftLine if mode == Mode::Broken => return true,
            Doc::HardLine | Doc::EmptyLine => return true,
            Doc::Line => 1,
            Doc::SoftLine | Doc::Break => 0,
            Doc::All(items) => {
                for item in items.iter().rev() {
                    push(mode, item);
                }
                0
            }
            Doc::Indent(of) => {
                push(mode, of);
                0
            }
            Doc::Group { of, broken } => {
                push(if *broken { Mode::Broken } else { mode }, of);
                0
            }
            Doc::FirstThatFits(forms) => {
                let form = if mode == Mode::Broken {
                    forms.last()
                } else {
                    forms.first()
                };
                push(mode, form.expect("there is one form at least"));
                0
            }
            Doc::IfBroken(broken, flat) => {
                push(mode, if mode == Mode::Broken { broken } else { flat });
                0
            }
            Doc::OnOwnLineIfNeeded(of) if mode == Mode::Flat => {
                push(mode, of);
                1
            }
            Doc::OnOwnLineIfNeeded(_) => return true,
        };
        match left.checked_sub(taken) {
            Some(still) => left = still,
            None => return false,
        }
    }
}
