//! A chart as a file of its own (单独的图): for downloads, slides and printing.

use crate::Tone;

/// Rules for viewers that know CSS; colours stay in the attributes, because office programs and
/// rasterisers do not know custom properties and would paint everything black.
const STYLE: &str = "text{font-variant-numeric:tabular-nums}.mark{text-decoration:none}";

/// White margin around a file's chart, in px.
const MARGIN: f64 = 16.0;
/// Height of the title's line.
const TITLE: f64 = 28.0;

/// Turns the SVG of a chart into a file: XML head, fixed size, white ground with a margin, the
/// title in sight, and no links (they are relative to the server; the tooltips stay).
pub fn standalone(svg: &str) -> String {
    let (width, height) = view_box(svg).unwrap_or((640.0, 360.0));
    let whole = (width + 2.0 * MARGIN, height + 2.0 * MARGIN + TITLE);
    let (left, top) = (-MARGIN, -MARGIN - TITLE);
    let view = format!("viewBox=\"{left} {top} {} {}\"", whole.0, whole.1);
    let sized = format!("<svg width=\"{}\" height=\"{}\" xmlns=", whole.0, whole.1);
    let title = svg.split_once("-title\">").and_then(|(_, after)| after.split_once('<')).map_or("", |found| found.0);
    let ground = format!(
        "</desc><style>{STYLE}</style>\
         <rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\
         <text x=\"0\" y=\"{}\" font-size=\"15\" font-weight=\"700\" fill=\"{}\">{title}</text>",
        whole.0,
        whole.1,
        -TITLE / 2.0,
        Tone::Ink.light(),
    );
    let framed = svg.replacen("<svg xmlns=", &sized, 1).replacen("</desc>", &ground, 1);
    let framed = match svg.split_once("viewBox=\"").and_then(|(_, after)| after.split_once('"')) {
        Some((old, _)) => framed.replacen(&format!("viewBox=\"{old}\""), &view, 1),
        None => framed,
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", without_links(&framed))
}

/// Data cannot contain a bare `<`, so these tags are ours.
fn without_links(svg: &str) -> String {
    let mut plain = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(start) = rest.find("<a class=\"mark\"") {
        plain.push_str(&rest[..start]);
        plain.push_str("<g class=\"mark\">");
        let after = &rest[start..];
        rest = after.find('>').map_or("", |end| &after[end + 1..]);
    }
    plain.push_str(rest);
    plain.replace("</a>", "</g>")
}

fn view_box(svg: &str) -> Option<(f64, f64)> {
    let values = svg.split_once("viewBox=\"0 0 ")?.1.split_once('"')?.0;
    let (width, height) = values.split_once(' ')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Light, Link, ProgressBar};

    #[test]
    fn a_file_has_a_size_a_ground_and_no_links() {
        let link = Some(Link { href: "/projects?a=1&b=2".into(), tip: "a > b".into() });
        let head = Head { id: "x".into(), title: "t".into(), ..Head::default() };
        let bar = ProgressBar { head, done: 1.0, target: Some(2.0), pace: None, light: Light::None, link };
        let file = standalone(&bar.svg().unwrap());
        assert!(file.starts_with("<?xml"));
        assert!(file.contains("<svg width=\"272\" height=\"88\" xmlns="));
        assert!(file.contains("viewBox=\"-16 -44 272 88\"") && file.contains(">t</text>"));
        assert!(file.contains("fill=\"#ffffff\"") && file.contains("<style>"));
        assert!(!file.contains("href") && !file.contains("<a ") && !file.contains("</a>"));
        assert!(file.contains("<title>a &gt; b</title>"));
        assert_eq!(file.matches("<g ").count(), file.matches("</g>").count());
    }
}
