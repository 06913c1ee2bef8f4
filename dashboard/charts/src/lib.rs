//! Charts of the dashboard (图表): pure functions from plain data to an SVG string, drawn on plotters.
//!
//! Each chart is a struct of plain data with `svg(&self, size) -> Result<String, ChartError>`.
//! Every mark is a link to the rows behind it, has a tooltip and takes keyboard focus. Colours come
//! from classes ([`CSS`] serves light, dark and print) with presentation attributes as the fallback
//! for downloaded files ([`standalone`]). Text and links from data are escaped here, nowhere else.
//!
//! ```
//! use qunlian_charts::{Head, Light, Link, ProgressBar};
//!
//! let bar = ProgressBar {
//!     head: Head { id: "signed".into(), title: "新签约 188/310 个".into(), ..Head::default() },
//!     done: 188.0,
//!     target: Some(310.0),
//!     pace: Some(129.2),
//!     light: Light::Ok,
//!     link: Some(Link { href: "/projects?milestone=signed".into(), tip: "新签约 188 个".into() }),
//! };
//! assert!(bar.svg()?.contains("href=\"/projects?milestone=signed\""));
//! # Ok::<(), qunlian_charts::ChartError>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may fail loudly"))]

mod columns;
mod cumulative_lines;
mod error;
mod font;
mod key;
mod label;
mod light_strip;
mod plot;
mod progress_bar;
mod ranked_bars;
mod scale;
mod share_bars;
mod sheet;
mod size;
mod sparkline;
mod stacked;
mod standalone;
mod surface;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod tone;
mod trend_lines;
mod vocabulary;

pub use columns::{Column, ColumnSeries, Columns};
pub use cumulative_lines::{AsOf, CumulativeLines, Curve, CurvePoint, Forecast, ForecastPoint, TargetLine};
pub use error::ChartError;
pub use light_strip::{LightStrip, StripCell, StripRow};
pub use progress_bar::ProgressBar;
pub use ranked_bars::{Measure, PaceMark, RankedBars, RankedRow};
pub use share_bars::{ShareBars, ShareForm, ShareRow};
pub use size::Size;
pub use sparkline::Sparkline;
pub use stacked::{Layer, Stacked, StackedPart, StackedRow};
pub use standalone::standalone;
pub use timeline::{Event, EventState, Tick, Timeline};
pub use tone::Tone;
pub use trend_lines::{TrendLines, TrendPoint, TrendSeries};
pub use vocabulary::{Emphasis, Head, Lamp, Light, Link};

/// Font stack of pages and charts; the embedded metrics agree with its first families.
pub const FONT_STACK: &str = "\"Noto Sans CJK SC\",\"Source Han Sans SC\",\"PingFang SC\",\
\"Microsoft YaHei\",\"WenQuanYi Micro Hei\",sans-serif";

/// Style sheet of all charts: light, dark (`prefers-color-scheme` and `[data-theme]`), print.
///
/// Every colour is a custom property on `.chart`, so a page may override one without copying rules.
pub const CSS: &str = include_str!("../assets/charts.css");
