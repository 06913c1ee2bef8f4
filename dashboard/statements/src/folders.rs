//! Folders of tables for one scope (数据范围目录): made once per generation and scope, removed when nobody needs them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use qunlian_domain::access::RowScope;
use qunlian_queries::{BoxFuture, SqlFailure};

use crate::cores::stand_back;
use crate::failures::silent;

/// A folder that is removed with its last user.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Takes charge of a folder.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let path = std::mem::take(&mut self.path);
        // Many files take a while to go; no task may wait for it.
        let remove = move || {
            stand_back();
            if let Err(error) = std::fs::remove_dir_all(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(%error, folder = %path.display(), "a folder of the desk could not be removed");
            }
        };
        if let Err(error) = std::thread::Builder::new().name("remove".into()).spawn(remove) {
            tracing::warn!(%error, "a folder of the desk stays until the next start");
        }
    }
}

/// Makes folders: the composition root starts a process for each.
pub trait FolderMaker: Send + Sync + 'static {
    /// The generation that is served.
    ///
    /// # Errors
    /// Nothing has been published.
    fn served(&self) -> Result<u64, SqlFailure>;

    /// Makes the folder of a generation's tables for a scope.
    ///
    /// # Errors
    /// The generation is not kept, or it cannot be written.
    fn make<'a>(&'a self, generation: u64, scope: &'a RowScope) -> BoxFuture<'a, Result<Folder, SqlFailure>>;
}

/// The folders in use, by generation and scope.
pub(crate) struct Folders {
    maker: Arc<dyn FolderMaker>,
    kept: Cache<(u64, RowScope), Arc<Folder>>,
}

/// Folders that are kept though nobody asks right now.
const KEPT: u64 = 64;
/// After so long they go.
const IDLE: Duration = Duration::from_secs(1_800);

impl Folders {
    pub(crate) fn new(maker: Arc<dyn FolderMaker>) -> Self {
        Self { maker, kept: Cache::builder().max_capacity(KEPT).time_to_idle(IDLE).build() }
    }

    /// The served generation's folder for a scope, then those of earlier `generations`.
    pub(crate) async fn of(&self, scope: &RowScope, generations: &[u64]) -> Result<(u64, Vec<Arc<Folder>>), SqlFailure> {
        let served = self.maker.served()?;
        let mut folders = vec![self.one(served, scope).await?];
        for generation in generations.iter().filter(|generation| **generation != served) {
            folders.push(self.one(*generation, scope).await?);
        }
        Ok((served, folders))
    }

    /// Whoever comes while a folder is being made waits for it. It is made to its end though all who wait for it go: the next
    /// one finds it.
    async fn one(&self, generation: u64, scope: &RowScope) -> Result<Arc<Folder>, SqlFailure> {
        let (kept, maker, scope) = (self.kept.clone(), Arc::clone(&self.maker), scope.clone());
        let making = tokio::spawn(async move {
            let make = async { maker.make(generation, &scope).await.map(Arc::new) };
            kept.try_get_with((generation, scope.clone()), make).await
        });
        let made = making.await.map_err(|_| silent())?;
        made.map_err(|failure: Arc<SqlFailure>| SqlFailure::clone(&failure))
    }
}
