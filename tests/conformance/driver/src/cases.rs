//! The cases, as they stand in their files: each file is a topic.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use conformance_server::Script;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One case, for every client that has what it needs.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The topic, a slash, and the case's own name.
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) needs: Vec<Need>,
    pub(crate) options: Map<String, Value>,
    pub(crate) client: Vec<Value>,
    pub(crate) server: Server,
    /// What is done when the client says a word; then it goes on.
    pub(crate) on: BTreeMap<String, Action>,
    pub(crate) outcome: Map<String, Value>,
}

/// Who answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Server {
    /// The reference server plays this.
    Script(Script),
    /// A real server.
    Service {},
    /// A real server of another version of the contract.
    Changed {},
}

/// What not every client has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Need {
    /// A call can be cancelled while it is under way.
    Cancel,
    /// A handler that runs is not waited for beyond the time of its call.
    TimesHandlers,
    /// What comes is read whether or not a call is under way.
    ReadsAlways,
}

/// What is done to the real server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// It ends as it would by itself.
    Stop,
    /// It is killed.
    Kill,
    /// One listens there again.
    Start,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    /// What the case holds the clients to, for people.
    says: String,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    options: Map<String, Value>,
    client: Vec<Value>,
    server: Server,
    #[serde(default)]
    on: BTreeMap<String, Action>,
    outcome: Map<String, Value>,
}

/// Reads all files of the folder, in the order of their names.
pub(crate) fn load(folder: &Path) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::path);
    let mut cases: Vec<Case> = Vec::new();
    for file in files {
        let path = file.path();
        let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let topic = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let written: Vec<Value> = serde_json::from_slice(&fs::read(&path)?).map_err(|error| wrong(&error))?;
        for value in written.iter().flat_map(each) {
            let name = value["name"].to_string();
            let written: Written = serde_json::from_value(value).map_err(|error| wrong(&format!("{name}: {error}")))?;
            let name = format!("{topic}/{}", written.name);
            if written.says.is_empty() || cases.iter().any(|case| case.name == name) {
                return Err(wrong(&format!("{name}: it says nothing, or another has its name")).into());
            }
            cases.push(Case {
                name,
                topic: topic.clone(),
                needs: written.needs,
                options: written.options,
                client: written.client,
                server: written.server,
                on: written.on,
                outcome: written.outcome,
            });
        }
    }
    Ok(cases)
}

/// A case for each entry of its `each`, whose fields stand in place of their names in braces; else the case itself.
fn each(case: &Value) -> Vec<Value> {
    let Some(Value::Array(entries)) = case.get("each") else {
        return vec![case.clone()];
    };
    entries
        .iter()
        .filter_map(Value::as_object)
        .map(|fields| {
            let mut case = filled(case, fields);
            if let Some(fields) = case.as_object_mut() {
                fields.remove("each");
            }
            case
        })
        .collect()
}

/// A text that is a name in braces becomes the field; in other texts its text stands in the name's place.
fn filled(value: &Value, fields: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            let whole = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            if let Some(field) = whole.and_then(|name| fields.get(name)) {
                return field.clone();
            }
            let replaced = fields.iter().fold(text.clone(), |text, (name, field)| {
                let shown = field.as_str().map_or_else(|| field.to_string(), str::to_owned);
                text.replace(&format!("{{{name}}}"), &shown)
            });
            Value::from(replaced)
        }
        Value::Array(items) => items.iter().map(|item| filled(item, fields)).collect(),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, entry)| (key.clone(), filled(entry, fields)))
            .collect::<Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::each;

    #[test]
    fn a_case_for_each_entry() {
        let case = json!({
            "name": "refused as {code}",
            "each": [{"code": "A", "retryable": true}, {"code": "B", "retryable": false}],
            "outcome": {"a": {"code": "{code}", "retryable": "{retryable}"}},
        });
        let expected = [("A", true), ("B", false)].map(|(code, retryable)| {
            json!({
                "name": format!("refused as {code}"),
                "outcome": {"a": {"code": code, "retryable": retryable}},
            })
        });
        assert_eq!(each(&case), expected);
        assert_eq!(each(&json!({"name": "{code}"})), [json!({"name": "{code}"})]);
    }
}
