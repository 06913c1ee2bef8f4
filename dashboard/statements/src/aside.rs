//! Long statements beside the others (长语句让路): halted while anybody is served, at the back of the processor's cores.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::cores::{self, Cores, Front, join, leave};
use crate::gate::Gate;

/// Halts a process while others are served, for as long as this lives. The lowest priority alone still lets it take the
/// processor's caches and the start of many time slices from them. It works in the gaps that the others leave; where they leave
/// none, it works a fifth of the time all the same: whoever asks without end must not keep another's answer back for ever.
///
/// While others ask now and then it also leaves them the front of the cores: until it is halted, whoever comes would wait for the
/// processor's next tick.
pub(crate) struct Aside {
    process: Option<Arc<Process>>,
    task: JoinHandle<()>,
}

/// The others, seen from one who asks.
#[derive(Clone)]
pub(crate) struct Others {
    pub gate: Gate,
    pub who: String,
}

/// A process that is halted by whoever comes, at once: each thread between would have to wait for a core.
pub(crate) struct Process {
    id: Pid,
    state: Mutex<State>,
    halted: Notify,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Works,
    Halted,
    /// Has been halted for so long that it works whoever comes.
    HasToWork,
}

/// What a process does while it is aside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// It begins, on its first thread.
    Start,
    /// It answers. Its first thread only waits: it is what the kernel hands a signal to, and where another is at work it would halt
    /// them all at the processor's next tick only.
    Statement,
}

/// Nobody else asks any more when nobody has for so long.
pub(crate) const RECENT: Duration = Duration::from_secs(5);

/// What one person asks is often asked in several parts.
const LINGERS: Duration = Duration::from_millis(50);
/// A halted statement works again after so long, whatever runs.
const HALTED: Duration = Duration::from_secs(2);
/// And so long before it is halted again.
const WORKS: Duration = Duration::from_millis(500);

impl Aside {
    /// Has process `id` go aside for the others.
    pub(crate) fn new(id: Option<u32>, others: Others, work: Work) -> Self {
        let process = number(id).map(|id| Arc::new(Process { id, state: Mutex::new(State::Works), halted: Notify::new() }));
        let Some(one) = process.clone() else { return Self { process, task: tokio::spawn(async {}) } };
        leave(one.id);
        let mut place = Place::new(one.id, work, others.are_a_crowd());
        let mut served = others.gate.halted_by_whoever_comes(&one);
        let task = tokio::spawn(async move {
            loop {
                if tokio::time::timeout(RECENT, one.halted.notified()).await.is_err() {
                    place.change(others.are_a_crowd());
                    continue;
                }
                let halted_long = tokio::time::timeout(HALTED, gap(&mut served)).await.is_err();
                place.change(others.are_a_crowd());
                if halted_long {
                    one.go_on(State::HasToWork);
                    tokio::time::sleep(WORKS).await;
                }
                one.go_on(State::Works);
                if *served.borrow() {
                    one.halt();
                }
            }
        });
        Self { process, task }
    }

    /// Sets the process going for good: its next statement must find it at work, where small ones are answered.
    pub(crate) async fn end(self) {
        if let Some(process) = self.stop().await {
            join(process.id);
            process.go_on(State::HasToWork);
        }
    }

    /// Leaves the process where it is, halted or not.
    pub(crate) async fn stop(mut self) -> Option<Arc<Process>> {
        self.task.abort();
        // Aborted or ended, it sends no signal any more.
        let _ = (&mut self.task).await;
        self.process.take()
    }
}

/// Where a process works: on all cores, or at the back while others ask.
struct Place {
    id: Pid,
    work: Work,
    front: Option<Front>,
}

impl Place {
    fn new(id: Pid, work: Work, crowded: bool) -> Self {
        let mut place = Self { id, work, front: None };
        place.spread(crowded);
        place
    }

    fn change(&mut self, crowded: bool) {
        if crowded != self.front.is_some() {
            self.spread(crowded);
        }
    }

    fn spread(&mut self, crowded: bool) {
        self.front = crowded.then(Front::keep);
        match (crowded, self.work) {
            (false, _) => cores::place(self.id, Cores::Front, Cores::All),
            (true, Work::Start) => cores::place(self.id, Cores::Back, Cores::Back),
            (true, Work::Statement) => cores::place(self.id, Cores::Front, Cores::Back),
        }
    }
}

impl Others {
    /// True when somebody else asks short statements, or has of late.
    pub(crate) fn are_a_crowd(&self) -> bool {
        self.gate.is_crowded_for(&self.who)
    }
}

impl Process {
    /// Halts it, unless it has to work.
    pub(crate) fn halt(&self) {
        let mut state = self.lock();
        if *state == State::Works {
            *state = State::Halted;
            send(self.id, Signal::STOP);
            self.halted.notify_one();
        }
    }

    fn go_on(&self, how: State) {
        let mut state = self.lock();
        if std::mem::replace(&mut *state, how) == State::Halted {
            send(self.id, Signal::CONT);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until nobody has been served for a moment.
async fn gap(served: &mut watch::Receiver<bool>) {
    while served.wait_for(|come| !*come).await.is_ok() {
        if tokio::time::timeout(LINGERS, served.wait_for(|come| *come)).await.is_err() {
            return;
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A process that is not there any more is no fault.
fn send(id: Pid, signal: Signal) {
    if let Err(error) = kill_process(id, signal) {
        tracing::debug!(%error, "a worker is neither halted nor set going");
    }
}

fn number(id: Option<u32>) -> Option<Pid> {
    id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
}

/// Gives all threads of a worker these cores.
pub(crate) fn place(id: Option<u32>, which: Cores) {
    if let Some(id) = number(id) {
        cores::place(id, which, which);
    }
}

/// Has a worker wait for something small, or answer it.
pub(crate) fn narrow(id: Option<u32>) {
    if let Some(id) = number(id) {
        join(id);
    }
}

/// Has a worker end at the back, if anybody keeps to the front, who then does until it has gone.
pub(crate) fn send_back(id: Option<u32>) -> Option<Front> {
    let id = number(id)?;
    leave(id);
    let front = Front::keep_on()?;
    cores::place(id, Cores::Back, Cores::Back);
    Some(front)
}

/// A worker answers nothing small any more.
pub(crate) fn widen(id: Option<u32>) {
    if let Some(id) = number(id) {
        leave(id);
    }
}

/// A worker is no more.
pub(crate) fn forget(id: Option<u32>) {
    if let Some(id) = number(id) {
        cores::forget(id);
    }
}

#[cfg(test)]
mod tests {
    use tokio::process::Command;

    use super::*;
    use crate::cores::tests::is_at;
    use crate::turnstile::Turns;

    /// The letter of a process's state: `T` when it is halted.
    fn state(id: u32) -> char {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
    }

    async fn comes_to(id: u32, halted: bool) {
        for _ in 0..500 {
            if (state(id) == 'T') == halted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("halted: {}, wanted: {halted}", !halted);
    }

    /// The others, and a short statement of one of them that has just ended.
    async fn others(crowd: bool) -> Others {
        let turns = Turns { at_once: 2, long: 1, of_one: 1, waiting_of_one: 1, waiting: 1 };
        let gate = Gate::new(turns, Duration::from_secs(9));
        if crowd {
            drop(gate.enter("wu", 1).await.unwrap());
        }
        Others { gate, who: "zhou".into() }
    }

    #[tokio::test]
    async fn a_long_statement_is_halted_while_others_are_served() {
        let mut child = Command::new("sleep").arg("60").kill_on_drop(true).spawn().unwrap();
        let id = child.id().unwrap();
        let others = others(true).await;
        let aside = Aside::new(Some(id), others.clone(), Work::Statement);
        comes_to(id, false).await;
        assert!(is_at(id, Cores::Front), "where the first thread is told to halt");
        for _ in 0..2 {
            let one = others.gate.attend();
            comes_to(id, true).await;
            drop(one);
            comes_to(id, false).await;
        }
        let one = others.gate.attend();
        comes_to(id, true).await;
        aside.end().await;
        comes_to(id, false).await;
        assert!(is_at(id, Cores::Front));
        drop((one, others.gate.attend()));
        tokio::time::sleep(LINGERS).await;
        assert_ne!(state(id), 'T', "nobody halts it any more");
        child.kill().await.unwrap();
    }

    #[tokio::test]
    async fn whoever_is_there_already_halts_it() {
        let mut child = Command::new("sleep").arg("60").kill_on_drop(true).spawn().unwrap();
        let others = others(false).await;
        let _one = others.gate.attend();
        let aside = Aside::new(child.id(), others, Work::Start);
        comes_to(child.id().unwrap(), true).await;
        aside.stop().await;
        place(child.id(), Cores::Back);
        assert!(is_at(child.id().unwrap(), Cores::Back), "its end is beside the others");
        child.kill().await.unwrap();
    }

    #[tokio::test]
    async fn a_long_statement_goes_on_however_many_others_follow_one_another() {
        let mut child = Command::new("sh").args(["-c", "while :; do :; done"]).kill_on_drop(true).spawn().unwrap();
        let id = child.id().unwrap();
        let others = others(false).await;
        let _one = others.gate.attend();
        let aside = Aside::new(Some(id), others.clone(), Work::Statement);
        comes_to(id, true).await;
        comes_to(id, false).await;
        let _another = others.gate.attend();
        assert_ne!(state(id), 'T', "whoever comes");
        comes_to(id, true).await;
        drop(aside);
        child.kill().await.unwrap();
    }
}
