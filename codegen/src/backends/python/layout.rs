//! Python code as its formatter would break it into lines.

use unicode_width::UnicodeWidthStr;

use crate::backends::prose::is_shown;

/// The longest line that is not broken.
pub(super) const WIDTH: usize = 100;

const STEP: usize = 4;

/// An expression or a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// Never broken.
    Text(String),
    /// Items between brackets, one a line if they do not fit into one.
    Group {
        open: String,
        items: Vec<Code>,
        close: String,
        lone: Lone,
    },
    /// Something that is broken behind what stands before it.
    Prefixed(String, Box<Code>),
    /// Something that is broken before what stands behind it.
    Suffixed(Box<Code>, String),
    /// The type of a field and its default, which gets brackets around it if the type fits beside them and it does not.
    Assigned(Box<Code>, &'static str),
    /// Types of which a value has one; each begins a line if they do not fit into one.
    Union(Vec<Code>),
    /// Something that gets brackets around it if it does not fit into one line.
    Parenthesized(Box<Code>),
    /// A type as a string, between three quotes if it does not fit into one line.
    Quoted(Box<Code>),
}

/// What stands after an item that is alone in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lone {
    /// A comma in lines of its own.
    Broken,
    /// Always a comma: a tuple.
    Comma,
    /// Never a comma: a subscript.
    Nothing,
}

impl Code {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Code::Text(text.into())
    }

    /// `callee(arguments)`.
    pub(super) fn call(callee: impl AsRef<str>, arguments: impl IntoIterator<Item = Code>) -> Self {
        Self::group(format!("{}(", callee.as_ref()), arguments, ")")
    }

    /// Items between any brackets.
    pub(super) fn group(
        open: impl Into<String>,
        items: impl IntoIterator<Item = Code>,
        close: impl Into<String>,
    ) -> Self {
        Code::Group {
            open: open.into(),
            items: items.into_iter().collect(),
            close: close.into(),
            lone: Lone::Broken,
        }
    }

    /// `generic[arguments]`.
    pub(super) fn subscript(generic: &str, arguments: impl IntoIterator<Item = Code>) -> Self {
        Code::Group {
            open: format!("{generic}["),
            items: arguments.into_iter().collect(),
            close: "]".to_owned(),
            lone: Lone::Nothing,
        }
    }

    /// `(items)`.
    pub(super) fn tuple(items: impl IntoIterator<Item = Code>) -> Self {
        Code::Group {
            open: "(".to_owned(),
            items: items.into_iter().collect(),
            close: ")".to_owned(),
            lone: Lone::Comma,
        }
    }

    /// `lambda parameter: body`.
    pub(super) fn lambda(parameter: &str, body: Code) -> Self {
        Self::prefixed(format!("lambda {parameter}: "), body)
    }

    pub(super) fn prefixed(prefix: impl Into<String>, code: Code) -> Self {
        Code::Prefixed(prefix.into(), Box::new(code))
    }

    pub(super) fn suffixed(code: Code, suffix: impl Into<String>) -> Self {
        Code::Suffixed(Box::new(code), suffix.into())
    }

    /// `type = default`.
    pub(super) fn assigned(annotation: Code, default: &'static str) -> Self {
        Code::Assigned(Box::new(annotation), default)
    }

    /// The type of a value that has one of these.
    pub(super) fn union(types: impl IntoIterator<Item = Code>) -> Self {
        let mut members: Vec<Code> = Vec::new();
        for of in types {
            let several = match of {
                Code::Union(several) => several,
                one => vec![one],
            };
            for one in several {
                if !members.contains(&one) {
                    members.push(one);
                }
            }
        }
        // Where linters look for it.
        members.sort_by_key(|one| *one == Code::text("None"));
        match members.len() {
            1 => members.remove(0),
            _ => Code::Union(members),
        }
    }

    /// The type of a value that may be `None`.
    pub(super) fn nullable(self) -> Self {
        Self::union([self, Code::text("None")])
    }

    /// As it stands where lines do not go on by themselves: outside of all brackets.
    pub(super) fn outside_brackets(self) -> Self {
        match self {
            Code::Union(_) => Code::Parenthesized(Box::new(self)),
            Code::Assigned(annotation, default) => Self::assigned(annotation.outside_brackets(), default),
            other => other,
        }
    }

    /// `open` with the parameters of a function, and what it returns, as the first line or lines of its definition.
    pub(super) fn signature(
        open: impl Into<String>,
        parameters: impl IntoIterator<Item = Code>,
        returns: Code,
        indent: usize,
    ) -> String {
        Self::definition(open, parameters, returns, indent, ":")
    }

    /// The same with all that ends the definition.
    pub(super) fn definition(
        open: impl Into<String>,
        parameters: impl IntoIterator<Item = Code>,
        returns: Code,
        indent: usize,
        end: &str,
    ) -> String {
        // Behind the parameters it stands alone in its line, and is broken only if it does not fit there either.
        let returns = Code::prefixed(") -> ", returns.outside_brackets()).lay(indent, indent, end.len());
        Code::group(open, parameters, returns + end).statement(indent, "", "")
    }

    /// In one line.
    pub(super) fn flat(&self) -> String {
        match self {
            Code::Text(text) => text.clone(),
            Code::Prefixed(prefix, code) => format!("{prefix}{}", code.flat()),
            Code::Suffixed(code, suffix) => format!("{}{suffix}", code.flat()),
            Code::Assigned(annotation, default) => format!("{} = {default}", annotation.flat()),
            Code::Union(members) => {
                let members: Vec<String> = members.iter().map(Code::flat).collect();
                members.join(" | ")
            }
            Code::Parenthesized(code) => code.flat(),
            Code::Quoted(code) => string(&code.flat()),
            Code::Group {
                open,
                items,
                close,
                lone,
            } => {
                let comma = if *lone == Lone::Comma && items.len() == 1 {
                    ","
                } else {
                    ""
                };
                let items: Vec<String> = items.iter().map(Code::flat).collect();
                format!("{open}{}{comma}{close}", items.join(", "))
            }
        }
    }

    /// As a statement with this indentation, between what stands before and after it; ends the line.
    pub(super) fn statement(&self, indent: usize, before: &str, after: &str) -> String {
        let margin = " ".repeat(indent);
        let laid = self.lay(indent, indent + before.width(), after.width());
        format!("{margin}{before}{laid}{after}\n")
    }

    /// `name: annotation = call` at the margin. Where the call's first line does not fit beside the rest, it gets brackets around
    /// it, and where those do not fit either, the annotation is broken.
    pub(super) fn declaration(name: &str, annotation: &Code, call: &Code) -> String {
        let before = format!("{name}: {} = ", annotation.flat());
        let head = match call {
            Code::Group { open, .. } => open.clone(),
            other => other.flat(),
        };
        if before.width() + head.width() <= WIDTH {
            return call.statement(0, &before, "");
        }
        if before.width() + "(".len() <= WIDTH {
            return format!("{before}(\n{}{}\n)\n", " ".repeat(STEP), call.lay(STEP, STEP, 0));
        }
        let annotation = annotation.lay(0, name.width() + ": ".len(), " = ".len() + head.width());
        let last = annotation.lines().last().map_or(0, UnicodeWidthStr::width);
        format!("{name}: {annotation} = {}\n", call.lay(0, last + " = ".len(), 0))
    }

    /// `taken` is how much of the first line is used up, `needed` how much of the last line is needed afterwards.
    fn lay(&self, indent: usize, taken: usize, needed: usize) -> String {
        let flat = self.flat();
        if taken + flat.width() + needed <= WIDTH {
            return flat;
        }
        match self {
            Code::Group {
                open,
                items,
                close,
                lone,
            } if !items.is_empty() => {
                let inner = indent + STEP;
                let margin = " ".repeat(inner);
                let comma = if *lone == Lone::Nothing && items.len() == 1 {
                    ""
                } else {
                    ","
                };
                let items: String = items
                    .iter()
                    .map(|item| format!("{margin}{}{comma}\n", item.lay(inner, inner, comma.len())))
                    .collect();
                format!("{open}\n{items}{}{close}", " ".repeat(indent))
            }
            Code::Prefixed(prefix, code) => {
                format!("{prefix}{}", code.lay(indent, taken + prefix.width(), needed))
            }
            Code::Suffixed(code, suffix) => {
                format!("{}{suffix}", code.lay(indent, taken, needed + suffix.width()))
            }
            Code::Assigned(annotation, default) => {
                let flat = annotation.flat();
                let opened = " = (";
                if taken + flat.width() + opened.len() <= WIDTH {
                    let (inner, end) = (" ".repeat(indent + STEP), " ".repeat(indent));
                    format!("{flat}{opened}\n{inner}{default}\n{end})")
                } else {
                    let needed = needed + " = ".len() + default.len();
                    format!("{} = {default}", annotation.lay(indent, taken, needed))
                }
            }
            Code::Union(members) => {
                let joint = format!("\n{}| ", " ".repeat(indent));
                let last = members.len().saturating_sub(1);
                let members = members.iter().enumerate().map(|(at, member)| match at {
                    0 => member.lay(indent, taken, 0),
                    _ => member.lay(indent, indent + "| ".len(), if at == last { needed } else { 0 }),
                });
                members.collect::<Vec<_>>().join(&joint)
            }
            Code::Parenthesized(code) => {
                let inner = indent + STEP;
                let (margin, end) = (" ".repeat(inner), " ".repeat(indent));
                format!("(\n{margin}{}\n{end})", code.lay(inner, inner, 0))
            }
            Code::Quoted(code) => {
                let quotes = "\"\"\"";
                let code = code.lay(indent, taken + quotes.len(), needed + quotes.len());
                format!("{quotes}{code}{quotes}")
            }
            Code::Text(_) | Code::Group { .. } => flat,
        }
    }
}

/// A Python string that means `text`.
pub(super) fn string(text: &str) -> String {
    // As formatters have it: the one that needs fewer escapes.
    let quote = if text.matches('"').count() > text.matches('\'').count() {
        '\''
    } else {
        '"'
    };
    let mut literal = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ if character == quote => {
                literal.push('\\');
                literal.push(quote);
            }
            _ if !is_shown(character) => literal.push_str(&match u32::from(character) {
                code @ ..=0xff => format!("\\x{code:02x}"),
                code @ ..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }),
            _ => literal.push(character),
        }
    }
    literal.push(quote);
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_in_one_line_and_what_does_not_gets_a_line_for_each_item() {
        let short = Code::call("f", [Code::text("a"), Code::tuple([Code::text("b")])]);
        assert_eq!(short.statement(4, "return ", ""), "    return f(a, (b,))\n");

        let name = "x".repeat(60);
        let long = Code::call(
            "f",
            [
                Code::text(&name),
                Code::lambda("of", Code::call(&name, [Code::text(&name)])),
            ],
        );
        assert_eq!(
            long.statement(0, "", ""),
            format!("f(\n    {name},\n    lambda of: {name}(\n        {name},\n    ),\n)\n")
        );
    }

    #[test]
    fn a_type_that_is_a_string_is_broken_within_its_quotes() {
        let name = "x".repeat(60);
        let short = Code::Quoted(Box::new(Code::subscript("list", [Code::text(&name)])));
        assert_eq!(short.statement(0, "", ""), format!("\"list[{name}]\"\n"));
        let long = Code::subscript("tuple", [Code::text(&name), Code::text(&name)]);
        assert_eq!(
            Code::Quoted(Box::new(long)).statement(0, "", ""),
            format!("\"\"\"tuple[\n    {name},\n    {name},\n]\"\"\"\n")
        );
    }

    #[test]
    fn what_a_function_returns_is_broken_last() {
        let name = "x".repeat(60);
        let parameters = || [Code::text("self"), Code::text(&name)];
        let short = Code::signature("def f(", parameters(), Code::text(&name), 4);
        assert_eq!(
            short,
            format!("    def f(\n        self,\n        {name},\n    ) -> {name}:\n")
        );
        let long = Code::subscript("tuple", [Code::text(&name), Code::text(&name)]);
        let long = Code::signature("def f(", parameters(), long, 4);
        let returns = format!("tuple[\n        {name},\n        {name},\n    ]");
        assert_eq!(
            long,
            format!("    def f(\n        self,\n        {name},\n    ) -> {returns}:\n")
        );
    }

    #[test]
    fn a_union_gets_brackets_where_it_needs_them() {
        let text = |text: &str| Code::text(text);
        let (name, other) = ("x".repeat(40), "y".repeat(40));
        let union = text(&name).nullable().nullable();
        assert_eq!(union.flat(), format!("{name} | None"));
        assert_eq!(text("None").nullable().flat(), "None");

        let union = Code::union([text(&name), text(&other), text(&name)]).nullable();
        let assigned = Code::assigned(union.clone(), "None");
        assert_eq!(
            assigned.outside_brackets().statement(4, "field: ", ""),
            format!("    field: (\n        {name} | {other} | None\n    ) = None\n"),
        );
        let default = Code::suffixed(union, " = None");
        assert_eq!(
            Code::call("f", [Code::prefixed("field: ", default)]).statement(4, "", ""),
            format!("    f(\n        field: {name}\n        | {other}\n        | None = None,\n    )\n"),
        );
    }

    #[test]
    fn a_default_is_broken_before_its_type_is() {
        let laid = |length: usize| {
            let annotation = Code::text("x".repeat(length)).nullable();
            Code::assigned(annotation, "None")
                .outside_brackets()
                .statement(4, "field: ", "")
        };
        let (short, fits, long) = ("x".repeat(75), "x".repeat(78), "x".repeat(79));
        assert_eq!(laid(75), format!("    field: {short} | None = None\n"));
        assert_eq!(laid(78), format!("    field: {fits} | None = (\n        None\n    )\n"));
        assert_eq!(laid(79), format!("    field: (\n        {long} | None\n    ) = None\n"));
    }

    #[test]
    fn an_annotation_is_broken_after_what_it_is_the_type_of() {
        let laid = |length: usize| {
            let annotation = Code::subscript("E", [Code::text("x".repeat(length))]);
            let call = Code::call("Event", [Code::text("y".repeat(60))]);
            Code::declaration("V", &annotation, &call)
        };
        let (x, y) = (|length: usize| "x".repeat(length), "y".repeat(60));
        assert_eq!(laid(21), format!("V: E[{}] = Event({y})\n", x(21)));
        assert_eq!(laid(85), format!("V: E[{}] = Event(\n    {y},\n)\n", x(85)));
        assert_eq!(laid(86), format!("V: E[{}] = (\n    Event({y})\n)\n", x(86)));
        assert_eq!(laid(90), format!("V: E[{}] = (\n    Event({y})\n)\n", x(90)));
        assert_eq!(laid(91), format!("V: E[\n    {}\n] = Event({y})\n", x(91)));
    }

    #[test]
    fn strings_mean_what_was_put_in() {
        assert_eq!(string("a\"b"), "'a\"b'");
        assert_eq!(string("a\"'\\\n\u{1}ü"), "\"a\\\"'\\\\\\n\\x01ü\"");
        assert_eq!(
            string("\u{a0}\u{202e}\u{e0001}\u{1f680}"),
            "\"\\xa0\\u202e\\U000e0001\u{1f680}\""
        );
    }
}
