//! What the tour prints: headings, and below them what was called and what came of it.

use std::{
    env,
    fmt::Display,
    io::{self, IsTerminal},
};

pub(crate) fn heading(text: &str) {
    println!("{}", styled("1", text));
}

pub(crate) fn line(call: impl Display, came: impl Display) {
    println!("  {call:<36} {} {}", styled("2", "->"), styled("32", came));
}

/// Bold, dim and colours are for people at a terminal who have not declined them.
fn styled(style: &str, text: impl Display) -> String {
    let declined = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if declined || !io::stdout().is_terminal() {
        return text.to_string();
    }
    format!("\x1b[{style}m{text}\x1b[0m")
}
