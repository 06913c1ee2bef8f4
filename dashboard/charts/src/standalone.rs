//! A chart as a file of its own (单独的图): for downloads, slides and printing.

/// Rules for viewers that know CSS; colours stay in the attributes, because office programs and
/// rasterisers do not know custom properties and would paint everything black.
const STYLE: &str = "text{font-variant-numeric:tabular-nums}.mark{text-decoration:none}";

/// Turns the SVG of a chart into a file: XML head, fixed size, white ground, style of its own, and
/// no links (they are relative to the server; the tooltips stay).
pub fn standalone(svg: &str) -> String {
    let (width, height) = view_box(svg).unwrap_or(("640", "360"));
    let sized = format!("<svg width=\"{width}\" height=\"{height}\" xmlns=");
    let ground = format!(
        "</desc><style>{STYLE}</style><rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"
    );
    let mut file = String::with_capacity(svg.len() + 512);
    file.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    file.push_str(&without_links(&svg.replacen("<svg xmlns=", &sized, 1).replacen("</desc>", &ground, 1)));
    file
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

fn view_box(svg: &str) -> Option<(&str, &str)> {
    let values = svg.split_once("viewBox=\"0 0 ")?.1.split_once('"')?.0;
    values.split_once(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Link, ProgressBar};

    #[test]
    fn a_file_has_a_size_a_ground_and_no_links() {
        let link = Some(Link { href: "/projects?a=1&b=2".into(), tip: "a > b".into() });
        let head = Head { id: "x".into(), title: "t".into(), ..Head::default() };
        let bar = ProgressBar { head, done: 1.0, target: Some(2.0), pace: None, link };
        let file = standalone(&bar.svg().unwrap());
        assert!(file.starts_with("<?xml"));
        assert!(file.contains("<svg width=\"240\" height=\"28\" xmlns="));
        assert!(file.contains("fill=\"#ffffff\"") && file.contains("<style>"));
        assert!(!file.contains("href") && !file.contains("<a ") && !file.contains("</a>"));
        assert!(file.contains("<title>a &gt; b</title>"));
        assert_eq!(file.matches("<g ").count(), file.matches("</g>").count());
    }
}
