//! One statement on its way: from the worker's frames to whoever asked, ended by its deadline whoever sleeps.

use std::sync::Arc;
use std::time::Duration;

use qunlian_queries::{FailureKind, SqlFailure};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::gate::Turn;
use crate::ledger::Entry;
use crate::process::{Aside, Worker, stand_back};
use crate::protocol::{Frame, Request};
use crate::workers::Workers;

/// After a statement's own deadline its worker is killed this much later.
const GRACE: Duration = Duration::from_millis(250);
/// A statement that has run so long lets the others go first.
const SHORT: Duration = Duration::from_secs(1);
/// Frames that wait for whoever asked.
const WAITING: usize = 2;

/// What whoever asked receives; a failure is the last.
pub(crate) type Said = Result<Frame, SqlFailure>;

/// Gives a worker the statement and follows it on a task of its own.
pub(crate) fn run(workers: Arc<Workers>, worker: Worker, turn: Turn, entry: Entry, request: Request) -> Receiver<Said> {
    let (send, receive) = channel(WAITING);
    tokio::spawn(async move {
        let (mut worker, mut turn) = (worker, turn);
        let ended = follow(&mut worker, &mut turn, &entry, &request, &send).await;
        match &ended {
            Ok(()) => entry.ended("done", None),
            Err(Over::Stopped) => entry.ended("stopped", Some(&entry.stopped())),
            Err(Over::Failed(failure)) => entry.ended("failed", Some(failure)),
        }
        if is_usable(&ended) {
            workers.put(worker);
        } else {
            worker.kill();
            drop(worker);
        }
        drop(turn);
        let last = match ended {
            Ok(()) => return,
            Err(Over::Stopped) => entry.stopped(),
            Err(Over::Failed(failure)) => failure,
        };
        // Whoever asked may have gone.
        let _ = send.send(Err(last)).await;
    });
    receive
}

/// Why a statement ended early.
enum Over {
    Stopped,
    Failed(SqlFailure),
}

/// A worker that refused a statement is as good as new; one that was killed, late or out of memory is not.
fn is_usable(ended: &Result<(), Over>) -> bool {
    match ended {
        Ok(()) => true,
        Err(Over::Stopped) => false,
        Err(Over::Failed(failure)) => !matches!(failure.kind, FailureKind::Deadline | FailureKind::Memory | FailureKind::Internal),
    }
}

async fn follow(worker: &mut Worker, turn: &mut Turn, entry: &Entry, request: &Request, send: &Sender<Said>) -> Result<(), Over> {
    let begun = Instant::now();
    let first = begun + Duration::from_millis(request.first_ms) + GRACE;
    let whole = begun + Duration::from_millis(request.whole_ms) + GRACE;
    worker.ask(request).await.map_err(|error| Over::Failed(died(&error.to_string())))?;
    let mut has_rows = false;
    // Once it has turned out long, and until it ends. Its place must be given away once only, however its deadline moves.
    let mut aside: Option<Aside> = None;
    loop {
        let deadline = if has_rows { whole } else { first.min(whole) };
        let frame = {
            let (ears, id) = worker.ears();
            let read = Frame::read(ears);
            tokio::pin!(read);
            loop {
                tokio::select! {
                    biased;
                    () = entry.stop.notified() => return Err(Over::Stopped),
                    () = send.closed() => return Err(Over::Stopped),
                    frame = &mut read => break frame,
                    () = tokio::time::sleep_until(begun + SHORT), if aside.is_none() => {
                        stand_back(id);
                        aside = Some(Aside::new(id, turn.lengthen()));
                    }
                    () = tokio::time::sleep_until(deadline) => return Err(Over::Failed(late(begun, deadline))),
                }
            }
        };
        let frame = match frame {
            Ok(Some(frame)) => frame,
            Ok(None) => return Err(Over::Failed(died("the process ended"))),
            Err(error) => return Err(Over::Failed(died(&error.to_string()))),
        };
        if aside.is_some() {
            worker.wear_out();
        }
        let is_last = matches!(frame, Frame::End(_) | Frame::Outline(_));
        match &frame {
            Frame::Progress(used) | Frame::End(used) => entry.used(*used),
            Frame::Bytes(bytes) => {
                has_rows = true;
                entry.gave(bytes.len());
            }
            Frame::Failure(failure) => return Err(Over::Failed(failure.clone())),
            Frame::LastFailure(failure) => {
                tracing::warn!(error = %failure, "a worker for statements is replaced");
                worker.wear_out();
                return Err(Over::Failed(failure.clone()));
            }
            Frame::Ready(_) | Frame::Head(_) | Frame::Outline(_) => {}
        }
        if !matches!(frame, Frame::Progress(_)) {
            // A slow reader holds the worker, but not beyond the deadline.
            tokio::select! {
                biased;
                () = entry.stop.notified() => return Err(Over::Stopped),
                sent = send.send(Ok(frame)) => sent.map_err(|_| Over::Stopped)?,
                () = tokio::time::sleep_until(whole) => return Err(Over::Failed(late(begun, whole))),
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

fn late(begun: Instant, deadline: Instant) -> SqlFailure {
    let seconds = (deadline - begun - GRACE).as_secs();
    let hint = "请缩小范围：先按年度、载体单位筛选，或避免无条件的连接";
    SqlFailure::new(FailureKind::Deadline, format!("no answer within {seconds} s"), format!("{seconds} 秒内没有得出结果"), hint)
}

/// A worker that ends without a word was stopped by the kernel: its memory or its processor time was at an end.
fn died(what: &str) -> SqlFailure {
    let error = format!("the statement exceeded its memory or time ({what})");
    SqlFailure::new(FailureKind::Memory, error, "语句超出了允许的内存或时间", "请减少连接的表、排序或分组的行数后重试")
}
