//! Frames on a socket.

use std::{
    io::{self, ErrorKind, Read, Write},
    os::unix::net::UnixStream,
    thread,
    time::Duration,
};

use crate::script::Sent;

/// The longest frame that is taken: what a server allows if it says nothing else.
const MAX_FRAME: usize = 16 << 20;

/// How long the next byte of a drip is held back. It waits for nothing: a slow server is what is tried.
const DRIP: Duration = Duration::from_millis(1);

/// Reads the next frame; none if the client has closed its side in front of it.
pub(crate) fn read_frame(mut socket: &UnixStream) -> Result<Option<Vec<u8>>, String> {
    let mut prefix = [0; 4];
    match socket.read(&mut prefix) {
        Ok(0) => return Ok(None),
        Ok(read) => socket
            .read_exact(&mut prefix[read..])
            .map_err(|error| format!("the length of a frame ends early: {error}"))?,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    }
    let length = u32::from_be_bytes(prefix) as usize;
    if length > MAX_FRAME {
        return Err(format!("a frame of {length} bytes is announced (FRAME-3)"));
    }
    let mut body = vec![0; length];
    socket
        .read_exact(&mut body)
        .map_err(|error| format!("a frame ends early: {error}"))?;
    Ok(Some(body))
}

/// The frame of a payload.
pub(crate) fn framed(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), body].concat()
}

/// Writes bytes the way they are to be sent. That the client has gone is no fault of the script's.
pub(crate) fn write(mut socket: &UnixStream, bytes: &[u8], sent: Sent) -> Result<(), String> {
    let written = match sent {
        Sent::Whole => socket.write_all(bytes),
        Sent::First(count) => socket.write_all(&bytes[..count.min(bytes.len())]),
        Sent::Cut(at) => {
            let (first, rest) = bytes.split_at(at.min(bytes.len()));
            socket.write_all(first).and_then(|()| {
                thread::yield_now();
                socket.write_all(rest)
            })
        }
        Sent::Drip => bytes.chunks(1).try_for_each(|byte| {
            thread::sleep(DRIP);
            socket.write_all(byte)
        }),
    };
    match written {
        Err(error) if !is_gone(&error) => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset)
}
