//! Which cores of the processor a process may use (处理器核心): long statements at the back, whoever is served at the front.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

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

/// Who keeps to the front.
struct Kept {
    /// How many ask for it.
    by: usize,
    /// Workers that wait, or answer something small: numbers of their processes.
    small: BTreeSet<i32>,
    /// Where workers are: nobody is moved to where they are, because that takes half a millisecond.
    at: BTreeMap<i32, (Cores, Cores)>,
}

static KEPT: Mutex<Kept> = Mutex::new(Kept { by: 0, small: BTreeSet::new(), at: BTreeMap::new() });

/// While one lives, the server's own threads keep to the front: one that is woken at the back, where a long statement works, may
/// wait for the processor's next tick, even while the front has nothing to do; or longer, while the kernel begins or ends a process
/// there, which nobody can halt. So do workers that answer something small, for which one core is enough.
pub(crate) struct Front(());

impl Front {
    pub(crate) fn keep() -> Self {
        let mut kept = kept();
        kept.by += 1;
        if kept.by == 1 {
            kept.gather();
        }
        Self(())
    }

    /// The same if one lives already.
    pub(crate) fn keep_on() -> Option<Self> {
        let mut kept = kept();
        (kept.by > 0).then(|| {
            kept.by += 1;
            Self(())
        })
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let mut kept = kept();
        kept.by -= 1;
        if kept.by == 0 {
            kept.gather();
        }
    }
}

impl Kept {
    /// Where whoever is served works.
    fn cores(&self) -> Cores {
        if self.by > 0 { Cores::Front } else { Cores::All }
    }

    fn gather(&mut self) {
        gather(self.cores());
        let small: Vec<Pid> = self.small.iter().filter_map(|id| Pid::from_raw(*id)).collect();
        small.into_iter().for_each(|id| self.place(id, Cores::Front, self.cores()));
    }

    fn place(&mut self, id: Pid, passing: Cores, working: Cores) {
        let to = (passing, working);
        if self.at.insert(id.as_raw_nonzero().get(), to) != Some(to) {
            spread(id, passing, working);
        }
    }
}

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has a worker be one that answers something small, until `leave`.
pub(crate) fn join(id: Pid) {
    let mut kept = kept();
    kept.small.insert(id.as_raw_nonzero().get());
    let working = kept.cores();
    kept.place(id, Cores::Front, working);
}

/// What a worker answers is small no more: it may use all cores.
pub(crate) fn leave(id: Pid) {
    let mut kept = kept();
    if kept.small.remove(&id.as_raw_nonzero().get()) {
        kept.place(id, Cores::Front, Cores::All);
    }
}

/// Gives the threads of a worker their cores: those that pass on, which are the first and the one that reads requests, and those
/// that work. What has ended is no fault.
pub(crate) fn place(id: Pid, passing: Cores, working: Cores) {
    kept().place(id, passing, working);
}

/// A worker is no more, and its number may soon be another's.
pub(crate) fn forget(id: Pid) {
    let mut kept = kept();
    kept.small.remove(&id.as_raw_nonzero().get());
    kept.at.remove(&id.as_raw_nonzero().get());
}

/// Gives the server's threads these cores, but for those that keep to the back by themselves.
fn gather(which: Cores) {
    let back = all().map(|all| chosen(&all, Cores::Back));
    let is_at_back = |thread: &Pid| back.is_ok() && sched_getaffinity(Some(*thread)) == back;
    threads(getpid()).into_iter().filter(|thread| !is_at_back(thread)).for_each(|thread| set(Some(thread), which));
}

fn spread(id: Pid, passing: Cores, working: Cores) {
    let mut seen = HashSet::new();
    loop {
        // What one starts meanwhile is where that one was.
        let new: Vec<Pid> = threads(id).into_iter().filter(|thread| seen.insert(*thread)).collect();
        if new.is_empty() {
            return;
        }
        for thread in new {
            let passes = thread == id || is_reader(id, thread);
            set(Some(thread), if passes { passing } else { working });
        }
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
    use std::sync::mpsc::channel;

    use rustix::thread::gettid;

    use super::*;

    /// Held by whoever moves this process's threads or counts on where they are.
    static MOVED: Mutex<()> = Mutex::new(());

    fn alone() -> MutexGuard<'static, ()> {
        MOVED.lock().unwrap_or_else(PoisonError::into_inner)
    }

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
        let _alone = alone();
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

    /// This process stands in for a worker, and one of its threads for those that work.
    #[test]
    fn while_the_front_is_kept_small_statements_are_answered_there() {
        let _alone = alone();
        let ((tell, told), (end, ended)) = (channel(), channel::<()>());
        let works = std::thread::spawn(move || {
            tell.send(gettid()).unwrap();
            ended.recv().unwrap();
        });
        let thread = told.recv().unwrap();
        let is_at = |which| sched_getaffinity(Some(thread)).unwrap() == chosen(&all().unwrap(), which);
        let kept = Front::keep();
        join(getpid());
        assert!(is_at(Cores::Front));
        leave(getpid());
        assert!(is_at(Cores::All), "it is small no more");
        leave(getpid());
        let kept_on = Front::keep_on().unwrap();
        drop(kept);
        join(getpid());
        assert!(is_at(Cores::Front), "somebody still asks for it");
        leave(getpid());
        drop(kept_on);
        forget(getpid());
        end.send(()).unwrap();
        works.join().unwrap();
    }
}
