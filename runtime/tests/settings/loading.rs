//! What a program loads, in an environment of its own.

use std::{env, ffi::OsStr, fs, process::Command};

use callsheet::{Settings, SettingsError};

/// Makes the test that it is set for load settings and print them.
const LOADS: &str = "SETTINGS_ARE_LOADED";

/// What a program prints that loads the settings of `shop` with these variables and no others of this crate. The program
/// is this test program again, which runs `test` alone.
fn load(test: &str, variables: &[(&str, &OsStr)]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env_clear()
        .env(LOADS, "")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let (_, said) = output.split_once("<<").expect("the program says what it loads");
    let (said, _) = said.split_once(">>").expect("and where it ends");
    said.to_owned()
}

/// In the program that [`load`] starts: loads, and prints. True if this is that program.
fn is_loading() -> bool {
    if env::var_os(LOADS).is_none() {
        return false;
    }
    match Settings::load("shop") {
        Ok(settings) => println!("<<{settings:?}>>"),
        Err(error) => println!("<<{error}>>"),
    }
    true
}

#[test]
fn the_environment_is_over_the_file_of_the_service() {
    if is_loading() {
        return;
    }
    let load = |variables: &[_]| load("loading::the_environment_is_over_the_file_of_the_service", variables);
    let folder = tempfile::tempdir().unwrap();
    let config = ("XDG_CONFIG_HOME", folder.path().as_os_str());
    let is = |text: &str| format!("{:?}", Settings::from_toml(text).unwrap());

    assert_eq!(load(&[config]), is(""), "the file may be missing");
    let variable = ("CALLSHEET_SHUTDOWN_LIMIT", OsStr::new("1s"));
    assert_eq!(load(&[config, variable]), is("shutdown.limit = '1s'"));

    let path = folder.path().join("shop/callsheet.toml");
    fs::create_dir(path.parent().unwrap()).unwrap();
    fs::write(&path, "[shutdown]\nlimit = '8s'\n[actors]\nshared_limit = 9\n").unwrap();
    assert_eq!(load(&[config]), is("shutdown.limit = '8s'\nactors.shared_limit = 9"));
    assert_eq!(
        load(&[config, variable]),
        is("shutdown.limit = '1s'\nactors.shared_limit = 9")
    );

    fs::write(&path, "[shutdown]\nlimit = 8").unwrap();
    let says = load(&[config, variable]);
    assert!(says.contains(&format!("--> {}:2:9\n", path.display())), "{says}");
}

#[test]
fn the_environment_may_name_another_file_which_must_be_there() {
    if is_loading() {
        return;
    }
    let load = |variables: &[_]| {
        load(
            "loading::the_environment_may_name_another_file_which_must_be_there",
            variables,
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let config = ("XDG_CONFIG_HOME", folder.path().as_os_str());
    fs::create_dir(folder.path().join("shop")).unwrap();
    fs::write(folder.path().join("shop/callsheet.toml"), "shutdown.limit = '8s'").unwrap();
    let other = folder.path().join("other.toml");
    let named = ("CALLSHEET_CONFIG", other.as_os_str());

    assert_eq!(
        load(&[config, named]),
        format!(
            "failed to read the settings in `{}`: No such file or directory (os error 2)",
            other.display()
        )
    );
    fs::write(&other, "actors.shared_limit = 9").unwrap();
    let is = Settings::from_toml("actors.shared_limit = 9").unwrap();
    assert_eq!(load(&[config, named]), format!("{is:?}"), "the other file is not read");
}

#[test]
fn a_service_is_a_plain_file_name() {
    for name in ["", ".", "..", "../shop", "/etc", "a\0b"] {
        let error = Settings::load(name).unwrap_err();
        assert!(matches!(error, SettingsError::InvalidService(_)), "{error}");
    }
    assert_eq!(
        Settings::load("a/b").unwrap_err().to_string(),
        "`a/b` cannot be a service's name: it is empty, `.` or `..`, or contains `/` or a control character; choose another"
    );
}
