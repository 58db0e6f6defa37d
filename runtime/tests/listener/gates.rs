//! Gates, at which handlers wait until a test lets them on, and by which a test knows where a handler is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::sync::watch;

use crate::peer::within;

#[derive(Clone, Default)]
pub struct Gates(Arc<Mutex<HashMap<String, watch::Sender<Gate>>>>);

#[derive(Clone, Copy, Default)]
struct Gate {
    is_open: bool,
    entered: u32,
    left: u32,
}

impl Gates {
    fn gate(&self, name: &str) -> watch::Sender<Gate> {
        self.0.lock().unwrap().entry(name.to_owned()).or_default().clone()
    }

    /// Waits at the gate until it is open.
    pub async fn pass(&self, name: &str) {
        let gate = self.gate(name);
        gate.send_modify(|gate| gate.entered += 1);
        let visit = Visit(gate);
        visit.0.subscribe().wait_for(|gate| gate.is_open).await.unwrap();
    }

    pub fn open(&self, name: &str) {
        self.gate(name).send_modify(|gate| gate.is_open = true);
    }

    /// Waits until somebody has come to the gate.
    pub async fn entered(&self, name: &str) {
        within(self.gate(name).subscribe().wait_for(|gate| gate.entered > 0))
            .await
            .unwrap();
    }

    /// Waits until somebody has left the gate, one way or the other.
    pub async fn left(&self, name: &str) {
        within(self.gate(name).subscribe().wait_for(|gate| gate.left > 0))
            .await
            .unwrap();
    }

    pub fn visitors(&self, name: &str) -> u32 {
        self.gate(name).borrow().entered
    }
}

struct Visit(watch::Sender<Gate>);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.send_modify(|gate| gate.left += 1);
    }
}
