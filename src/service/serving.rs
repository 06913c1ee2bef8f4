//! Following the lake: a newly published generation is warmed, then swapped in; a damaged one is reported.

use std::sync::Arc;
use std::time::Duration;

use qunlian_engine::{FirstScreen, Serving};
use qunlian_lake::verify::Depth;
use qunlian_lake::{Layout, snapshot};

use crate::lake_files::{damage_words, table_files};

/// Between two looks at the manifests.
const LOOK: Duration = Duration::from_secs(1);
/// The same after a generation could not be served again and again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Watches the manifests each second.
pub struct Follower<S> {
    layout: Layout,
    engine: Arc<Serving>,
    screen: S,
    seen: Option<u64>,
    serving: bool,
}

impl<S: Fn() -> FirstScreen + Send + 'static> Follower<S> {
    /// A follower that has seen nothing yet.
    pub fn new(layout: Layout, engine: Arc<Serving>, screen: S) -> Self {
        Self { layout, engine, screen, seen: None, serving: false }
    }

    /// Swaps in what is newest, if it is new. Every byte is checked against the manifest before it is used.
    pub async fn look(&mut self) -> anyhow::Result<()> {
        let newest = snapshot::newest_number(&self.layout)?;
        if newest.is_none() || newest == self.seen {
            return Ok(());
        }
        let layout = self.layout.clone();
        let survey = tokio::task::spawn_blocking(move || snapshot::survey(&layout, Depth::Hashes)).await??;
        for damage in &survey.damaged {
            tracing::error!(%damage, "damaged generation");
        }
        if let Some(current) = &survey.good {
            let files = table_files(current, damage_words(&survey));
            // At the start nobody is served yet: the first page may pay for its own planning.
            let warm = self.serving.then(|| (self.screen)());
            let served = self.engine.swap(&files, warm).await?;
            self.serving = true;
            tracing::info!(generation = served.number, "serving");
        }
        self.seen = newest;
        Ok(())
    }

    /// Goes on looking for ever. A generation that cannot be served leaves the one before in place, and is tried again: the
    /// machine may just have been too busy for the questions of the first screen.
    pub async fn follow(mut self) {
        let mut pause = LOOK;
        loop {
            tokio::time::sleep(pause).await;
            pause = match self.look().await {
                Ok(()) => LOOK,
                Err(error) => {
                    tracing::error!("the newest generation cannot be served: {error:#}");
                    (pause * 2).min(LONGEST_PAUSE)
                }
            };
        }
    }
}
