//! The word that the server is to go down, from one to many.

use tokio::sync::watch;

/// Passes the word on. Dropping it passes it on too.
#[derive(Debug)]
pub(crate) struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    /// The server is to go down.
    pub(crate) fn ask(&self) {
        self.0.send_replace(true);
    }
}

/// Waits for the word. Clones wait for the same one.
#[derive(Clone, Debug)]
pub(crate) struct ShutdownAsked(watch::Receiver<bool>);

impl ShutdownAsked {
    /// Waits until the server is to go down.
    pub(crate) async fn wait(&mut self) {
        // An error says that the sender is gone, and with it the server.
        let _ = self.0.wait_for(|asked| *asked).await;
    }
}

/// A word to be passed, and who waits for it.
pub(crate) fn shutdown() -> (Shutdown, ShutdownAsked) {
    let (sender, receiver) = watch::channel(false);
    (Shutdown(sender), ShutdownAsked(receiver))
}
