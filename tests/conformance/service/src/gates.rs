//! Gates, at which handlers wait, and which know who is still there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

/// Gates by their names. They outlive the states of actors.
#[derive(Clone, Default)]
pub(crate) struct Gates(Arc<Mutex<HashMap<String, watch::Sender<Gate>>>>);

#[derive(Clone, Copy, Default)]
pub(crate) struct Gate {
    is_open: bool,
    waiting: u32,
}

impl Gates {
    fn gate(&self, name: &str) -> watch::Sender<Gate> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        gates.entry(name.to_owned()).or_default().clone()
    }

    /// Waits at the gate until it is open.
    pub(crate) async fn pass(&self, name: &str) {
        let visit = self.visit(name);
        // It fails only if the gate is gone, and the visit keeps it.
        let _ = visit.0.subscribe().wait_for(|gate| gate.is_open).await;
    }

    /// Is counted among those who wait, until it is dropped.
    pub(crate) fn visit(&self, name: &str) -> Visit {
        let gate = self.gate(name);
        gate.send_modify(|gate| gate.waiting += 1);
        Visit(gate)
    }

    pub(crate) fn open(&self, name: &str) {
        self.gate(name).send_modify(|gate| gate.is_open = true);
    }

    /// Returns when exactly so many wait at the gate.
    pub(crate) async fn gathered(&self, name: &str, count: u32) {
        let gate = self.gate(name);
        let _ = gate.subscribe().wait_for(|gate| gate.waiting == count).await;
    }
}

/// Somebody at a gate.
pub(crate) struct Visit(watch::Sender<Gate>);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.send_modify(|gate| gate.waiting -= 1);
    }
}
