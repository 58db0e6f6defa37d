//! Which method a case means, of either client.

use conformance_client::{Colour, MailboxCallback, Order, Shape, Step, Tree};

/// A reply that is handed back by `take`, or the mailbox of an actor that is hosted.
#[derive(Clone)]
pub(crate) enum Kept {
    Colour(Colour),
    Shape(Shape),
    Step(Step),
    Order(Order),
    Tree(Tree),
    Mailbox(MailboxCallback),
}

/// Makes a call, in either client: a blocking one has nothing behind its calls, the other one awaits them.
///
/// Its value is the reply as the driver is told it, and what is kept of it.
macro_rules! make_call {
    ($probe:expr, $call:expr, $taken:expr, [$($await:tt)*]) => {{
        use $crate::{calls::Kept, told::Told};
        use conformance_client::Wide;
        use serde_json::{Value, json};

        let (probe, call, taken) = (&$probe, &$call, $taken);
        let plain = |reply: Value| (reply, None);
        let kept = |kept: Kept| (Value::from("kept"), Some(kept));
        let wide = |name: &str| call.args.get("value").and_then(|value| value[name].as_str()).unwrap_or_default();
        macro_rules! told {
            ($reply:expr) => { $reply.map_err(|failure| failure.told()) };
        }
        match call.method.as_str() {
            "echo" => told!(probe.echo(call.text("text")) $($await)*).map(Value::from).map(plain),
            "read" => told!(probe.read(call.text("text")) $($await)*).map(Value::from).map(plain),
            "wide" => {
                let value = Wide {
                    unsigned: wide("unsigned").parse().unwrap_or_default(),
                    signed: wide("signed").parse().unwrap_or_default(),
                };
                told!(probe.wide(&value) $($await)*).map(|reply| {
                    plain(json!({"unsigned": reply.unsigned.to_string(), "signed": reply.signed.to_string()}))
                })
            }
            "float" => told!(probe.float(call.float("value")) $($await)*).map(Value::from).map(plain),
            "long" => told!(probe.long(call.number("bytes")) $($await)*).map(|text| plain(Value::from(text.len()))),
            "refuse" => told!(probe.refuse() $($await)*).map(Value::from).map(plain),
            "give_colour" => told!(probe.give_colour() $($await)*).map(Kept::Colour).map(kept),
            "give_shape" => told!(probe.give_shape() $($await)*).map(Kept::Shape).map(kept),
            "give_step" => told!(probe.give_step() $($await)*).map(Kept::Step).map(kept),
            "give_order" => told!(probe.give_order() $($await)*).map(Kept::Order).map(kept),
            "give_tree" => told!(probe.give_tree() $($await)*).map(Kept::Tree).map(kept),
            "take" => match taken {
                Some(Kept::Colour(colour)) => told!(probe.take_colour(colour) $($await)*),
                Some(Kept::Shape(shape)) => told!(probe.take_shape(shape) $($await)*),
                Some(Kept::Step(step)) => told!(probe.take_step(step) $($await)*),
                Some(Kept::Order(order)) => told!(probe.take_order(order) $($await)*),
                Some(Kept::Tree(tree)) => told!(probe.take_tree(tree) $($await)*),
                _ => Err(json!("nothing was kept")),
            }
            .map(Value::from)
            .map(plain),
            "call_back" => match taken {
                Some(Kept::Mailbox(callback)) => told!(probe.call_back(callback, call.text("method")) $($await)*),
                _ => Err(json!("no such actor is hosted")),
            }
            .map(Value::from)
            .map(plain),
            "wait" => told!(probe.wait(call.text("gate")) $($await)*).map(Value::from).map(plain),
            "open" => told!(probe.open(call.text("gate")) $($await)*).map(Value::from).map(plain),
            "gathered" => told!(probe.gathered(call.text("gate"), call.number("count")) $($await)*)
                .map(Value::from)
                .map(plain),
            "publish" => told!(probe.publish(call.number("count")) $($await)*).map(Value::from).map(plain),
            "note" => told!(probe.note(call.text("text")) $($await)*).map(Value::from).map(plain),
            "notes" => told!(probe.notes() $($await)*).map(Value::from).map(plain),
            "explode" => told!(probe.explode() $($await)*).map(Value::from).map(plain),
            other => Err(json!(format!("there is no method {other}"))),
        }
    }};
}
pub(crate) use make_call;
