//! What somebody may have meant who wrote a name that does not exist.

/// The one of `known` that `name` looks like a slip of; `None` if it looks like none of them.
///
/// ```
/// use callsheet_codegen::nearest::nearest;
///
/// assert_eq!(nearest("pyhton", ["python", "rust"]), Some("python"));
/// assert_eq!(nearest("cobol", ["python", "rust"]), None);
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Case alone is the likeliest slip, and must not outweigh the rest of a name.
    let slips = |known: &str| strsim::osa_distance(&name.to_lowercase(), &known.to_lowercase());
    let (slips, nearest) = known
        .into_iter()
        .map(|known| (slips(known), known))
        .min_by_key(|(slips, _)| *slips)?;
    // A third of a name may be wrong: more, and it is another name.
    (slips <= (nearest.chars().count() / 3).max(1)).then_some(nearest)
}
