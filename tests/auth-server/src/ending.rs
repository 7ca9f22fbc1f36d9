//! When the program is to end.

use std::io::{self, Read};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// What the program's end is announced by. Watched from the start, so that none is missed.
pub(crate) struct Ending {
    interrupt: Signal,
    terminate: Signal,
    stdin_closed: Option<oneshot::Receiver<()>>,
}

impl Ending {
    /// Begins to watch for SIGINT, SIGTERM and, if asked to, the end of standard input.
    pub(crate) fn watch(stdin: bool) -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            stdin_closed: stdin.then(watch_stdin),
        })
    }

    /// Waits for the first of them.
    pub(crate) async fn await_it(mut self) {
        let stdin_closed = async {
            match self.stdin_closed.take() {
                Some(closed) => drop(closed.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = stdin_closed => {}
        }
    }
}

/// On a thread of its own: a blocking read on tokio's threads would keep the program from ending.
fn watch_stdin() -> oneshot::Receiver<()> {
    let (closed, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut ignored = [0; 1024];
        let mut stdin = io::stdin().lock();
        while stdin.read(&mut ignored).is_ok_and(|length| length > 0) {}
        // Nobody listens any more if the program ends for another reason.
        let _ = closed.send(());
    });
    receiver
}
