//! Expressions.

use super::{Unknown, document::Doc, reader::Reader, tokens::Kind};

/// What an expression is, as far as it matters to what is around it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Name,
    Text,
    Template,
    /// A number or a truth value.
    Number,
    /// With so many properties.
    Object(usize),
    /// With so many items.
    Array(usize),
    Arrow,
    Call,
    /// Names with dots between, in which a break would look odd.
    Chain,
    Conditional {
        /// What decides is made of two parts.
        binary: bool,
    },
    Binary,
    Other,
}

/// An expression.
pub(super) struct Expression {
    pub(super) form: Form,
    pub(super) doc: Doc,
    /// How it is printed as the last argument of a call that ends with its brackets; `None` if it is not.
    hugged: Option<Doc>,
}

impl Expression {
    fn new(form: Form, doc: Doc) -> Self {
        Self {
            form,
            doc,
            hugged: None,
        }
    }

    fn embraced(form: Form, doc: Doc) -> Self {
        Self {
            form,
            hugged: Some(doc.clone()),
            doc,
        }
    }

    /// What follows `left` and an operator.
    pub(super) fn assigned(self, left: Doc, operator: &str, is_short_key: bool) -> Doc {
        let left = Doc::group(left);
        let operator = Doc::text(operator);
        let on_own_line = match self.form {
            Form::Conditional { binary } => binary,
            Form::Binary => true,
            Form::Text | Form::Chain => !is_short_key,
            _ => false,
        };
        let right = if on_own_line {
            Doc::group(Doc::indent(Doc::All(vec![Doc::Line, self.doc])))
        } else if is_short_key || matches!(self.form, Form::Template | Form::Number) {
            Doc::All(vec![Doc::text(" "), self.doc])
        } else {
            Doc::OnOwnLineIfNeeded(Box::new(self.doc))
        };
        Doc::group(Doc::All(vec![left, operator, right]))
    }
}

const BINARY: [&str; 5] = ["===", "!==", "??", "||", "&&"];

/// The longest argument, in characters, that leaves nothing to break in its call.
const SHORT_ARGUMENT: usize = 30;

/// Keys that are not longer gain nothing from a line of their own.
const SHORT_KEY: usize = 4;

impl Reader {
    pub(super) fn expression(&mut self) -> Result<Expression, Unknown> {
        let test = self.binary()?;
        if !self.take_if("?") {
            return Ok(test);
        }
        let binary = test.form == Form::Binary;
        let then = self.expression()?.doc;
        self.take(":")?;
        let otherwise = self.expression()?;
        if matches!(otherwise.form, Form::Conditional { .. }) {
            return Err(Unknown);
        }
        let branches = Doc::indent(Doc::All(vec![
            Doc::Line,
            Doc::text("? "),
            Doc::indent(then),
            Doc::Line,
            Doc::text(": "),
            Doc::indent(otherwise.doc),
        ]));
        let doc = Doc::group(Doc::All(vec![test.doc, branches]));
        Ok(Expression::new(Form::Conditional { binary }, doc))
    }

    fn binary(&mut self) -> Result<Expression, Unknown> {
        let left = self.unary()?;
        let Some(operator) = BINARY.into_iter().find(|operator| self.is(operator)) else {
            return Ok(left);
        };
        self.take(operator)?;
        let right = self.unary()?.doc;
        if BINARY.into_iter().any(|operator| self.is(operator)) {
            return Err(Unknown);
        }
        let right = Doc::group(Doc::All(vec![Doc::text(operator), Doc::Line, right]));
        let doc = Doc::group(Doc::All(vec![left.doc, Doc::text(" "), right]));
        Ok(Expression::new(Form::Binary, doc))
    }

    fn unary(&mut self) -> Result<Expression, Unknown> {
        for operator in ["await", "typeof"] {
            if self.take_if(operator) {
                let of = self.unary()?.doc;
                let doc = Doc::All(vec![Doc::text(format!("{operator} ")), of]);
                return Ok(Expression::new(Form::Other, doc));
            }
        }
        if self.take_if("!") {
            let of = self.unary()?.doc;
            return Ok(Expression::new(Form::Other, Doc::All(vec![Doc::text("!"), of])));
        }
        let of = self.called()?;
        if !self.take_if("as") {
            return Ok(of);
        }
        let as_type = self.type_()?.doc();
        Ok(Expression::new(
            Form::Other,
            Doc::All(vec![of.doc, Doc::text(" as "), as_type]),
        ))
    }

    /// A value and what is called or taken of it.
    fn called(&mut self) -> Result<Expression, Unknown> {
        let is_new = self.take_if("new");
        let mut of = self.single_value()?;
        let mut is_poor = of.form == Form::Name;
        if is_new {
            of.doc = Doc::All(vec![Doc::text("new "), of.doc]);
            of.form = Form::Other;
            is_poor = false;
        }
        loop {
            if self.take_if(".") {
                let name = self.word()?;
                of.doc = Doc::All(vec![of.doc, Doc::text(format!(".{name}"))]);
                of.form = Form::Chain;
            } else if self.is("[") && self.peek().lines_before == 0 {
                self.take("[")?;
                let index = self.expression()?.doc;
                self.take("]")?;
                of.doc = Doc::All(vec![of.doc, Doc::text("["), index, Doc::text("]")]);
                of.form = Form::Chain;
            } else if self.is("<") || self.is("(") {
                let types = match self.is("<") {
                    true => self.type_arguments()?.0,
                    false => Doc::nothing(),
                };
                let arguments = self.listed("(", ")", Self::argument)?;
                is_poor &= match arguments.as_slice() {
                    [] => true,
                    [only] => {
                        matches!(only.form, Form::Name | Form::Text)
                            && matches!(&only.doc, Doc::Text(text) if text.chars().count() <= SHORT_ARGUMENT)
                    }
                    _ => false,
                };
                of.doc = Doc::group(Doc::All(vec![of.doc, types, arguments_of(arguments)]));
                of.form = if is_new { Form::Other } else { Form::Call };
            } else {
                break;
            }
            of.hugged = None;
        }
        if is_poor && of.form == Form::Call {
            of.form = Form::Chain;
        } else if !is_poor && of.form == Form::Chain {
            of.form = Form::Other;
        }
        Ok(of)
    }

    fn argument(&mut self) -> Result<Expression, Unknown> {
        if self.take_if("...") {
            let of = self.expression()?.doc;
            return Ok(Expression::new(Form::Other, Doc::All(vec![Doc::text("..."), of])));
        }
        self.expression()
    }

    fn single_value(&mut self) -> Result<Expression, Unknown> {
        match self.peek().kind {
            Kind::Text => return Ok(Expression::new(Form::Text, Doc::text(self.next().text))),
            Kind::Template => return Ok(Expression::new(Form::Template, Doc::text(self.next().text))),
            _ => {}
        }
        if self.is("{") {
            return self.object();
        }
        if self.is("[") {
            return self.array();
        }
        if self.is("(") {
            if self.is_closed_before("=>") {
                return self.arrow("");
            }
            self.take("(")?;
            let of = self.expression()?.doc;
            self.take(")")?;
            let doc = Doc::All(vec![Doc::text("("), of, Doc::text(")")]);
            return Ok(Expression::new(Form::Other, doc));
        }
        let word = self.word()?;
        if word == "async" && self.is("(") {
            return self.arrow("async ");
        }
        if matches!(word.as_str(), "function" | "class" | "yield" | "delete" | "void") {
            return Err(Unknown);
        }
        let is_number = word.starts_with(|c: char| c.is_ascii_digit()) || word == "true" || word == "false";
        let form = if is_number { Form::Number } else { Form::Name };
        Ok(Expression::new(form, Doc::text(word)))
    }

    fn object(&mut self) -> Result<Expression, Unknown> {
        let broken = self.ahead(1).lines_before > 0;
        let properties = self.listed("{", "}", Self::property)?;
        let form = Form::Object(properties.len());
        if properties.is_empty() {
            return Ok(Expression::new(form, Doc::text("{}")));
        }
        let doc = Self::bracketed("{", properties, "}", ",", Doc::Line, broken);
        Ok(Expression::embraced(form, doc))
    }

    fn property(&mut self) -> Result<Doc, Unknown> {
        let (comments, _) = self.comments();
        let property = if self.is("...") {
            self.argument()?.doc
        } else {
            let key = self.key()?;
            if self.take_if(":") {
                let is_short = key.chars().count() <= SHORT_KEY;
                self.expression()?.assigned(Doc::text(key), ":", is_short)
            } else {
                Doc::text(key)
            }
        };
        Ok(Doc::All(vec![comments, property]))
    }

    fn array(&mut self) -> Result<Expression, Unknown> {
        let items = self.listed("[", "]", Self::argument)?;
        let form = Form::Array(items.len());
        if items.is_empty() {
            return Ok(Expression::new(form, Doc::text("[]")));
        }
        let has_rows = items.len() > 1
            && (items
                .iter()
                .all(|item| matches!(item.form, Form::Array(count) if count > 1))
                || items
                    .iter()
                    .all(|item| matches!(item.form, Form::Object(count) if count > 1)));
        let items = items.into_iter().map(|item| item.doc).collect();
        let doc = Self::bracketed("[", items, "]", ",", Doc::SoftLine, has_rows);
        Ok(Expression::embraced(form, doc))
    }

    fn arrow(&mut self, prefix: &str) -> Result<Expression, Unknown> {
        let parameters = self.parameters()?.doc;
        self.take("=>")?;
        let start = |parameters: Doc| Doc::All(vec![Doc::text(prefix), Doc::group(parameters), Doc::text(" =>")]);
        let whole = |parameters: Doc, body: Doc| Doc::group(Doc::All(vec![start(parameters), Doc::group(body)]));
        if self.is("{") {
            let body = Doc::All(vec![Doc::text(" "), self.block()?]);
            return Ok(Expression {
                form: Form::Arrow,
                hugged: Some(whole(parameters.clone().flat(), body.clone())),
                doc: whole(parameters, body),
            });
        }
        if self.is("(") && self.is_ahead(1, "{") {
            self.take("(")?;
            let object = self.object()?.doc;
            self.take(")")?;
            let body = Doc::All(vec![Doc::text(" ("), object, Doc::text(")")]);
            return Ok(Expression {
                form: Form::Arrow,
                hugged: Some(whole(parameters.clone().flat(), body.clone())),
                doc: whole(parameters, body),
            });
        }
        let body = self.expression()?;
        match body.form {
            Form::Arrow | Form::Conditional { .. } | Form::Template => Err(Unknown),
            Form::Array(_) => {
                let is_hugged = body.hugged.is_some();
                let body = Doc::All(vec![Doc::text(" "), body.doc]);
                Ok(Expression {
                    form: Form::Arrow,
                    hugged: is_hugged.then(|| whole(parameters.clone().flat(), body.clone())),
                    doc: whole(parameters, body),
                })
            }
            form => {
                let inner = Doc::indent(Doc::All(vec![Doc::Line, body.doc]));
                let ended = Doc::All(vec![inner.clone(), Doc::if_broken(",", ""), Doc::SoftLine]);
                let is_call = matches!(form, Form::Call | Form::Chain) && inner_is_call(&inner);
                Ok(Expression {
                    form: Form::Arrow,
                    hugged: is_call.then(|| whole(parameters.clone().flat(), ended)),
                    doc: whole(parameters, inner),
                })
            }
        }
    }
}

/// A call is a group; a chain of names alone is none.
fn inner_is_call(body: &Doc) -> bool {
    match body {
        Doc::Indent(of) => inner_is_call(of),
        Doc::All(parts) => matches!(parts.last(), Some(Doc::Group { .. })),
        _ => false,
    }
}

/// The arguments of a call, in brackets.
fn arguments_of(arguments: Vec<Expression>) -> Doc {
    let Some(last) = arguments.last() else {
        return Doc::text("()");
    };
    let before_last = arguments.len().checked_sub(2).map(|at| arguments[at].form);
    let is_like = |one: Form, other: Form| {
        matches!(
            (one, other),
            (Form::Arrow, Form::Arrow) | (Form::Array(_), Form::Array(_)) | (Form::Object(_), Form::Object(_))
        )
    };
    let is_pair = arguments.len() == 2 && before_last == Some(Form::Arrow) && matches!(last.form, Form::Array(_));
    let hugged = last
        .hugged
        .clone()
        .filter(|_| !is_pair && !before_last.is_some_and(|form| is_like(form, last.form)));
    let docs: Vec<Doc> = arguments.into_iter().map(|argument| argument.doc).collect();
    let Some(hugged) = hugged else {
        return Reader::bracketed("(", docs, ")", ",", Doc::SoftLine, false);
    };
    let broken = Reader::bracketed("(", docs.clone(), ")", ",", Doc::SoftLine, true);
    let others = &docs[..docs.len() - 1];
    if others.iter().any(Doc::breaks) {
        return broken;
    }
    let ending = |last: Doc| {
        let mut all = vec![Doc::text("(")];
        for other in others {
            all.extend([other.clone(), Doc::text(","), Doc::Line]);
        }
        all.extend([last, Doc::text(")")]);
        Doc::All(all)
    };
    let opened = ending(Doc::group_broken_if(hugged.clone(), true));
    if hugged.breaks() {
        return Doc::All(vec![Doc::Break, Doc::FirstThatFits(vec![opened, broken])]);
    }
    Doc::FirstThatFits(vec![ending(hugged), opened, broken])
}
