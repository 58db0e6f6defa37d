//! Calls of what a client hosts.

use callsheet::{CallError, Failure, Mailbox, Sends};
use conformance_contract::{Callback, Refused, Shape, Wide};
use futures_util::StreamExt;

/// How many items are asked for: more than the credit of a stream.
const ITEMS: u32 = 500;

/// Calls a method; what came of it, or why nothing did.
pub(crate) async fn call(callback: &Mailbox<dyn Callback>, method: &str) -> Result<String, String> {
    let text = "Grüße".to_owned();
    match method {
        "say" => callback.say(text).await.map_err(failed),
        "weigh" => callback.weigh(text).await.map_err(declared),
        "wide" => {
            let value = Wide {
                unsigned: u64::MAX,
                signed: i64::MIN,
            };
            let found = callback.wide(value).await.map_err(failed)?;
            Ok(format!("{} {}", found.unsigned, found.signed))
        }
        "shape" => {
            let value = Shape::Box { width: 7, height: 0 };
            let found = callback.shape(value).await.map_err(failed)?;
            Ok(format!("{found:?}"))
        }
        "items" => {
            let mut items = callback.items(ITEMS);
            let (mut count, mut sum) = (0, 0);
            while let Some(item) = items.next().await {
                let item = item.map_err(|error| format!("{} after {count}", declared(error)))?;
                (count, sum) = (count + 1, sum + item);
            }
            Ok(format!("{count} items, {sum} in all"))
        }
        // No more of them than the first is taken.
        "item" => match callback.items(ITEMS).next().await {
            Some(item) => item.map(|item| item.to_string()).map_err(declared),
            None => Ok("none".to_owned()),
        },
        "told" => callback
            .told(text)
            .send()
            .await
            .map(|()| "told".to_owned())
            .map_err(failed),
        other => Err(format!("there is no method {other}")),
    }
}

/// What a program goes by; texts are for people.
fn failed(failure: Failure) -> String {
    format!("{} {:?}", failure.code_name(), failure.delivered())
}

fn declared(error: CallError<Refused>) -> String {
    match error {
        CallError::Contract(Refused::Changed { found }) => format!("refused: {found}"),
        CallError::Contract(error) => format!("refused: {error:?}"),
        CallError::Failure(failure) => failed(failure),
    }
}
