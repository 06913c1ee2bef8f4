//! Named fault points (故障点) of a publish, so that tests can kill or fail a writer at each of them.
//!
//! In builds with debug assertions (or the feature `fault-points`) the environment is honoured:
//! `QUNLIAN_STOP_AT=rename_generation` aborts the process just before that step, as `kill -9` would;
//! `QUNLIAN_FAIL_AT=sync_part` makes the step fail as a full disk would.
//! Shipped builds ignore both.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;

/// The steps of a publish, in order. Each is reached just before its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Make the staging folder.
    MakeStaging,
    /// Hard-link an unchanged part of the parent.
    LinkPart,
    /// Flush one new part.
    SyncPart,
    /// Flush a folder inside the staged generation.
    SyncStaging,
    /// Re-open every part and compare hashes.
    VerifyParts,
    /// Rename the staged folder to `lake/gen/<n>`.
    RenameGeneration,
    /// Flush `lake/gen`.
    SyncGenerations,
    /// Write the manifest to its temporary name.
    WriteManifest,
    /// Flush the temporary manifest.
    SyncManifest,
    /// Hard-link the manifest to its final name: the instant of publication.
    LinkManifest,
    /// Flush `lake/manifests`.
    SyncManifests,
    /// Everything is safe; only the temporary name and the empty staging folder remain.
    Published,
}

impl Step {
    /// Every step, in the order in which a publish reaches them.
    pub const ALL: [Step; 12] = [
        Step::MakeStaging,
        Step::LinkPart,
        Step::SyncPart,
        Step::SyncStaging,
        Step::VerifyParts,
        Step::RenameGeneration,
        Step::SyncGenerations,
        Step::WriteManifest,
        Step::SyncManifest,
        Step::LinkManifest,
        Step::SyncManifests,
        Step::Published,
    ];

    /// The name used in `QUNLIAN_STOP_AT` and `QUNLIAN_FAIL_AT`.
    pub fn name(self) -> &'static str {
        match self {
            Self::MakeStaging => "make_staging",
            Self::LinkPart => "link_part",
            Self::SyncPart => "sync_part",
            Self::SyncStaging => "sync_staging",
            Self::VerifyParts => "verify_parts",
            Self::RenameGeneration => "rename_generation",
            Self::SyncGenerations => "sync_generations",
            Self::WriteManifest => "write_manifest",
            Self::SyncManifest => "sync_manifest",
            Self::LinkManifest => "link_manifest",
            Self::SyncManifests => "sync_manifests",
            Self::Published => "published",
        }
    }

    /// True when readers see the new generation once this step is reached.
    pub fn is_visible(self) -> bool {
        self >= Self::SyncManifests
    }
}

/// Decides at each step whether to go on; an error stands for a failing disk.
pub trait Faults: Debug + Send + Sync {
    /// Called just before the operation of `step`.
    fn reach(&self, step: Step) -> io::Result<()>;
}

/// No faults: what every shipped build uses.
#[derive(Debug, Clone, Copy)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn reach(&self, _step: Step) -> io::Result<()> {
        Ok(())
    }
}

/// The faults that the environment asks for; none in shipped builds.
pub fn from_environment() -> Arc<dyn Faults> {
    if !cfg!(any(debug_assertions, feature = "fault-points")) {
        return Arc::new(NoFaults);
    }
    let stop_at = std::env::var("QUNLIAN_STOP_AT").ok();
    let fail_at = std::env::var("QUNLIAN_FAIL_AT").ok();
    if stop_at.is_none() && fail_at.is_none() {
        return Arc::new(NoFaults);
    }
    Arc::new(EnvironmentFaults { stop_at, fail_at })
}

#[derive(Debug)]
struct EnvironmentFaults {
    stop_at: Option<String>,
    fail_at: Option<String>,
}

impl Faults for EnvironmentFaults {
    fn reach(&self, step: Step) -> io::Result<()> {
        if self.stop_at.as_deref() == Some(step.name()) {
            std::process::abort();
        }
        if self.fail_at.as_deref() == Some(step.name()) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }
}
