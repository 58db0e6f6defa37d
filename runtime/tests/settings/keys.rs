//! Every key, in the file, in the environment, and in the documentation.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use callsheet::Settings;

const NOTHING: [(&str, &str); 0] = [];

/// The rows of a table in Markdown: the cells of each, without their quotes.
fn rows(table: &str) -> Vec<Vec<String>> {
    let cells = |row: &str| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    };
    table.lines().skip(2).map(cells).collect()
}

#[test]
fn nothing_is_said_by_default() {
    assert_eq!(Settings::from_toml("").unwrap(), Settings::default());
    assert_eq!(
        Settings::from_toml("# nothing\n[calls]\n").unwrap(),
        Settings::default()
    );
    assert_eq!(Settings::from_environment(NOTHING).unwrap(), Settings::default());
    assert_eq!(Settings::default().calls().default_timeout(), None);
}

#[test]
fn every_key_can_be_said_in_the_file() {
    let text = r#"
        [calls]
        default_timeout = "250ms"
        longest_timeout = "10min"
        [actors]
        mailbox_capacity = 16
        stop_limit = "2s"
        shared_limit = 0x20
        [supervision]
        restarts = 0
        within = "1h"
        backoff_first = "0s"
        backoff_cap = "1min 30s"
        healthy_after = "1h"
        [shutdown]
        limit = "3s"
        [listener]
        socket = "/run/shop/calls.sock"
        max_connections = 1_000
        max_connections_per_user = "none"
        max_frame = "64MiB"
        max_values = 5_000
        max_in_flight = 8
        max_streams = 4
        max_subscriptions = 3
        high_water = 65536
        memory = "1GiB"
        rate = 100
        burst = 20
        user_rate = 200
        user_burst = 30
        idle = "never"
        start_time = "9s"
        frame_time = "1min"
        unread_time = "2min"
        drain = "1500ms"
    "#;
    let settings = Settings::from_toml(text).unwrap();
    let (ms, secs) = (
        |ms| Some(Duration::from_millis(ms)),
        |secs| Some(Duration::from_secs(secs)),
    );
    let calls = settings.calls();
    assert_eq!((calls.default_timeout(), calls.longest_timeout()), (ms(250), secs(600)));
    let actors = settings.actors();
    assert_eq!(
        (actors.mailbox_capacity(), actors.stop_limit(), actors.shared_limit()),
        (Some(16), secs(2), Some(32))
    );
    let supervision = settings.supervision();
    assert_eq!((supervision.restarts(), supervision.within()), (Some(0), secs(3600)));
    assert_eq!(
        (
            supervision.backoff_first(),
            supervision.backoff_cap(),
            supervision.healthy_after()
        ),
        (secs(0), secs(90), secs(3600))
    );
    assert_eq!(settings.shutdown().limit(), secs(3));
    let listener = settings.listener();
    assert_eq!(listener.socket(), Some(PathBuf::from("/run/shop/calls.sock")));
    assert_eq!(
        (
            listener.max_connections(),
            listener.max_frame(),
            listener.max_in_flight()
        ),
        (Some(1000), Some(64 << 20), Some(8))
    );
    assert_eq!((listener.high_water(), listener.drain()), (Some(65536), ms(1500)));
    assert_eq!(
        (
            listener.max_values(),
            listener.max_streams(),
            listener.max_subscriptions(),
            listener.memory()
        ),
        (Some(5000), Some(4), Some(3), Some(1 << 30))
    );
    // What is said to be none is said.
    assert_eq!(
        (listener.max_connections_per_user(), listener.idle()),
        (Some(None), Some(None))
    );
    assert_eq!(
        (
            listener.rate(),
            listener.burst(),
            listener.user_rate(),
            listener.user_burst()
        ),
        (Some(Some(100)), Some(Some(20)), Some(Some(200)), Some(Some(30)))
    );
    assert_eq!(
        (listener.start_time(), listener.frame_time(), listener.unread_time()),
        (Some(secs(9)), secs(60), Some(secs(120)))
    );
}

#[test]
fn every_default_is_a_value_of_its_key_in_the_file_and_in_the_environment() {
    let rows = rows(&Settings::describe());
    assert!(rows.len() > 15, "{rows:?}");
    for row in rows {
        let [key, variable, _, default, _] = &row[..] else {
            panic!("a row has five cells: {row:?}");
        };
        let in_file = match (key.as_str(), default.as_str()) {
            ("listener.socket", "none") => "\"/calls.sock\"",
            (_, "none") => "7",
            (_, default) => default,
        };
        let file = Settings::from_toml(&format!("{key} = {in_file}")).unwrap();
        let environment = Settings::from_environment([(variable, in_file.trim_matches('"'))]).unwrap();
        assert_ne!(file, Settings::default(), "{key}");
        assert_eq!(file, environment, "{key} and {variable}");
    }
}

#[test]
fn every_key_has_a_variable_of_its_own() {
    let rows = rows(&Settings::describe());
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row[1], format!("CALLSHEET_{}", row[0].replace('.', "_").to_uppercase()));
        assert!(rows[..n].iter().all(|other| other[1] != row[1]), "{row:?}");
    }
}

#[test]
fn the_page_of_settings_has_the_table_of_all() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    let page = fs::read_to_string(page).unwrap();
    let table: String = page
        .split_inclusive('\n')
        .filter(|line| line.starts_with("| "))
        .collect();
    assert_eq!(table, Settings::describe());

    let example = Settings::from_toml("[calls]\ndefault_timeout = 30")
        .unwrap_err()
        .to_string();
    for line in example.lines().filter(|line| !line.starts_with(" -->")) {
        assert!(page.contains(line), "{line}");
    }
}

#[test]
fn what_is_put_over_wins_key_by_key() {
    let above = Settings::from_toml("calls.default_timeout = '1s'\nlistener.drain = '2s'").unwrap();
    let below = Settings::from_toml("calls = { default_timeout = '8s', longest_timeout = '9s' }").unwrap();
    let joined = "[calls]\ndefault_timeout = '1s'\nlongest_timeout = '9s'\n[listener]\ndrain = '2s'";
    let joined = Settings::from_toml(joined).unwrap();
    assert_eq!(above.clone().over(below.clone()), joined);
    assert_ne!(below.clone().over(above), joined);
    assert_eq!(Settings::default().over(below.clone()), below);
    assert_eq!(below.clone().over(Settings::default()), below);
}
