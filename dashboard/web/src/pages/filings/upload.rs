//! Filing by workbook (报表导入备案): read and shown row by row with every complaint; nothing is filed before a word.

pub(crate) mod confirm;
mod form;
mod kept;
mod rows;

pub(crate) use form::{BODY_LIMIT, blank, read};
pub(crate) use kept::Previews;
pub(crate) use rows::show;
