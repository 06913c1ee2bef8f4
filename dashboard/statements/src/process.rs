//! One worker process, seen from the server: started, asked, killed.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};

use crate::aside::{self, Aside, Others, Work};
use crate::cores::{Cores, Front, keep_to, stand_back};
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
    process: Running,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    pub(crate) folders: Vec<Arc<Folder>>,
    fences: Vec<String>,
    asked: u32,
    /// Has something left behind.
    is_spoilt: bool,
}

/// A process and its temporary files; dropping it kills it.
struct Running {
    child: Option<Child>,
    spill: Option<Folder>,
    /// Held until it has gone.
    front: Option<Front>,
}

impl Worker {
    /// Starts a worker over `folders`, the served one first, and waits until it is ready. For whom nobody waits yet, or one who will
    /// ask long things, it begins aside for the `others`.
    pub(crate) async fn start(launch: &Launch, folders: Vec<Arc<Folder>>, number: u64, others: Option<Others>) -> io::Result<Self> {
        let spill = Folder::new(launch.spill.join(format!("{}-{number}", std::process::id())));
        tokio::fs::create_dir_all(spill.path()).await?;
        let mut command = Command::new(&launch.program);
        command.arg("sql-worker").arg("--data").arg(&launch.data).arg("--spill").arg(spill.path());
        for folder in &folders {
            command.arg("--folder").arg(folder.path());
        }
        // Nothing of our environment is its business. Few arenas, because address space is what is limited.
        command.env_clear().env("MALLOC_ARENA_MAX", "2");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A group of its own: when the server is killed while the worker is halted, the kernel sees a halted orphan and ends it.
        command.process_group(0);
        let others = others.filter(Others::are_a_crowd);
        let mut child = if others.is_some() { spawned_aside(command).await? } else { command.spawn()? };
        let pipes = (child.stdin.take(), child.stdout.take());
        let process = Running { child: Some(child), spill: Some(spill), front: None };
        let aside = others.map(|others| Aside::new(process.id(), others, Work::Start));
        if aside.is_none() {
            // It began where the server's threads are.
            aside::place(process.id(), Cores::All);
        }
        let (Some(stdin), Some(stdout)) = pipes else { return Err(io::Error::other("the worker has no pipes")) };
        let (stdin, stdout) = (ChildStdin::from_std(stdin)?, BufReader::new(ChildStdout::from_std(stdout)?));
        let mut worker = Self { process, stdin, stdout, folders, fences: Vec::new(), asked: 0, is_spoilt: false };
        match worker.read().await? {
            Some(Frame::Ready(fences)) => worker.fences = fences,
            _ => return Err(io::Error::other("the worker did not begin")),
        }
        match aside {
            Some(aside) => aside.end().await,
            None => aside::narrow(worker.id()),
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

    /// True when it has worked long enough: the next one should take its place.
    pub(crate) fn is_old(&self) -> bool {
        self.asked >= RETIRES_AFTER
    }

    /// True when it must not be used again.
    pub(crate) fn is_spoilt(&self) -> bool {
        self.is_spoilt
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// False when its process has ended.
    pub(crate) fn is_alive(&mut self) -> bool {
        let ended = self.process.child.as_mut().map(Child::try_wait);
        if matches!(ended, Some(Ok(Some(_)))) {
            self.process.forget();
        }
        matches!(ended, Some(Ok(None)))
    }

    /// Is not to be used again.
    pub(crate) fn spoil(&mut self) {
        self.is_spoilt = true;
    }

    /// Kills it at once; its number stays taken until this is dropped.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }
}

impl Running {
    fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// It has been waited for: from now on its number may be another's.
    fn forget(&mut self) {
        aside::forget(self.id());
        self.child = None;
    }

    /// While its memory goes, which takes the kernel a while, it is at the back if anybody is kept from there.
    fn kill(&mut self) {
        if self.front.is_none() {
            self.front = aside::send_back(self.id());
        }
        // An error means that it has ended already.
        let _ = self.child.as_mut().map(Child::kill);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        aside::forget(self.id());
        let Some(mut child) = self.child.take() else { return };
        let (spill, front) = (self.spill.take(), self.front.take());
        // The kernel forgets a process in the time of whoever waits for it: no task may. While the last thread of the process ends,
        // this one looks for its end again and again, and would keep the core from it if it did not stand behind it.
        let reap = move || {
            stand_back();
            if let Err(error) = child.wait() {
                tracing::warn!(%error, "a worker for statements is not waited for");
            }
            drop((spill, front));
        };
        if let Err(error) = std::thread::Builder::new().name("reaper".into()).spawn(reap) {
            tracing::warn!(%error, "a worker for statements is not waited for");
        }
    }
}

/// Starts a process that leaves the front to the others: it begins as the thread that starts it, which is one of its own.
async fn spawned_aside(mut command: Command) -> io::Result<Child> {
    let (send, started) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("starter".into()).spawn(move || {
        keep_to(Cores::Back);
        if let Err(Ok(mut child)) = send.send(command.spawn()) {
            // Whoever waited has gone.
            let _ = child.kill();
            let _ = child.wait();
        }
    })?;
    started.await.map_err(io::Error::other)?
}
