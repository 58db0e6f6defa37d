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

    /// The contracts whose full names are kept, whole, those that they extend, those whose mailboxes they speak of, and what
    /// all of these speak of.
    ///
    /// Their hashes are what they were.
    ///
    /// ```
    /// # use callsheet_schema::Document;
    /// # let document = Document::from_json(r#"{"callsheet": 1, "types": {}, "encodings": {}, "contracts": [
    /// #     {"name": "demo.Clock", "methods": []}, {"name": "demo.Alarm", "extends": ["demo.Clock"], "methods": []},
    /// #     {"name": "demo.Other", "methods": []}]}"#)?;
    /// let alarm = document.of_contracts(&|name| name == "demo.Alarm");
    /// assert_eq!(alarm.contracts.len(), 2, "the clock is there, since an alarm is one");
    /// # Ok::<(), callsheet_schema::DocumentError>(())
    /// ```
    pub fn of_contracts(&self, keeps: &dyn Fn(&str) -> bool) -> Self {
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        let names = self.contracts.iter().map(|contract| &*contract.name);
        let mut open: Vec<&str> = names.filter(|name| keeps(name)).collect();
        while let Some(name) = open.pop() {
            let found = self.contracts.iter().find(|contract| contract.name == name);
            if let Some(contract) = found
                && kept.insert(name)
            {
                open.extend(contract.extends.iter().map(|base| &**base));
                // Whoever gets such a mailbox calls the contract, and who gives one away answers for it.
                let used = self.used_by([contract]).into_iter();
                open.extend(used.filter_map(|used| self.types[used].mailbox.as_deref()));
            }
        }
        let mut chosen = self.clone();
        chosen.contracts.retain(|contract| kept.contains(&*contract.name));
        chosen.drop_unused();
        chosen.encodings = chosen.encodings_in_use();
        chosen.hashes = hash::of(&chosen.contracts, &chosen.types);
        chosen
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

    /// Contracts that say something, one that says no more than that it extends another, and one that has its mailbox.
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
                {{"name":"a.Other","methods":[{}]}},
                {{"name":"a.Caller","methods":[{}]}}
            ],"types":{{"Mailbox<a.Both>":{{"shape":{{"newtype":{{"named":"callsheet.Mailbox"}}}},"mailbox":"a.Both"}},
                "callsheet.Mailbox":{{"shape":"unit"}},
                "Outer":{{"shape":{{"newtype":{{"named":"Inner"}}}}}},"Inner":{{"shape":"unit"}}}}}}"#,
            method("a.Base.M", r#""unit""#),
            method("a.Other.M", r#"{"named":"Outer"}"#),
            method("a.Caller.M", r#"{"option":{"named":"Mailbox<a.Both>"}}"#),
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
    fn chosen_contracts_bring_what_they_extend_and_speak_of_and_keep_their_hashes() {
        let all = document();
        for (chosen, expected, types) in [
            ("a.Base", &["a.Base"][..], &[][..]),
            ("a.Both", &["a.Base", "a.Both"], &[]),
            ("a.Other", &["a.Other"], &["Inner", "Outer"]),
            (
                "a.Caller",
                &["a.Base", "a.Both", "a.Caller"],
                &["Mailbox<a.Both>", "callsheet.Mailbox"],
            ),
        ] {
            let of = all.of_contracts(&|name| name == chosen);
            assert_eq!(names(&of), expected);
            assert_eq!(of.types.keys().collect::<Vec<_>>(), types);
            for name in expected {
                assert_eq!(of.hashes[*name], all.hashes[*name], "{name} of {chosen}");
            }
            assert_eq!(Document::from_json(&of.to_json()), Ok(of));
        }
        assert_eq!(all.of_contracts(&|_| true), all);
    }

    #[test]
    fn a_document_of_all_is_the_same_and_one_of_nothing_is_empty() {
        let all = document();
        assert_eq!(all.narrowed(&|_| true, &|_| true), all);
        let none = all.narrowed(&|_| false, &|_| false);
        assert!(none.contracts.is_empty() && none.types.is_empty() && none.hashes.is_empty());
    }
}
