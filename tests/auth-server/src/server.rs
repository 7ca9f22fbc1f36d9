//! The server as a value: started, asked where it listens, shut down.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::config::Config;
use crate::connection;
use crate::http;
use crate::shutdown::{Shutdown, ShutdownAsked, shutdown};
use crate::store::StoreError;

/// How long open connections have at a shutdown to get their answers.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A server that listens on 127.0.0.1.
#[derive(Debug)]
#[must_use = "the server is taken down when this is dropped"]
pub struct Server {
    address: SocketAddr,
    shutdown: Shutdown,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Opens the database, seeds the users and listens. Runs on the current tokio runtime.
    ///
    /// # Errors
    /// When the database cannot be opened or the port not be had.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let port = config.port;
        let app = App::new(config)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (shutdown, asked) = shutdown();
        let accepting = tokio::spawn(accept(listener, http::router(app), asked));
        Ok(Self { address, shutdown, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as an origin: `http://127.0.0.1:4180`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops listening, lets open requests be answered, and drops what is still open after two seconds. Idle
    /// keep-alive connections are closed at once.
    pub async fn shutdown(self) {
        self.shutdown.ask();
        // It cannot have panicked without a panic of ours having been printed.
        let _ = self.accepting.await;
    }
}

async fn accept(listener: TcpListener, router: Router, mut shutdown: ShutdownAsked) {
    let for_connections = shutdown.clone();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.wait() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Small answers at once; without it they may wait for an acknowledgement.
                    let _ = stream.set_nodelay(true);
                    connections.spawn(connection::serve(stream, router.clone(), for_connections.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    let all_answered = async { while connections.join_next().await.is_some() {} };
    if timeout(PATIENCE, all_answered).await.is_err() {
        tracing::info!("dropping connections that are still open");
        connections.shutdown().await;
    }
}

/// Why a server did not start.
#[derive(Debug)]
pub enum StartError {
    /// The database could not be opened or written.
    Store(StoreError),
    /// The port could not be had.
    Listen(std::io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store(_) => "the database could not be set up",
            Self::Listen(_) => "the port could not be had",
        })
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::Listen(error) => Some(error),
        }
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<std::io::Error> for StartError {
    fn from(error: std::io::Error) -> Self {
        Self::Listen(error)
    }
}
