//! Filing (备案): what a carrier states of a project, which fields it takes at which stage, and what is wrong with them.
//!
//! A filing's facts are a map from field to canonical text ([`Values`]); every fact reaches the figures as a claim
//! ([`crate::claim`]) about one [`Matter`].

pub mod catalogue;
pub mod check;
pub mod field;
pub mod landing;
mod matter;
mod values;

pub use catalogue::{FieldEntry, FilingCatalogue, FilingCatalogueFault, Section};
pub use check::{Asked, Checked, Fault, MISSING_EVIDENCE, check};
pub use field::{FieldKind, kind_of};
pub use matter::Matter;
pub use values::Values;
