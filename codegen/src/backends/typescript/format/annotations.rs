//! Types, wherever a value or a name is given one.

use unicode_ident::{is_xid_continue, is_xid_start};

use super::{Unknown, document::Doc, reader::Reader, tokens::Kind};

/// What a type is, as far as it matters to what is around it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A keyword, or a name without arguments.
    Simple,
    /// A name with arguments.
    Applied,
    Null,
    Object,
    /// An object with a property for each of several keys.
    Mapped,
    /// Of `null` and one object or name, which are never broken.
    Nullable,
    Union,
    Intersection,
    Operator,
    Other,
}

/// A type.
pub(super) struct Type {
    pub(super) form: Form,
    doc: Doc,
    /// The comments before it.
    comments: Doc,
    /// A name with several arguments of which one has arguments itself.
    pub(super) is_complex: bool,
}

const KEYWORDS: [&str; 9] = [
    "any",
    "bigint",
    "boolean",
    "never",
    "number",
    "object",
    "string",
    "undefined",
    "unknown",
];

impl Type {
    fn new(form: Form, doc: Doc) -> Self {
        Self {
            form,
            doc,
            comments: Doc::nothing(),
            is_complex: false,
        }
    }

    /// Behind a `:`, or between the brackets of arguments.
    pub(super) fn doc(self) -> Doc {
        match self.form {
            Form::Union => Doc::group(Doc::indent(Doc::All(vec![Doc::SoftLine, self.doc]))),
            _ => self.doc,
        }
    }

    /// Behind the `=` of an alias.
    pub(super) fn aliased(self, left: Doc) -> Doc {
        let right = if self.form == Form::Union || self.comments.breaks() {
            Doc::group(Doc::indent(Doc::All(vec![Doc::Line, self.comments, self.doc])))
        } else {
            Doc::OnOwnLineIfNeeded(Box::new(self.doc))
        };
        Doc::group(Doc::All(vec![Doc::group(left), Doc::text(" ="), right]))
    }

    /// As one of the types of a tuple.
    fn place(self, is_only_one: bool) -> Doc {
        if self.form != Form::Union {
            return self.doc;
        }
        if is_only_one {
            return self.doc;
        }
        let open = Doc::IfBroken(
            Box::new(Doc::All(vec![Doc::text("("), Doc::SoftLine])),
            Box::new(Doc::nothing()),
        );
        Doc::group(Doc::All(vec![
            Doc::indent(Doc::All(vec![open, self.doc])),
            Doc::SoftLine,
            Doc::if_broken(")", ""),
        ]))
    }

    /// As the type of an array's items, or behind an operator.
    fn operand(self, brackets: &[Form]) -> Doc {
        if !brackets.contains(&self.form) {
            return self.doc;
        }
        let inner = match self.form {
            Form::Union => Doc::group(Doc::All(vec![
                Doc::indent(Doc::All(vec![Doc::SoftLine, self.doc])),
                Doc::SoftLine,
            ])),
            _ => self.doc,
        };
        Doc::All(vec![Doc::text("("), inner, Doc::text(")")])
    }

    /// Whether it is braces.
    pub(super) fn is_object(&self) -> bool {
        matches!(self.form, Form::Object | Form::Mapped)
    }

    /// Whether it stands in the brackets of arguments without a place to break.
    fn is_hugged(&self) -> bool {
        self.is_object() || matches!(self.form, Form::Simple | Form::Null | Form::Nullable)
    }
}

const IN_OPERATOR: [Form; 3] = [Form::Union, Form::Nullable, Form::Intersection];
const IN_ARRAY: [Form; 4] = [Form::Union, Form::Nullable, Form::Intersection, Form::Operator];

impl Reader {
    /// A type.
    pub(super) fn type_(&mut self) -> Result<Type, Unknown> {
        let (first, _) = self.comments();
        let has_bar = self.take_if("|");
        let mut members = vec![(Doc::nothing(), self.intersection()?)];
        while self.is_bar_next() {
            let (comments, _) = self.comments();
            self.take("|")?;
            members.push((comments, self.intersection()?));
        }
        if members.len() == 1 && !has_bar {
            let (_, only) = members.pop().ok_or(Unknown)?;
            return if first.breaks() { Err(Unknown) } else { Ok(only) };
        }
        Ok(union(first, members))
    }

    /// Whether the next member of a union follows, with or without comments.
    fn is_bar_next(&self) -> bool {
        let mut places = 0;
        while self.ahead(places).kind == Kind::Comment {
            places += 1;
        }
        self.is_ahead(places, "|")
    }

    fn intersection(&mut self) -> Result<Type, Unknown> {
        let first = self.operated()?;
        if !self.is("&") {
            return Ok(first);
        }
        let mut was_object = first.is_object();
        let mut all = vec![first.operand(&IN_OPERATOR)];
        while self.take_if("&") {
            let next = self.operated()?;
            let is_object = next.is_object();
            let next = next.operand(&IN_OPERATOR);
            all.push(match (was_object, is_object) {
                (false, false) => Doc::indent(Doc::All(vec![Doc::text(" &"), Doc::Line, next])),
                _ if all.len() > 1 => Doc::All(vec![Doc::text(" & "), Doc::indent(next)]),
                _ => Doc::All(vec![Doc::text(" & "), next]),
            });
            was_object = is_object;
        }
        Ok(Type::new(Form::Intersection, Doc::group(Doc::All(all))))
    }

    fn operated(&mut self) -> Result<Type, Unknown> {
        for operator in ["readonly", "keyof", "typeof"] {
            if self.take_if(operator) {
                let of = self.operated()?.operand(&IN_OPERATOR);
                return Ok(Type::new(
                    Form::Operator,
                    Doc::All(vec![Doc::text(format!("{operator} ")), of]),
                ));
            }
        }
        let mut of = self.single()?;
        while self.is("[") && self.peek().lines_before == 0 {
            self.take("[")?;
            if self.take_if("]") {
                of = Type::new(Form::Other, Doc::All(vec![of.operand(&IN_ARRAY), Doc::text("[]")]));
            } else {
                let index = self.type_()?.doc();
                self.take("]")?;
                let parts = vec![of.operand(&IN_ARRAY), Doc::text("["), index, Doc::text("]")];
                of = Type::new(Form::Other, Doc::All(parts));
            }
        }
        Ok(of)
    }

    fn single(&mut self) -> Result<Type, Unknown> {
        if self.is("{") {
            let is_mapped = (1..=2).any(|places| self.is_ahead(places, "[") && self.is_ahead(places + 2, "in"));
            let form = if is_mapped { Form::Mapped } else { Form::Object };
            return Ok(Type::new(form, self.object_type()?));
        }
        if self.is("[") {
            let places = self.listed("[", "]", Self::tuple_place)?;
            let is_only_one = places.len() == 1;
            let places = places
                .into_iter()
                .map(|(name, of)| Doc::All(vec![name, of.place(is_only_one)]))
                .collect();
            return Ok(Type::new(
                Form::Other,
                Self::bracketed("[", places, "]", ",", Doc::SoftLine, false),
            ));
        }
        if self.is("(") {
            if self.is_closed_before("=>") {
                return Err(Unknown);
            }
            self.take("(")?;
            let of = self.type_()?;
            self.take(")")?;
            return Ok(of);
        }
        if self.peek().kind == Kind::Text {
            return Ok(Type::new(Form::Other, Doc::text(self.next().text)));
        }
        let mut name = self.word()?;
        if name == "typeof" || name == "infer" || name == "unique" {
            return Err(Unknown);
        }
        if name == "null" || name == "void" {
            return Ok(Type::new(Form::Null, Doc::text(name)));
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) || name == "true" || name == "false" {
            return Ok(Type::new(Form::Other, Doc::text(name)));
        }
        while self.take_if(".") {
            name = format!("{name}.{}", self.word()?);
        }
        if !self.is("<") {
            return Ok(Type::new(Form::Simple, Doc::text(name)));
        }
        let (arguments, is_complex) = self.type_arguments()?;
        Ok(Type {
            is_complex,
            ..Type::new(Form::Applied, Doc::All(vec![Doc::text(name), arguments]))
        })
    }

    fn tuple_place(&mut self) -> Result<(Doc, Type), Unknown> {
        let mut name = Doc::nothing();
        if self.peek().kind == Kind::Word && self.is_ahead(1, ":") {
            name = Doc::text(format!("{}: ", self.word()?));
            self.take(":")?;
        }
        Ok((name, self.type_()?))
    }

    /// Arguments in angle brackets; and whether there are several, one of which has arguments itself.
    pub(super) fn type_arguments(&mut self) -> Result<(Doc, bool), Unknown> {
        let mut all = self.listed("<", ">", Self::type_)?;
        let is_complex = all.len() > 1 && all.iter().any(|of| of.form == Form::Applied);
        if all.len() == 1 && all[0].is_hugged() && (self.hugs_arguments || all[0].is_object()) {
            let only = all.remove(0).doc;
            return Ok((Doc::All(vec![Doc::text("<"), only, Doc::text(">")]), is_complex));
        }
        let all = all.into_iter().map(Type::doc).collect();
        Ok((Self::bracketed("<", all, ">", "", Doc::SoftLine, false), is_complex))
    }

    /// The braces of a type and what is in them. They stay broken where they are.
    fn object_type(&mut self) -> Result<Doc, Unknown> {
        let broken = self.ahead(1).lines_before > 0;
        self.take("{")?;
        let mut members = Vec::new();
        while !self.take_if("}") {
            members.push(self.member_type()?);
            if !self.take_if(";") {
                self.take("}")?;
                break;
            }
        }
        Ok(Self::bracketed("{", members, "}", ";", Doc::Line, broken))
    }

    /// A property or a method of a type, with the comments above it.
    pub(super) fn member_type(&mut self) -> Result<Doc, Unknown> {
        let (comments, _) = self.comments();
        let mut parts = Vec::new();
        if self.is("readonly") && !self.is_ahead(1, ":") && !self.is_ahead(1, "?") {
            self.take("readonly")?;
            parts.push(Doc::text("readonly "));
        }
        if self.is("[") && self.is_ahead(2, ":") {
            self.take("[")?;
            let key = self.word()?;
            self.take(":")?;
            let of = self.type_()?.doc();
            self.take("]")?;
            parts.extend([Doc::text(format!("[{key}: ")), of, Doc::text("]")]);
        } else if self.is("[") && self.is_ahead(2, "in") {
            self.take("[")?;
            let key = self.word()?;
            self.take("in")?;
            let of = self.type_()?.doc();
            self.take("]")?;
            let inner = Doc::indent(Doc::All(vec![Doc::SoftLine, Doc::text(format!("{key} in ")), of]));
            parts.push(Doc::group(Doc::All(vec![
                Doc::text("["),
                inner,
                Doc::SoftLine,
                Doc::text("]"),
            ])));
        } else {
            let written = self.peek().text.clone();
            let key = self.key()?;
            if self.is("(") {
                // A method; bare, that would be what constructs.
                parts.push(Doc::text(if key == "new" { written } else { key }));
                parts.push(self.head()?);
                return Ok(Doc::All(vec![comments, Doc::All(parts)]));
            }
            parts.push(Doc::text(key));
        }
        if self.take_if("?") {
            parts.push(Doc::text("?"));
        }
        self.take(":")?;
        parts.push(Doc::text(": "));
        parts.push(self.type_()?.doc());
        Ok(Doc::All(vec![comments, Doc::group(Doc::All(parts))]))
    }

    /// A key of an object or of its type.
    pub(super) fn key(&mut self) -> Result<String, Unknown> {
        if self.take_if("[") {
            let key = self.of(Kind::Text)?;
            self.take("]")?;
            return Ok(format!("[{key}]"));
        }
        match self.peek().kind {
            Kind::Word => Ok(self.next().text),
            Kind::Text => Ok(unquoted(self.next().text)),
            _ => Err(Unknown),
        }
    }
}

/// A key without its quotes, if it needs none.
fn unquoted(key: String) -> String {
    let name = &key[1..key.len() - 1];
    let is_start = |c: char| matches!(c, '_' | '$') || is_xid_start(c);
    let is_name = name.starts_with(is_start) && name.chars().all(|c| c == '$' || is_xid_continue(c));
    if is_name { name.to_owned() } else { key }
}

/// One of several types, each with its comments; `first` are those of the first.
fn union(first: Doc, mut members: Vec<(Doc, Type)>) -> Type {
    let has_comments = members.iter().any(|(comments, _)| comments.breaks());
    let nulls = members.iter().filter(|(_, of)| of.form == Form::Null).count();
    let has_object = members.iter().any(|(_, of)| {
        matches!(of.form, Form::Applied | Form::Object) || (of.form == Form::Simple && !of.is_keyword())
    });
    if !has_comments && has_object && nulls + 1 == members.len() {
        let mut only = Type::new(Form::Nullable, Doc::nothing());
        if let [(_, of)] = members.as_mut_slice() {
            only.form = of.form;
        }
        let all = members.into_iter().map(|(_, of)| of.operand(&[])).collect();
        only.doc = Doc::joined(all, &Doc::text(" | "));
        only.comments = first;
        return only;
    }
    let mut all = Vec::new();
    for (at, (comments, of)) in members.into_iter().enumerate() {
        if at > 0 {
            all.push(Doc::Line);
        }
        all.push(comments);
        all.push(if at > 0 {
            Doc::text("| ")
        } else {
            Doc::if_broken("| ", "")
        });
        all.push(Doc::indent(of.operand(&[Form::Intersection])));
    }
    let mut of = Type::new(Form::Union, Doc::group(Doc::All(all)));
    of.comments = first;
    of
}

impl Type {
    fn is_keyword(&self) -> bool {
        matches!(&self.doc, Doc::Text(name) if KEYWORDS.contains(&name.as_str()))
    }
}
