//! Two contracts, a program that serves them, and a package that declares them.

use std::path::Path;

use callsheet::{Listener, ListenerOptions, Runtime, actor_contract};
use callsheet_schema::Document;

use crate::place::Place;

/// Adds.
#[actor_contract(namespace = "demo")]
pub(crate) trait Calculator {
    /// The sum of both.
    async fn add(&self, a: i64, b: i64) -> i64;
}

/// Tells the time.
#[actor_contract(namespace = "demo")]
pub(crate) trait Clock {
    async fn now(&self) -> u64;
}

struct Desk;

impl Calculator for Desk {
    async fn add(&self, a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }
}

impl Clock for Desk {
    async fn now(&self) -> u64 {
        7
    }
}

/// The document of both contracts.
pub(crate) fn document() -> Document {
    let registered = Document::of_registered().expect("the contracts hold together");
    // With every feature of the workspace, what callsheet itself declares is registered too.
    registered.of_contracts(&|name| name.starts_with("demo."))
}

/// A server of both contracts, until it is dropped.
pub(crate) struct Service {
    tokio: tokio::runtime::Runtime,
    listener: Option<Listener>,
}

impl Service {
    /// Serves at `path`, on terms.
    pub(crate) fn at(path: &Path, terms: impl FnOnce(ListenerOptions) -> ListenerOptions) -> Self {
        let tokio = tokio::runtime::Runtime::new().expect("the system has threads");
        let listener = tokio.block_on(async {
            let runtime = Runtime::launch().expect("inside tokio");
            let desk = runtime.actor("desk", || Desk).serves(Calculator).serves(Clock);
            desk.expose().start().await.expect("the name is free");
            let options = terms(ListenerOptions::at(path));
            runtime.listen(options).await.expect("the folder is the test's own")
        });
        Self {
            tokio,
            listener: Some(listener),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.take() {
            self.tokio.block_on(listener.shutdown());
        }
    }
}

/// Puts a package called `my-contracts` there that declares both contracts; with the feature `brief`, the clock alone.
///
/// It has no dependencies: it holds the test that the macros would leave behind.
pub(crate) fn put_package(place: &Place, folder: &str) {
    let emit = |document: &Document| {
        let text = document.to_json();
        format!("std::fs::write(std::env::var(\"CALLSHEET_DOCUMENT\").unwrap(), r##\"{text}\"##).unwrap();")
    };
    let all = document();
    let brief = all.of_contracts(&|name| name == "demo.Clock");
    let source = format!(
        "#[allow(unexpected_cfgs, non_snake_case)]
        mod __callsheet_document_demo {{
            #[cfg(all(test, callsheet_document))]
            #[test]
            fn emit() {{
                #[cfg(feature = \"brief\")]
                {{ {} }}
                #[cfg(not(feature = \"brief\"))]
                {{ {} }}
            }}
        }}",
        emit(&brief),
        emit(&all)
    );
    let manifest = "[package]\nname = \"my-contracts\"\nedition = \"2024\"\n[features]\nbrief = []\n[workspace]\n";
    let under = |path: &str| format!("{folder}/{path}").trim_start_matches('/').to_owned();
    place.put(&under("Cargo.toml"), manifest);
    place.put(&under("src/lib.rs"), &source);
}
