//! The documents that are written by hand: each holds what one kind of generator's mistake would break on.

mod calls;
mod casing;
mod enums;
pub mod hostile;
mod prose;
mod shapes;
mod sizes;
mod values;
mod words;

use callsheet_codegen::backends::Language;
use callsheet_schema::Document;

use crate::spelling::Draft;

/// A document of the corpus, and what is to become of it.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it is called here, in packages, and in the list of known failures.
    pub name: String,
    /// What it says, not yet judged.
    pub document: Document,
    /// Who is to refuse it; everybody else makes packages that work.
    pub refused: Vec<Refusal>,
    /// The only language that is asked, if not all are.
    pub only: Option<Language>,
    /// Whether it is refused is not said.
    pub may_be_refused: bool,
}

/// That a document is refused, and what has to be said about it.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Which language refuses it; all, before any is asked, if none is named.
    pub by: Option<Language>,
    /// What the sentences about it must speak of, all together.
    pub names: Vec<String>,
}

impl Written {
    /// A document from which every language makes a package that works.
    fn works(name: &str, draft: &Draft) -> Self {
        Written {
            name: name.to_owned(),
            document: draft.document(),
            refused: Vec::new(),
            only: None,
            may_be_refused: false,
        }
    }

    /// A document that nobody makes anything of, with sentences that speak of all `names`.
    fn refused(name: &str, draft: &Draft, names: &[&str]) -> Self {
        Written::works(name, draft).but(None, names)
    }

    /// Except that this language refuses it, with sentences that speak of all `names`.
    fn but(mut self, by: Option<Language>, names: &[&str]) -> Self {
        self.refused.push(Refusal {
            by,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        });
        self
    }

    /// A document that was made at random. A language may refuse it, as long as it says why.
    pub fn made((name, document): (String, Document)) -> Self {
        Written {
            name,
            document,
            refused: Vec::new(),
            only: None,
            may_be_refused: true,
        }
    }

    /// What this language is to say about it; none if it is to make a package.
    pub fn refusal(&self, by: Language) -> Option<&Refusal> {
        let mut refused = self.refused.iter();
        refused.find(|refusal| refusal.by.is_none_or(|language| language == by))
    }
}

/// All of them.
pub fn all() -> Vec<Written> {
    [
        shapes::all(),
        enums::all(),
        calls::all(),
        values::all(),
        sizes::all(),
        words::all(),
        casing::all(),
        prose::all(),
        hostile::all(),
    ]
    .concat()
}
