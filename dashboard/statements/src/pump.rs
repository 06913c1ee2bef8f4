//! One statement on its way: from the worker's frames to whoever asked, ended by its deadline whoever sleeps.

use std::sync::Arc;
use std::time::Duration;

use qunlian_queries::{FailureKind, SqlFailure};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::aside::{Aside, Work, narrow, widen};
use crate::gate::{SHORT, Turn};
use crate::ledger::Entry;
use crate::process::Worker;
use crate::protocol::{Frame, Request};
use crate::workers::Workers;

/// After a statement's own deadline its worker is killed this much later.
const GRACE: Duration = Duration::from_millis(250);
/// What one core answers as soon as two: where only one is kept for small statements, a longer one may use all from then on.
const SMALL: Duration = Duration::from_millis(30);
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
            drop(worker);
        }
        if ended.is_ok() {
            turn.answered();
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
    let mut course = Course::new(worker.id(), turn, entry);
    let ended = relay(worker, &mut course, request, send).await;
    if !is_usable(&ended) {
        worker.kill();
    }
    match course.aside {
        Some(aside) if is_usable(&ended) => aside.end().await,
        Some(aside) => drop(aside.stop().await),
        None if is_usable(&ended) && !course.is_small => narrow(course.process),
        None => {}
    }
    ended
}

async fn relay(worker: &mut Worker, course: &mut Course<'_>, request: &Request, send: &Sender<Said>) -> Result<(), Over> {
    let first = course.begun + Duration::from_millis(request.first_ms) + GRACE;
    let whole = course.begun + Duration::from_millis(request.whole_ms) + GRACE;
    let asked = course.wait(first.min(whole), worker.ask(request)).await?;
    asked.map_err(|error| Over::Failed(died(&error.to_string())))?;
    let mut has_rows = false;
    loop {
        let deadline = if has_rows { whole } else { first.min(whole) };
        let read = async {
            tokio::select! {
                biased;
                () = send.closed() => Err(Over::Stopped),
                frame = worker.read() => Ok(frame),
            }
        };
        let frame = match course.wait(deadline, read).await?? {
            Ok(Some(frame)) => frame,
            Ok(None) => return Err(Over::Failed(died("the process ended"))),
            Err(error) => return Err(Over::Failed(died(&error.to_string()))),
        };
        let is_last = matches!(frame, Frame::End(_) | Frame::Outline(_));
        match &frame {
            Frame::Progress(used) | Frame::End(used) => course.entry.used(*used),
            Frame::Bytes(bytes) => {
                has_rows = true;
                course.entry.gave(bytes.len());
            }
            Frame::Failure(failure) => return Err(Over::Failed(failure.clone())),
            Frame::LastFailure(failure) => {
                tracing::warn!(error = %failure, "a worker for statements is replaced");
                worker.spoil();
                return Err(Over::Failed(failure.clone()));
            }
            Frame::Ready(_) | Frame::Head(_) | Frame::Outline(_) => {}
        }
        if !matches!(frame, Frame::Progress(_)) {
            // A slow reader holds the worker, but not beyond the deadline.
            course.wait(whole, send.send(Ok(frame))).await?.map_err(|_| Over::Stopped)?;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// A statement's time and what it has turned into.
struct Course<'s> {
    begun: Instant,
    process: Option<u32>,
    turn: &'s mut Turn,
    entry: &'s Entry,
    /// While it is taken for a long one.
    aside: Option<Aside>,
    /// One core is enough for it.
    is_small: bool,
}

impl<'s> Course<'s> {
    fn new(process: Option<u32>, turn: &'s mut Turn, entry: &'s Entry) -> Self {
        let aside = turn.is_long().then(|| Aside::new(process, turn.others(), Work::Statement));
        let is_small = aside.is_none();
        Self { begun: Instant::now(), process, turn, entry, aside, is_small }
    }

    /// Waits for `what` until `deadline`, unless the statement is stopped. Meanwhile it may turn out long, by its own work or by
    /// its reader's: its place is given away then, once.
    async fn wait<T>(&mut self, deadline: Instant, what: impl Future<Output = T>) -> Result<T, Over> {
        tokio::pin!(what);
        loop {
            if self.aside.is_none() && self.begun.elapsed() >= SHORT {
                self.turn.lengthen();
                self.aside = Some(Aside::new(self.process, self.turn.others(), Work::Statement));
            }
            if self.is_small && self.begun.elapsed() >= SMALL {
                self.is_small = false;
                widen(self.process);
            }
            tokio::select! {
                biased;
                () = self.entry.stop.notified() => return Err(Over::Stopped),
                done = &mut what => return Ok(done),
                () = tokio::time::sleep_until(self.begun + SMALL), if self.is_small => {}
                () = tokio::time::sleep_until(self.begun + SHORT), if self.aside.is_none() => {}
                () = tokio::time::sleep_until(deadline) => return Err(Over::Failed(late(self.begun, deadline))),
            }
        }
    }
}

fn late(begun: Instant, deadline: Instant) -> SqlFailure {
    let seconds = (deadline - begun - GRACE).as_millis().div_ceil(1_000);
    let hint = "请缩小范围：先按年度、载体单位筛选，或避免无条件的连接";
    SqlFailure::new(FailureKind::Deadline, format!("no answer within {seconds} s"), format!("{seconds} 秒内没有得出结果"), hint)
}

/// A worker that ends without a word was stopped by the kernel: its memory or its processor time was at an end.
fn died(what: &str) -> SqlFailure {
    let error = format!("the statement exceeded its memory or time ({what})");
    SqlFailure::new(FailureKind::Memory, error, "语句超出了允许的内存或时间", "请减少连接的表、排序或分组的行数后重试")
}

#[cfg(test)]
mod tests {
    use qunlian_domain::access::RowScope;
    use qunlian_queries::{Asker, Door, Params, Statement};

    use super::*;
    use crate::gate::Gate;
    use crate::ledger::Ledger;
    use crate::turnstile::Turns;

    #[tokio::test]
    async fn a_statement_that_always_has_something_to_say_gives_its_place_away_once() {
        let asker = Asker { name: "zhou".into(), scope: RowScope::City, door: Door::Page, oversees: false };
        let statement = Statement { sql: "select 1".into(), as_of: None, params: Params::new(), most: None, ticket: "t".into() };
        let entry = Ledger::default().open(&asker, &statement);
        let gate = Gate::new(Turns { at_once: 1, long: 1, of_one: 1, waiting_of_one: 1, waiting: 1 }, Duration::from_secs(9));
        let mut turn = gate.enter("zhou", 1).await.unwrap();
        let now = Instant::now();
        let mut course = Course { begun: now, ..Course::new(None, &mut turn, &entry) };
        assert!(matches!(course.wait(now + GRACE, async { 7 }).await, Ok(7)) && course.aside.is_none());
        course.begun = now.checked_sub(SHORT).unwrap();
        assert!(matches!(course.wait(now + GRACE, async { 7 }).await, Ok(7)) && course.aside.is_some());
        let other = gate.enter("wu", 2).await.unwrap();
        assert!(matches!(course.wait(now + GRACE, async { 7 }).await, Ok(7)));
        assert!(
            matches!(course.wait(now, std::future::pending::<()>()).await, Err(Over::Failed(late)) if late.kind == FailureKind::Deadline)
        );
        entry.stop.notify_one();
        assert!(matches!(course.wait(now, async { 7 }).await, Err(Over::Stopped)));
        drop(course);
        drop((other, turn));
        gate.enter("wu", 3).await.unwrap();
    }
}
