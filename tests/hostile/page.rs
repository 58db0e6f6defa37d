//! `docs/wire.md` and `docs/acton.md`: that every rule of them is tried, and that what they show is so.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    sync::LazyLock,
};

use callsheet::{Code, Delivered};
use serde_json::Value;

use crate::{case::case, service::folder};

const PAGE: &str = include_str!("../../docs/wire.md");

/// The page of the other wire. Its rules have names of their own.
const ACTON: &str = include_str!("../../docs/acton.md");

/// The rules of both pages, in the order of their definitions.
static RULES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let rules = [PAGE, ACTON]
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("- `")?.split_once("` "));
    rules.map(|(name, _)| name).filter(|name| is_name(name)).collect()
});

fn is_name(text: &str) -> bool {
    text.split_once('-').is_some_and(|(topic, number)| {
        let is_topic = !topic.is_empty() && topic.bytes().all(|byte| byte.is_ascii_uppercase());
        is_topic && number.parse::<u32>().is_ok()
    })
}

/// That these are names of rules.
pub(crate) fn check_names(rules: &[&str]) {
    for rule in rules {
        assert!(
            RULES.contains(rule),
            "neither docs/wire.md nor docs/acton.md has a rule {rule}"
        );
    }
}

#[test]
fn every_rule_is_named_by_a_case_and_defined_once() {
    let defined: BTreeSet<&str> = RULES.iter().copied().collect();
    assert_eq!(defined.len(), RULES.len(), "a rule is defined twice");
    assert!(defined.len() > 60, "the rules are found");
    let folders = ["hostile", "hostile/acton"].map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let sources = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("they are ours"));
    let mut named = BTreeSet::new();
    for source in sources.map(|source| source.expect("it can be read").path()) {
        if source.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&source).expect("it is text");
            named.extend(text.split('"').filter(|text| is_name(text)).map(str::to_owned));
        }
    }
    let named: BTreeSet<&str> = named.iter().map(String::as_str).collect();
    let untried: Vec<_> = defined.difference(&named).collect();
    assert!(untried.is_empty(), "no case tries {untried:?}");
    let undefined: Vec<_> = named.difference(&defined).collect();
    assert!(undefined.is_empty(), "no page defines {undefined:?}");
    let mentioned: BTreeSet<&str> = [PAGE, ACTON]
        .iter()
        .flat_map(|page| page.split('`'))
        .filter(|word| is_name(word))
        .collect();
    assert_eq!(mentioned, defined, "a page mentions what none defines");
}

/// The blocks of a page in this language.
fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let start = format!("```{language}\n");
    let blocks = page.match_indices(&start).map(|(at, _)| &page[at + start.len()..]);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default())
        .collect()
}

fn vectors(kind: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/wire/tests/vectors");
    let text = fs::read_to_string(folder.join(format!("{kind}.json"))).expect("there are vectors of this kind");
    serde_json::from_str(&text).expect("they are JSON")
}

/// Bytes as the page shows them.
fn dump(hex: &str) -> String {
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits"))
        .collect();
    let line = |(index, bytes): (usize, &[u8])| {
        let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let shown = |byte: &u8| {
            if matches!(byte, b' '..=b'~') {
                char::from(*byte)
            } else {
                '.'
            }
        };
        let text: String = bytes.iter().map(shown).collect();
        format!("{:04x}  {:<47}  |{text}|\n", 16 * index, digits.join(" "))
    };
    bytes.chunks(16).enumerate().map(line).collect()
}

#[test]
fn every_dump_is_a_vector_and_every_kind_of_frame_is_shown_in_both_codecs() {
    let mut shown = BTreeMap::<&str, BTreeSet<String>>::new();
    for block in [PAGE, ACTON].into_iter().flat_map(|page| blocks(page, "text")) {
        let (title, dumped) = block.split_once('\n').expect("a title above the dump");
        let (kind, name) = title.split_once(": ").expect("the file of the vector, and its name");
        let vectors = vectors(kind);
        let vector = vectors.iter().find(|vector| vector["name"] == name);
        let vector = vector.unwrap_or_else(|| panic!("{kind}.json has no vector `{name}`"));
        assert_eq!(dumped, dump(vector["frame_hex"].as_str().expect("a text")), "{title}");
        shown.entry(kind).or_default().insert(vector["codec"].to_string());
    }
    for kind in [
        "request",
        "response",
        "stream",
        "push",
        "subscribe",
        "control",
        "callback",
        "acton",
    ] {
        assert_eq!(
            shown.get(kind).map(BTreeSet::len),
            Some(2),
            "{kind} is shown in both codecs"
        );
    }
}

#[test]
fn the_table_of_codes_is_that_of_the_code() {
    let row = |code: &Code| {
        let delivered = code.delivered();
        let retryable = if code.is_retryable(delivered) { "yes" } else { "no" };
        format!("| `{code}` | {delivered} | {retryable} |")
    };
    let rows: Vec<_> = Code::ALL.iter().map(row).collect();
    let table = PAGE
        .split_once("| `error_code` | `delivered` | `retryable` |\n| -- | -- | -- |\n")
        .expect("it is there")
        .1;
    let shown: Vec<_> = table.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(shown, rows);
    // Those of which the page says so below the table.
    let depends = |code: &&Code| code.is_retryable(Delivered::No) && !code.is_retryable(code.delivered());
    let named: Vec<_> = Code::ALL
        .iter()
        .filter(depends)
        .map(|code| format!("`{code}`"))
        .collect();
    let (last, first) = named.split_last().expect("there are some");
    assert!(
        PAGE.contains(&format!("{} and {last} tell `no`", first.join(", "))),
        "{named:?}"
    );
}

#[test]
fn the_client_of_the_page_works() {
    case(&["FRAME-1", "ORDER-1", "STREAM-4", "PUSH-1"], |service| {
        let [program] = blocks(PAGE, "python")[..] else {
            panic!("the page shows one program")
        };
        let lines = program.lines().filter(|line| !line.is_empty()).count();
        assert!(lines <= 42, "it is {lines} lines long");
        let folder = folder();
        let path = folder.path().join("client.py");
        fs::write(&path, program).expect("the folder is ours");
        let output = Command::new("python3")
            .arg(&path)
            .arg(service.path())
            .output()
            .expect("python3 is there");
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let [sum, steps, symbol] = text.lines().collect::<Vec<_>>()[..] else {
            panic!("three lines: {text}")
        };
        assert_eq!(
            (sum, steps),
            ("{'sum': 8}", "[{'value': 3}, {'value': 2}, {'value': 1}]")
        );
        assert!(!symbol.is_empty());
    });
}
