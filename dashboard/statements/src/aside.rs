//! Long statements beside the others (长语句让路): halted while anybody is served, last on the processor, a core left to the others.

use std::time::Duration;

use rustix::process::{Pid, Signal, getpid, kill_process, setpriority_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Halts a process while others are served, for as long as this lives. The lowest priority alone still lets it take the
/// processor's caches and the start of many time slices from them. It works in the gaps that the others leave; where they leave
/// none, it works a fifth of the time all the same: whoever asks without end must not keep another's answer back for ever.
///
/// While others ask now and then it also leaves them a core: until it is halted, whoever comes would wait for the processor's next
/// tick.
pub(crate) struct Aside {
    id: Option<Pid>,
    task: JoinHandle<()>,
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
    /// `others` says whether anybody is served, `crowded` whether somebody else asks short statements, or has of late.
    pub(crate) fn new(id: Option<u32>, mut others: watch::Receiver<bool>, crowded: impl Fn() -> bool + Send + 'static) -> Self {
        let id = number(id);
        let mut leaves_one = crowded();
        if let Some(id) = id {
            spread(id, leaves_one);
        }
        let task = tokio::spawn(async move {
            let Some(id) = id else { return };
            let mut respread = move || {
                if std::mem::replace(&mut leaves_one, crowded()) != leaves_one {
                    spread(id, leaves_one);
                }
            };
            loop {
                match tokio::time::timeout(RECENT, others.wait_for(|come| *come)).await.map(|come| come.is_ok()) {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(_) => {
                        respread();
                        continue;
                    }
                }
                send(id, Signal::STOP);
                let halted_long = tokio::time::timeout(HALTED, gap(&mut others)).await.is_err();
                respread();
                send(id, Signal::CONT);
                if halted_long {
                    tokio::time::sleep(WORKS).await;
                }
            }
        });
        Self { id, task }
    }

    /// Sets the process going for good: its next statement must find it at work.
    pub(crate) async fn end(mut self) {
        self.task.abort();
        // Aborted or ended, it sends no signal any more.
        let _ = (&mut self.task).await;
        if let Some(id) = self.id {
            spread(id, false);
            send(id, Signal::CONT);
        }
    }
}

/// Waits until nobody has been served for a moment.
async fn gap(others: &mut watch::Receiver<bool>) {
    while others.wait_for(|come| !*come).await.is_ok() {
        if tokio::time::timeout(LINGERS, others.wait_for(|come| *come)).await.is_err() {
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

/// Lets everybody else go before process `id` from now on: for a statement that takes long. There is no way back.
pub(crate) fn stand_back(id: Option<u32>) {
    // On Linux each thread has a priority of its own.
    for thread in number(id).map(threads).unwrap_or_default() {
        if let Err(error) = setpriority_process(Some(thread), LAST) {
            tracing::debug!(%error, "a worker's thread keeps its priority");
        }
    }
}

fn number(id: Option<u32>) -> Option<Pid> {
    id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
}

/// The lowest priority.
const LAST: i32 = 19;

/// Which cores of the processor a thread may use.
#[derive(Clone, Copy)]
enum Cores {
    All,
    /// The one that is left to the others.
    First,
    ButFirst,
}

/// Has this thread, and what it starts, leave a core to the others from now on.
pub(crate) fn leave_a_core() {
    set_cores(None, Cores::ButFirst);
}

/// Spreads a process over all cores, or over all but one. Its first thread only waits: it is what the kernel hands a signal to, and
/// where another is at work it would halt them all at the processor's next tick only.
fn spread(id: Pid, leaves_one: bool) {
    for thread in threads(id) {
        let cores = match leaves_one {
            false => Cores::All,
            true if thread == id => Cores::First,
            true => Cores::ButFirst,
        };
        set_cores(Some(thread), cores);
    }
}

/// Gives a thread, this one for `None`, some of the cores that the server may use; an only core is everybody's.
fn set_cores(thread: Option<Pid>, which: Cores) {
    // The server's are those of its first thread. A worker's thread that is not there any more is no fault.
    let set = sched_getaffinity(Some(getpid())).and_then(|all| {
        let mut cores = all;
        if let Some(first) = (0..CpuSet::MAX_CPU).find(|core| all.is_set(*core)).filter(|_| all.count() > 1) {
            match which {
                Cores::All => {}
                Cores::First => {
                    cores.clear();
                    cores.set(first);
                }
                Cores::ButFirst => cores.unset(first),
            }
        }
        sched_setaffinity(thread, &cores)
    });
    if let Err(error) = set {
        tracing::debug!(%error, "a worker's thread keeps its cores");
    }
}

fn threads(id: Pid) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir(format!("/proc/{}/task", id.as_raw_nonzero())) else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    ids.filter_map(Pid::from_raw).collect()
}

#[cfg(test)]
mod tests {
    use tokio::process::Command;

    use super::*;

    /// The letter of a process's state: `T` when it is halted.
    fn state(id: u32) -> char {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
    }

    /// How many cores a process may use.
    fn cores_of(id: u32) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed:")).unwrap().trim().replace(',', "");
        mask.chars().map(|digit| digit.to_digit(16).unwrap().count_ones() as usize).sum()
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

    #[tokio::test]
    async fn a_long_statement_is_halted_while_others_are_served() {
        let mut child = Command::new("sleep").arg("60").kill_on_drop(true).spawn().unwrap();
        let id = child.id().unwrap();
        let (tell, short) = watch::channel(false);
        let aside = Aside::new(Some(id), short, || true);
        comes_to(id, false).await;
        let all = cores_of(std::process::id());
        assert_eq!(cores_of(id), 1, "where the first thread is told to halt");
        for runs in [true, false, true] {
            tell.send(runs).unwrap();
            comes_to(id, runs).await;
        }
        comes_to(id, true).await;
        aside.end().await;
        comes_to(id, false).await;
        assert_eq!(cores_of(id), all);
        child.kill().await.unwrap();
    }

    #[test]
    fn what_a_thread_aside_starts_leaves_a_core() {
        let started = std::thread::spawn(|| {
            leave_a_core();
            std::process::Command::new("sleep").arg("60").spawn()
        });
        let mut child = started.join().unwrap().unwrap();
        let (cores, all) = (cores_of(child.id()), cores_of(std::process::id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(cores, if all > 1 { all - 1 } else { 1 });
    }

    #[tokio::test]
    async fn a_long_statement_goes_on_however_many_others_follow_one_another() {
        let mut child = Command::new("sh").args(["-c", "while :; do :; done"]).kill_on_drop(true).spawn().unwrap();
        let id = child.id().unwrap();
        let (_tell, short) = watch::channel(true);
        let aside = Aside::new(Some(id), short, || false);
        comes_to(id, true).await;
        comes_to(id, false).await;
        assert_eq!(cores_of(id), cores_of(std::process::id()), "nobody asks what is short");
        comes_to(id, true).await;
        drop(aside);
        child.kill().await.unwrap();
    }
}
