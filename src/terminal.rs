//! Talking to whoever started the program: logs and progress on stderr, data on stdout.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command};

/// Logs go to stderr: as JSON for the service, as plain lines for people. `RUST_LOG` wins over `--verbose`.
pub fn start_logging(cli: &Cli) {
    let level = match cli.verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let quiet = "datafusion=warn,polars=warn,tokio_cron_scheduler=warn";
    let service = matches!(cli.command, Command::Serve(_));
    let level = if service && cli.verbose == 0 { "info" } else { level };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("{level},{quiet}")));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if service && !std::io::stderr().is_terminal() {
        builder.json().init();
    } else {
        builder.with_target(false).without_time().init();
    }
}

/// A line for people, on stderr.
pub fn say(line: &str) {
    // When even stderr is gone there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// A line of data, on stdout, at once.
pub fn print(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Bytes of data, on stdout.
pub fn print_bytes(bytes: &[u8]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// A progress bar on a terminal; silent elsewhere.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar whose length is not known yet.
    pub fn new(label: &str) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        bar.enable_steady_tick(Duration::from_millis(120));
        bar.set_message(label.to_owned());
        Self(bar)
    }

    /// Shows how far the work is; `total` 0 means unknown.
    pub fn show(&self, label: &str, done: u64, total: u64) {
        if total > 0 && self.0.length() != Some(total) {
            self.0.set_length(total);
            if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len}") {
                self.0.set_style(style);
            }
        }
        self.0.set_message(label.to_owned());
        self.0.set_position(done);
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}
