//! Threads of the engine's own: a plan that does not yield holds up neither the pages nor the clock.

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

use crate::error::EngineError;

/// A runtime that only works on questions.
pub(crate) struct Workers {
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Workers {
    /// Starts one thread per processor, at least two.
    pub(crate) fn start() -> Result<Self, EngineError> {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get).clamp(2, 16);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("engine")
            .enable_all()
            .build()
            .map_err(|fault| EngineError::Start(fault.to_string()))?;
        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle })
    }

    /// Runs a future on the engine's threads; it is cancelled when the caller gives up.
    pub(crate) async fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, String> {
        let task = CancelOnDrop(self.handle.spawn(work));
        task.await
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // A plain drop would block, which an async caller may not.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct CancelOnDrop<T>(JoinHandle<T>);

impl<T> Future for CancelOnDrop<T> {
    type Output = Result<T, String>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context).map_err(|fault| fault.to_string())
    }
}

impl<T> Drop for CancelOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
