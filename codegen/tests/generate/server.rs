//! A running server as the source.

use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    time::Instant,
};

use callsheet::{Action, Denied};
use callsheet_codegen::backends;
use serde_json::{Value, json};

use crate::{
    fake::{Fake, answer, framed},
    place::{Ended, Place},
    service::{Service, document},
};

const FROM: &str = "unix:demo.sock";

#[test]
fn a_server_gives_the_document_of_what_it_serves() {
    let place = Place::new();
    let _service = Service::at(&place.path().join("demo.sock"), |options| options);
    let printed = place.callsheet(&["schema", "--from", FROM]);
    printed.assert_fine();
    assert_eq!(printed.output, document().to_json());

    let contracts = ["schema", "--from", FROM, "--check", "contracts.json"];
    place
        .callsheet(&["schema", "--from", FROM, "--out", "contracts.json"])
        .assert_fine();
    place.callsheet(&contracts).assert_fine();
    let less = document().of_contracts(&|name| name == "demo.Clock");
    place.put("contracts.json", &less.to_json());
    let stale = place.callsheet(&contracts);
    stale.assert_fails(101, "error: `contracts.json` is not the document of the server; ");
    assert!(stale.output.contains("contract demo.Calculator"), "{}", stale.output);
}

#[test]
fn a_server_and_its_document_give_the_same_client_in_every_language() {
    let place = Place::new();
    place.put("contracts.json", &document().to_json());
    let _service = Service::at(&place.path().join("demo.sock"), |options| options);
    for backend in backends::all() {
        let language = backend.language().name();
        for (source, value, out) in [("--from", FROM, "live"), ("--schema", "contracts.json", "file")] {
            let out = format!("{out}/{language}");
            place
                .callsheet(&["generate", source, value, "--lang", language, "--out", &out])
                .assert_fine();
        }
        assert_eq!(
            place.tree(&format!("live/{language}")),
            place.tree(&format!("file/{language}")),
            "{language}"
        );
    }
}

#[test]
fn a_server_speaks_of_what_one_may_use_alone() {
    let place = Place::new();
    let path = place.path().join("demo.sock");
    let ask = || place.callsheet(&["schema", "--from", FROM]);
    let clock = |what: &Action<'_>| match what {
        Action::Schema => Ok(()),
        Action::Call { message_type, .. } if message_type.starts_with("demo.Clock.") => Ok(()),
        _ => Err(Denied::default()),
    };
    let service = Service::at(&path, |options| options.authorize(move |access| clock(&access.what)));
    let shown = ask();
    shown.assert_fine();
    assert_eq!(
        shown.output,
        document().of_contracts(&|name| name == "demo.Clock").to_json()
    );
    drop(service);

    let looking = |what: &Action<'_>| matches!(what, Action::Schema).then_some(()).ok_or(Denied::default());
    let service = Service::at(&path, |options| options.authorize(move |access| looking(&access.what)));
    ask().assert_fails(
        1,
        "error: the server at `unix:demo.sock` serves nothing that you may use; ",
    );
    drop(service);

    let _service = Service::at(&path, |options| {
        options.authorize(|_| Err(Denied::new("no looking around")))
    });
    let refused = ask();
    refused.assert_fails(
        1,
        "error: the server at `unix:demo.sock` refuses to say what it serves; it has to allow you to ask for its `schema`\n",
    );
    assert!(refused.errors.contains("no looking around"), "{}", refused.errors);
}

#[test]
fn where_no_server_is_it_is_said_what_is_there() {
    let place = Place::new();
    let ask = || place.callsheet(&["generate", "--from", FROM, "--lang", "rust", "--out", "out"]);
    ask().assert_fails(
        1,
        "error: there is no server at `unix:demo.sock`; start it, or give the path of the socket that it listens on\n  \
         caused by: No such file or directory",
    );
    place.put("demo.sock", "");
    ask().assert_fails(1, "error: there is no server at `unix:demo.sock`, which is no socket; ");
    std::fs::remove_file(place.path().join("demo.sock")).expect("it was just put there");

    // Who has bound it, and died.
    drop(UnixListener::bind(place.path().join("demo.sock")).expect("the folder is the test's own"));
    let dead = ask();
    dead.assert_fails(
        1,
        "error: failed to connect to `unix:demo.sock`; is the server running, ",
    );
    assert!(dead.errors.contains("Connection refused"), "{}", dead.errors);
    assert!(!place.has("out"));

    for wrong in ["demo.sock", "unix:", "tcp:localhost:1"] {
        let refused = place.callsheet(&["schema", "--from", wrong]);
        refused.assert_fails(2, "error: invalid value ");
        assert!(
            refused.errors.contains("a server's address is `unix:` and the path"),
            "{wrong}"
        );
    }
}

/// Asks a listener that serves in its own way for the document.
fn asked(serve: impl FnOnce(UnixStream) + Send + 'static) -> Ended {
    asked_with(&[], serve)
}

fn asked_with(options: &[&str], serve: impl FnOnce(UnixStream) + Send + 'static) -> Ended {
    let place = Place::new();
    let fake = Fake::at(&place.path().join("demo.sock"), serve);
    let ended = place.callsheet(&[&["schema", "--from", FROM], options].concat());
    fake.end();
    assert_eq!(ended.output, "");
    ended
}

fn answered(to_schema: Option<Value>) -> Ended {
    asked(move |socket| answer(socket, to_schema.as_ref()))
}

#[test]
fn who_listens_but_speaks_another_language_is_found_out() {
    let foreign = "error: what listens at `unix:demo.sock` does not speak callsheet's protocol; ";
    asked(drop).assert_fails(1, foreign);
    for said in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        framed("[]"),
        framed("\u{0}"),
        framed("{}"),
    ] {
        let ended = asked(move |mut socket| {
            socket.write_all(&said).expect("the command listens");
            let mut rest = Vec::new();
            // Until the command has hung up.
            let _ = socket.read_to_end(&mut rest);
        });
        ended.assert_fails(1, foreign);
    }
}

#[test]
fn who_listens_and_is_silent_is_not_waited_for_without_end() {
    let begun = Instant::now();
    let silent = asked_with(&["--timeout", "1"], |mut socket| {
        let _ = socket.read_to_end(&mut Vec::new());
    });
    silent.assert_fails(1, "error: the server at `unix:demo.sock` did not answer within 1 s; ");
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[test]
fn a_server_that_has_no_document_for_this_version_is_told_apart() {
    let refused = json!({
        "success": false, "error": "ProtocolError: `control`: this server does not know it", "error_code": "ProtocolError",
        "error_details": {"retryable": false, "delivered": "no"}, "payload": null,
    });
    answered(Some(refused)).assert_fails(
        1,
        "error: the server at `unix:demo.sock` is too old to say what it serves; ",
    );
    answered(None).assert_fails(1, "error: the server at `unix:demo.sock` did not say what it serves; ");

    let given = |payload: Value| answered(Some(json!({"success": true, "error": null, "payload": payload})));
    given(json!(3)).assert_fails(
        1,
        "error: what the server at `unix:demo.sock` says it serves is not a document that ",
    );
    let other = given(json!({"callsheet": 7, "contracts": [], "types": {}, "encodings": {}}));
    other.assert_fails(
        1,
        "error: the document of the server at `unix:demo.sock` does not hold together; ",
    );
    assert!(
        other.errors.contains("caused by: the document has format 7;"),
        "{}",
        other.errors
    );
    let mut forged = serde_json::to_value(document()).expect("a document is JSON");
    forged["contracts"][0]["methods"][0]["name"] = json!("add_up");
    let hash = forged["hashes"]["demo.Calculator"]
        .as_object_mut()
        .expect("it has hashes");
    hash.insert("contract".to_owned(), json!("0000000000000000"));
    given(forged).assert_fails(
        1,
        "error: the document of the server at `unix:demo.sock` does not hold together; ",
    );
}
