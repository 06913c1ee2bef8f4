//! The lake (数据湖): where published Parquet lives, how a generation is published, found, checked and retired.
//!
//! It knows neither engine: it sees folders, files, hashes and manifests. It is the only code that renames.
//! - [`layout`] names every folder of a data folder.
//! - [`lock`] keeps writers and servers apart.
//! - [`publish`] writes one generation; [`recover`] clears what a killed writer left.
//! - [`snapshot`] finds the newest good generation for readers; [`verify`] checks one.
//! - [`backup`] copies a data folder away and back.
//! - [`retain`] retires old generations; [`archive`], [`attachments`] and [`landing`] place incoming files.

pub mod archive;
pub mod attachments;
pub mod backup;
pub mod damage;
mod durable;
pub mod error;
pub mod fault;
pub mod landing;
pub mod layout;
pub mod lock;
pub mod manifest;
mod numbers;
pub mod publish;
pub mod recover;
pub mod retain;
pub mod snapshot;
mod time_text;
pub mod verify;

pub use damage::Damage;
pub use error::LakeError;
pub use layout::Layout;
pub use lock::{LakeLock, ServerLock};
pub use manifest::{Checks, Column, Input, Manifest, Part, Table, inputs_fingerprint};
pub use publish::{Facts, PartSlot, Publication};
pub use snapshot::{Snapshot, Survey, generation, latest, newest_number, survey};
pub use verify::{Depth, verify, verify_chain};
