//! What is said of variables that are wrong, and whose are none of these settings' business.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use callsheet::{Settings, SettingsError};

#[track_caller]
fn assert_variable_refused(name: &str, value: &str, says: &str) {
    let error = Settings::from_environment([(name, value)]).expect_err(name);
    assert_eq!(error.to_string(), says);
}

#[test]
fn a_variable_that_is_no_setting_is_refused() {
    assert_variable_refused(
        "CALLSHEET_CALLS_DEFAULT_TIMOUT",
        "5s",
        "there is no setting `CALLSHEET_CALLS_DEFAULT_TIMOUT`, a variable of the environment; did you mean \
         `CALLSHEET_CALLS_DEFAULT_TIMEOUT`?",
    );
    assert_variable_refused(
        "CALLSHEET_COLOUR",
        "red",
        "there is no setting `CALLSHEET_COLOUR`, a variable of the environment; unset it, or see \
         `Settings::describe()` for those there are",
    );
    let lower = Settings::from_environment([("CALLSHEET_calls_default_timeout", "5s")]).unwrap_err();
    assert_eq!(lower.variable(), Some("CALLSHEET_calls_default_timeout"));
}

#[test]
fn a_variable_with_a_bad_value_is_refused() {
    assert_variable_refused(
        "CALLSHEET_CALLS_DEFAULT_TIMEOUT",
        "soon",
        "`CALLSHEET_CALLS_DEFAULT_TIMEOUT`, a variable of the environment, must be a duration such as 250ms, 30s, 10min or \
         1h, from 1ms to 1day, not `soon`",
    );
    for (name, value) in [
        ("CALLSHEET_ACTORS_MAILBOX_CAPACITY", "0"),
        ("CALLSHEET_ACTORS_MAILBOX_CAPACITY", ""),
        ("CALLSHEET_LISTENER_MAX_FRAME", "16MiBs"),
        ("CALLSHEET_LISTENER_SOCKET", "calls.sock"),
    ] {
        let error = Settings::from_environment([(name, value)]).unwrap_err();
        assert!(matches!(error, SettingsError::WrongVariable { .. }), "{error}");
        assert_eq!((error.variable(), error.file(), error.line()), (Some(name), None, None));
    }
    let name = "CALLSHEET_SHUTDOWN_LIMIT";
    let error = Settings::from_environment([(OsStr::new(name), OsStr::from_bytes(b"5\xff\n"))]).unwrap_err();
    assert_eq!(error.key(), Some("shutdown.limit"));
    assert!(error.to_string().ends_with("not `5\u{fffd}\u{fffd}`"), "{error}");
}

#[test]
fn variables_of_others_are_passed_over() {
    let variables = [
        ("CALLSHEETS_X", "1"),
        ("HOME", "/"),
        ("CALLSHEET_CONFIG", "/nowhere"),
        // The command that makes documents sets it.
        ("CALLSHEET_DOCUMENT", "/document.json"),
        ("CALLSHEET_SHUTDOWN_LIMIT", "5s"),
    ];
    let settings = Settings::from_environment(variables).unwrap();
    assert_eq!(settings, Settings::from_toml("shutdown.limit = '5s'").unwrap());
    // A path may be any bytes.
    let path = OsStr::from_bytes(b"/run/\xff.sock");
    let settings = Settings::from_environment([(OsStr::new("CALLSHEET_LISTENER_SOCKET"), path)]).unwrap();
    assert_eq!(settings.listener().socket().as_deref(), Some(Path::new(path)));
}
