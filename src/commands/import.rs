//! `qunlian import FILE…`: brings files in and says what became of each.

use crate::cli::Import;
use crate::exit::{Partly, Unusable};
use crate::terminal::{Bar, print, say};
use crate::work::ingest::{Outcome, Reading, bring_in};
use crate::workspace::{Workspace, business_day};

pub fn run(args: &Import) -> anyhow::Result<()> {
    for file in &args.files {
        if !file.is_file() {
            return Err(Unusable::new(format!("{}: no such file", file.display()), "name workbooks (.xlsx .xls .ods) or csv files"));
        }
    }
    let workspace = Workspace::open(&args.folder.data)?;
    let today = business_day(args.today);
    if let Some(carrier) = args.carrier.as_deref().filter(|id| workspace.loaded.rules.city.carriers.find(id, today).is_none()) {
        return Err(Unusable::new(format!("no carrier is called {carrier:?}"), "use an id or name of the city's carriers.toml"));
    }
    let mapping = args.mapping.as_deref().map(|name| crate::data::mapping(&workspace.config, name)).transpose()?;
    let reading = Reading { today, carrier: args.carrier.clone(), mapping, operator: true };
    let bar = Bar::new("读取");
    let mut refused = 0;
    for file in &args.files {
        let outcome = bring_in(&workspace, file, &reading, &mut |label, done, total| bar.show(label, done, total))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        match outcome {
            Outcome::Accepted { rows, left_out, complaints } => {
                print(&format!("{name}\taccepted\t{rows} rows in, {left_out} left out, {complaints} complaints"))?;
            }
            Outcome::Known { name: before } => print(&format!("{name}\tknown\tthe same content came before as {before}; nothing changes"))?,
            Outcome::Refused { refusal, hint } => {
                refused += 1;
                print(&format!("{name}\trefused\t{refusal}\t{hint}"))?;
            }
        }
    }
    bar.clear();
    say("next: `qunlian run build_lake` publishes what came in");
    if refused > 0 {
        return Err(Partly(format!(
            "{refused} of {} files were refused; the reasons stand above and in the import ledger",
            args.files.len()
        ))
        .into());
    }
    Ok(())
}
