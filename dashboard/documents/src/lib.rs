//! Documents (文稿): bulletins 通报 in the shape of GB/T 9704 as pdf and docx, charts as png; plain values in, bytes out.
//!
//! Texts are data: nothing in them is read as markup. Fonts come from the customer's files ([`FontFiles`]), what these
//! lack from two embedded open fonts; [`Fonts::missing`] names the characters that none of them has. The same document
//! gives the same bytes: there is no clock and nothing random in here.
//!
//! ```
//! use qunlian_documents::{Block, Document, FontFiles, Fonts, pdf};
//!
//! let fonts = Fonts::load(&FontFiles::default())?;
//! let bulletin = Document {
//!     title: "关于全市招商引资情况的通报".into(),
//!     body: vec![Block::Paragraph("1—5月，全市新签约项目188个。".into())],
//!     ..Document::default()
//! };
//! assert!(fonts.missing(&bulletin).is_empty());
//! assert!(pdf(&bulletin, &fonts)?.starts_with(b"%PDF-1.7"));
//! # Ok::<(), qunlian_documents::DocumentError>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may fail loudly"))]

mod clean;
mod document;
mod docx;
mod drawing;
mod error;
mod fonts;
mod layout;
mod paper;
mod pdf;

pub use document::{Align, Block, Chart, Column, Document, Table};
pub use docx::docx;
pub use error::DocumentError;
pub use fonts::{FontFiles, Fonts};
pub use pdf::pdf;

/// A chart as png on white, `scale` pixels a CSS pixel: 2.0 for screens, 3.0 for print.
pub fn png(chart: &Chart, scale: f32, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    drawing::Drawing::parse(chart, fonts)?.png(&chart.caption, scale)
}
