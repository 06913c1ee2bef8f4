//! The explicit list of all jobs, in the order of the jobs page.

pub mod build_lake;
pub mod bulletins;
pub mod deliver;
pub mod export_registry;
pub mod ingest_inbox;
pub mod light_turns;
pub mod monday_notice;
pub mod recognise;
pub mod retain_lake;
pub mod weekly_lights;

use crate::Job;

/// Every job of the pipeline.
pub fn all() -> Vec<Job> {
    vec![
        ingest_inbox::job(),
        monday_notice::job(),
        recognise::job(),
        export_registry::job(),
        build_lake::job(),
        bulletins::job(),
        light_turns::job(),
        weekly_lights::job(),
        deliver::job(),
        retain_lake::job(),
    ]
}

/// The job of that name.
pub fn find(name: &str) -> Option<Job> {
    all().into_iter().find(|job| job.name == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Schedule;

    #[test]
    fn every_job_is_sound() {
        let jobs = all();
        for job in &jobs {
            Schedule::parse(job.name, job.cron).unwrap();
            assert!(job.retries.attempts >= 1, "{}", job.name);
            assert!(job.limits.seconds > 0 && job.limits.memory_bytes > 0, "{}", job.name);
            assert_eq!(jobs.iter().filter(|other| other.name == job.name).count(), 1);
            if let Some(follow_up) = job.follow_up {
                assert!(find(follow_up.job).is_some(), "{} is followed by an unknown job", job.name);
            }
        }
    }

    #[test]
    fn changed_books_ask_for_a_build() {
        let follow_up = export_registry::job().follow_up.unwrap();
        assert_eq!(follow_up.job, build_lake::NAME);
        assert!((follow_up.wanted)(&json!({ "changed": true })));
        assert!(!(follow_up.wanted)(&json!({ "changed": false, "rows": 3 })));
        assert!(!(follow_up.wanted)(&json!({})));
    }

    #[test]
    fn new_figures_are_looked_through_and_new_messages_leave() {
        let published = build_lake::job().follow_up.unwrap();
        assert_eq!(published.job, light_turns::NAME);
        assert!((published.wanted)(&json!({ "published": true, "generation": 7 })));
        assert!(!(published.wanted)(&json!({ "published": false })) && !(published.wanted)(&json!({})));
        for job in [light_turns::job(), weekly_lights::job()] {
            let queued = job.follow_up.unwrap();
            assert_eq!(queued.job, deliver::NAME);
            assert!((queued.wanted)(&json!({ "queued": 1 })));
            assert!(!(queued.wanted)(&json!({ "queued": 0 })) && !(queued.wanted)(&json!({})));
        }
    }

    #[test]
    fn new_rows_ask_for_a_build() {
        let follow_up = ingest_inbox::job().follow_up.unwrap();
        assert_eq!(follow_up.job, build_lake::NAME);
        assert!((follow_up.wanted)(&json!({ "new_rows": 12, "files": 1 })));
        assert!(!(follow_up.wanted)(&json!({ "new_rows": 0 })));
        assert!(!(follow_up.wanted)(&json!({})));
    }
}
