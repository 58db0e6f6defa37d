//! The server that gives values out and takes them back: what it does for each of its three kinds of calls, and no more.

use std::{
    fs,
    io::{self, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use callsheet_oracle::codec;
use callsheet_schema::conform::{Codec, Value};
use callsheet_wire::{Code, Failure, Incoming, Request, frame, read, write};

use super::{Place, Values};
use crate::echo;

/// More than any value here takes.
const MAX_FRAME: usize = 1 << 24;

/// Starts to listen, for as long as the program runs.
pub(super) fn start(path: &Path, values: &Arc<Mutex<Values>>) -> io::Result<PathBuf> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    let values = Arc::clone(values);
    thread::spawn(move || {
        for peer in listener.incoming().flatten() {
            let values = Arc::clone(&values);
            // A client that is gone has said what it had to say.
            thread::spawn(move || serve(peer, &values));
        }
    });
    Ok(path.to_owned())
}

fn serve(mut peer: UnixStream, values: &Mutex<Values>) -> io::Result<()> {
    let mut held = Vec::new();
    let mut piece = [0; 1 << 16];
    loop {
        while let frame::Next::Frame { payload, consumed } = frame::next(&held, MAX_FRAME) {
            let answer = answered(&held[payload], values);
            held.drain(..consumed);
            peer.write_all(&answer)?;
        }
        match peer.read(&mut piece)? {
            0 => return Ok(()),
            length => held.extend_from_slice(&piece[..length]),
        }
    }
}

fn answered(payload: &[u8], values: &Mutex<Values>) -> Vec<u8> {
    let mut out = Vec::new();
    let (codec, id, outcome) = match read(payload) {
        Ok((codec, Incoming::Request(request))) => (codec, request.request_id.clone(), call(codec, &request, values)),
        // It knows nothing of introductions, as servers of old.
        Ok((codec, Incoming::Control(control))) => {
            (codec, control.request_id, Err("only calls are known here".to_owned()))
        }
        Ok((codec, _)) => (codec, None, Err("no client sends that".to_owned())),
        Err(unreadable) => (
            unreadable.codec.unwrap_or(callsheet_wire::Codec::Json),
            unreadable.request_id,
            Err(unreadable.failure.text().to_owned()),
        ),
    };
    let written = match outcome {
        Ok(value) => write::response(&mut out, codec, id.as_deref(), &value).map_err(|error| error.to_string()),
        Err(why) => Err(why),
    };
    if let Err(why) = written {
        out.clear();
        write::refusal(&mut out, codec, id.as_deref(), &Failure::new(Code::ProtocolError, why));
    }
    out
}

fn call(wire: callsheet_wire::Codec, request: &Request<'_>, values: &Mutex<Values>) -> Result<Value, String> {
    let (codec, called) = match wire {
        callsheet_wire::Codec::Json => (Codec::Json, "json"),
        callsheet_wire::Codec::MessagePack => (Codec::MessagePack, "messagepack"),
    };
    let payload = codec::value_of(request.payload.bytes(), codec)?;
    let method = request
        .message_type
        .strip_prefix(&format!("{}.", echo::CONTRACT))
        .ok_or("no such method")?;
    let place = |at: &str, index: Option<usize>| -> Option<Place> {
        Some((request.target.to_string(), called, at.parse().ok()?, index?))
    };
    let mut values = values.lock().map_err(|_| "the server broke")?;
    if let Some(at) = method.strip_prefix("Give") {
        let index = match entry(&payload, "index") {
            Some(Value::Unsigned(index)) => usize::try_from(*index).ok(),
            _ => None,
        };
        let place = place(at, index).ok_or("no such value")?;
        let value = values.given.get(&place).ok_or("there is no such value")?.clone();
        let note = Value::Text(place.3.to_string());
        let text = |text: &str| Value::Text(text.to_owned());
        return Ok(Value::Map(vec![(text("note"), note), (text("value"), value)]));
    }
    let at = method.strip_prefix("Take").ok_or("no such method")?;
    let probe = entry(&payload, "probe").ok_or("no probe")?;
    let index = match entry(probe, "note") {
        Some(Value::Text(note)) => note.parse().ok(),
        _ => None,
    };
    let place = place(at, index).ok_or("a probe without its note")?;
    // What is left out is null.
    let value = entry(probe, "value").cloned().unwrap_or(Value::Null);
    values.taken.insert(place, value);
    Ok(Value::Null)
}

fn entry<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let Value::Map(entries) = value else { return None };
    entries
        .iter()
        .find(|(key, _)| matches!(key, Value::Text(key) if key == name))
        .map(|(_, value)| value)
}
