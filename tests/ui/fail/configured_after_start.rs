//! After its start an actor is called, and cannot be configured: it runs as it is.

use callsheet::{Runtime, StartError};

pub async fn enlarged(runtime: &Runtime) -> Result<(), StartError> {
    let idler = runtime.actor("idler", || ()).start().await?;
    idler.capacity(5);
    Ok(())
}

fn main() {}
