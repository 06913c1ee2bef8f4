//! Rows below a header (表体): which are data, what their cells mean, and what is odd about them.

pub mod amounts;
pub mod carriers;
pub mod dates;
pub mod kinds;
pub mod order;
pub mod repeats;
pub mod shift;
pub mod slips;
pub mod spill;
pub mod texts;
