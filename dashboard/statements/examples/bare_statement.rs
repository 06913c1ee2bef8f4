//! A statement without fences: the same sandbox in this process, for `benchmarks/statements`.
//! Usage: bare_statement FOLDER ROUNDS SQL; prints milliseconds per statement, the median of the rounds.
#![allow(clippy::print_stdout, clippy::disallowed_macros, reason = "an example speaks on the terminal")]

use std::path::Path;
use std::time::Instant;

use qunlian_domain::catalogue::City;
use qunlian_domain::contract::Contract;
use qunlian_engine::{Masking, Rules, Sandbox, Spill, SqlRequest, read_scope};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: bare_statement FOLDER ROUNDS SQL");
    let (folder, rounds, sql) = (next()?, next()?.parse::<usize>()?, next()?);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let read = |path: &str| std::fs::read_to_string(data.join(path));
    let (contract, city) = (Contract::load(&read)?, City::load(&read, "cities/huaibei")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    let mut times = Vec::with_capacity(rounds);
    runtime.block_on(async {
        let served = read_scope(Path::new(&folder))?;
        let sandbox = Sandbox::open(&contract, Rules::of(&city), served, Vec::new(), Masking::Done, Spill::System).await?;
        for _ in 0..=rounds {
            let begun = Instant::now();
            let mut running = sandbox.start(&SqlRequest::new(&sql)).await?;
            while let Some(part) = running.next().await {
                part?;
            }
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    // The first one is not warm.
    times.remove(0);
    times.sort_by(f64::total_cmp);
    println!("{:.2}", times[times.len() / 2]);
    Ok(())
}
