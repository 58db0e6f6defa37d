//! Hashes of contracts: equal where programs understand each other without looking further.
//!
//! # The canonical form
//!
//! Every hash is the SHA-256, in 64 lower-case hexadecimal digits, of a JSON text. The text is an array and holds nothing
//! but arrays, strings, integers, booleans and null; it has no white space and stands in UTF-8, and its strings are
//! written as RFC 8785 has it (`\"`, `\\`, `\b`, `\t`, `\n`, `\f`, `\r`, other control characters as `\u00xx` in lower
//! case, and all else as it is). Below, H\[…\] is the hash of such an array, and `"…"` a string.
//!
//! Where an order is not given, parts stand in the document's order; 'sorted' is by the bytes of their names in UTF-8.
//! The number behind `"callsheet"` is the [format](crate::FORMAT) of the document; a change of the canonical form raises it.
//!
//! - **request** of a method: H\[`"callsheet"`, 1, `"request"`, kind, message, \[aliases, sorted\], payload\]. The kind is
//!   `"ask"`, `"tell"` or `"stream"`. The payload is \[`"arguments"`, \[name, optional, form\]…\], sorted, or
//!   \[`"message"`, form\]. Of a method whose calls may be repeated, `"idempotent"` follows. It does not cross the wire,
//!   but says what may: a server whose method must not be repeated any more has to look at callers who would.
//! - **reply** of a method: H\[`"callsheet"`, 1, `"reply"`, kind, form of the reply, form of the error or null\].
//! - **contract**: H\[`"callsheet"`, 1, `"contract"`, \[\[message, request, reply\]… sorted\], \[\[event, form\]…
//!   sorted\], \[names of the contracts it extends, sorted\]\].
//!
//! Requests show what is accepted, replies, errors and events what is produced. The **form** of a use of a type is a
//! string:
//!
//! | the type | its form |
//! | -- | -- |
//! | a built-in type | its name in the document: `"u8"`, `"string"`, `"duration"`; of text with a form, that of the form: `"uuid"` |
//! | option, list, set, nonzero | H\[`"option"`, inner\], H\[`"list"`, inner\], H\[`"set"`, inner\], H\[`"nonzero"`, inner\] |
//! | array | H\[`"array"`, inner, length\] |
//! | map | H\[`"map"`, key, value\] |
//! | tuple | H\[`"tuple"`, inner…\] |
//! | a named newtype, tuple or unit | the form of what it wraps, of the tuple, `"unit"` |
//! | mailboxes of a contract | H\[`"mailbox"`, full name of the contract, form of what it wraps\] |
//! | another named type | H of its circle |
//!
//! Two types stand in one *circle* if each refers to the other, directly or not; mostly a type stands there alone. **H of
//! the circle** of a type is H\[structure…\]: first its own structure, then those of the other members in the order in
//! which the structures, read from the first to the last, refer to them. Inside them a member has the form `"#n"`, where
//! n is the place of its structure, from 0. Newtypes and tuples that wrap themselves through nothing but other newtypes
//! and tuples, such as a list of itself, are members too, and their structure is \[form of what they wrap\].
//!
//! - **struct**: \[`"struct"`, fields, flattened, denies unknown entries\] where it is accepted, \[`"struct"`, fields,
//!   flattened, \[\[tag, value\]… sorted\]\] where it is produced. The fields are sorted: \[name, \[aliases, sorted\],
//!   may be absent, form\] where accepted, \[name, may be absent, form\] where produced. `flattened` lists the forms of
//!   the flattened fields.
//! - **enum**: \[`"enum"`, tagging, tagged, untagged, denies unknown entries\] where it is accepted, the same without the
//!   last where it is produced. The tagging is \[`"external"`\], \[`"internal"`, tag\], \[`"adjacent"`, tag, content\] or
//!   \[`"untagged"`\]. `tagged` lists the variants whose name is on the wire, sorted: \[name, \[aliases, sorted\], stands
//!   for unknown ones, data\] where accepted, \[name, data\] where produced. `untagged` lists the data of the others.
//! - **data** of a variant: \[`"unit"`\], \[`"newtype"`, form\], \[`"tuple"`, form…\], \[`"struct"`, fields, flattened\].
//!
//! So names of types, names in Rust, docs, deprecation, defaults and the order of fields leave no trace, and equal structure
//! gives equal hashes.

mod circles;
mod forms;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Contract, Definition, FORMAT, Method, Request, document::view::View};
use forms::Forms;

/// The hashes of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractHashes {
    /// Of all that is on the wire.
    pub contract: String,
    /// Those of its methods, by message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub methods: BTreeMap<String, MethodHashes>,
}

/// The hashes of a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodHashes {
    /// Of the names and shapes that are accepted.
    pub request: String,
    /// Of the shapes that are produced.
    pub reply: String,
}

/// The hashes of the contracts, by their names. Every type must be defined.
pub(crate) fn of(contracts: &[Contract], types: &BTreeMap<String, Definition>) -> BTreeMap<String, ContractHashes> {
    let [accepted, produced] = View::both(types).map(Forms::new);
    let hashes = contracts.iter().map(|contract| {
        let methods: BTreeMap<_, _> = contract
            .methods
            .iter()
            .map(|method| (method.message.clone(), of_method(method, &accepted, &produced)))
            .collect();
        let parts = methods
            .iter()
            .map(|(message, method)| json!([message, method.request, method.reply]));
        let parts: Vec<_> = parts.collect();
        let events = contract.events.iter();
        let events: Vec<_> = events
            .map(|event| (&event.name, json!([event.name, produced.form(&event.type_ref)])))
            .collect();
        let hash = hash(&json!([
            "callsheet",
            FORMAT,
            "contract",
            parts,
            sorted(events),
            in_order(&contract.extends)
        ]));
        let hashes = ContractHashes {
            contract: hash,
            methods,
        };
        (contract.name.clone(), hashes)
    });
    hashes.collect()
}

fn of_method(method: &Method, accepted: &Forms<'_>, produced: &Forms<'_>) -> MethodHashes {
    let payload = match &method.request {
        Request::Message { type_ref, .. } => json!(["message", accepted.form(type_ref)]),
        Request::Arguments(arguments) => {
            let arguments = arguments.iter().map(|argument| {
                let form = accepted.form(&argument.type_ref);
                (&argument.name, json!([argument.name, argument.optional, form]))
            });
            let mut payload = vec![json!("arguments")];
            payload.extend(sorted(arguments.collect()));
            json!(payload)
        }
    };
    let (kind, aliases) = (method.kind, in_order(&method.aliases));
    let reply = produced.form(&method.reply);
    let error = method.error.as_ref().map(|error| produced.form(error));
    let mut request = vec![
        json!("callsheet"),
        json!(FORMAT),
        json!("request"),
        json!(kind),
        json!(method.message),
        json!(aliases),
        payload,
    ];
    request.extend(method.idempotent.then(|| json!("idempotent")));
    MethodHashes {
        request: hash(&json!(request)),
        reply: hash(&json!(["callsheet", FORMAT, "reply", kind, reply, error])),
    }
}

/// The hash of a canonical array.
fn hash(value: &Value) -> String {
    let digest = Sha256::digest(value.to_string());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The values in the order of their names.
fn sorted<K: Ord>(mut parts: Vec<(K, Value)>) -> Vec<Value> {
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    parts.into_iter().map(|(_, value)| value).collect()
}

fn in_order(names: &[String]) -> Vec<&str> {
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}
