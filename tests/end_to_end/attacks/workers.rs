//! What the kernel says of the processes that run statements: it knows the fences that they raised.

use std::collections::BTreeSet;

use super::client::Ended;
use super::ground::Ground;

/// Seconds that a statement may take.
const SECONDS: u64 = 20;
/// The default of `[limits] sql_mib`, bytes.
const ADDRESS_SPACE: u64 = 1536 << 20;

/// A thousand, and the default of `[limits] sql_file_seconds` on two threads.
const CPU_SECONDS: u64 = 1_600;

#[test]
fn the_kernel_knows_the_fences_of_every_worker() {
    let ground = Ground::new(SECONDS);
    few_processes(&ground);
    // One that is just starting has neither fences nor a statement yet.
    let is_fenced = |id: &u32| std::fs::read_to_string(format!("/proc/{id}/status")).is_ok_and(|status| status.contains("Seccomp:\t2"));
    ground.server.wait_for("fences", |_| {
        let workers = ground.workers();
        workers.len() >= 2 && workers.iter().all(is_fenced)
    });
    let mut looked_at = 0;
    for id in ground.workers() {
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
        let (status, limits, environment) = (read("status"), read("limits"), read("environ"));
        if limits.is_empty() || environment.is_empty() {
            // Those over an older generation end when they have been idle.
            continue;
        }
        looked_at += 1;
        let of = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim).unwrap_or_default().to_owned();
        assert_eq!((of("NoNewPrivs:"), of("Seccomp:")), ("1".to_owned(), "2".to_owned()), "2: calls are filtered; {status}");
        assert!(of("Seccomp_filters:").is_empty() || of("Seccomp_filters:").parse::<u32>().unwrap() >= 2, "{status}");
        let limit = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {limits}"));
            line[name.len()..].split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>()
        };
        let both = |value: u64| vec![value.to_string(); 2];
        assert_eq!(limit("Max address space"), both(ADDRESS_SPACE));
        assert_eq!(limit("Max open files"), both(1024));
        assert_eq!(limit("Max cpu time"), both(CPU_SECONDS));
        assert_eq!(limit("Max core file size"), both(0));
        assert_eq!(limit("Max file size"), both(1 << 30));
        // Its environment holds nothing of the server's, and it has no socket open.
        assert!(environment.split('\0').all(|entry| entry.is_empty() || entry.starts_with("MALLOC_ARENA_MAX=")), "{environment}");
        for entry in std::fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten() {
            let Ok(target) = std::fs::read_link(entry.path()) else { continue };
            assert!(!target.to_string_lossy().starts_with("socket:"), "{target:?}");
        }
    }
    assert!(looked_at >= 2, "only {looked_at} workers: one for each scope at least");
    assert_eq!(ground.harm(), Vec::<String>::new());
}

/// Quick statements one after another, right after one that took its worker with it, share few processes. Each used to start one
/// while the first was on its way, and the machine did nothing else.
fn few_processes(ground: &Ground) {
    ground.city.ask("select date_bin(interval '1637426858 months', known_from::timestamp, timestamp '1984-01-07') from projects");
    let mut seen: BTreeSet<u32> = ground.workers().into_iter().collect();
    for number in 0..60 {
        assert_eq!(ground.city.ask_small(&format!("select {number} as n")).ended, Ended::Answered);
        seen.extend(ground.workers());
    }
    // On a busy machine a small one may be taken for a long one: those leave the last worker that waits to somebody else.
    let slow =
        ground.city.cells("select count(*) from system.queries where ran_ms >= 300 or state = 'failed'")[0].parse::<usize>().unwrap();
    assert!(seen.len() <= 10 + 2 * slow, "{} processes for 60 small statements, {slow} of them slow", seen.len());
}
