//! What is said of a file that is wrong.

use std::fs;

use callsheet::{Settings, SettingsError};

fn refused(text: &str) -> SettingsError {
    Settings::from_toml(text).expect_err(text)
}

/// What is said of a text in no file.
#[track_caller]
fn assert_refused(text: &str, says: &str) {
    assert_eq!(refused(text).to_string(), says);
}

#[test]
fn an_unknown_key_is_told_with_the_one_that_is_like_it() {
    assert_refused(
        "[calls]\n\ndefalt_timeout = '30s'",
        "there is no setting `calls.defalt_timeout`; did you mean `calls.default_timeout`?
 --> line 3, column 1
  |
3 | defalt_timeout = '30s'
  | ^^^^^^^^^^^^^^",
    );
    assert_refused(
        "[shutdown]\nmailbox_capacity = 5",
        "there is no setting `shutdown.mailbox_capacity`; did you mean `actors.mailbox_capacity`?
 --> line 2, column 1
  |
2 | mailbox_capacity = 5
  | ^^^^^^^^^^^^^^^^",
    );
    assert_refused(
        "[calls]\ncolour = 'red'",
        "there is no setting `calls.colour`; in `[calls]` there are `default_timeout`, `longest_timeout`
 --> line 2, column 1
  |
2 | colour = 'red'
  | ^^^^^^",
    );
}

#[test]
fn the_table_of_the_client_generator_is_passed_over_and_one_that_is_like_it_is_not() {
    let of_both = Settings::from_toml("[generate.targets.web]\nlang = 'typescript'\n[calls]\ndefault_timeout = '5s'");
    let own = Settings::from_toml("[calls]\ndefault_timeout = '5s'");
    assert_eq!(of_both.unwrap(), own.unwrap());
    let error = Settings::from_toml("[generated]").unwrap_err();
    assert_eq!(error.key(), Some("generated"));
}

#[test]
fn an_unknown_table_is_told_with_the_one_that_is_like_it() {
    assert_refused(
        "[[actor]]\nmailbox_capacity = 5",
        "there is no setting `actor`; did you mean `actors`?
 --> line 1, column 3
  |
1 | [[actor]]
  |   ^^^^^",
    );
    assert_refused(
        "drain = '5s'",
        "there is no setting `drain`; did you mean `listener.drain`?
 --> line 1, column 1
  |
1 | drain = '5s'
  | ^^^^^",
    );
    assert_refused(
        "[database]",
        "there is no setting `database`; the tables are `[calls]`, `[actors]`, `[supervision]`, `[shutdown]`, `[listener]`
 --> line 1, column 2
  |
1 | [database]
  |  ^^^^^^^^",
    );
}

#[test]
fn a_value_of_another_type_is_refused() {
    assert_refused(
        "[calls]\ndefault_timeout = 30",
        "`calls.default_timeout` must be a duration such as \"250ms\", \"30s\", \"10min\" or \"1h\", from 1ms to 1day, not `30`
 --> line 2, column 19
  |
2 | default_timeout = 30
  |                   ^^",
    );
    assert_refused(
        "actors.mailbox_capacity = \"many\"",
        "`actors.mailbox_capacity` must be a whole number from 1 to 1000000, not `\"many\"`
 --> line 1, column 27
  |
1 | actors.mailbox_capacity = \"many\"
  |                           ^^^^^^",
    );
    assert_refused(
        "[listener]\nmax_frame = 1.5",
        "`listener.max_frame` must be a number of bytes such as 65536 or \"16MiB\", from 1KiB to 1GiB, not `1.5`
 --> line 2, column 13
  |
2 | max_frame = 1.5
  |             ^^^",
    );
    assert_refused(
        "[listener]\nsocket = \"~/calls.sock\"",
        "`listener.socket` must be an absolute path such as \"/run/shop/calls.sock\", not `\"~/calls.sock\"`
 --> line 2, column 10
  |
2 | socket = \"~/calls.sock\"
  |          ^^^^^^^^^^^^^^",
    );
    assert_refused(
        "[shutdown]\nlimit = [\n  '1s',\n]",
        "`shutdown.limit` must be a duration such as \"250ms\", \"30s\", \"10min\" or \"1h\", from 0s to 1day, not an array
 --> line 2, column 9
  |
2 | limit = [
  |         ^",
    );
    assert_refused(
        "calls = true",
        "`calls` must be a table, not `true`
 --> line 1, column 9
  |
1 | calls = true
  |         ^^^^",
    );
    let table = refused("[shutdown.limit]\nhours = 1").to_string();
    assert!(table.contains("from 0s to 1day, not a table\n --> line 1, "), "{table}");
}

#[test]
fn a_value_out_of_range_is_refused() {
    for (key, values) in [
        (
            "calls.default_timeout",
            &["'0s'", "'2days'", "'999us'", "'99999999999999years'", "'-1s'", "''"][..],
        ),
        (
            "actors.mailbox_capacity",
            &["0", "1000001", "-1", "99999999999999999999", "1.0", "'5'"],
        ),
        (
            "listener.max_frame",
            &[
                "1023",
                "'2GiB'",
                "'1PiB'",
                "'99999999999999999999EiB'",
                "'-1MiB'",
                "'16 apples'",
                "''",
            ],
        ),
        ("listener.max_in_flight", &["0", "1000000000"]),
        ("listener.socket", &["''", "'calls.sock'", "\"/a\\u0000b\""]),
    ] {
        for value in values {
            let error = refused(&format!("{key} = {value}"));
            assert!(matches!(error, SettingsError::WrongValue { .. }), "{error}");
            assert_eq!((error.key(), error.line()), (Some(key), Some(1)));
            assert!(error.to_string().contains(&format!("not `{value}`\n")), "{error}");
        }
    }
    for (key, values) in [
        (
            "calls.default_timeout",
            &["'1ms'", "'1day'", "'1h 30min'", "'0.5s'"][..],
        ),
        ("actors.mailbox_capacity", &["1", "1000000"]),
        (
            "listener.max_frame",
            &["1024", "'1GiB'", "'1.5MiB'", "'16 MiB'", "'2048'"],
        ),
    ] {
        for value in values {
            Settings::from_toml(&format!("{key} = {value}")).unwrap();
        }
    }
}

#[test]
fn what_is_no_toml_is_told_where_it_ceases_to_be() {
    assert_refused(
        "[calls]\ndefault_timeout = 30s",
        "this is no TOML: string values must be quoted, expected literal string
 --> line 2, column 19
  |
2 | default_timeout = 30s
  |                   ^^^",
    );
    let twice = refused("[calls]\ndefault_timeout = '1s'\ndefault_timeout = '2s'");
    assert!(matches!(twice, SettingsError::NotToml { .. }), "{twice}");
    assert_eq!((twice.line(), twice.column(), twice.key()), (Some(3), Some(1), None));
    for text in [
        "[calls",
        "calls.default_timeout = ",
        "=",
        "\r",
        "x = \"\u{7}\"",
        "ü = ",
        "x = '''\n",
    ] {
        let error = refused(text);
        assert!(matches!(error, SettingsError::NotToml { .. }), "{error}");
        let shown = error.to_string();
        assert!(!shown.contains(|c: char| c != '\n' && c.is_control()), "{shown:?}");
    }
}

#[test]
fn the_place_counts_characters_and_passes_over_line_endings() {
    let error = refused("[calls]\r\n'größe' = 1\r\n");
    assert_eq!((error.line(), error.column()), (Some(2), Some(1)));
    let error = refused("\u{feff}'größe' = 1");
    assert_eq!((error.line(), error.column()), (Some(1), Some(1)));
    let error = refused("actors = { \"shared\\u005flimit\" = 1, 'größe' = 1 }");
    assert_eq!((error.line(), error.column()), (Some(1), Some(37)));
    assert_eq!(error.key(), Some("actors.größe"));
    let error = refused("listener = { socket = '/größe', x = 1 }");
    assert_eq!((error.line(), error.column()), (Some(1), Some(33)));
}

#[test]
fn the_first_fault_of_a_file_is_told() {
    let error = refused("[shutdown]\nzeal = 1\nlimit = 5\n[actors]\nstop_limit = 1");
    assert_eq!(error.key(), Some("shutdown.zeal"));
}

#[test]
fn a_fault_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.toml");
    fs::write(&path, "[actors]\nstop_limit = 5\n").unwrap();
    let error = Settings::from_file(&path).unwrap_err();
    assert_eq!(
        (error.file(), error.line(), error.column()),
        (Some(&*path), Some(2), Some(14))
    );
    assert_eq!((error.key(), error.variable()), (Some("actors.stop_limit"), None));
    assert_eq!(
        error.to_string(),
        format!(
            "`actors.stop_limit` must be a duration such as \"250ms\", \"30s\", \"10min\" or \"1h\", from 0s to 1day, not `5`
 --> {}:2:14
  |
2 | stop_limit = 5
  |              ^",
            path.display()
        )
    );
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    let error = Settings::from_file(&missing).unwrap_err();
    assert_eq!((error.file(), error.line()), (Some(&*missing), None));
    assert_eq!(
        error.to_string(),
        format!(
            "failed to read the settings in `{}`: No such file or directory (os error 2)",
            missing.display()
        )
    );
    let error = Settings::from_file(folder.path()).unwrap_err();
    assert!(matches!(error, SettingsError::Unreadable { .. }), "{error}");
}

#[test]
fn a_file_that_never_ends_is_refused() {
    let error = Settings::from_file("/dev/zero").unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to read the settings in `/dev/zero`: it is longer than 1 MiB"
    );
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.toml");
    fs::write(&path, b"[calls]\n# gr\xf6\xdfer\n").unwrap();
    let error = Settings::from_file(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "this is no TOML: it must be UTF-8
 --> {}:2:5
  |
2 | # gr\u{fffd}\u{fffd}er
  |     ^",
            path.display()
        )
    );
}
