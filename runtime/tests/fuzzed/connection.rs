//! A whole connection, whatever a peer says on it.
//!
//! The peer's bytes are read twice: by the listener, and here, where it follows from the frames in them how often and in
//! which order there has to be an answer.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use arbitrary::Unstructured;
use callsheet::{InProcessListener, ListenerOptions, Runtime, Streaming, actor_contract, contract_type};
use callsheet_wire::{
    Codec, Incoming, read,
    write::{self, RequestHead},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    runtime::Builder,
    time::sleep,
};

use crate::acton as other;
use crate::answers::{Expected, Heard, MAX_FRAME, Part, frames};
use crate::session::session;

/// A peer for which so many steps of the clock bring nothing more has got all there is.
const IDLE_STEPS: u32 = 20;

#[contract_type]
#[derive(Clone)]
pub struct Price {
    pub symbol: String,
    pub price: f64,
}

#[contract_type]
#[derive(Clone)]
pub enum Trouble {
    Empty,
    Short { by: u32 },
}

#[actor_contract(namespace = "fuzz", events(Price))]
pub trait Probe {
    fn echo(&self, text: String) -> String;
    /// Suspended for as many turns of the loop, while others run.
    async fn rest(&self, turns: u8) -> u8;
    async fn take(&mut self, prices: Vec<Price>) -> Result<u32, Trouble>;
    fn count(&self, to: u32) -> Streaming<u32>;
    fn nulls(&self, count: u8) -> Streaming<Option<u32>>;
    fn failing(&self, after: u8) -> Streaming<Result<u32, Trouble>>;
    #[tell]
    fn note(&mut self, text: String);
    /// Publishes an event.
    #[tell]
    fn announce(&self, symbol: String);
}

struct State {
    notes: usize,
    runtime: Runtime,
}

impl Probe for State {
    fn echo(&self, text: String) -> String {
        text
    }

    async fn rest(&self, turns: u8) -> u8 {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        turns
    }

    async fn take(&mut self, prices: Vec<Price>) -> Result<u32, Trouble> {
        tokio::task::yield_now().await;
        match prices.len() as u32 {
            0 => Err(Trouble::Empty),
            1 => Err(Trouble::Short { by: 1 }),
            count => Ok(count),
        }
    }

    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(0..to.min(50))
    }

    fn nulls(&self, count: u8) -> Streaming<Option<u32>> {
        Streaming::iter((0..count % 8).map(|_| None))
    }

    fn failing(&self, after: u8) -> Streaming<Result<u32, Trouble>> {
        let items = (0..u32::from(after % 8)).map(Ok);
        Streaming::iter(items.chain([Err(Trouble::Empty)]))
    }

    fn note(&mut self, text: String) {
        self.notes += text.len();
    }

    fn announce(&self, symbol: String) {
        self.runtime.broker().publish(Price { symbol, price: 1.5 });
    }
}

/// The process that is called, which outlives every peer.
struct Server {
    tokio: tokio::runtime::Runtime,
    listener: InProcessListener,
}

impl Server {
    fn start() -> Self {
        // Time passes when there is nothing left to do, and only then.
        let tokio = Builder::new_current_thread().enable_all().start_paused(true).build();
        let tokio = tokio.expect("it can be made");
        let listener = tokio.block_on(async {
            let runtime = Runtime::launch().expect("inside tokio");
            let own = runtime.clone();
            let make = move || State {
                notes: 0,
                runtime: own.clone(),
            };
            let actor = runtime.actor("probe", make).serves(Probe).expose();
            actor.start().await.expect("the name is free");
            runtime.listen_in_process(ListenerOptions::in_process().max_frame(MAX_FRAME).high_water(4096))
        });
        Server { tokio, listener }
    }
}

/// Holds for any bytes: what a peer says is answered as often as it has to be and in order, nothing panics, and the next
/// peer is served.
///
/// The second byte seeds where the peer's bytes are cut. If the first is a multiple of three, the others are those; else
/// frames are made from them: Callsheet's own, or, if the remainder is two, those of a client of acton-reactive.
pub fn holds(bytes: &[u8]) {
    thread_local! {
        static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
    }
    let Some((&[how, cuts], rest)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let said = match how % 3 {
        0 => rest.to_vec(),
        // Fewer bytes than frames need make fewer frames.
        1 => session(&mut Unstructured::new(rest)),
        _ => other::session::session(&mut Unstructured::new(rest)),
    };
    // Taken, so that what panics leaves no broken server to those who come after.
    let server = SERVER.take().unwrap_or_else(Server::start);
    server.tokio.block_on(async {
        let heard = talk(&server.listener, &said, cuts).await;
        // The fifth byte tells who speaks.
        match said.get(4) {
            Some(1 | 2) => other::answers::Expected::of(&said).judge(&heard),
            _ => Expected::of(&said).judge(&heard),
        }
        canary(&server.listener).await;
        // What was opened is closed.
        let mut steps = 0;
        while server.listener.stats().active_connections > 0 {
            steps += 1;
            assert!(steps < 1000, "a connection outlives its peer");
            sleep(Duration::from_millis(1)).await;
        }
    });
    SERVER.set(Some(server));
}

/// Says it all, in pieces, and listens until there is nothing more to hear.
async fn talk(listener: &InProcessListener, said: &[u8], cuts: u8) -> Heard {
    let (mut read, mut write) = listener.connect().expect("it listens").into_split();
    let says = async {
        let mut cuts = u32::from(cuts);
        let mut left = said;
        while !left.is_empty() {
            // Pieces of 1 to 512 bytes, by a linear congruential generator; short ones mostly.
            cuts = cuts.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let piece = 1 + (cuts >> 23 & cuts >> 14) as usize;
            let (now, later) = left.split_at(piece.min(left.len()));
            left = later;
            if write.write_all(now).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        // A peer that has said its last word still listens.
        let _ = write.shutdown().await;
    };
    let mut bytes = Vec::new();
    let hears = async {
        let mut idle = 0;
        loop {
            tokio::select! {
                biased;
                got = read.read_buf(&mut bytes) => match got {
                    Ok(0) | Err(_) => return true,
                    Ok(_) => idle = 0,
                },
                () = sleep(Duration::from_millis(1)) => idle += 1,
            }
            if idle == IDLE_STEPS {
                return false;
            }
        }
    };
    let ((), is_closed) = tokio::join!(says, hears);
    Heard { bytes, is_closed }
}

/// Another peer is served as ever.
async fn canary(listener: &InProcessListener) {
    let mut asked = Vec::new();
    let head = RequestHead {
        request_id: Some("canary"),
        expects_reply: true,
        ..RequestHead::new("probe", "fuzz.Probe.Echo")
    };
    let payload = BTreeMap::from([("text", "sings")]);
    write::request(&mut asked, Codec::MessagePack, &head, &payload).expect("texts can be written");
    let heard = talk(listener, &asked, 255).await;
    assert!(heard.is_closed, "the canary's connection is closed");
    let frames = frames(&heard.bytes);
    let [Part::Frame(frame)] = frames.as_slice() else {
        panic!("the canary heard {frames:?}");
    };
    let Ok((Codec::MessagePack, Incoming::Response(response))) = read(frame) else {
        panic!("the canary heard no response");
    };
    assert_eq!(response.request_id.as_deref(), Some("canary"));
    assert_eq!(response.payload.decode::<String>().as_deref(), Ok("sings"));
}
