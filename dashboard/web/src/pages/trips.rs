//! Trips of leaders (招商出访): plan from the reserve list, a brief to print, visits with their results.

mod brief;
mod plan;
mod view;

pub(crate) use brief::show as brief;
pub(crate) use plan::{blank, call_off, change, create, edit};
pub(crate) use view::{list, record, show};
