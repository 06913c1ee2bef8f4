//! `qunlian sample`: synthetic workbooks, or one large csv, and the truth about them.

use crate::cli::Sample;
use crate::exit::Unusable;
use crate::terminal::{Bar, print};

pub fn run(args: &Sample) -> anyhow::Result<()> {
    let bar = Bar::new("sample");
    if let Some(rows) = args.rows {
        if args.truth.is_some() {
            return Err(Unusable::new("--truth goes with workbooks, not with --rows", "leave one of them out"));
        }
        qunlian_sample::write_scaled(rows, args.seed, &args.out, |step| bar.show("sample", step.done, step.total))?;
        bar.clear();
        return Ok(print(&format!("{rows} projects in {}", args.out.display()))?);
    }
    let options = qunlian_sample::Options { seed: args.seed, out: args.out.clone(), changes: Vec::new() };
    let truth = qunlian_sample::write(&options, |step| bar.show("sample", step.done, step.total))?;
    bar.clear();
    if let Some(path) = &args.truth {
        truth.save(path)?;
    }
    Ok(print(&format!("{} files in {}", truth.files.len(), args.out.display()))?)
}
