//! What plotters draws (绘图面): axes, grid, lines and bands, rewritten from colours to classes.

use std::fmt::Write as _;
use std::ops::Range;

use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Polygon};
use plotters::prelude::SVGBackend;
use plotters::series::LineSeries;
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TRANSPARENT};

use crate::font::{self, EM, FAMILY};
use crate::sheet::number;
use crate::text::{self, LABEL, Weight};
use crate::{ChartError, Tone};

/// plotters puts axis labels at twice this distance (px) from the plot.
const LABEL_DISTANCE: i32 = 4;

/// The SVG backend draws on whole pixels, which makes slanted lines wobble: it draws ten times as
/// large, and every length is divided again when its elements are rewritten.
const FINE: f64 = 10.0;

/// Size of a drawing and the room around its plot, in px.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// Where the grid lines run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GridLines {
    /// One line across the plot per tick of the vertical axis, a line under the plot.
    Across,
    /// One line down the plot per tick of the horizontal axis.
    Down,
}

/// Ends and labelled ticks of both axes.
pub(crate) struct Axes {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
    pub(crate) x_ticks: Vec<(f64, String)>,
    pub(crate) y_ticks: Vec<(f64, String)>,
    pub(crate) grid: GridLines,
}

/// One thing in the coordinates of the axes, drawn in order.
pub(crate) enum Stroke {
    Line { points: Vec<(f64, f64)>, tone: Tone, width: u32 },
    Band { outline: Vec<(f64, f64)>, tone: Tone },
}

/// From the axes' coordinates to px; both axes are linear.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mapping {
    origin: (f64, f64),
    origin_px: (f64, f64),
    px_per_unit: (f64, f64),
}

impl Mapping {
    pub(crate) fn x(&self, x: f64) -> f64 {
        self.origin_px.0 + (x - self.origin.0) * self.px_per_unit.0
    }

    pub(crate) fn y(&self, y: f64) -> f64 {
        self.origin_px.1 + (y - self.origin.1) * self.px_per_unit.1
    }
}

/// One axis for plotters: our ticks and texts instead of its own choice.
struct Axis {
    ends: (f64, f64),
    ticks: Vec<(f64, String)>,
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.ends.0) / (self.ends.1 - self.ends.0);
        (f64::from(limit.0) + share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|tick| tick.0).collect()
    }

    fn range(&self) -> Range<f64> {
        self.ends.0..self.ends.1
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|tick| tick.0 == *value).map(|tick| tick.1.clone()).unwrap_or_default()
    }
}

/// Draws axes and strokes with plotters; gives SVG elements and the coordinate mapping.
pub(crate) fn draw(chart: &'static str, frame: &Frame, axes: &Axes, strokes: &[Stroke]) -> Result<(String, Mapping), ChartError> {
    font::register()?;
    let mut svg = String::with_capacity(8 * 1024);
    let size = (fine(frame.width) as u32, fine(frame.height) as u32);
    let x_ticks = readable(frame, axes)?;
    let mapping = {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        draw_on(&root, frame, axes, x_ticks, strokes).map_err(|error| ChartError::Drawing { chart, problem: error.to_string() })?
    };
    Ok((classed(&svg), mapping))
}

/// The horizontal axis' ticks with cleaned words; a word that would touch its neighbour is left out.
fn readable(frame: &Frame, axes: &Axes) -> Result<Vec<(f64, String)>, ChartError> {
    let plot = frame.width - frame.left - frame.right;
    let mut free_from = f64::NEG_INFINITY;
    let mut ticks = Vec::with_capacity(axes.x_ticks.len());
    for (at, word) in &axes.x_ticks {
        let half = text::width(word, LABEL, Weight::Regular)? / 2.0;
        let middle = frame.left + plot * (at - axes.x.0) / (axes.x.1 - axes.x.0);
        let fits = middle - half >= free_from;
        if fits {
            free_from = middle + half + 4.0;
        }
        ticks.push((*at, if fits { text::clean(word) } else { String::new() }));
    }
    Ok(ticks)
}

fn draw_on(
    root: &DrawingArea<SVGBackend<'_>, Shift>,
    frame: &Frame,
    axes: &Axes,
    x_ticks: Vec<(f64, String)>,
    strokes: &[Stroke],
) -> Result<Mapping, DrawingAreaErrorKind<std::io::Error>> {
    let mut chart = ChartBuilder::on(root)
        .margin_top(fine(frame.top))
        .margin_right(fine(frame.right))
        .x_label_area_size(fine(frame.bottom))
        .y_label_area_size(fine(frame.left))
        .build_cartesian_2d(Axis { ends: axes.x, ticks: x_ticks }, Axis { ends: axes.y, ticks: axes.y_ticks.clone() })?;
    let soft_ink = colour(Tone::InkSoft);
    let mut mesh = chart.configure_mesh();
    mesh.label_style((FAMILY, LABEL * EM * FINE).into_font().color(&soft_ink))
        .bold_line_style(stroke_style(Tone::Grid, 1))
        // Disabling an axis would drop its labels too; a transparent one is not written at all.
        .axis_style(TRANSPARENT)
        .set_all_tick_mark_size(LABEL_DISTANCE * FINE as i32);
    match axes.grid {
        GridLines::Across => mesh.disable_x_mesh(),
        GridLines::Down => mesh.disable_y_mesh(),
    };
    mesh.draw()?;
    if axes.grid == GridLines::Across {
        let floor = vec![(axes.x.0, axes.y.0), (axes.x.1, axes.y.0)];
        chart.draw_series([PathElement::new(floor, stroke_style(Tone::Axis, 1))])?;
    }
    for stroke in strokes {
        match stroke {
            Stroke::Line { points, tone, width } => {
                let style = stroke_style(*tone, *width);
                if points.len() == 2 {
                    chart.draw_series([PathElement::new(points.clone(), style)])?;
                } else {
                    chart.draw_series(LineSeries::new(points.iter().copied(), style))?;
                }
            }
            Stroke::Band { outline, tone } => {
                chart.draw_series([Polygon::new(outline.clone(), colour(*tone).filled())])?;
            }
        }
    }
    let start = chart.backend_coord(&(axes.x.0, axes.y.0));
    let end = chart.backend_coord(&(axes.x.1, axes.y.1));
    root.present()?;
    let px = |length: i32| f64::from(length) / FINE;
    Ok(Mapping {
        origin: (axes.x.0, axes.y.0),
        origin_px: (px(start.0), px(start.1)),
        px_per_unit: (px(end.0 - start.0) / (axes.x.1 - axes.x.0), px(end.1 - start.1) / (axes.y.1 - axes.y.0)),
    })
}

fn fine(length: f64) -> i32 {
    (length * FINE).round() as i32
}

fn stroke_style(tone: Tone, width: u32) -> ShapeStyle {
    ShapeStyle { color: colour(tone).to_rgba(), filled: false, stroke_width: width * FINE as u32 }
}

fn colour(tone: Tone) -> RGBColor {
    let (red, green, blue) = tone.rgb();
    RGBColor(red, green, blue)
}

/// Rewrites the backend's elements: colours gain their class, defaults and the outer `<svg>` go.
///
/// The backend writes one tag a line, and a text's content on the line after its tag.
fn classed(svg: &str) -> String {
    let mut rewritten = String::with_capacity(svg.len());
    let mut open_text: Option<String> = None;
    for line in svg.lines() {
        if line.starts_with("<svg") || line.starts_with("</svg") {
            continue;
        }
        if line.starts_with("<text") {
            open_text = Some(classed_tag(line));
        } else if line.starts_with('<') && !line.starts_with("</") {
            rewritten.push_str(&classed_tag(line));
        } else if let (Some(tag), false) = (&open_text, line.starts_with("</")) {
            if !line.trim().is_empty() {
                let _ = write!(rewritten, "{tag}{}</text>", line.trim());
            }
            open_text = None;
        }
    }
    rewritten
}

fn classed_tag(line: &str) -> String {
    let closing = if line.ends_with("/>") { "/>" } else { ">" };
    let inner = line.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let (name, mut rest) = inner.split_once(' ').unwrap_or((inner, ""));
    let mut classes = String::new();
    let mut attributes = String::new();
    while let Some((key, after)) = rest.split_once("=\"") {
        let (value, next) = after.split_once('"').unwrap_or((after, ""));
        rest = next.trim_start();
        let tone = Tone::of_colour(value);
        match (key, value, tone) {
            ("font-family", _, _) | ("opacity", "1", _) | ("stroke", "none", _) => {}
            ("fill" | "stroke", _, Some(tone)) => {
                let initial = if key == "fill" { 'f' } else { 's' };
                let _ = write!(classes, "{}{initial}-{}", if classes.is_empty() { "" } else { " " }, tone.name());
                let _ = write!(attributes, " {key}=\"{}\"", tone.light());
                if let (Some(dashes), "stroke") = (tone.dashes(), key) {
                    let _ = write!(attributes, " stroke-dasharray=\"{dashes}\"");
                }
            }
            // A third of an em centres digits and Han characters alike; half an ex sits too high.
            ("dy", "0.5ex", _) => attributes.push_str(" dy=\".36em\""),
            ("dy", _, _) => {
                let _ = write!(attributes, " dy=\"{value}\"");
            }
            ("stroke-width", "10", _) => {}
            _ => {
                let _ = write!(attributes, " {key}=\"{}\"", in_px(value));
            }
        }
    }
    if classes.is_empty() {
        return format!("<{name}{attributes}{closing}");
    }
    format!("<{name} class=\"{classes}\"{attributes}{closing}")
}

/// Divides the numbers of a value (`1200`, `10,20 30,40 `); words stay as they are.
fn in_px(value: &str) -> String {
    let mut divided = String::with_capacity(value.len());
    for (place, part) in value.trim().split_inclusive([' ', ',']).enumerate() {
        let word = part.trim_end_matches([' ', ',']);
        match word.parse::<f64>() {
            Ok(length) => divided.push_str(&number(length / FINE)),
            Err(_) if place == 0 => return value.trim().to_owned(),
            Err(_) => divided.push_str(word),
        }
        divided.push_str(&part[word.len()..]);
    }
    divided
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_classes_and_noise_goes() {
        fn check(line: &str, expect: &str) {
            assert_eq!(classed_tag(line), expect);
        }
        check(
            r##"<polyline fill="none" opacity="1" stroke="#3D4856" stroke-width="20" points="10,25 30,41 "/>"##,
            r##"<polyline class="s-pace" fill="none" stroke="#3d4856" stroke-dasharray="6 4" stroke-width="2" points="1,2.5 3,4.1"/>"##,
        );
        check(
            r##"<text x="50" y="60" dy="0.5ex" text-anchor="end" font-family="Qunlian Metrics" font-size="120.000001" opacity="1" fill="#566273">"##,
            r##"<text class="f-ink-soft" x="5" y="6" dy=".36em" text-anchor="end" font-size="12" fill="#566273">"##,
        );
    }

    #[test]
    fn a_drawn_frame_maps_its_corners_and_keeps_its_labels() {
        let frame = Frame { width: 300.0, height: 200.0, left: 40.0, right: 20.0, top: 10.0, bottom: 30.0 };
        let axes = Axes {
            x: (0.0, 12.0),
            y: (0.0, 400.0),
            x_ticks: vec![(6.0, "6月".into()), (12.0, String::new())],
            y_ticks: vec![(0.0, "0".into()), (200.0, "200 <&>".into())],
            grid: GridLines::Across,
        };
        let line = Stroke::Line { points: vec![(0.0, 0.0), (12.0, 400.0)], tone: Tone::Accent, width: 2 };
        let (svg, mapping) = draw("test", &frame, &axes, &[line]).unwrap();
        assert!((mapping.x(0.0) - 40.0).abs() <= 1.0 && (mapping.x(12.0) - 280.0).abs() <= 1.0);
        assert!((mapping.y(0.0) - 170.0).abs() <= 1.0 && (mapping.y(400.0) - 10.0).abs() <= 1.0);
        assert!(svg.contains(">6月</text>") && svg.contains(">200 &lt;&amp;&gt;</text>"), "{svg}");
        assert!(svg.contains("s-accent") && svg.contains("s-grid") && !svg.contains("Qunlian"));
    }
}
