//! The command line of Qunlian (群链): composition only; what it composes lives in the crates beside it.

mod child;
mod cli;
mod commands;
mod config;
mod console_log;
mod data;
mod exit;
mod fences;
mod lake_files;
mod limits;
mod service;
mod terminal;
mod work;
mod workspace;

use clap::Parser;

fn main() -> std::process::ExitCode {
    let cli = cli::Cli::parse();
    terminal::start_logging(&cli);
    exit::code(commands::run(cli))
}
