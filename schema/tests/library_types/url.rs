use url::Url;

use crate::expect::{called, refused, written};

#[test]
fn urls_are_absolute() {
    called::<Url>("url");
    let url = Url::parse("HTTPS://user@Example.org:443/a b?q#f").expect("a URL");
    written(&url, r#""https://user@example.org/a%20b?q#f""#);
    written(
        &Url::parse("mailto:a@example.org").expect("a URL"),
        r#""mailto:a@example.org""#,
    );
    refused::<Url>(r#""/relative""#);
}
