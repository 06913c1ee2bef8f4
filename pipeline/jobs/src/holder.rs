//! Who holds a lease (租约持有者): a process named so precisely that another can know when it is dead.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

static RUNNERS: AtomicU64 = AtomicU64::new(0);

/// A new name for a runner in this process: boot, pid namespace, pid, start time of the process, number.
pub fn new_holder() -> String {
    let number = RUNNERS.fetch_add(1, Ordering::Relaxed);
    let pid = std::process::id();
    let start = start_of(pid).unwrap_or_default();
    format!("boot={} ns={} pid={pid} start={start} runner={number}", boot(), namespace())
}

/// True only if the process certainly no longer lives: same boot and same pid namespace, but no such process, or
/// another one under that pid. Otherwise time must tell.
pub fn is_surely_dead(holder: &str) -> bool {
    let field = |name: &str| {
        let pairs = holder.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.clone().find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let (boot, namespace) = (boot(), namespace());
    if boot.is_empty() || field("boot") != Some(&boot) || field("ns") != Some(&namespace) {
        return false;
    }
    let Some(pid) = field("pid").and_then(|pid| pid.parse().ok()) else { return false };
    match start_of(pid) {
        Some(start) => field("start").is_some_and(|held| !held.is_empty() && held != start),
        None => true,
    }
}

fn boot() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

fn namespace() -> String {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    link.to_string_lossy().into_owned()
}

/// Start time of a living process in clock ticks since boot; none when there is no such process. A zombie counts as
/// dead.
fn start_of(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name in brackets may hold spaces and brackets itself
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dead_are_told_from_the_living_and_the_unknown() {
        let me = new_holder();
        assert_ne!(me, new_holder());
        assert!(!is_surely_dead(&me));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let gone = child.id();
        child.wait().unwrap();
        let mine = format!("pid={} ", std::process::id());
        assert!(is_surely_dead(&me.replace(&mine, &format!("pid={gone} "))));
        let start = start_of(std::process::id()).unwrap();
        assert!(is_surely_dead(&me.replace(&format!("start={start}"), "start=1")), "a pid used again");
        assert!(!is_surely_dead(&me.replace("boot=", "boot=x")), "another machine or boot");
        assert!(!is_surely_dead("somebody"));
    }
}
