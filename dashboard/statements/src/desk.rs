//! The desk: statements come in by any door, workers answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use qunlian_domain::access::RowScope;
use qunlian_engine::{FileHead, FileStream, IpcReader, names};
use qunlian_queries::{
    About, Answer, AnswerColumn, Asker, BoxFuture, Door, FailureKind, Format, FunctionDoc, Outline, Parts, Run, SqlFailure, Statement,
    Statements, Stream, Value,
};
use tokio::sync::mpsc::Receiver;

use crate::failures::{silent, too_large, unprepared, unshown, unstarted};
use crate::files::{FileParts, IpcParts, unwritten};
use crate::folders::{FolderMaker, Folders};
use crate::gate::{Gate, Turn};
use crate::ledger::{Entry, Ledger};
use crate::process::Launch;
use crate::protocol::{Cell, Frame, Purpose, Request, Used};
use crate::pump::{self, Said};
use crate::turnstile::Turns;
use crate::workers::{Need, Workers};

/// How the desk works.
#[derive(Debug, Clone)]
pub struct DeskConfig {
    pub launch: Launch,
    pub turns: Turns,
    /// How long a statement waits for its turn.
    pub patience: Duration,
    /// Time until the first rows.
    pub deadline: Duration,
    /// Time until an answer that is taken away as a file is whole.
    pub file_deadline: Duration,
    /// Bytes of a statement's text.
    pub text_bytes: usize,
    /// The city's functions, for whoever writes statements.
    pub functions: Vec<FunctionDoc>,
}

/// Rows of `system` tables that the composition root knows: `generations` and `jobs`.
pub trait SystemTables: Send + Sync + 'static {
    /// The rows of `system.<table>` for readers of `scope`, cells in the order of its columns; empty for tables it does not know.
    fn rows(&self, table: &str, scope: &RowScope) -> Vec<Vec<Value>>;
}

/// Runs statements in fenced workers.
pub struct Desk {
    config: DeskConfig,
    gate: Gate,
    folders: Folders,
    workers: Arc<Workers>,
    ledger: Ledger,
    system: Arc<dyn SystemTables>,
}

/// A statement under way.
struct Begun {
    said: Receiver<Said>,
    generation: u64,
    columns: Vec<AnswerColumn>,
}

/// Writes down that a statement ended even when whoever asked went away while it waited.
struct Waiting<'e>(Option<&'e Entry>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(entry) = self.0 {
            entry.ended("stopped", None);
        }
    }
}

impl Desk {
    /// A desk without workers yet.
    pub fn new(config: DeskConfig, folders: Arc<dyn FolderMaker>, system: Arc<dyn SystemTables>) -> Self {
        Self {
            gate: Gate::new(config.turns, config.patience),
            folders: Folders::new(folders),
            workers: Arc::new(Workers::new(config.launch.clone(), config.turns.at_once.max(WARM))),
            ledger: Ledger::default(),
            system,
            config,
        }
    }

    /// Has a worker wait over the served generation for those who see the whole city; gives the fences it has.
    /// Workers over older generations end.
    ///
    /// # Errors
    /// Nothing is published, or a worker cannot start.
    pub async fn warm(&self) -> Result<Vec<String>, SqlFailure> {
        let (_, folders) = self.folders.of(&RowScope::City, &[]).await?;
        let worker = self.workers.take(&folders, Need::First).await.map_err(|error| unstarted(&error))?;
        let fences = worker.fences().to_vec();
        self.workers.put(worker);
        self.workers.keep_only(&folders);
        let (workers, others) = (Arc::clone(&self.workers), self.gate.others());
        tokio::spawn(async move { workers.keep_spare(&folders, WARM, others).await });
        Ok(fences)
    }

    async fn begin(&self, asker: &Asker, statement: &Statement, purpose: Purpose, whole: Duration) -> Result<Begun, SqlFailure> {
        let (mut said, generation) = self.start(asker, statement, purpose, whole).await?;
        loop {
            match said.recv().await {
                Some(Ok(Frame::Head(columns))) => return Ok(Begun { said, generation, columns }),
                Some(Ok(_)) => {}
                Some(Err(failure)) => return Err(failure),
                None => return Err(silent()),
            }
        }
    }

    async fn start(
        &self,
        asker: &Asker,
        statement: &Statement,
        purpose: Purpose,
        whole: Duration,
    ) -> Result<(Receiver<Said>, u64), SqlFailure> {
        if asker.scope == RowScope::Nothing {
            return Err(SqlFailure::new(FailureKind::NoData, "no row may be seen", "没有可查询的数据范围", "请联系安全管理员授权"));
        }
        let limit = self.config.text_bytes;
        if statement.sql.len() > limit {
            let (error, said) = (format!("bytes of SQL: {}, at most {limit}", statement.sql.len()), format!("语句过长：最多 {limit} 字节"));
            return Err(SqlFailure::new(FailureKind::TooLarge, error, said, "请精简后重试"));
        }
        let entry = self.ledger.open(asker, statement);
        let mut waiting = Waiting(Some(&entry));
        let turn = tokio::select! {
            turn = self.gate.enter(&asker.name, entry.id) => turn,
            () = entry.stop.notified() => Err(entry.stopped()),
        };
        let started = match turn {
            // It holds a place from now on: not for long, and not when nobody wants it any more.
            Ok(turn) => tokio::select! {
                handed = self.hand_over(asker, statement, purpose, whole, turn, &entry) => handed,
                () = entry.stop.notified() => Err(entry.stopped()),
                () = tokio::time::sleep(PREPARES) => Err(unprepared(PREPARES)),
            },
            Err(failure) => Err(failure),
        };
        if let Err(failure) = &started {
            entry.ended(if failure.kind == FailureKind::Stopped { "stopped" } else { "failed" }, Some(failure));
        }
        waiting.0 = None;
        started
    }

    async fn hand_over(
        &self,
        asker: &Asker,
        statement: &Statement,
        purpose: Purpose,
        whole: Duration,
        turn: Turn,
        entry: &Entry,
    ) -> Result<(Receiver<Said>, u64), SqlFailure> {
        let named = names(&statement.sql, self.config.text_bytes);
        let earlier: Vec<u64> = named.generations.into_iter().take(MOST_GENERATIONS).collect();
        let (generation, folders) = self.folders.of(&asker.scope, &earlier).await?;
        let need = match turn.is_long() {
            true => Need::Long(turn.others()),
            false if turn.is_another() => Need::Another,
            false => Need::First,
        };
        let asked = Instant::now();
        let worker = self.workers.take(&folders, need).await.map_err(|error| unstarted(&error))?;
        // Others make the start of a worker last: it is a part of the statement's time, but never most of it.
        let started = asked.elapsed();
        let left = |whole: Duration| milliseconds(whole - started.min(whole / 2));
        let request = Request {
            sql: statement.sql.clone(),
            as_of: statement.as_of.map(|day| day.to_string()),
            params: statement.params.iter().map(|(name, value)| (name.to_owned(), Cell::from(value))).collect(),
            most: statement.most.unwrap_or(usize::MAX >> 8),
            first_ms: left(self.config.deadline),
            whole_ms: left(whole),
            purpose,
            catalog: (asker.door == Door::Postgres).then(|| asker.name.clone()),
            system: self.system_rows(named.system.into_iter().collect(), asker).await?,
        };
        entry.began(generation);
        let (workers, others) = (Arc::clone(&self.workers), self.gate.others());
        tokio::spawn(async move { workers.keep_spare(&folders, 1, others).await });
        Ok((pump::run(Arc::clone(&self.workers), worker, turn, entry.clone(), request), generation))
    }

    /// The rows of the `system` tables by their names. The books may let a reader wait.
    async fn system_rows(&self, tables: Vec<String>, asker: &Asker) -> Result<Vec<(String, Vec<Vec<Cell>>)>, SqlFailure> {
        if tables.is_empty() {
            return Ok(Vec::new());
        }
        let (ledger, system, asker) = (self.ledger.clone(), Arc::clone(&self.system), asker.clone());
        let rows_of = move |table: String| {
            let rows = match table.as_str() {
                "queries" => ledger.runs(&asker).iter().map(run_row).collect(),
                _ => system.rows(&table, &asker.scope),
            };
            (table, rows.iter().map(|row| row.iter().map(Cell::from).collect()).collect())
        };
        let reading = tokio::task::spawn_blocking(move || tables.into_iter().map(rows_of).collect());
        reading.await.map_err(|_| silent())
    }

    async fn answer(&self, asker: &Asker, statement: Statement) -> Result<Answer, SqlFailure> {
        let Begun { mut said, generation, columns } = self.begin(asker, &statement, Purpose::Rows, self.config.deadline).await?;
        let mut reader = IpcReader::new(&columns);
        let mut rows = Vec::new();
        let mut size = 0;
        loop {
            match said.recv().await {
                Some(Ok(Frame::Bytes(bytes))) if size + bytes.len() > SHOWN_BYTES => return Err(too_large(SHOWN_BYTES)),
                Some(Ok(Frame::Bytes(bytes))) => {
                    size += bytes.len();
                    rows.extend(reader.rows(bytes).map_err(|error| unshown(&error))?);
                }
                Some(Ok(Frame::End(Used { truncated, .. }))) => {
                    return Ok(Answer { columns, rows, generation, as_of: statement.as_of, truncated });
                }
                Some(Ok(_)) => {}
                Some(Err(failure)) => return Err(failure),
                None => return Err(silent()),
            }
        }
    }

    async fn as_file(&self, asker: &Asker, statement: Statement, format: Format, about: About) -> Result<Box<dyn Parts>, SqlFailure> {
        let begun = self.begin(asker, &statement, Purpose::Rows, self.config.file_deadline).await?;
        let head = FileHead { columns: begun.columns, generation: begun.generation, as_of: statement.as_of };
        let stream = FileStream::new(format, head, about).map_err(|error| unwritten(&error))?;
        Ok(Box::new(FileParts::new(begun.said, stream)))
    }

    async fn outlined(&self, asker: &Asker, statement: Statement) -> Result<Outline, SqlFailure> {
        let (mut said, _) = self.start(asker, &statement, Purpose::Outline, self.config.deadline).await?;
        loop {
            match said.recv().await {
                Some(Ok(Frame::Outline(outline))) => return Ok(outline),
                Some(Ok(_)) => {}
                Some(Err(failure)) => return Err(failure),
                None => return Err(silent()),
            }
        }
    }
}

/// Bytes of an answer that is held whole, to be shown.
const SHOWN_BYTES: usize = 64 << 20;

/// How long a statement waits for its tables and its worker.
const PREPARES: Duration = Duration::from_secs(30);

/// Workers that wait from the beginning: one person's first long statement leaves the other one to the others.
const WARM: usize = 2;

/// Earlier generations that one statement may name.
const MOST_GENERATIONS: usize = 4;

impl Statements for Desk {
    fn show<'a>(&'a self, asker: &'a Asker, statement: Statement) -> BoxFuture<'a, Result<Answer, SqlFailure>> {
        Box::pin(self.answer(asker, statement))
    }

    fn file<'a>(
        &'a self,
        asker: &'a Asker,
        statement: Statement,
        format: Format,
        about: About,
    ) -> BoxFuture<'a, Result<Box<dyn Parts>, SqlFailure>> {
        Box::pin(self.as_file(asker, statement, format, about))
    }

    fn stream<'a>(&'a self, asker: &'a Asker, statement: Statement) -> BoxFuture<'a, Result<Stream, SqlFailure>> {
        Box::pin(async move {
            let begun = self.begin(asker, &statement, Purpose::Rows, self.config.file_deadline).await?;
            Ok(Stream { generation: begun.generation, columns: begun.columns, parts: Box::new(IpcParts(begun.said)) })
        })
    }

    fn outline<'a>(&'a self, asker: &'a Asker, statement: Statement) -> BoxFuture<'a, Result<Outline, SqlFailure>> {
        Box::pin(self.outlined(asker, statement))
    }

    fn runs(&self, asker: &Asker) -> Vec<Run> {
        self.ledger.runs(asker)
    }

    fn stop(&self, asker: &Asker, id: u64) -> bool {
        self.ledger.stop(asker, id)
    }

    fn ahead(&self, asker: &Asker, id: u64) -> Option<u32> {
        self.ledger.is_waiting(asker, id).then(|| self.gate.ahead(id))
    }

    fn attend(&self) -> Box<dyn Send> {
        Box::new(self.gate.attend())
    }

    fn functions(&self) -> Vec<FunctionDoc> {
        self.config.functions.clone()
    }
}

/// Characters of a statement that `system.queries` tells.
const TOLD: usize = 4_000;

fn run_row(run: &Run) -> Vec<Value> {
    let number = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    let text = |text: &str| Value::Text(text.to_owned());
    vec![
        number(run.id),
        text(&run.asker),
        text(run.door.id()),
        text(&run.sql.chars().take(TOLD).collect::<String>()),
        text(&run.asked_at),
        text(run.state),
        number(run.waited_ms),
        number(run.planned_ms),
        number(run.ran_ms),
        number(run.read),
        number(run.rows),
        number(run.bytes),
        number(run.memory),
        number(run.generation),
        text(&run.error),
    ]
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
