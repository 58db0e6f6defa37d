//! Takes values from a server and gives them back, as the tasks say; prints what went wrong.

// The crates with types that stand deep within one another ask for it.
#![recursion_limit = "1024"]

use std::time::Duration;

struct Task {
    document: String,
    codec: String,
    counts: Vec<u32>,
}

fn complain(task: &Task, at: Option<(usize, u32)>, error: &dyn std::fmt::Display) {
    let (document, codec, says) = (&task.document, &task.codec, error.to_string());
    println!("{}", serde_json::json!({ "document": document, "codec": codec, "at": at, "says": says }));
}

fn options(task: &Task) -> callsheet_client::ConnectOptions {
    let codec = match task.codec.as_str() {
        "json" => callsheet_client::Codec::Json,
        _ => callsheet_client::Codec::MessagePack,
    };
    callsheet_client::ConnectOptions::new().codec(codec).timeout(Duration::from_secs(20))
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (socket, tasks) = (arguments.next().expect("a socket"), arguments.next().expect("tasks"));
    let text = std::fs::read_to_string(tasks).expect("tasks that can be read");
    let tasks: Vec<serde_json::Value> = serde_json::from_str(&text).expect("tasks in JSON");
    for task in tasks {
        let text = |name: &str| task[name].as_str().unwrap_or_default().to_owned();
        let counts = task["counts"].as_array().into_iter().flatten();
        let task = Task {
            document: text("document"),
            codec: text("codec"),
            counts: counts.map(|count| u32::try_from(count.as_u64().unwrap_or(0)).unwrap_or(0)).collect(),
        };
        run(&task, &socket);
    }
}

/// One package's values.
macro_rules! task {
    ($document:ident, $package:ident, [$($at:literal $give:ident $take:ident,)*]) => {
        fn $document(task: &Task, socket: &str) {
            let client = match $package::blocking::Client::connect_with(socket, options(task)) {
                Ok(client) => client,
                Err(error) => return complain(task, None, &error),
            };
            let mirror = client.mirror_at(task.document.clone());
            let _ = &mirror;
            $(for index in 0..task.counts[$at] {
                let returned = mirror.$give(index).and_then(|probe| mirror.$take(&probe));
                if let Err(error) = returned {
                    complain(task, Some(($at, index)), &error);
                }
            })*
        }
    };
}

