//! What a child does about itself before it works: it ends with its parent and within its memory.

use std::io::{self, Read};

use qunlian_registry::Limits;
use rustix::process::{Resource, Rlimit, Signal, getpgrp, getpid, kill_process, kill_process_group, setrlimit};

/// Ties this process to its parent: when stdin closes, because the parent ended in whatever way, this process and
/// the processes it started (its process group, if it leads one) are killed. Call it only in a process whose
/// parent holds the other end of stdin.
pub fn obey_parent() -> io::Result<()> {
    std::thread::Builder::new().name("obey-parent".into()).spawn(wait_for_end_of_stdin)?;
    Ok(())
}

/// Lets the kernel refuse private memory beyond the limit (the parent also watches the resident size).
pub fn limit_memory(limits: &Limits) -> io::Result<()> {
    let bytes = Some(limits.memory_bytes);
    Ok(setrlimit(Resource::Data, Rlimit { current: bytes, maximum: bytes })?)
}

fn wait_for_end_of_stdin() {
    let mut scrap = [0_u8; 64];
    loop {
        match io::stdin().lock().read(&mut scrap) {
            Ok(0) => break,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
            _ => {}
        }
    }
    let me = getpid();
    if getpgrp() == me {
        let _ = kill_process_group(me, Signal::KILL);
    }
    let _ = kill_process(me, Signal::KILL);
}
