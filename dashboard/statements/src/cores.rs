//! Which cores of the processor a process may use (处理器核心): long statements at the back, whoever is served at the front.

use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::{Pid, getpid, setpriority_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Some of the cores that the server was given. An only core is everybody's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cores {
    All,
    /// The first half: for the server itself and whoever only passes on.
    Front,
    /// The second half: for long statements.
    Back,
}

/// The name of a worker's thread that reads requests.
pub(crate) const READER: &str = "requests";

/// How many ask that the server keeps to the front.
static KEPT: Mutex<usize> = Mutex::new(0);

/// While one lives, the server's own threads keep to the front: one that is woken at the back, where a long statement works, may
/// wait for the processor's next tick, even while the front has nothing to do.
pub(crate) struct Front(());

impl Front {
    pub(crate) fn keep() -> Self {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        *kept += 1;
        if *kept == 1 {
            gather(Cores::Front);
        }
        Self(())
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        *kept -= 1;
        if *kept == 0 {
            gather(Cores::All);
        }
    }
}

/// Gives the server's threads these cores, but for those that keep to the back by themselves.
fn gather(which: Cores) {
    let back = all().map(|all| chosen(&all, Cores::Back));
    let is_at_back = |thread: &Pid| back.is_ok() && sched_getaffinity(Some(*thread)) == back;
    threads(getpid()).into_iter().filter(|thread| !is_at_back(thread)).for_each(|thread| set(Some(thread), which));
}

/// Gives the threads of a worker their cores: those that pass on, which are the first and the one that reads requests, and those
/// that work. What has ended is no fault.
pub(crate) fn spread(id: Pid, passing: Cores, working: Cores) {
    for thread in threads(id) {
        let passes = thread == id || is_reader(id, thread);
        set(Some(thread), if passes { passing } else { working });
    }
}

fn is_reader(process: Pid, thread: Pid) -> bool {
    let name = std::fs::read_to_string(format!("/proc/{}/task/{}/comm", process.as_raw_nonzero(), thread.as_raw_nonzero()));
    name.is_ok_and(|name| name.trim_end() == READER)
}

/// Has this thread, and what it starts, use these cores from now on.
pub(crate) fn keep_to(which: Cores) {
    set(None, which);
}

/// Has this thread, and what it starts, come after everybody else from now on.
pub(crate) fn stand_back() {
    keep_to(Cores::Back);
    // On Linux each thread has a priority of its own.
    if let Err(error) = setpriority_process(None, LAST) {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

/// The lowest priority.
const LAST: i32 = 19;

fn set(thread: Option<Pid>, which: Cores) {
    if let Err(error) = all().and_then(|all| sched_setaffinity(thread, &chosen(&all, which))) {
        tracing::debug!(%error, "a thread keeps its cores");
    }
}

fn chosen(all: &CpuSet, which: Cores) -> CpuSet {
    let cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core)).collect();
    let (front, back) = cores.split_at(cores.len() / 2);
    let chosen = match which {
        Cores::Front if !front.is_empty() => front,
        Cores::Back if !front.is_empty() => back,
        _ => &cores,
    };
    let mut set = CpuSet::new();
    chosen.iter().for_each(|core| set.set(*core));
    set
}

/// What the server was given when it began.
fn all() -> rustix::io::Result<CpuSet> {
    static ALL: OnceLock<CpuSet> = OnceLock::new();
    match ALL.get() {
        Some(all) => Ok(*all),
        None => sched_getaffinity(None).map(|all| *ALL.get_or_init(|| all)),
    }
}

/// The threads of a process.
pub(crate) fn threads(id: Pid) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir(format!("/proc/{}/task", id.as_raw_nonzero())) else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    ids.filter_map(Pid::from_raw).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// True when the first thread of a process may use these cores.
    pub(crate) fn is_at(id: u32, which: Cores) -> bool {
        let id = i32::try_from(id).ok().and_then(Pid::from_raw);
        sched_getaffinity(id).unwrap() == chosen(&all().unwrap(), which)
    }

    #[test]
    fn the_front_and_the_back_are_all() {
        let of = |cores: &[usize]| {
            let mut set = CpuSet::new();
            cores.iter().for_each(|core| set.set(*core));
            set
        };
        let all = of(&[1, 4, 5]);
        assert_eq!(chosen(&all, Cores::Front), of(&[1]));
        assert_eq!(chosen(&all, Cores::Back), of(&[4, 5]));
        assert_eq!(chosen(&all, Cores::All), all);
        let only = of(&[2]);
        assert!([Cores::All, Cores::Front, Cores::Back].iter().all(|which| chosen(&only, *which) == only));
    }

    #[test]
    fn what_a_thread_at_the_back_starts_is_there() {
        all().unwrap();
        let started = std::thread::spawn(|| {
            keep_to(Cores::Back);
            std::process::Command::new("sleep").arg("60").spawn()
        });
        let mut child = started.join().unwrap().unwrap();
        let is_there = is_at(child.id(), Cores::Back);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_there);
    }
}
