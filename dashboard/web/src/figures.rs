//! The charts of the boards (图表), one file per kind, and their names under `/charts/`.

pub(crate) mod cards;
pub(crate) mod cumulative;
pub(crate) mod curves;
pub(crate) mod forecast;
pub(crate) mod lights;
pub(crate) mod mix;
pub(crate) mod monthly;
pub(crate) mod promises;
pub(crate) mod ranking;
pub(crate) mod regions;
