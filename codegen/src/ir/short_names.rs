//! Short names for full ones.

use std::collections::BTreeMap;

use super::Name;
use crate::fault::{Faults, Place};

/// A short name for each of the full `names`: its last segment, and before that as many more as it takes to tell it
/// from the others in every case.
///
/// Names that stay equal when nothing is left to put before them are faults.
pub(super) fn short_names<'a>(
    names: impl IntoIterator<Item = &'a str>,
    place: fn(&str) -> Place,
    faults: &mut Faults,
) -> BTreeMap<&'a str, Name> {
    let mut segments: BTreeMap<&str, usize> = names.into_iter().map(|name| (name, 1)).collect();
    loop {
        let mut claims: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, taken) in &segments {
            claims.entry(last(name, *taken).upper_camel()).or_default().push(name);
        }
        let mut grown = false;
        for claimants in claims.values().filter(|claimants| claimants.len() > 1) {
            for name in claimants {
                if let Some(taken) = segments.get_mut(name)
                    && *taken < name.split('.').count()
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
            for second in &claimants[1..] {
                let first = place(claimants[0]);
                faults.add(
                    place(second),
                    format!("would be called `{short}` in generated code, as {first} is"),
                    "rename one of them",
                );
            }
        }
        return segments
            .into_iter()
            .map(|(name, taken)| (name, last(name, taken)))
            .collect();
    }
}

/// The last segments of a full name, as one.
fn last(name: &str, segments: usize) -> Name {
    let count = name.split('.').count();
    let mut taken = name.split('.').skip(count - segments);
    if segments == 1 {
        return Name::new(taken.next().unwrap_or_default());
    }
    Name::new(
        taken
            .map(|segment| Name::new(segment).upper_camel())
            .collect::<String>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shorts(names: &[&str]) -> (Vec<String>, Faults) {
        let mut faults = Faults::default();
        let shorts = short_names(names.iter().copied(), Place::named_type, &mut faults);
        (shorts.values().map(|name| name.source().to_owned()).collect(), faults)
    }

    #[test]
    fn unique_names_keep_their_last_segment_as_written() {
        let (shorts, faults) = shorts(&["a.Tick", "b.HTTPRequest", "Plain"]);
        assert_eq!(shorts, ["Plain", "Tick", "HTTPRequest"]);
        faults.finish(()).expect("nothing collides");
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
