//! The runtime that every package carries: the sources of `codegen/support/typescript/src/`, unchanged.

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../support/typescript/src/", $name)))),*]
    };
}

/// Each file by its name, with its contents.
pub(super) const FILES: &[(&str, &str)] = files![
    "abort.ts",
    "admission.ts",
    "backoff.ts",
    "call.ts",
    "callee.ts",
    "codec.ts",
    "connection.ts",
    "deadlines.ts",
    "decode.ts",
    "dialling.ts",
    "dispose.ts",
    "encode.ts",
    "envelope.ts",
    "errors.ts",
    "exchange.ts",
    "fake-session.ts",
    "fake.ts",
    "frame.ts",
    "greeting.ts",
    "hosted-call.ts",
    "hosting.ts",
    "inbox.ts",
    "index.ts",
    "json.ts",
    "kept.ts",
    "keys.ts",
    "link.ts",
    "messagepack.ts",
    "method.ts",
    "node.ts",
    "options.ts",
    "outbox.ts",
    "output.ts",
    "path.ts",
    "queue.ts",
    "stream.ts",
    "subscribers.ts",
    "subscription.ts",
    "target.ts",
    "text.ts",
    "time.ts",
    "transport.ts",
    "unknown.ts",
];

#[cfg(test)]
mod tests {
    use super::FILES;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn every_file_of_the_runtime_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/typescript/src");
        let present: BTreeSet<String> = fs::read_dir(folder)
            .expect("the runtime's sources are part of this package")
            .map(|entry| {
                entry
                    .expect("a folder can be listed")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        let embedded: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(embedded, present);
    }
}
