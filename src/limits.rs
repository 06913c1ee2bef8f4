//! Limits that a child process sets on itself before it works.

use anyhow::Context;
use rustix::process::{Resource, Rlimit, setrlimit};

/// Bounds of one child.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChildLimits {
    /// Address space, bytes.
    pub memory_bytes: Option<u64>,
    /// Processor time, seconds.
    pub cpu_seconds: Option<u64>,
    /// Largest file it may write, bytes.
    pub file_bytes: Option<u64>,
    /// Files that it may have open.
    pub open_files: Option<u64>,
}

/// Sets the limits of this process. There is no way back.
pub fn set(limits: ChildLimits) -> anyhow::Result<()> {
    let both = |value| Rlimit { current: Some(value), maximum: Some(value) };
    if let Some(bytes) = limits.memory_bytes {
        setrlimit(Resource::As, both(bytes)).context("limit the address space")?;
    }
    if let Some(seconds) = limits.cpu_seconds {
        setrlimit(Resource::Cpu, both(seconds)).context("limit the processor time")?;
    }
    if let Some(bytes) = limits.file_bytes {
        setrlimit(Resource::Fsize, both(bytes)).context("limit the size of files")?;
    }
    if let Some(files) = limits.open_files {
        setrlimit(Resource::Nofile, both(files)).context("limit the open files")?;
    }
    setrlimit(Resource::Core, both(0)).context("forbid core dumps")?;
    Ok(())
}
