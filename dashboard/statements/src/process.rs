//! One worker process, seen from the server: started, asked, killed.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::aside::{self, Aside, Others, Work};
use crate::cores::{self, Cores, Front};
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
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        // A group of its own: when the server is killed while the worker is halted, the kernel sees a halted orphan and ends it.
        command.process_group(0);
        let others = others.filter(Others::are_a_crowd);
        let mut child = if others.is_some() { spawned_aside(command).await? } else { command.spawn()? };
        let aside = others.map(|others| Aside::new(child.id(), others, Work::Start));
        let missing = || io::Error::other("the worker has no pipes");
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let mut worker = Self { child, stdin, stdout, folders, fences: Vec::new(), asked: 0, _spill: spill };
        match worker.read().await? {
            Some(Frame::Ready(fences)) => worker.fences = fences,
            _ => return Err(io::Error::other("the worker did not begin")),
        }
        match aside {
            Some(aside) => aside.end().await,
            // It began where the server's threads were.
            None => aside::keep_to(worker.id(), Cores::All),
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

    /// Kills it at once. While its memory goes, which takes the kernel a while, it is beside the others if they are a crowd.
    pub(crate) fn kill(mut self, others: &Others) {
        let front = others.are_a_crowd().then(Front::keep);
        if front.is_some() {
            aside::keep_to(self.id(), Cores::Back);
        }
        // An error means that it has ended already.
        let _ = self.child.start_kill();
        tokio::spawn(async move {
            let _ = self.child.wait().await;
            drop(front);
        });
    }
}

/// Starts a process that leaves a core to the others: it begins as the thread that starts it, which is one of its own.
async fn spawned_aside(mut command: Command) -> io::Result<Child> {
    let (send, started) = tokio::sync::oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    std::thread::Builder::new().name("starter".into()).spawn(move || {
        let _runtime = runtime.enter();
        cores::keep_to(Cores::Back);
        // Whoever waited may have gone; the child is killed with what cannot be sent.
        drop(send.send(command.spawn()));
    })?;
    started.await.map_err(io::Error::other)?
}
