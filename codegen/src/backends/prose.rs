//! What the contract says to people, made fit to stand in a source file.

/// The text with nothing in it that an editor would not show: what remains is lines of visible characters and spaces.
///
/// Compilers and linters refuse the rest, or read it in another way than people do: a carriage return in a Rust doc comment,
/// a character that turns the direction of what follows it, a space of no width. Every end of a line is `\n`, a tab is four
/// spaces and any other space one, what turns directions or has no width is dropped, and so is every other control
/// character. Joiners stay, since words and pictures of some scripts need them. What a language gives a meaning, such as the
/// end of a comment, is that language's to escape.
pub(super) fn prose(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // The line feed that follows ends the line.
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => visible.push('\n'),
            '\t' => visible.push_str("    "),
            space if space.is_whitespace() => visible.push(' '),
            hidden if is_hidden(hidden) => {}
            character => visible.push(character),
        }
    }
    visible
}

/// The same, on one line.
pub(super) fn line_of_prose(text: &str) -> String {
    prose(text).replace('\n', " ")
}

/// An editor shows it, or leaves room for it as it does for a space: everything else is better escaped in a literal.
pub(super) fn is_shown(character: char) -> bool {
    character == ' ' || !character.is_whitespace() && !is_hidden(character)
}

/// It has no width, or turns the direction of the text. Joiners have a meaning, and are not hidden.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::{is_shown, line_of_prose, prose};

    #[test]
    fn every_end_of_a_line_is_one() {
        assert_eq!(prose("a\rb\r\nc\n\nd\r\re\u{2028}f\u{85}g"), "a\nb\nc\n\nd\n\ne\nf\ng");
        assert_eq!(line_of_prose("a\r\nb\u{2029}c"), "a b c");
    }

    #[test]
    fn nothing_is_left_that_cannot_be_seen() {
        let all: String = ('\0'..=char::MAX).collect();
        let left = prose(&all);
        let unseen: Vec<_> = left.chars().filter(|&left| !is_shown(left) && left != '\n').collect();
        assert!(unseen.is_empty(), "{unseen:?}");
        assert_eq!(prose("\u{202e}evil\u{202c}\u{0}\u{200b}\u{7}\u{feff}"), "evil");
        assert_eq!(prose("a\tb\u{a0}c\u{3000}d"), "a    b c d");
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "Größe: 3 × 4 … “x” `y` */ \"\"\" \\",
            "👩\u{200d}🚀",
            "می\u{200c}خواهم",
            "日本語",
            "",
        ] {
            assert_eq!(prose(text), text);
        }
    }
}
