//! Changes between documents as text for people: grouped by contract and type, aligned, coloured on a terminal.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use anstyle::{AnsiColor, Style};
use callsheet_schema::compat::{Change, Effect, Step, What};

/// Beyond this width a place pushes its own line's text to the right, not that of all others.
const WIDEST_PLACE: usize = 48;

/// Prints the changes, or in one line that there are none; that the reader has left early is no failure.
pub(super) fn print(changes: &[Change<'_>]) -> io::Result<()> {
    match anstream::stdout().lock().write_all(text(changes).as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn text(changes: &[Change<'_>]) -> String {
    if changes.is_empty() {
        return "the documents are the same\n".to_owned();
    }
    let mut text = String::new();
    let mut counts = Vec::new();
    for (effect, heading, counted) in [
        (Effect::Wire, None, "on the wire"),
        (
            Effect::Source,
            Some("Names and sources, not the wire:"),
            "in sources alone",
        ),
        (Effect::Docs, Some("Documentation:"), "in documentation alone"),
    ] {
        let of_effect: Vec<_> = changes.iter().filter(|change| change.effect == effect).collect();
        if of_effect.is_empty() {
            continue;
        }
        if let Some(heading) = heading {
            let style = Style::new().underline();
            let _ = write!(text, "{style}{heading}{style:#}\n\n");
        }
        section(&mut text, &of_effect);
        let number = of_effect.len();
        counts.push(format!(
            "{number} change{} {counted}",
            if number == 1 { "" } else { "s" }
        ));
    }
    let _ = writeln!(text, "{}", counts.join(", "));
    text
}

/// Changes of one effect, under a heading for each contract and type that changed in itself.
fn section(text: &mut String, changes: &[&Change<'_>]) {
    let width = changes
        .iter()
        .map(|change| inner(change).chars().count())
        .filter(|width| *width <= WIDEST_PLACE)
        .max()
        .unwrap_or_default();
    let mut group: Option<Option<&Step<'_>>> = None;
    for change in changes {
        let first = change.place.first();
        if group != Some(first) {
            if group.is_some() {
                text.push('\n');
            }
            if let Some(step) = first {
                let style = Style::new().bold();
                let _ = writeln!(text, "{style}{step}{style:#}");
            }
            group = Some(first);
        }
        line(text, change, width);
    }
    text.push('\n');
}

fn line(text: &mut String, change: &Change<'_>, width: usize) {
    let colour = match change.what {
        What::Added { .. } => AnsiColor::Green,
        What::Removed { .. } => AnsiColor::Red,
        What::Changed { .. } => AnsiColor::Yellow,
    };
    let (mark, place) = (colour.on_default(), inner(change));
    let what = change.what.to_string();
    let _ = write!(text, "  {mark}{}{mark:#} {place:width$}  {what}", change.what.mark());
    if let Some(way) = change.direction {
        let style = Style::new().dimmed();
        let _ = write!(text, "  {style}({way}){style:#}");
    }
    text.push('\n');
}

/// The place inside the contract or type that heads the group; what concerns all of it is said of the whole.
fn inner(change: &Change<'_>) -> String {
    match change.place.as_slice() {
        [] => "document".to_owned(),
        [only] => only.parts().0.to_owned(),
        [_, inner @ ..] => inner.iter().map(Step::to_string).collect::<Vec<_>>().join(", "),
    }
}
