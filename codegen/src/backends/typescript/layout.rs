//! How code is broken into lines.

/// The longest line that is not broken.
const WIDTH: usize = 110;

/// An object literal. `margin` is the indentation of the line that it begins in, `taken` how many characters stand on
/// that line besides.
pub(super) fn object(entries: &[String], margin: usize, taken: usize) -> String {
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let line = format!("{{ {} }}", entries.join(", "));
    if margin + taken + line.len() <= WIDTH && !line.contains('\n') {
        return line;
    }
    let inner = " ".repeat(margin + 2);
    let body: String = entries.iter().map(|entry| format!("{inner}{entry},\n")).collect();
    format!("{{\n{body}{}}}", " ".repeat(margin))
}

/// A list of arguments or of parameters, with its brackets.
pub(super) fn list(open: char, items: &[String], close: char, margin: usize, taken: usize) -> String {
    let line = format!("{open}{}{close}", items.join(", "));
    if items.is_empty() || (margin + taken + line.len() <= WIDTH && !line.contains('\n')) {
        return line;
    }
    let inner = " ".repeat(margin + 2);
    let body: String = items.iter().map(|item| format!("{inner}{item},\n")).collect();
    format!("{open}\n{body}{}{close}", " ".repeat(margin))
}
