//! Serves the shop over HTTP, until SIGTERM or SIGINT.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let listening = match http_shop::service().build().listen().await {
        Ok(listening) => listening,
        Err(error) => return failed(&error),
    };
    println!("listening on http://{}", listening.address());
    match listening.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("http-shop: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
    ExitCode::FAILURE
}
