//! One file per command; this one only chooses.

mod account;
mod audit;
mod backup;
mod check;
mod connect;
mod decide;
mod demo;
mod import;
mod job;
mod jobs;
mod parse;
mod restore;
mod run;
mod sample;
mod serve;
mod sql;
mod sql_tables;
mod sql_worker;

use crate::cli::{Cli, Command};

/// Does what was typed.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Jobs(args) => jobs::run(&args),
        Command::Sql(args) => sql::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Decide(args) => decide::run(&args),
        Command::Connect(args) => connect::run(&args),
        Command::Account(args) => account::run(&args),
        Command::Sample(args) => sample::run(&args),
        Command::Parse(args) => parse::run(&args),
        Command::Job(args) => job::run(&args),
        Command::SqlWorker(args) => sql_worker::run(&args),
        Command::SqlTables(args) => sql_tables::run(&args),
    }
}
