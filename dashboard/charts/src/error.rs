//! Why a chart could not be drawn.

/// A chart that cannot be drawn honestly (图表错误).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// A value is NaN, infinite or beyond 10^18 (more yuan than any money on earth).
    #[error("{chart}, {place}: not a drawable number: {value}\nhint: pass a finite value below 1e18, leave out what is unknown")]
    Value { chart: &'static str, place: String, value: String },
    /// The data's shape does not fit the chart.
    #[error("{chart}: {problem}\nhint: {hint}")]
    Shape { chart: &'static str, problem: String, hint: &'static str },
    /// The embedded metrics could not be registered or asked.
    #[error("font metrics: {0}")]
    Font(String),
    /// plotters refused to draw.
    #[error("drawing {chart}: {problem}")]
    Drawing { chart: &'static str, problem: String },
}
