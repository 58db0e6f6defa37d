//! Declarations and statements.

use super::{Unknown, annotations::Type, document::Doc, expressions::Form, reader::Reader, tokens::Kind};

/// The parameters of a function.
pub(super) struct Parameters {
    pub(super) doc: Doc,
    count: usize,
}

/// What may stand before the name of a member of a class.
const MODIFIERS: [&str; 8] = [
    "async",
    "get",
    "override",
    "private",
    "protected",
    "public",
    "readonly",
    "static",
];

impl Reader {
    /// One declaration, with the comments above it, and nothing after it.
    pub(super) fn declaration(&mut self) -> Result<Doc, Unknown> {
        let (comments, _) = self.comments();
        let mut parts = vec![comments];
        let names = 1 + usize::from(self.is_ahead(1, "type"));
        let crosses = self.is("export") && (self.is_ahead(names, "{") || self.is_ahead(names, "*"));
        if self.is("import") || crosses {
            parts.push(self.crossing()?);
        } else {
            if self.take_if("export") {
                parts.push(Doc::text("export "));
            }
            parts.push(match self.peek().text.as_str() {
                "type" => self.alias()?,
                "interface" => self.interface()?,
                "class" => self.class()?,
                "function" => self.function()?,
                "const" => self.statement()?,
                _ => return Err(Unknown),
            });
        }
        if self.is_at_end() {
            Ok(Doc::All(parts))
        } else {
            Err(Unknown)
        }
    }

    /// An import, or an export of what another file has.
    fn crossing(&mut self) -> Result<Doc, Unknown> {
        let mut parts = vec![Doc::text(format!("{} ", self.word()?))];
        if self.take_if("type") {
            parts.push(Doc::text("type "));
        }
        if self.take_if("*") {
            parts.push(Doc::text("*"));
            if self.take_if("as") {
                parts.push(Doc::text(format!(" as {}", self.word()?)));
            }
        } else {
            let mut names = self.listed("{", "}", Self::name_that_crosses)?;
            parts.push(match names.as_mut_slice() {
                [only] if !only.breaks() => Doc::All(vec![
                    Doc::text("{ "),
                    std::mem::replace(only, Doc::Break),
                    Doc::text(" }"),
                ]),
                _ => Self::bracketed("{", names, "}", ",", Doc::Line, false),
            });
        }
        if self.take_if("from") {
            parts.push(Doc::text(format!(" from {}", self.of(Kind::Text)?)));
        }
        self.take(";")?;
        parts.push(Doc::text(";"));
        Ok(Doc::All(parts))
    }

    fn name_that_crosses(&mut self) -> Result<Doc, Unknown> {
        let (comments, _) = self.comments();
        let mut name = self.word()?;
        if self.take_if("as") {
            name = format!("{name} as {}", self.word()?);
        }
        Ok(Doc::All(vec![comments, Doc::text(name)]))
    }

    fn alias(&mut self) -> Result<Doc, Unknown> {
        self.take("type")?;
        let name = self.word()?;
        self.take("=")?;
        let of = self.type_()?;
        self.take(";")?;
        let alias = of.aliased(Doc::text(format!("type {name}")));
        Ok(Doc::All(vec![alias, Doc::text(";")]))
    }

    fn interface(&mut self) -> Result<Doc, Unknown> {
        self.take("interface")?;
        let name = self.word()?;
        self.take("{")?;
        let mut members = Vec::new();
        while !self.take_if("}") {
            let is_apart = self.peek().lines_before > 1;
            let member = self.member_type()?;
            self.take(";")?;
            members.push((is_apart, Doc::All(vec![member, Doc::text(";")])));
        }
        Ok(Doc::All(vec![Doc::text(format!("interface {name} ")), braced(members)]))
    }

    fn function(&mut self) -> Result<Doc, Unknown> {
        self.take("function")?;
        let name = self.word()?;
        let head = self.head()?;
        let body = self.block()?;
        Ok(Doc::All(vec![
            Doc::text(format!("function {name}")),
            head,
            Doc::text(" "),
            body,
        ]))
    }

    /// What stands between a function's name and its body, or its end.
    pub(super) fn head(&mut self) -> Result<Doc, Unknown> {
        let generics = if self.is("<") {
            self.type_parameter()?
        } else {
            Doc::nothing()
        };
        let parameters = self.parameters()?;
        let mut returned = Doc::nothing();
        let mut is_object = false;
        if self.take_if(":") {
            let of = self.type_()?;
            is_object = of.is_object();
            returned = Doc::All(vec![Doc::text(": "), of.doc()]);
        }
        let is_apart = parameters.count == 1 && (is_object || returned.breaks());
        let doc = if is_apart {
            Doc::group(parameters.doc)
        } else {
            parameters.doc
        };
        Ok(Doc::All(vec![generics, Doc::group(Doc::All(vec![doc, returned]))]))
    }

    fn type_parameter(&mut self) -> Result<Doc, Unknown> {
        self.take("<")?;
        let name = self.word()?;
        self.take("extends")?;
        let bound = Doc::OnOwnLineIfNeeded(Box::new(self.type_()?.doc()));
        self.take(">")?;
        let parameter = Doc::group(Doc::All(vec![Doc::text(format!("{name} extends")), bound]));
        Ok(Self::bracketed("<", vec![parameter], ">", ",", Doc::SoftLine, false))
    }

    pub(super) fn parameters(&mut self) -> Result<Parameters, Unknown> {
        let mut all = self.listed("(", ")", Self::parameter)?;
        let count = all.len();
        let doc = match all.as_mut_slice() {
            [(only, true)] => Doc::All(vec![
                Doc::text("("),
                std::mem::replace(only, Doc::nothing()),
                Doc::text(")"),
            ]),
            // Without a group of its own: what follows the parameters is broken after them.
            _ => match Self::bracketed(
                "(",
                all.into_iter().map(|(doc, _)| doc).collect(),
                ")",
                ",",
                Doc::SoftLine,
                false,
            ) {
                Doc::Group { of, .. } => *of,
                empty => empty,
            },
        };
        Ok(Parameters { doc, count })
    }

    /// A parameter, and whether its type is an object's, whose braces stand within the brackets.
    fn parameter(&mut self) -> Result<(Doc, bool), Unknown> {
        let mut parts = vec![Doc::text(self.word()?)];
        let mut is_object = false;
        if self.take_if("?") {
            parts.push(Doc::text("?"));
        }
        if self.take_if(":") {
            let of = self.type_()?;
            is_object = of.is_object();
            parts.extend([Doc::text(": "), of.doc()]);
        }
        if self.take_if("=") {
            parts.extend([Doc::text(" = "), self.expression()?.doc]);
            is_object = false;
        }
        Ok((Doc::All(parts), is_object))
    }

    fn class(&mut self) -> Result<Doc, Unknown> {
        self.take("class")?;
        let mut parts = vec![Doc::text(format!("class {}", self.word()?))];
        if self.take_if("extends") {
            parts.push(Doc::text(format!(" extends {}", self.word()?)));
            if self.is("<") {
                parts.push(self.type_arguments()?.0);
            }
        }
        parts.push(Doc::text(" "));
        self.take("{")?;
        let mut members = Vec::new();
        while !self.take_if("}") {
            let (comments, is_apart) = self.comments();
            members.push((is_apart, Doc::All(vec![comments, self.member()?])));
        }
        parts.push(braced(members));
        Ok(Doc::All(parts))
    }

    /// A method or a field of a class.
    fn member(&mut self) -> Result<Doc, Unknown> {
        let mut parts = Vec::new();
        while MODIFIERS.iter().any(|modifier| self.is(modifier)) && self.ahead(1).kind == Kind::Word {
            parts.push(Doc::text(format!("{} ", self.word()?)));
        }
        parts.push(Doc::text(self.word()?));
        if self.is("(") || self.is("<") {
            let head = self.head()?;
            parts.extend([head, Doc::text(" "), self.block()?]);
            return Ok(Doc::All(parts));
        }
        self.take(":")?;
        parts.extend([Doc::text(": "), self.type_()?.doc()]);
        self.take(";")?;
        parts.push(Doc::text(";"));
        Ok(Doc::All(parts))
    }

    /// Statements in braces.
    pub(super) fn block(&mut self) -> Result<Doc, Unknown> {
        self.take("{")?;
        let mut statements = Vec::new();
        while !self.take_if("}") {
            statements.push(self.commented_statement()?);
        }
        Ok(braced(statements))
    }

    fn commented_statement(&mut self) -> Result<(bool, Doc), Unknown> {
        let (comments, is_apart) = self.comments();
        Ok((is_apart, Doc::All(vec![comments, self.statement()?])))
    }

    fn statement(&mut self) -> Result<Doc, Unknown> {
        let doc = match self.peek().text.as_str() {
            "switch" => return self.switch(),
            "if" | "for" | "while" | "do" | "try" | "let" | "function" | "class" => return Err(Unknown),
            "const" => self.constant()?,
            "return" | "throw" => {
                let word = self.word()?;
                if self.is(";") {
                    Doc::text(word)
                } else {
                    let of = self.expression()?;
                    let of = match of.form {
                        Form::Binary => Doc::group(Doc::All(vec![
                            Doc::if_broken("(", ""),
                            Doc::indent(Doc::All(vec![Doc::SoftLine, of.doc])),
                            Doc::SoftLine,
                            Doc::if_broken(")", ""),
                        ])),
                        _ => of.doc,
                    };
                    Doc::All(vec![Doc::text(format!("{word} ")), of])
                }
            }
            _ => {
                let left = self.expression()?;
                if self.take_if("=") {
                    self.expression()?.assigned(left.doc, " =", false)
                } else {
                    left.doc
                }
            }
        };
        self.take(";")?;
        Ok(Doc::All(vec![doc, Doc::text(";")]))
    }

    fn constant(&mut self) -> Result<Doc, Unknown> {
        self.take("const")?;
        let left = if self.is("[") {
            let names = self.listed("[", "]", Self::word)?;
            Self::bracketed(
                "[",
                names.into_iter().map(Doc::text).collect(),
                "]",
                ",",
                Doc::SoftLine,
                false,
            )
        } else {
            Doc::text(self.word()?)
        };
        let mut left = vec![left];
        let mut is_complex = false;
        if self.take_if(":") {
            let of = self.type_of_constant()?;
            is_complex = of.is_complex;
            left.extend([Doc::text(": "), of.doc()]);
        }
        self.take("=")?;
        let right = self.expression()?;
        let left = Doc::All(left);
        let is_broken_left = right.form == Form::Arrow && left.can_break();
        let doc = if is_complex || is_broken_left {
            Doc::group(Doc::All(vec![left, Doc::text(" = "), Doc::group(right.doc)]))
        } else {
            right.assigned(left, " =", false)
        };
        Ok(Doc::All(vec![Doc::text("const "), doc]))
    }

    /// The type of a constant. That of a function is broken between its brackets before the function is.
    fn type_of_constant(&mut self) -> Result<Type, Unknown> {
        let start = self.position();
        let of = self.type_()?;
        if !(self.is("=") && self.is_ahead(1, "(")) {
            return Ok(of);
        }
        self.go_back(start);
        self.hugs_arguments = false;
        let of = self.type_();
        self.hugs_arguments = true;
        of
    }

    fn switch(&mut self) -> Result<Doc, Unknown> {
        self.take("switch")?;
        self.take("(")?;
        let on = self.expression()?.doc;
        self.take(")")?;
        self.take("{")?;
        let mut cases = Vec::new();
        while !self.take_if("}") {
            let (comments, is_apart) = self.comments();
            let label = if self.take_if("default") {
                Doc::text("default:")
            } else {
                self.take("case")?;
                Doc::All(vec![Doc::text("case "), self.expression()?.doc, Doc::text(":")])
            };
            self.take(":")?;
            let mut case = vec![comments, label];
            if self.is("{") {
                case.extend([Doc::text(" "), self.block()?]);
            } else {
                while !self.is("case") && !self.is("default") && !self.is("}") {
                    let (_, statement) = self.commented_statement()?;
                    case.push(Doc::indent(Doc::All(vec![Doc::HardLine, statement])));
                }
            }
            cases.push((is_apart, Doc::All(case)));
        }
        let on = Doc::group(Doc::All(vec![
            Doc::text("switch ("),
            Doc::indent(Doc::All(vec![Doc::SoftLine, on])),
            Doc::SoftLine,
            Doc::text(") "),
        ]));
        Ok(Doc::All(vec![on, braced(cases)]))
    }
}

/// Braces around lines, each told whether an empty line is before it.
fn braced(lines: Vec<(bool, Doc)>) -> Doc {
    if lines.is_empty() {
        return Doc::text("{}");
    }
    let mut inner = Vec::new();
    for (at, (is_apart, line)) in lines.into_iter().enumerate() {
        inner.push(if is_apart && at > 0 {
            Doc::EmptyLine
        } else {
            Doc::HardLine
        });
        inner.push(line);
    }
    Doc::All(vec![
        Doc::text("{"),
        Doc::indent(Doc::All(inner)),
        Doc::HardLine,
        Doc::text("}"),
    ])
}
