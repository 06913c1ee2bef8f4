//! The pages (页面), one file each: parse the address, ask the queries, make the view.

pub(crate) mod carrier;
pub(crate) mod carriers;
pub(crate) mod chain;
pub(crate) mod chains;
pub(crate) mod home;
pub(crate) mod jobs;
pub(crate) mod project;
mod project_tables;
pub(crate) mod projects;
pub(crate) mod quality;
pub(crate) mod query;
pub(crate) mod regions;
pub(crate) mod set;
pub(crate) mod sql;
pub(crate) mod wall;
