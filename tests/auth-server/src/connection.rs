//! One HTTP/1.1 connection, which a handler can drop without an answer.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::shutdown::ShutdownAsked;

/// Drops the connection that a request came on. In each request's extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionReset(Arc<Notify>);

impl ConnectionReset {
    /// Drops the connection. Never returns: the future that waits for it goes with the connection.
    pub(crate) async fn drop_connection(&self) -> Infallible {
        self.0.notify_one();
        std::future::pending().await
    }
}

/// Serves a connection until its end, or until what was asked at `shutdown` has been answered.
pub(crate) async fn serve(stream: TcpStream, router: Router, mut shutdown: ShutdownAsked) {
    let reset = ConnectionReset::default();
    let in_requests = reset.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(in_requests.clone());
        router.clone().oneshot(request.map(Body::new))
    });
    let mut connection = hyper::server::conn::http1::Builder::new()
        .timer(hyper_util::rt::TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);

    let mut open = true;
    loop {
        tokio::select! {
            _ = &mut connection => return,
            () = reset.0.notified() => break,
            () = shutdown.wait(), if open => {
                open = false;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    // The peer is to see a reset (RST) and not an orderly end (FIN), as when a server or a network dies.
    let stream = connection.into_parts().io.into_inner();
    if let Err(error) = stream.set_zero_linger() {
        tracing::warn!(%error, "the connection could not be reset, and is closed");
    }
}
