//! Values changed at random, without regard to any description: some still fit, most do not.

use callsheet_schema::conform::{Codec, Value};
use fastrand::Rng;

/// Changes one place in `value`. `names` are those that the description speaks of.
pub fn change(value: &mut Value, names: &[&str], codec: Codec, random: &mut Rng) {
    let places = count(value);
    let place = random.usize(0..places);
    let mut left = place;
    if let Some(place) = find(value, &mut left) {
        change_here(place, names, codec, random);
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| count(value)).sum::<usize>(),
        _ => 1,
    }
}

/// The place that comes after `left` others, outermost first.
fn find<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::List(items) => items.iter_mut().find_map(|item| find(item, left)),
        Value::Map(entries) => entries.iter_mut().find_map(|(_, value)| find(value, left)),
        _ => None,
    }
}

fn change_here(value: &mut Value, names: &[&str], codec: Codec, random: &mut Rng) {
    match value {
        Value::Map(entries) if random.u8(0..10) > 0 => change_map(entries, names, codec, random),
        Value::List(items) if random.u8(0..3) > 0 => match random.u8(0..3) {
            0 => drop(items.pop()),
            1 => items.push(items.first().cloned().unwrap_or(Value::Unsigned(1))),
            _ => items.push(another(names, codec, random)),
        },
        Value::Unsigned(number) if random.bool() => *number = number.wrapping_add(1 << random.u8(0..127)),
        Value::Text(text) if random.bool() => match random.u8(0..3) {
            0 => text.clear(),
            1 => text.push('x'),
            _ => *text = name(names, random),
        },
        value => *value = another(names, codec, random),
    }
}

fn change_map(entries: &mut Vec<(Value, Value)>, names: &[&str], codec: Codec, random: &mut Rng) {
    let some = (!entries.is_empty()).then(|| random.usize(0..entries.len()));
    match (random.u8(0..8), some) {
        (0 | 1, Some(at)) => drop(entries.remove(at)),
        (2, Some(at)) => {
            let entry = entries[at].clone();
            let to = random.usize(0..=entries.len());
            entries.insert(to, entry);
        }
        (3, Some(at)) => entries[at].0 = Value::Text(name(names, random)),
        (4, Some(at)) => entries[at].1 = another(names, codec, random),
        (5, Some(_)) => random.shuffle(entries),
        _ => {
            let to = random.usize(0..=entries.len());
            entries.insert(to, (Value::Text(name(names, random)), another(names, codec, random)));
        }
    }
}

fn name(names: &[&str], random: &mut Rng) -> String {
    match names.len() {
        0 => "unknown".to_owned(),
        _ if random.u8(0..3) == 0 => "unknown".to_owned(),
        length => names[random.usize(0..length)].to_owned(),
    }
}

/// A small value of any kind.
fn another(names: &[&str], codec: Codec, random: &mut Rng) -> Value {
    match random.u8(0..14) {
        0 => Value::Null,
        1 => Value::Bool(random.bool()),
        2 => Value::Unsigned(0),
        3 => Value::Unsigned(1 << random.u8(0..64)),
        4 => Value::integer(-(1 << random.u8(0..63))),
        5 => Value::F64(1.5),
        6 => Value::Text("text".to_owned()),
        7 => Value::Text(name(names, random)),
        8 => Value::Text("a".to_owned()),
        9 => Value::List(Vec::new()),
        10 => Value::List(vec![Value::Unsigned(1), Value::Unsigned(2)]),
        11 => Value::Map(Vec::new()),
        12 if codec == Codec::MessagePack => Value::Bytes(vec![0; 16]),
        _ => Value::Map(vec![(Value::Text(name(names, random)), Value::Null)]),
    }
}
