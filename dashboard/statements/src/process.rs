//! One worker process, seen from the server: started, asked, killed.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, setpriority_process};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::folders::Folder;
use crate::protocol::{Frame, Request};

/// How this program starts itself as a worker.
#[derive(Debug, Clone)]
pub struct Launch {
    /// This program.
    pub program: PathBuf,
    /// The data folder, for its configuration and rules.
    pub data: PathBuf,
    /// Where workers' folders for temporary files are made.
    pub spill: PathBuf,
}

/// Statements after which a worker is replaced, so that no leak grows old.
const RETIRES_AFTER: u32 = 500;

/// A worker that waits for a statement. Dropping it kills the process.
pub(crate) struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    folders: Vec<Arc<Folder>>,
    fences: Vec<String>,
    asked: u32,
    /// Its temporary files; gone with it.
    _spill: Folder,
}

impl Worker {
    /// Starts a worker over `folders`, the served one first, and waits until it is ready. One for a single statement, of somebody
    /// who will probably spoil it, lets everybody else go first from its very beginning.
    pub(crate) async fn start(launch: &Launch, folders: Vec<Arc<Folder>>, number: u64, for_one: bool) -> io::Result<Self> {
        let spill = Folder::new(launch.spill.join(format!("{}-{number}", std::process::id())));
        tokio::fs::create_dir_all(spill.path()).await?;
        let mut command = Command::new(&launch.program);
        command.arg("sql-worker").arg("--data").arg(&launch.data).arg("--spill").arg(spill.path());
        for folder in &folders {
            command.arg("--folder").arg(folder.path());
        }
        // Nothing of our environment is its business. Few arenas, because address space is what is limited.
        command.env_clear().env("MALLOC_ARENA_MAX", "2");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        // A group of its own: when the server is killed while the worker is halted, the kernel sees a halted orphan and ends it.
        command.process_group(0);
        let mut child = if for_one { spawned_last(command).await? } else { command.spawn()? };
        let missing = || io::Error::other("the worker has no pipes");
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let mut worker =
            Self { child, stdin, stdout, folders, fences: Vec::new(), asked: if for_one { RETIRES_AFTER } else { 0 }, _spill: spill };
        match worker.read().await? {
            Some(Frame::Ready(fences)) => worker.fences = fences,
            _ => return Err(io::Error::other("the worker did not begin")),
        }
        Ok(worker)
    }

    /// Sends a statement.
    pub(crate) async fn ask(&mut self, request: &Request) -> io::Result<()> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.asked += 1;
        self.stdin.write_all(&line).await?;
        self.stdin.flush().await
    }

    /// What it says next; `None` when it has ended.
    pub(crate) async fn read(&mut self) -> io::Result<Option<Frame>> {
        Frame::read(&mut self.stdout).await
    }

    /// True when it works over exactly these folders.
    pub(crate) fn is_over(&self, folders: &[Arc<Folder>]) -> bool {
        self.folders.len() == folders.len() && self.folders.iter().zip(folders).all(|(own, other)| own.path() == other.path())
    }

    /// Which fences it really has.
    pub(crate) fn fences(&self) -> &[String] {
        &self.fences
    }

    /// True when it has worked long enough.
    pub(crate) fn is_worn(&self) -> bool {
        self.asked >= RETIRES_AFTER
    }

    /// The number of its process, while it lives.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// False when its process has ended.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Is not to be used again.
    pub(crate) fn wear_out(&mut self) {
        self.asked = RETIRES_AFTER;
    }

    /// Kills it at once.
    pub(crate) fn kill(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.start_kill();
    }
}

/// Starts a process with the lowest priority: it has that of the thread that starts it, which is one of its own.
async fn spawned_last(mut command: Command) -> io::Result<Child> {
    let (send, started) = tokio::sync::oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    std::thread::Builder::new().name("starter".into()).spawn(move || {
        let _runtime = runtime.enter();
        if let Err(error) = setpriority_process(None, LAST) {
            tracing::debug!(%error, "a worker begins with the usual priority");
        }
        // Whoever waited may have gone; the child is killed with what cannot be sent.
        drop(send.send(command.spawn()));
    })?;
    started.await.map_err(io::Error::other)?
}

/// Halts a process while short statements run, for as long as this lives. The lowest priority alone still lets it take the
/// processor's caches and the start of many time slices from them. It works in the gaps that the others leave; where they leave
/// none, it works a fifth of the time all the same: whoever asks without end must not keep another's answer back for ever.
pub(crate) struct Aside {
    id: Option<Pid>,
    task: JoinHandle<()>,
}

/// After the last short statement the next one often follows at once.
const LINGERS: Duration = Duration::from_millis(100);
/// A halted statement works again after so long, whatever runs.
const HALTED: Duration = Duration::from_secs(2);
/// And so long before it is halted again.
const WORKS: Duration = Duration::from_millis(500);

impl Aside {
    pub(crate) fn new(id: Option<u32>, mut short: watch::Receiver<bool>) -> Self {
        let id = id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let task = tokio::spawn(async move {
            let Some(id) = id else { return };
            while short.wait_for(|runs| *runs).await.is_ok() {
                send(id, Signal::STOP);
                let halted_long = tokio::time::timeout(HALTED, gap(&mut short)).await.is_err();
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
            send(id, Signal::CONT);
        }
    }
}

/// Waits until no short statement has run for a moment.
async fn gap(short: &mut watch::Receiver<bool>) {
    while short.wait_for(|runs| !*runs).await.is_ok() {
        if tokio::time::timeout(LINGERS, short.wait_for(|runs| *runs)).await.is_err() {
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
    for thread in id.map(threads).unwrap_or_default() {
        if let Err(error) = setpriority_process(Some(thread), LAST) {
            tracing::debug!(%error, "a worker's thread keeps its priority");
        }
    }
}

/// The lowest priority.
const LAST: i32 = 19;

fn threads(id: u32) -> Vec<Pid> {
    let Ok(entries) = std::fs::read_dir(Path::new("/proc").join(id.to_string()).join("task")) else { return Vec::new() };
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    ids.filter_map(Pid::from_raw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[tokio::test]
    async fn a_long_statement_is_halted_while_short_ones_run() {
        let mut child = Command::new("sleep").arg("60").kill_on_drop(true).spawn().unwrap();
        let id = child.id().unwrap();
        let (tell, short) = watch::channel(false);
        let aside = Aside::new(Some(id), short);
        comes_to(id, false).await;
        for runs in [true, false, true] {
            tell.send(runs).unwrap();
            comes_to(id, runs).await;
        }
        comes_to(id, true).await;
        aside.end().await;
        comes_to(id, false).await;
        child.kill().await.unwrap();
    }

    #[tokio::test]
    async fn a_long_statement_goes_on_however_many_short_ones_follow_one_another() {
        let mut child = Command::new("sh").args(["-c", "while :; do :; done"]).kill_on_drop(true).spawn().unwrap();
        let id = child.id().unwrap();
        let (_tell, short) = watch::channel(true);
        let aside = Aside::new(Some(id), short);
        comes_to(id, true).await;
        comes_to(id, false).await;
        comes_to(id, true).await;
        drop(aside);
        child.kill().await.unwrap();
    }
}
