//! What may be typed. The words here are the interface that others rely on.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// 群链: filings in, figures that nobody can dispute out.
#[derive(Debug, Parser)]
#[command(name = "qunlian", version, about, disable_help_subcommand = true)]
pub struct Cli {
    /// Say more on stderr (twice: everything).
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a sample city, run its jobs and serve it on this machine.
    Demo(Demo),
    /// Serve a data folder.
    Serve(Serve),
    /// Read workbooks or csv files into a data folder.
    Import(Import),
    /// Run a job now.
    Run(Run),
    /// Show the jobs, when they ran and when they run next.
    Jobs(InFolder),
    /// Ask one read-only SQL statement.
    Sql(Sql),
    /// Verify the lake, its hashes and the books.
    Check(InFolder),
    /// Verify, list or pin down the audit log.
    Audit(Audit),
    /// Copy a data folder while it is in use, and verify the copy.
    Backup(Backup),
    /// Make a data folder from a backup, after verifying every byte of it.
    Restore(Restore),
    /// Record, list or revoke a person's decision on a project's chain or region.
    Decide(Decide),
    /// Print ready lines for analysts' own tools: psql, Python, pandas, polars, DBeaver, Metabase, Superset, Grafana, Excel, Power BI.
    Connect(Connect),
    /// Open the first accounts, reset a password, list accounts.
    Account(Account),
    /// Write synthetic workbooks as carriers send them.
    Sample(Sample),
    /// Read one file in this process; spawned by import.
    #[command(hide = true)]
    Parse(Parse),
    /// Do a job's work in this process; spawned by the runner.
    #[command(hide = true)]
    Job(Job),
    /// Answer statements in this process, fenced; spawned by the server.
    #[command(hide = true)]
    SqlWorker(SqlWorker),
    /// Write a generation's tables for some readers; spawned by the server.
    #[command(hide = true)]
    SqlTables(SqlTables),
}

#[derive(Debug, Args)]
pub struct SqlWorker {
    /// The data folder.
    #[arg(long)]
    pub data: PathBuf,
    /// Folders of tables, the served generation's first.
    #[arg(long = "folder", required = true)]
    pub folders: Vec<PathBuf>,
    /// Where temporary files go.
    #[arg(long)]
    pub spill: PathBuf,
}

#[derive(Debug, Args)]
pub struct SqlTables {
    /// The data folder.
    #[arg(long)]
    pub data: PathBuf,
    #[arg(long)]
    pub generation: u64,
    /// Carriers whose rows are written; those of the whole city without it.
    #[arg(long = "carrier")]
    pub carriers: Vec<String>,
    /// The folder to write.
    #[arg(long)]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct InFolder {
    /// The data folder.
    #[arg(long, env = "QUNLIAN_DATA")]
    pub data: PathBuf,
}

#[derive(Debug, Args)]
pub struct Connect {
    #[command(flatten)]
    pub folder: InFolder,
    /// The analyst's login name.
    #[arg(long, default_value = "NAME")]
    pub user: String,
    /// The host by which the analyst's machine reaches this one.
    #[arg(long)]
    pub host: Option<String>,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// The data folder; made if missing.
    #[arg(long, env = "QUNLIAN_DATA", default_value = "qunlian-demo")]
    pub data: PathBuf,
    /// Address to listen on: loopback only, because everybody there may act in any role.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// End when stdin is closed: whoever started this process is gone.
    #[arg(long, hide = true)]
    pub with_parent: bool,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub folder: InFolder,
    /// Address to listen on; other than loopback it needs https or a declared proxy.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// End when stdin is closed: whoever started this process is gone.
    #[arg(long, hide = true)]
    pub with_parent: bool,
    /// Fixes the business day.
    #[arg(long)]
    pub today: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    pub folder: InFolder,
    /// Carrier of all rows, when the files do not say it.
    #[arg(long)]
    pub carrier: Option<String>,
    /// A mapping for foreign tables: a file, or a name under the city's `mappings/`.
    #[arg(long)]
    pub mapping: Option<String>,
    /// Fixes the business day.
    #[arg(long)]
    pub today: Option<NaiveDate>,
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub folder: InFolder,
    /// Its name; `qunlian jobs` lists them.
    pub job: String,
    /// With build_lake: read every file and build every part again.
    #[arg(long)]
    pub full: bool,
    /// Fixes the business day.
    #[arg(long)]
    pub today: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub struct Sql {
    #[command(flatten)]
    pub folder: InFolder,
    /// See every table as it was known on that day.
    #[arg(long)]
    pub as_of: Option<NaiveDate>,
    #[arg(long, value_enum, default_value_t = SqlFormat::Table)]
    pub format: SqlFormat,
    /// Bind `$name` in the statement.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub params: Vec<String>,
    /// The statement; `-` reads it from stdin.
    pub statement: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SqlFormat {
    Table,
    Csv,
    Json,
    Arrow,
    Parquet,
}

#[derive(Debug, Args)]
pub struct Decide {
    #[command(flatten)]
    pub folder: InFolder,
    /// The project's number; all decisions are listed without it.
    pub project: Option<String>,
    /// Chain id, or `chain/segment`.
    #[arg(long, conflicts_with = "region")]
    pub chain: Option<String>,
    /// Division code or ISO country code.
    #[arg(long)]
    pub region: Option<String>,
    /// Why; required with a decision.
    #[arg(long)]
    pub reason: Option<String>,
    /// Who decided.
    #[arg(long)]
    pub by: Option<String>,
    /// Business day from which it counts (default: today).
    #[arg(long)]
    pub on: Option<NaiveDate>,
    /// Revoke the decision of that number.
    #[arg(long)]
    pub revoke: Option<i64>,
}

#[derive(Debug, Args)]
pub struct Account {
    #[command(subcommand)]
    pub command: AccountCommand,
}

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Open the three administrators' accounts; their passwords are shown once.
    Init(AccountInit),
    /// Give an account a new password, shown once.
    Reset(AccountReset),
    /// List accounts and their roles.
    List(InFolder),
}

#[derive(Debug, Args)]
pub struct AccountInit {
    #[command(flatten)]
    pub folder: InFolder,
    /// Login name of the system administrator (系统管理员).
    #[arg(long, default_value = "system")]
    pub system: String,
    /// Login name of the security administrator (安全管理员).
    #[arg(long, default_value = "security")]
    pub security: String,
    /// Login name of the audit administrator (审计管理员).
    #[arg(long, default_value = "audit")]
    pub audit: String,
}

#[derive(Debug, Args)]
pub struct AccountReset {
    #[command(flatten)]
    pub folder: InFolder,
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    pub command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Compute the whole chain again.
    Verify(AuditVerify),
    /// Print number and hash of the newest record, to be written down elsewhere.
    Head(InFolder),
    /// Print records, newest first.
    List(AuditList),
}

#[derive(Debug, Args)]
pub struct AuditVerify {
    #[command(flatten)]
    pub folder: InFolder,
    /// Hold the log against a head that was written down before.
    #[arg(long, value_name = "SEQ:HASH")]
    pub head: Option<String>,
}

#[derive(Debug, Args)]
pub struct AuditList {
    #[command(flatten)]
    pub folder: InFolder,
    /// Such as login, export, approved.
    #[arg(long)]
    pub action: Option<String>,
    /// Part of the actor's name.
    #[arg(long)]
    pub actor: Option<String>,
    /// Part of the subject.
    #[arg(long)]
    pub subject: Option<String>,
    /// First day (Asia/Shanghai).
    #[arg(long)]
    pub from: Option<NaiveDate>,
    /// Last day (Asia/Shanghai).
    #[arg(long)]
    pub until: Option<NaiveDate>,
    /// Only records before that number.
    #[arg(long, value_name = "SEQ")]
    pub before: Option<i64>,
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub folder: InFolder,
    /// A folder to make, or one that exists: then a folder named by the time is made in it.
    #[arg(long)]
    pub to: PathBuf,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The backup: the folder that holds `backup.json`.
    #[arg(long)]
    pub from: PathBuf,
    /// The data folder to make; it must not exist or be empty.
    #[arg(long)]
    pub data: PathBuf,
}

#[derive(Debug, Args)]
pub struct Sample {
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Folder for the workbooks, or the csv file with `--rows`.
    #[arg(long)]
    pub out: PathBuf,
    /// Write what the tables must show, and every injected fault.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// Write one csv of that many projects instead.
    #[arg(long)]
    pub rows: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Parse {
    pub file: PathBuf,
    #[arg(long)]
    pub out: PathBuf,
    #[arg(long)]
    pub name: String,
    #[arg(long)]
    pub today: NaiveDate,
    #[arg(long)]
    pub carrier: Option<String>,
    #[arg(long)]
    pub mapping: Option<PathBuf>,
    /// The data folder whose configuration applies.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Wider bounds for files an operator names.
    #[arg(long)]
    pub operator: bool,
    /// Write the texts of all cells as they stand, and read no projects out of them.
    #[arg(long, conflicts_with_all = ["operator", "mapping", "carrier"])]
    pub cells: bool,
}

#[derive(Debug, Args)]
pub struct Job {
    pub name: String,
    #[command(flatten)]
    pub folder: InFolder,
    #[arg(long)]
    pub slot: Option<String>,
    #[arg(long, default_value_t = 1)]
    pub attempt: u32,
    #[arg(long)]
    pub today: Option<NaiveDate>,
    #[arg(long)]
    pub full: bool,
    /// Build every part again, from the landing as it is: for benchmarks.
    #[arg(long)]
    pub all_parts: bool,
}
