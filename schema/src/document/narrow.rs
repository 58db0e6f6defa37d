//! A document of less: what is left of its contracts for someone who may not use all of them.

use std::collections::BTreeSet;

use super::Document;
use crate::hash;

impl Document {
    /// The same contracts with no more methods and events than are kept, and what those speak of. Methods are known by the
    /// full names of their message types, as in `demo.Calculator.Add`.
    ///
    /// A contract of which nothing is left is left out, and none extends it any more. The hashes are those of what is left.
    pub fn narrowed(&self, keeps_method: &dyn Fn(&str) -> bool, keeps_event: &dyn Fn(&str) -> bool) -> Self {
        let mut narrowed = self.clone();
        for contract in &mut narrowed.contracts {
            contract.methods.retain(|method| keeps_method(&method.message));
            contract.events.retain(|event| keeps_event(&event.name));
        }
        narrowed.drop_empty();
        narrowed.drop_unused();
        narrowed.encodings = narrowed.encodings_in_use();
        narrowed.hashes = hash::of(&narrowed.contracts, &narrowed.types);
        narrowed
    }

    /// Leaves out the contracts that say nothing, one after the other: some may say no more than that they extend another.
    fn drop_empty(&mut self) {
        loop {
            let (kept, empty): (Vec<_>, Vec<_>) =
                (std::mem::take(&mut self.contracts).into_iter()).partition(|contract| {
                    !(contract.methods.is_empty() && contract.events.is_empty() && contract.extends.is_empty())
                });
            self.contracts = kept;
            if empty.is_empty() {
                return;
            }
            let gone: BTreeSet<_> = empty.into_iter().map(|contract| contract.name).collect();
            for contract in &mut self.contracts {
                contract.extends.retain(|name| !gone.contains(name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Document;

    /// Two contracts that say something, and one that says no more than that it extends one of them.
    fn document() -> Document {
        let method = |message: &str, reply: &str| {
            format!(
                r#"{{"name":"m","message":"{message}","kind":"ask","access":"shared","request":{{"arguments":[]}},"reply":{reply}}}"#
            )
        };
        let text = format!(
            r#"{{"callsheet":1,"encodings":{{}},"contracts":[
                {{"name":"a.Base","methods":[{}],"events":[{{"name":"a.Moved","type":"u8"}}]}},
                {{"name":"a.Both","extends":["a.Base"],"methods":[]}},
                {{"name":"a.Other","methods":[{}]}}
            ],"types":{{"Outer":{{"shape":{{"newtype":{{"named":"Inner"}}}}}},"Inner":{{"shape":"unit"}}}}}}"#,
            method("a.Base.M", r#""unit""#),
            method("a.Other.M", r#"{"named":"Outer"}"#),
        );
        Document::from_json(&text).expect("it holds together")
    }

    fn names(document: &Document) -> Vec<&str> {
        document.contracts.iter().map(|contract| &*contract.name).collect()
    }

    #[test]
    fn what_is_left_holds_together_and_speaks_of_nothing_else() {
        let base = document().narrowed(&|message| message == "a.Base.M", &|_| false);
        assert_eq!(names(&base), ["a.Base", "a.Both"]);
        assert!(base.types.is_empty() && base.contracts[0].events.is_empty());
        let other = document().narrowed(&|message| message == "a.Other.M", &|_| false);
        assert_eq!(names(&other), ["a.Other"], "nothing is left of what the third extends");
        assert_eq!(other.types.keys().collect::<Vec<_>>(), ["Inner", "Outer"]);
        let events = document().narrowed(&|_| false, &|event| event == "a.Moved");
        assert_eq!(names(&events), ["a.Base", "a.Both"]);
        for narrowed in [base, other, events] {
            assert_eq!(Document::from_json(&narrowed.to_json()), Ok(narrowed));
        }
    }

    #[test]
    fn a_document_of_all_is_the_same_and_one_of_nothing_is_empty() {
        let all = document();
        assert_eq!(all.narrowed(&|_| true, &|_| true), all);
        let none = all.narrowed(&|_| false, &|_| false);
        assert!(none.contracts.is_empty() && none.types.is_empty() && none.hashes.is_empty());
    }
}
