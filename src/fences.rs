//! What a process may still do after it has fenced itself (沙箱): told to the kernel by the process itself, for good.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus, Scope,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, apply_filter};

/// Folders that a fenced process may still use.
pub struct Reach<'p> {
    pub read: &'p [&'p Path],
    /// Files may be made, read, written and removed there.
    pub write: &'p Path,
}

/// Raises the fences on this thread and every thread it starts from now on. Says, one sentence each, which fences this
/// kernel really gave: an old kernel has fewer, and the rest still stands.
///
/// # Errors
/// A fence that the kernel has could not be raised.
pub fn raise(reach: &Reach<'_>) -> anyhow::Result<Vec<String>> {
    Ok(vec![files_and_network(reach)?, system_calls()?])
}

/// The newest rules that we know; an older kernel keeps those it knows.
const NEWEST: ABI = ABI::V6;

fn files_and_network(reach: &Reach<'_>) -> anyhow::Result<String> {
    let read = AccessFs::from_read(NEWEST) & !AccessFs::Execute;
    let write = AccessFs::from_all(NEWEST) & !(AccessFs::Execute | AccessFs::MakeSock | AccessFs::MakeChar | AccessFs::MakeBlock);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|rules| rules.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .context("landlock")?;
    for folder in reach.read {
        let folder = PathFd::new(folder).with_context(|| format!("landlock: open {}", folder.display()))?;
        rules = rules.add_rule(PathBeneath::new(folder, read)).context("landlock: a folder to read")?;
    }
    let folder = PathFd::new(reach.write).with_context(|| format!("landlock: open {}", reach.write.display()))?;
    rules = rules.add_rule(PathBeneath::new(folder, write)).context("landlock: a folder to write")?;
    let status = rules.restrict_self().context("landlock")?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => "files and network: landlock, all of it",
        RulesetStatus::PartiallyEnforced => "files and network: landlock, as much as this kernel has",
        RulesetStatus::NotEnforced => "files and network: NOT fenced, this kernel has no landlock",
    }
    .to_owned())
}

/// Calls that no statement needs: other machines, other programs, other processes, and the kernel's inner works.
const REFUSED: [i64; 44] = [
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kcmp,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_memfd_create,
    libc::SYS_personality,
    libc::SYS_reboot,
];

fn system_calls() -> anyhow::Result<String> {
    let architecture = std::env::consts::ARCH.try_into().context("seccomp: this processor is not known")?;
    let mut refused: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    // A thread is made with CLONE_THREAD; what is made without it would be a process of its own.
    let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
    let own_process = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), 0)?;
    // Older calls for the same, where the processor has them.
    #[cfg(target_arch = "x86_64")]
    refused.extend([libc::SYS_fork, libc::SYS_vfork].map(|call| (call, Vec::new())));
    refused.insert(libc::SYS_clone, vec![SeccompRule::new(vec![own_process])?]);
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let program: BpfProgram = SeccompFilter::new(refused, SeccompAction::Allow, refuse, architecture)?.try_into().context("seccomp")?;
    // The arguments of clone3 lie in memory, where no filter sees them. Who is told that there is none takes clone.
    let without = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let unknown = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let second: BpfProgram = SeccompFilter::new(without, SeccompAction::Allow, unknown, architecture)?.try_into().context("seccomp")?;
    apply_filter(&second).context("seccomp")?;
    apply_filter(&program).context("seccomp")?;
    Ok("system calls: seccomp".to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::UnixStream;
    use std::process::Command;

    use super::*;

    /// Fences hold for the thread that raises them, so the other tests stay free.
    #[test]
    fn fenced_threads_reach_their_folders_and_nothing_else() {
        let (read, write, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(read.path().join("table"), "rows").unwrap();
        fs::write(other.path().join("secret"), "rows of others").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let fenced = std::thread::spawn(move || {
            let said = raise(&Reach { read: &[read.path()], write: write.path() }).unwrap();
            assert_eq!(said.len(), 2, "{said:?}");
            // A test that passes because the kernel has no fence would prove nothing: it says so and ends here.
            if said[0].contains("NOT fenced") {
                crate::terminal::say(&said[0]);
            } else {
                let denied = |error: std::io::Error, what: &str| assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{what}");
                denied(fs::read(other.path().join("secret")).unwrap_err(), "another folder");
                denied(fs::read("/etc/passwd").unwrap_err(), "the machine's files");
                denied(fs::read_dir("/proc/self/fd").map(drop).unwrap_err(), "the process's files");
                denied(fs::write(read.path().join("new"), "x").unwrap_err(), "writing beside the tables");
                denied(fs::write(read.path().join("table"), "x").unwrap_err(), "changing a table");
                denied(fs::remove_file(read.path().join("table")).unwrap_err(), "removing a table");
                denied(fs::rename(write.path(), other.path().join("x")).unwrap_err(), "moving away");
            }
            assert_eq!(fs::read_to_string(read.path().join("table")).unwrap(), "rows");
            fs::write(write.path().join("spill"), "x").unwrap();
            fs::remove_file(write.path().join("spill")).unwrap();
            let refused = |error: std::io::Error, what: &str| assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{what}: {error}");
            refused(TcpStream::connect(address).map(drop).unwrap_err(), "connecting");
            refused(TcpListener::bind("127.0.0.1:0").map(drop).unwrap_err(), "listening");
            refused(UdpSocket::bind("127.0.0.1:0").map(drop).unwrap_err(), "datagrams");
            refused(UnixStream::pair().map(drop).unwrap_err(), "local sockets");
            refused(Command::new("/bin/true").spawn().map(drop).unwrap_err(), "another program");
            // Threads of one's own are what a statement works with, and they are fenced too.
            let inner = std::thread::spawn(|| TcpStream::connect(("127.0.0.1", 9)).map(drop).unwrap_err().kind());
            assert_eq!(inner.join().unwrap(), ErrorKind::PermissionDenied);
        });
        fenced.join().unwrap();
        TcpStream::connect(address).unwrap();
    }
}
