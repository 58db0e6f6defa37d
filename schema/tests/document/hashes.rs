//! What hashes tell apart, and what they do not.

use callsheet_schema::hash::MethodHashes;
use serde_json::{Value, json};

use super::{document_of, enum_of, method, struct_of};

/// The hashes of a method that takes and gives `demo.User`.
fn hashes(types: &Value) -> MethodHashes {
    hashes_of("demo.User", types)
}

fn hashes_of(name: &str, types: &Value) -> MethodHashes {
    let contracts = json!([{"name": "demo.Swap", "methods": [method("One", &json!({"named": name}))]}]);
    let document = document_of(&contracts, types).unwrap_or_else(|error| panic!("{error}"));
    document.hashes["demo.Swap"].methods["demo.Swap.One"].clone()
}

fn user() -> Value {
    json!({
        "demo.User": struct_of(&json!([
            {"name": "id", "type": "u64"},
            {"name": "level", "type": {"named": "demo.Level"}},
            {"name": "boss", "type": {"option": {"named": "demo.User"}}},
        ])),
        "demo.Level": enum_of(&json!("external"), &json!([
            {"name": "Low", "shape": "unit"},
            {"name": "High", "shape": {"struct": [{"name": "how", "type": "u8"}, {"name": "by", "type": "string"}]}},
        ])),
    })
}

fn changed(change: impl FnOnce(&mut Value)) -> MethodHashes {
    let mut types = user();
    change(&mut types);
    hashes(&types)
}

const FIELDS: &str = "/demo.User/shape/struct/fields";
const VARIANTS: &str = "/demo.Level/shape/enum/variants";

fn at<'a>(types: &'a mut Value, pointer: &str) -> &'a mut Value {
    types.pointer_mut(pointer).expect("it is there")
}

#[test]
fn what_the_wire_does_not_show_leaves_no_trace() {
    let before = hashes(&user());
    let renamed = user()
        .to_string()
        .replace("demo.User", "x.Person")
        .replace("demo.Level", "a.Rank");
    let renamed: Value = serde_json::from_str(&renamed).expect("still JSON");
    assert_eq!(hashes_of("x.Person", &renamed), before);
    let moved = changed(|types| at(types, FIELDS).as_array_mut().expect("fields").reverse());
    assert_eq!(moved, before);
    let moved = changed(|types| at(types, VARIANTS).as_array_mut().expect("variants").reverse());
    assert_eq!(moved, before);
    let said = changed(|types| {
        types["demo.User"]["docs"] = json!("Somebody.");
        types["demo.User"]["deprecated"] = json!("");
        at(types, &format!("{FIELDS}/0"))["ident"] = json!("number");
        at(types, &format!("{FIELDS}/0"))["docs"] = json!("Who it is.");
    });
    assert_eq!(said, before);
    let wrapped = changed(|types| {
        types["demo.Id"] = json!({"shape": {"newtype": "u64"}});
        at(types, &format!("{FIELDS}/0"))["type"] = json!({"named": "demo.Id"});
        types["demo.Boss"] = json!({"shape": {"newtype": {"option": {"named": "demo.User"}}}});
        at(types, &format!("{FIELDS}/2"))["type"] = json!({"named": "demo.Boss"});
    });
    assert_eq!(wrapped, before);
}

#[test]
fn what_the_wire_shows_both_ways_changes_both() {
    let before = hashes(&user());
    let changes: [fn(&mut Value); 4] = [
        |types| at(types, &format!("{FIELDS}/0"))["name"] = json!("number"),
        |types| at(types, &format!("{FIELDS}/0"))["type"] = json!("u32"),
        |types| {
            at(types, VARIANTS)
                .as_array_mut()
                .expect("variants")
                .push(json!({"name": "Mid", "shape": "unit"}))
        },
        |types| types["demo.Level"]["shape"]["enum"]["tagging"] = json!({"internal": {"tag": "t"}}),
    ];
    for change in changes {
        let after = changed(change);
        assert_ne!(after.request, before.request);
        assert_ne!(after.reply, before.reply);
    }
}

#[test]
fn what_the_wire_shows_one_way_changes_one_side() {
    let before = hashes(&user());
    let requests: [fn(&mut Value); 4] = [
        |types| at(types, &format!("{FIELDS}/0"))["optional"] = json!(true),
        |types| at(types, &format!("{FIELDS}/0"))["aliases"] = json!(["number"]),
        |types| at(types, &format!("{FIELDS}/0"))["accepts"] = json!("number"),
        |types| types["demo.User"]["shape"]["struct"]["deny_unknown"] = json!(true),
    ];
    for change in requests {
        let after = changed(change);
        assert_ne!(after.request, before.request);
        assert_eq!(after.reply, before.reply);
    }
    let replies: [fn(&mut Value); 3] = [
        |types| at(types, &format!("{FIELDS}/0"))["sometimes"] = json!(true),
        |types| types["demo.User"]["shape"]["struct"]["tags"] = json!([{"name": "type", "value": "User"}]),
        |types| types["demo.User"]["produces"] = json!({"struct": {"fields": []}}),
    ];
    for change in replies {
        let after = changed(change);
        assert_eq!(after.request, before.request);
        assert_ne!(after.reply, before.reply);
    }
}

#[test]
fn mailboxes_of_other_contracts_are_others() {
    let of = |contract: Option<&str>| {
        let mut mailbox = json!({"shape": {"newtype": {"named": "demo.Address"}}});
        if let Some(contract) = contract {
            mailbox["mailbox"] = json!(contract);
        }
        let address = struct_of(&json!([{"name": "id", "type": "string"}]));
        hashes_of("demo.To", &json!({"demo.To": mailbox, "demo.Address": address}))
    };
    let all = [of(Some("demo.A")), of(Some("demo.B")), of(None)];
    assert_eq!(of(Some("demo.A")), all[0]);
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        assert_ne!(all[one].request, all[other].request);
        assert_ne!(all[one].reply, all[other].reply);
    }
}

#[test]
fn types_of_equal_structure_are_one() {
    let tree = |a: &str, b: &str| {
        let node = |of: &str| struct_of(&json!([{"name": "left", "type": {"option": {"named": of}}}]));
        json!({"demo.User": struct_of(&json!([
            {"name": "one", "type": {"named": a}}, {"name": "two", "type": {"named": b}},
        ])), a: node(a), b: node(b)})
    };
    assert_eq!(hashes(&tree("a.Tree", "a.Tree")), hashes(&tree("b.Left", "c.Right")));
}

#[test]
fn types_that_refer_to_each_other_are_told_from_types_that_refer_to_themselves() {
    let pair = |first: &str, second: &str, to_first: &str, to_second: &str| {
        json!({
            first: struct_of(&json!([{"name": "next", "type": {"list": {"named": to_second}}}, {"name": "a", "type": "u8"}])),
            second: struct_of(&json!([{"name": "next", "type": {"list": {"named": to_first}}}, {"name": "b", "type": "u8"}])),
        })
    };
    let mutual = hashes_of("A", &pair("A", "B", "A", "B"));
    assert_eq!(hashes_of("Z", &pair("Z", "C", "Z", "C")), mutual);
    assert_ne!(hashes_of("B", &pair("A", "B", "A", "B")), mutual);
    assert_ne!(hashes_of("A", &pair("A", "B", "B", "A")), mutual);
}

#[test]
fn newtypes_that_wrap_themselves_come_to_an_end() {
    let tree = |name: &str, of: Value| json!({name: {"shape": {"newtype": of}}});
    let list = hashes_of("Tree", &tree("Tree", json!({"list": {"named": "Tree"}})));
    assert_eq!(
        hashes_of("Bush", &tree("Bush", json!({"list": {"named": "Bush"}}))),
        list
    );
    assert_ne!(
        hashes_of("Tree", &tree("Tree", json!({"set": {"named": "Tree"}}))),
        list
    );
    assert_ne!(hashes_of("Knot", &tree("Knot", json!({"named": "Knot"}))), list);
}

/// Each wraps the next one, twice; and the last one, if it is a circle, the first.
#[test]
fn long_chains_of_types_are_no_trouble() {
    let chain = |last: Value| {
        let mut types = serde_json::Map::new();
        for at in 0..2_000 {
            let next = json!({"named": format!("T{}", at + 1)});
            types.insert(format!("T{at}"), json!({"shape": {"tuple": [next, next]}}));
        }
        types.insert("T2000".to_owned(), last);
        hashes_of("T0", &Value::Object(types))
    };
    let straight = chain(struct_of(&json!([])));
    let circle = chain(struct_of(
        &json!([{"name": "again", "type": {"option": {"named": "T0"}}}]),
    ));
    assert_ne!(straight, circle);
}

#[test]
fn the_contract_has_a_hash_of_its_own() {
    let with = |contract: Value| {
        let other = json!({"name": "demo.Other", "methods": []});
        let document = document_of(&json!([contract, other]), &json!({})).unwrap_or_else(|error| panic!("{error}"));
        document.hashes["demo.Swap"].contract.clone()
    };
    let contract = json!({
        "name": "demo.Swap",
        "methods": [method("One", &json!("u8")), method("Two", &json!("u8"))],
        "events": [{"name": "a.Tick", "type": "u8"}, {"name": "b.Tick", "type": "u8"}],
    });
    let before = with(contract.clone());
    let mut same = contract.clone();
    same["docs"] = json!("Swaps.");
    same["methods"].as_array_mut().expect("methods").reverse();
    same["methods"][0]["access"] = json!("exclusive");
    same["events"].as_array_mut().expect("events").reverse();
    assert_eq!(with(same), before);
    let changes: [fn(&mut Value); 6] = [
        |contract| contract["extends"] = json!(["demo.Other"]),
        |contract| contract["events"][0]["type"] = json!("u16"),
        |contract| contract["methods"][0]["kind"] = json!("stream"),
        |contract| contract["methods"][0]["error"] = json!("string"),
        |contract| contract["methods"][0]["idempotent"] = json!(true),
        |contract| contract["methods"][0]["aliases"] = json!(["demo.Swap.Old"]),
    ];
    for change in changes {
        let mut changed = contract.clone();
        change(&mut changed);
        assert_ne!(with(changed), before);
    }
}

/// Computed by hand from the canonical form, so that it does not change unseen.
#[test]
fn the_canonical_form_is_as_it_is_written_down() {
    let hashes = hashes(&json!({"demo.User": struct_of(&json!([{"name": "id", "type": {"list": "u8"}}]))}));
    let list = sha256(r#"["list","u8"]"#);
    let accepted = sha256(&format!(r#"[["struct",[["id",[],false,"{list}"]],[],false]]"#));
    let produced = sha256(&format!(r#"[["struct",[["id",false,"{list}"]],[],[]]]"#));
    let request =
        format!(r#"["callsheet",1,"request","ask","demo.Swap.One",[],["arguments",["value",false,"{accepted}"]]]"#);
    assert_eq!(hashes.request, sha256(&request));
    assert_eq!(
        hashes.reply,
        sha256(&format!(r#"["callsheet",1,"reply","ask","{produced}",null]"#))
    );
}

/// Whether it may be repeated is said at the end, so that the hashes of all other methods are what they would be without.
#[test]
fn the_canonical_form_of_a_method_that_may_be_repeated_is_as_it_is_written_down() {
    let mut method = method("One", &json!("u8"));
    method["idempotent"] = json!(true);
    let contracts = json!([{"name": "demo.Swap", "methods": [method]}]);
    let document = document_of(&contracts, &json!({})).unwrap_or_else(|error| panic!("{error}"));
    let hashes = &document.hashes["demo.Swap"].methods["demo.Swap.One"];
    let request =
        r#"["callsheet",1,"request","ask","demo.Swap.One",[],["arguments",["value",false,"u8"]],"idempotent"]"#;
    assert_eq!(hashes.request, sha256(request));
    assert_eq!(hashes.reply, sha256(r#"["callsheet",1,"reply","ask","u8",null]"#));
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
