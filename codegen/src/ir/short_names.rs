//! Short names for full ones.

use std::collections::{BTreeMap, BTreeSet};

use super::Name;
use crate::fault::{Faults, Place};

/// A short name for each of the full `names`: the last segment of each of its words, and before that as many more as it
/// takes to tell it from the others in every case.
///
/// `demo.User` has one word, `demo.Page<list<demo.User>>` has three: `PageListUser`. A word is shortened alike wherever
/// it stands, so that the arguments of a generic type are called as they are elsewhere. Names that stay equal when
/// nothing is left to put before their words are faults.
pub(super) fn short_names<'a>(
    names: impl IntoIterator<Item = &'a str>,
    place: fn(&str) -> Place,
    faults: &mut Faults,
) -> BTreeMap<&'a str, Name> {
    let words: BTreeMap<&str, Vec<&str>> = names.into_iter().map(|name| (name, words(name))).collect();
    let mut segments: BTreeMap<&str, usize> = words.values().flatten().map(|word| (*word, 1)).collect();
    loop {
        let mut claims: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, words) in &words {
            claims
                .entry(joined(words, &segments).upper_camel())
                .or_default()
                .push(name);
        }
        let mut grown = false;
        for claimants in claims.values() {
            for word in differing(claimants.iter().map(|name| words[name].as_slice()).collect()) {
                if let Some(taken) = segments.get_mut(word)
                    && *taken < word.split('.').count()
                {
                    *taken += 1;
                    grown = true;
                }
            }
        }
        if grown {
            continue;
        }
        for (short, claimants) in claims {
            if short.is_empty() {
                for name in claimants {
                    faults.add(place(name), "its name holds no letter or digit", "rename it");
                }
                continue;
            }
            for second in &claimants[1..] {
                let first = place(claimants[0]);
                faults.add(
                    place(second),
                    format!("would be called `{short}` in generated code, as {first} is"),
                    "rename one of them",
                );
            }
        }
        return words
            .into_iter()
            .map(|(name, words)| (name, joined(&words, &segments)))
            .collect();
    }
}

/// The dotted names that a name is made of: the type's own, and those of its arguments.
fn words(name: &str) -> Vec<&str> {
    name.split(['<', '>', ',', ' '])
        .filter(|word| !word.is_empty())
        .collect()
}

/// The words in which names differ, each at its place; none of a single name.
fn differing<'a>(names: Vec<&[&'a str]>) -> BTreeSet<&'a str> {
    let longest = names.iter().map(|words| words.len()).max().unwrap_or_default();
    (0..longest)
        .filter(|at| names.iter().any(|words| words.get(*at) != names[0].get(*at)))
        .flat_map(|at| names.iter().filter_map(move |words| words.get(at).copied()))
        .collect()
}

/// The words as one name, of each so many of its last segments.
fn joined(words: &[&str], segments: &BTreeMap<&str, usize>) -> Name {
    let mut parts: Vec<String> = Vec::new();
    for word in words {
        let count = word.split('.').count();
        for part in word.split('.').skip(count - segments[word]) {
            // Digits must not run into those before them: `array<u8, 4>` is no `array<u84>`.
            let runs_on = part.starts_with(char::is_numeric)
                && parts.last().is_some_and(|before| before.ends_with(char::is_numeric));
            parts.push(if runs_on { format!("x{part}") } else { part.to_owned() });
        }
    }
    // Every case begins a word at an underscore, whatever the letters beside it.
    Name::new(parts.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shorts(names: &[&str]) -> (Vec<String>, Faults) {
        let mut faults = Faults::default();
        let shorts = short_names(names.iter().copied(), Place::named_type, &mut faults);
        (shorts.values().map(Name::upper_camel).collect(), faults)
    }

    #[test]
    fn unique_names_keep_their_last_segment_as_written() {
        let mut faults = Faults::default();
        let shorts = short_names(["a.Tick", "b.HTTPRequest", "Plain"], Place::named_type, &mut faults);
        let sources: Vec<_> = shorts.values().map(Name::source).collect();
        assert_eq!(sources, ["Plain", "Tick", "HTTPRequest"]);
        faults.finish(()).expect("nothing collides");
    }

    #[test]
    fn arguments_of_generic_types_are_words_of_the_name() {
        let (shorts, faults) = shorts(&[
            "Pair<User, map<string, i64>>",
            "Page<demo.User>",
            "demo.Page<list<option<demo.User>>>",
            "Block<array<u8, 4>>",
            "Page<demo.User> Input",
        ]);
        let expected = [
            "BlockArrayU8X4",
            "PageUser",
            "PageUserInput",
            "PairUserMapStringI64",
            "PageListOptionUser",
        ];
        assert_eq!(shorts, expected);
        faults.finish(()).expect("nothing collides");
    }

    #[test]
    fn namespaces_of_arguments_come_in_where_they_tell_names_apart() {
        let (shorts, faults) = shorts(&[
            "a.User",
            "b.User",
            "x.Page<a.User>",
            "x.Page<b.User>",
            "x.Page<c.Group>",
        ]);
        assert_eq!(shorts, ["AUser", "BUser", "PageAUser", "PageBUser", "PageGroup"]);
        faults.finish(()).expect("the namespaces differ");

        let (shorts, faults) = self::shorts(&["Pair<a.X, b.X>", "Pair<b.X, a.X>", "c.PairX", "d.Pair<X>"]);
        assert_eq!(shorts, ["PairAXBX", "PairBXAX", "CPairX", "DPairX"]);
        faults.finish(()).expect("the namespaces differ");
    }

    #[test]
    fn equal_names_take_as_much_of_the_namespace_as_tells_them_apart() {
        let (shorts, faults) = shorts(&["a.Tick", "b.Tick", "x.b.Tick", "Tick", "b.Tock"]);
        assert_eq!(shorts, ["Tick", "ATick", "BTick", "Tock", "XBTick"]);
        faults.finish(()).expect("the namespaces differ");
    }

    #[test]
    fn names_that_nothing_tells_apart_are_a_fault_that_names_both() {
        let (_, faults) = shorts(&["HttpRequest", "HTTPRequest"]);
        assert_eq!(
            faults.finish(()).expect_err("nothing tells them apart").to_string(),
            "type `HttpRequest`: would be called `HttpRequest` in generated code, as type `HTTPRequest` is; \
             rename one of them"
        );
    }
}
