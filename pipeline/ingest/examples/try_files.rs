//! Tries every file named on the command line and prints one line each: rows, or the refusal.
//!
//! `cargo run -p qunlian-ingest --example try_files -- [--data DIR] [--mapping FILE] [--carrier ID]
//! [--today DATE] [--keep DIR] FILE…`
#![allow(clippy::print_stdout, clippy::disallowed_macros, reason = "a program for the console")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use chrono::NaiveDate;
use qunlian_domain::catalogue::City;
use qunlian_ingest::{Limits, Mapping, Request, parse};

struct Options {
    data: PathBuf,
    mapping: Option<Mapping>,
    carrier: Option<String>,
    today: NaiveDate,
    keep: Option<PathBuf>,
    verbose: bool,
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    match options().and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        data: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data")),
        mapping: None,
        carrier: None,
        today: NaiveDate::from_ymd_opt(2022, 5, 31).ok_or("no such day")?,
        keep: None,
        verbose: false,
        files: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--data" => options.data = PathBuf::from(value()?),
            "--carrier" => options.carrier = Some(value()?),
            "--keep" => options.keep = Some(PathBuf::from(value()?)),
            "--verbose" => options.verbose = true,
            "--today" => options.today = value()?.parse().map_err(|error| format!("--today: {error}"))?,
            "--mapping" => {
                let file = value()?;
                let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
                options.mapping = Some(Mapping::read(&file, &text).map_err(|error| error.to_string())?);
            }
            file => options.files.push(PathBuf::from(file)),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<(), String> {
    let city = City::load(&|path| std::fs::read_to_string(options.data.join(path)), "cities/huaibei").map_err(|error| error.to_string())?;
    let scratch = std::env::temp_dir().join(format!("try-files-{}", std::process::id()));
    let (mut accepted, mut refused) = (0, 0);
    for (index, file) in options.files.iter().enumerate() {
        let out = options.keep.as_ref().unwrap_or(&scratch).join(index.to_string());
        let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if one(options, &city, file, &name, &out) {
            accepted += 1;
        } else {
            refused += 1;
        }
    }
    let _ = std::fs::remove_dir_all(&scratch);
    println!("{} files: {accepted} accepted, {refused} refused", options.files.len());
    Ok(())
}

fn one(options: &Options, city: &City, file: &Path, name: &str, out: &Path) -> bool {
    let request = Request {
        file,
        original_name: name,
        out,
        city,
        today: options.today,
        mapping: options.mapping.as_ref(),
        carrier: options.carrier.as_deref(),
        limits: Limits::operator(),
    };
    let started = Instant::now();
    match parse(&request, &mut |_| ()) {
        Ok(report) => {
            let seconds = started.elapsed().as_secs_f64();
            let count = |of: fn(&qunlian_ingest::SheetReport) -> u64| report.sheets.iter().map(of).sum::<u64>();
            let (seen, rows, skipped) = (count(|sheet| sheet.rows_seen), report.rows_in(), count(|sheet| sheet.rows_skipped));
            let share = 100.0 * rows as f64 / (seen - skipped).max(1) as f64;
            println!(
                "rows     {name}: {} {} in, {} left out, {skipped} skipped ({share:.1} % of data rows), {} questioned, {} complaints, {:.0} rows/s",
                report.format,
                rows,
                report.rows_left_out(),
                count(|sheet| sheet.rows_questioned),
                report.complaints,
                seen as f64 / seconds,
            );
            if options.verbose {
                println!("{report:#?}");
            }
            true
        }
        Err(refusal) => {
            let text: String = refusal.to_string().chars().take(200).collect();
            println!("refused  {name}: {}: {text}", refusal.id());
            if options.verbose {
                println!("         {}", refusal.hint());
            }
            false
        }
    }
}
