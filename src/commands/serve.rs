//! `qunlian serve`: serves a data folder.

use anyhow::Context;
use qunlian_web::Mode;

use crate::cli::Serve;
use crate::service::{Start, serve};

pub fn run(args: &Serve) -> anyhow::Result<()> {
    if args.with_parent {
        qunlian_jobs::child::obey_parent()?;
    }
    let start = Start { listen: args.listen, today: args.today, mode: Mode::Serve };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start")?;
    runtime.block_on(serve(args.folder.data.clone(), start, |_, _| async { Ok(()) }))
}
