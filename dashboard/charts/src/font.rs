//! Embedded font metrics (字宽): widths of text without any font on the host.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

use crate::ChartError;

/// Name under which plotters knows the metrics; it never reaches a page.
pub(crate) const FAMILY: &str = "Qunlian Metrics";

/// plotters' font size of one em: its SVG backend divides by this before it writes `font-size`.
pub(crate) const EM: f64 = 1.24;

static METRICS: &[u8] = include_bytes!("../assets/qunlian-metrics.otf");

/// Registers the metrics once per process; plotters measures nothing before that.
pub(crate) fn register() -> Result<(), ChartError> {
    static OUTCOME: OnceLock<bool> = OnceLock::new();
    let registered = *OUTCOME.get_or_init(|| register_font(FAMILY, FontStyle::Normal, METRICS).is_ok());
    if registered { Ok(()) } else { Err(ChartError::Font("the embedded metrics are not a font".into())) }
}

/// Width of a text in em, as plotters estimates it (to a thousandth, rounded down).
pub(crate) fn em_width(text: &str) -> Result<f64, ChartError> {
    register()?;
    let thousand_em = FontDesc::new(FontFamily::Name(FAMILY), 1000.0 * EM, FontStyle::Normal);
    let ((left, _), (right, _)) = thousand_em.layout_box(text).map_err(|error| ChartError::Font(error.to_string()))?;
    Ok(f64::from(right - left) / 1000.0)
}
