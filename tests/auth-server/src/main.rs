//! The reference auth server as a program. See the library for what it does, `--help` for its options.

mod arguments;
mod ending;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use auth_server::Server;
use clap::Parser;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter: Option<Targets> = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse().ok());
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines).with(filter).init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error.source().map(ToString::to_string);
            tracing::error!(%error, cause, "could not start");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let ending = ending::Ending::watch(arguments.until_stdin_closes)?;
    let server = Server::start(arguments.into_config()).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", server.origin())?;
    stdout.flush()?;
    ending.await_it().await;
    server.shutdown().await;
    Ok(())
}
