//! What plotters draws (绘图面): axes, grid, lines and bands, rewritten from colours to classes.

use std::fmt::Write as _;

use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::coord::combinators::BindKeyPoints;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Polygon};
use plotters::prelude::SVGBackend;
use plotters::series::LineSeries;
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle};

use crate::font::{self, EM, FAMILY};
use crate::sheet::number;
use crate::text::LABEL;
use crate::{ChartError, Tone};

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

/// Draws axes and strokes with plotters; gives SVG elements and the coordinate mapping.
pub(crate) fn draw(
    chart: &'static str,
    frame: &Frame,
    axes: &Axes,
    strokes: &[Stroke],
) -> Result<(String, Mapping), ChartError> {
    font::register()?;
    let mut svg = String::with_capacity(8 * 1024);
    let size = (frame.width.round() as u32, frame.height.round() as u32);
    let mapping = {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        draw_on(&root, frame, axes, strokes)
            .map_err(|error| ChartError::Drawing { chart, problem: error.to_string() })?
    };
    Ok((classed(&svg), mapping))
}

fn draw_on(
    root: &DrawingArea<SVGBackend<'_>, Shift>,
    frame: &Frame,
    axes: &Axes,
    strokes: &[Stroke],
) -> Result<Mapping, DrawingAreaErrorKind<std::io::Error>> {
    let label_of = |ticks: &[(f64, String)], at: f64| {
        ticks.iter().find(|tick| tick.0 == at).map(|tick| tick.1.clone()).unwrap_or_default()
    };
    let positions = |ticks: &[(f64, String)]| ticks.iter().map(|tick| tick.0).collect::<Vec<_>>();
    let mut chart = ChartBuilder::on(root)
        .margin_top(frame.top.round() as i32)
        .margin_right(frame.right.round() as i32)
        .x_label_area_size(frame.bottom.round() as i32)
        .y_label_area_size(frame.left.round() as i32)
        .build_cartesian_2d(
            (axes.x.0..axes.x.1).with_key_points(positions(&axes.x_ticks)),
            (axes.y.0..axes.y.1).with_key_points(positions(&axes.y_ticks)),
        )?;
    let x_label = |at: &f64| label_of(&axes.x_ticks, *at);
    let y_label = |at: &f64| label_of(&axes.y_ticks, *at);
    let soft_ink = colour(Tone::InkSoft);
    let mut mesh = chart.configure_mesh();
    mesh.label_style((FAMILY, LABEL * EM).into_font().color(&soft_ink))
        .x_label_formatter(&x_label)
        .y_label_formatter(&y_label)
        .bold_line_style(colour(Tone::Grid))
        .axis_style(colour(Tone::Axis))
        .set_all_tick_mark_size(4)
        .disable_y_axis();
    match axes.grid {
        GridLines::Across => mesh.disable_x_mesh(),
        GridLines::Down => mesh.disable_y_mesh().disable_x_axis(),
    };
    mesh.draw()?;
    for stroke in strokes {
        match stroke {
            Stroke::Line { points, tone, width } => {
                let style = ShapeStyle { color: colour(*tone).to_rgba(), filled: false, stroke_width: *width };
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
    let per_unit = |px: i32, units: (f64, f64)| f64::from(px) / (units.1 - units.0);
    Ok(Mapping {
        origin: (axes.x.0, axes.y.0),
        origin_px: (f64::from(start.0), f64::from(start.1)),
        px_per_unit: (per_unit(end.0 - start.0, axes.x), per_unit(end.1 - start.1, axes.y)),
    })
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
            let _ = write!(rewritten, "{tag}{}</text>", line.trim());
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
            ("font-family", _, _) | ("opacity", "1", _) | ("stroke", "none", _) | ("stroke-width", "1", _) => {}
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
            ("font-size", size, _) => {
                let _ = write!(attributes, " font-size=\"{}\"", number(size.parse().unwrap_or(LABEL)));
            }
            _ => {
                let _ = write!(attributes, " {key}=\"{}\"", value.trim());
            }
        }
    }
    if classes.is_empty() {
        return format!("<{name}{attributes}{closing}");
    }
    format!("<{name} class=\"{classes}\"{attributes}{closing}")
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
            r##"<polyline fill="none" opacity="1" stroke="#3D4856" stroke-width="2" points="1,2 3,4 "/>"##,
            r##"<polyline class="s-pace" fill="none" stroke="#3d4856" stroke-dasharray="6 4" stroke-width="2" points="1,2 3,4"/>"##,
        );
        check(
            r##"<text x="5" y="6" dy="0.5ex" text-anchor="end" font-family="Qunlian Metrics" font-size="12.000001" opacity="1" fill="#566273">"##,
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
