//! The worker's side: statements one after another in a process that has fenced itself (沙箱进程).

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use qunlian_engine::{Meter, Sandbox, SqlError, SqlLimits, SqlRequest};
use qunlian_queries::system::SystemTable;
use qunlian_queries::{Answer, AnswerColumn, Outline, SqlFailure, Value};
use rustix::process::{Signal, getpid, kill_process};
use tokio::runtime::Runtime;

use crate::cores::READER;
use crate::protocol::{Frame, Purpose, Request, Used};

/// How often a long statement says what it has used.
const PROGRESS: Duration = Duration::from_millis(250);
/// Parts that may wait to be taken: more would only be memory.
const WAITING_PARTS: usize = 2;

/// What the statement's threads tell the one that writes.
enum Event {
    Planned(Vec<AnswerColumn>, Meter, u64),
    Part(Vec<u8>, u64),
    Outline(Outline),
    Failed(SqlError),
    Ended { rows: u64, truncated: bool },
}

/// Answers requests from stdin on stdout until stdin closes, which ends the process at once.
///
/// # Errors
/// Stdout is gone.
pub fn serve(sandbox: Sandbox, limits: SqlLimits, fences: Vec<String>, runtime: &Runtime) -> io::Result<()> {
    let sandbox = Arc::new(sandbox);
    let requests = requests()?;
    let mut out = io::stdout().lock();
    Frame::Ready(fences).write(&mut out)?;
    while let Ok(request) = requests.recv() {
        let ended = answer(&sandbox, limits, request, runtime, &mut out)?;
        if !ended {
            // What did not end in time still runs on its threads: only the end of the process stops it. Whoever asked kills it,
            // beside the others.
            while requests.recv().is_ok() {}
        }
    }
    Ok(())
}

/// Requests as they come. When stdin closes, whoever asked has ended, and so does this process.
fn requests() -> io::Result<Receiver<Request>> {
    let (send, requests) = sync_channel(1);
    std::thread::Builder::new().name(READER.into()).spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            let Ok(request) = serde_json::from_str(&line) else { break };
            if send.send(request).is_err() {
                break;
            }
        }
        // Nothing is to be put in order, and threads that never yield must not hold it up.
        let _ = kill_process(getpid(), Signal::KILL);
    })?;
    Ok(requests)
}

/// Runs one statement and writes what becomes of it; false when it did not end by itself.
fn answer(sandbox: &Arc<Sandbox>, limits: SqlLimits, request: Request, runtime: &Runtime, out: &mut impl Write) -> io::Result<bool> {
    let begun = Instant::now();
    let first = begun + Duration::from_millis(request.first_ms);
    let whole = begun + Duration::from_millis(request.whole_ms);
    let (first_seconds, whole_seconds) = (request.first_ms.div_ceil(1_000), request.whole_ms.div_ceil(1_000));
    let (send, events) = sync_channel(WAITING_PARTS);
    let task = runtime.spawn(run(Arc::clone(sandbox), limits, request, send));
    let mut used = Used::default();
    let mut meter: Option<Meter> = None;
    let mut has_rows = false;
    loop {
        let end = if has_rows { whole } else { first.min(whole) };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            task.abort();
            let seconds = if has_rows { whole_seconds } else { first_seconds };
            Frame::Failure(SqlFailure::from(&SqlError::Deadline { seconds })).write(out)?;
            return Ok(false);
        }
        match events.recv_timeout(left.min(PROGRESS)) {
            Ok(Event::Planned(columns, of, planned_ms)) => {
                meter = Some(of);
                used.planned_ms = planned_ms;
                Frame::Head(columns).write(out)?;
            }
            Ok(Event::Part(bytes, rows)) => {
                has_rows = true;
                used.rows = rows;
                used.look(meter.as_ref());
                Frame::Bytes(bytes).write(out)?;
            }
            Ok(Event::Outline(outline)) => {
                Frame::Outline(outline).write(out)?;
                return Ok(true);
            }
            // The statement's task panics when a function of the engine does: `date_bin` over months beyond the calendar, for
            // one. What a panic left behind, such as a lock, must not meet the next statement.
            Ok(Event::Failed(SqlError::BrokeOff)) | Err(RecvTimeoutError::Disconnected) => {
                Frame::LastFailure(SqlFailure::from(&SqlError::BrokeOff)).write(out)?;
                return Ok(false);
            }
            Ok(Event::Failed(error)) => {
                Frame::Failure(SqlFailure::from(&error)).write(out)?;
                return Ok(true);
            }
            Ok(Event::Ended { rows, truncated }) => {
                used.look(meter.as_ref());
                Frame::End(Used { rows, truncated, ..used }).write(out)?;
                return Ok(true);
            }
            Err(RecvTimeoutError::Timeout) => {
                used.look(meter.as_ref());
                Frame::Progress(used).write(out)?;
            }
        }
    }
}

impl Used {
    /// Takes what the meter says now.
    fn look(&mut self, meter: Option<&Meter>) {
        if let Some(meter) = meter {
            self.memory = self.memory.max(meter.memory());
            self.read = meter.read();
        }
    }
}

async fn run(sandbox: Arc<Sandbox>, limits: SqlLimits, request: Request, events: SyncSender<Event>) {
    let last = match statement(&sandbox, limits, &request, &events).await {
        Ok(event) => event,
        Err(error) => Event::Failed(error),
    };
    // Whoever listened may have given up; then nobody is left to tell.
    let _ = send(&events, last);
}

async fn statement(sandbox: &Sandbox, limits: SqlLimits, request: &Request, events: &SyncSender<Event>) -> Result<Event, SqlError> {
    let begun = Instant::now();
    let asked = SqlRequest {
        as_of: request.day(),
        params: request.params(),
        limits: SqlLimits { rows: request.most, ..limits },
        system: request.system.iter().filter_map(|(name, rows)| system(name, rows)).collect(),
        catalog: request.catalog.clone(),
        ..SqlRequest::new(&request.sql)
    };
    if request.purpose == Purpose::Outline {
        return sandbox.outline(&asked).await.map(Event::Outline);
    }
    let mut running = sandbox.start(&asked).await?;
    let planned = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    send(events, Event::Planned(running.columns().to_vec(), running.meter(), planned))?;
    while let Some(part) = running.next().await {
        let part = part?;
        send(events, Event::Part(part, running.rows()))?;
    }
    Ok(Event::Ended { rows: running.rows(), truncated: running.truncated() })
}

/// Waits while too many parts wait: this thread then does nothing else, and the statement no more work.
fn send(events: &SyncSender<Event>, event: Event) -> Result<(), SqlError> {
    tokio::task::block_in_place(|| events.send(event)).map_err(|_| SqlError::Engine("nobody listens".to_owned()))
}

fn system(name: &str, rows: &[Vec<crate::protocol::Cell>]) -> Option<(String, Answer)> {
    let columns = SystemTable::named(name).filter(|table| table.from_server)?.answer_columns();
    let rows = rows.iter().map(|row| row.iter().cloned().map(Value::from).collect()).collect();
    Some((name.to_owned(), Answer { columns, rows, generation: 0, as_of: None, truncated: false }))
}
