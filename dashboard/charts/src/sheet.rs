//! The page of a chart (图面): our own elements over what plotters drew, and the outer `<svg>`.

use std::fmt::Write as _;

use crate::text::{self, LABEL, Weight};
use crate::{ChartError, FONT_STACK, Head, Link, Tone};

/// Collects the elements of one chart.
pub(crate) struct Sheet {
    width: f64,
    height: f64,
    body: String,
    /// Texts of the link that is being drawn: they stand behind it, not in it, where they would be a second name.
    words: Option<String>,
}

/// Which end of a text stands at its x (对齐).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) tone: Tone,
    pub(crate) anchor: Anchor,
    /// An outline in the surface's colour, for text over lines.
    pub(crate) halo: bool,
}

impl Type {
    pub(crate) const SOFT: Type = Type { size: LABEL, weight: Weight::Regular, tone: Tone::InkSoft, anchor: Anchor::Start, halo: false };

    pub(crate) fn size(self, size: f64) -> Type {
        Type { size, ..self }
    }

    pub(crate) fn tone(self, tone: Tone) -> Type {
        Type { tone, ..self }
    }

    pub(crate) fn bold(self) -> Type {
        Type { weight: Weight::Bold, ..self }
    }

    pub(crate) fn middle(self) -> Type {
        Type { anchor: Anchor::Middle, ..self }
    }

    pub(crate) fn end(self) -> Type {
        Type { anchor: Anchor::End, ..self }
    }

    pub(crate) fn over_lines(self) -> Type {
        Type { halo: true, ..self }
    }
}

/// A rectangle in px.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Sheet {
    pub(crate) fn new(width: f64, height: f64) -> Sheet {
        Sheet { width, height, body: String::with_capacity(8 * 1024), words: None }
    }

    /// Adds elements that plotters drew.
    pub(crate) fn put(&mut self, drawn: &str) {
        self.body.push_str(drawn);
    }

    /// Filled rectangle with rounded corners.
    pub(crate) fn block(&mut self, block: Block, radius: f64, tone: Tone) {
        let rounding = if radius > 0.0 { format!(" rx=\"{}\"", number(radius)) } else { String::new() };
        let _ = write!(
            self.body,
            "<rect class=\"f-{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{rounding} fill=\"{}\"/>",
            tone.name(),
            number(block.x),
            number(block.y),
            number(block.width.max(0.0)),
            number(block.height.max(0.0)),
            tone.light(),
        );
    }

    /// Straight line; dashed when the tone is.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), tone: Tone, width: f64) {
        let dashes = tone.dashes().map(|dashes| format!(" stroke-dasharray=\"{dashes}\"")).unwrap_or_default();
        let width = if width == 1.0 { String::new() } else { format!(" stroke-width=\"{}\"", number(width)) };
        let _ = write!(
            self.body,
            "<line class=\"s-{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{}\"{width}{dashes}/>",
            tone.name(),
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
            tone.light(),
        );
    }

    /// Line through points.
    pub(crate) fn polyline(&mut self, points: &[(f64, f64)], tone: Tone, width: f64) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
        let _ = write!(
            self.body,
            "<polyline class=\"s-{}\" points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"/>",
            tone.name(),
            points.join(" "),
            tone.light(),
            number(width),
        );
    }

    /// Filled closed shape.
    pub(crate) fn polygon(&mut self, points: &[(f64, f64)], tone: Tone) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
        let _ = write!(self.body, "<polygon class=\"f-{}\" points=\"{}\" fill=\"{}\"/>", tone.name(), points.join(" "), tone.light(),);
    }

    /// Filled dot with a rim.
    pub(crate) fn dot(&mut self, centre: (f64, f64), radius: f64, fill: Tone, rim: Tone) {
        let _ = write!(
            self.body,
            "<circle class=\"dot f-{} s-{}\" cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"/>",
            fill.name(),
            rim.name(),
            number(centre.0),
            number(centre.1),
            number(radius),
            fill.light(),
            rim.light(),
        );
    }

    /// Text whose middle line is at `y`; nothing when it is empty.
    pub(crate) fn text(&mut self, x: f64, y: f64, text: &str, look: Type) {
        let escaped = text::escape(text);
        if escaped.trim().is_empty() {
            return;
        }
        let anchor = match look.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if look.weight == Weight::Bold { " font-weight=\"700\"" } else { "" };
        let (halo_class, halo) =
            if look.halo { (" halo", " stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\"") } else { ("", "") };
        let _ = write!(
            self.words.as_mut().unwrap_or(&mut self.body),
            "<text class=\"f-{}{halo_class}\" x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{anchor}{weight}{halo}>{escaped}</text>",
            look.tone.name(),
            number(x),
            number(y + 0.36 * look.size),
            number(look.size),
            look.tone.light(),
        );
    }

    /// Text shortened to `room` px.
    pub(crate) fn fitted(&mut self, x: f64, y: f64, text: &str, look: Type, room: f64) -> Result<(), ChartError> {
        let fitted = text::fit(text, look.size, look.weight, room)?;
        self.text(x, y, &fitted, look);
        Ok(())
    }

    /// One mark: hit area, tooltip, link and whatever `draw` adds. `tip` serves when there is no link.
    pub(crate) fn mark<T>(&mut self, link: Option<&Link>, tip: &str, hit: Block, draw: impl FnOnce(&mut Sheet) -> T) -> T {
        let own_tip = link.map(|link| link.tip.as_str()).filter(|tip| !text::clean(tip).trim().is_empty());
        let tip = text::escape(own_tip.unwrap_or(tip));
        let href = link.and_then(|link| text::relative(&link.href));
        match &href {
            Some(href) => {
                let _ = write!(
                    self.body,
                    "<a class=\"mark\" href=\"{}\" tabindex=\"0\" aria-label=\"{tip}\"><title>{tip}</title>",
                    text::escape(href)
                );
            }
            None => {
                let _ = write!(self.body, "<g class=\"mark\"><title>{tip}</title>");
            }
        }
        self.hit(hit);
        self.words = href.is_some().then(String::new);
        let drawn = draw(self);
        self.body.push_str(if href.is_some() { "</a>" } else { "</g>" });
        self.body.push_str(&self.words.take().unwrap_or_default());
        drawn
    }

    /// Invisible rectangle that answers pointer and finger; a mark has one, and may have more.
    pub(crate) fn hit(&mut self, hit: Block) {
        let _ = write!(
            self.body,
            "<rect class=\"hit\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" fill=\"none\" pointer-events=\"all\"/>",
            number(hit.x),
            number(hit.y),
            number(hit.width.max(0.0)),
            number(hit.height.max(0.0)),
        );
    }

    /// The sentence of an empty chart in the middle of the frame.
    pub(crate) fn empty_sentence(&mut self, head: &Head) -> Result<(), ChartError> {
        let (x, y) = (self.width / 2.0, self.height / 2.0);
        let room = self.width - 24.0;
        self.fitted(x, y, &head.empty, Type::SOFT.size(14.0).middle().over_lines(), room)
    }

    /// Closes the chart: responsive, named, described.
    pub(crate) fn finish(self, kind: &str, head: &Head) -> String {
        let id = identifier(&head.id, self.width);
        let (title, desc) = (text::escape(&head.title), text::escape(&head.desc));
        // A picture hides what is in it, links too; in a group of links the drawn words would be read a second time.
        let has_links = self.body.contains("<a class=\"mark\"");
        let (role, body) =
            if has_links { ("group", self.body.replace("<text ", "<text aria-hidden=\"true\" ")) } else { ("img", self.body) };
        let family = text::escape(FONT_STACK);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart chart-{kind}\" viewBox=\"0 0 {} {}\" \
             role=\"{role}\" aria-labelledby=\"{id}-title {id}-desc\" font-family=\"{family}\" \
             stroke-linejoin=\"round\" pointer-events=\"none\"><title id=\"{id}-title\">{title}</title>\
             <desc id=\"{id}-desc\">{desc}</desc>{body}</svg>",
            number(self.width),
            number(self.height),
        )
    }
}

/// A frame with nothing but the caller's sentence.
pub(crate) fn empty(kind: &str, head: &Head, width: f64, height: f64) -> Result<String, ChartError> {
    let mut sheet = Sheet::new(width, height);
    sheet.block(Block { x: 0.0, y: 0.0, width, height }, 4.0, Tone::Grid);
    sheet.block(Block { x: 1.0, y: 1.0, width: width - 2.0, height: height - 2.0 }, 3.0, Tone::Surface);
    sheet.text(width / 2.0, height / 2.0, &text::fit(&head.empty, 14.0, Weight::Regular, width - 24.0)?, Type::SOFT.size(14.0).middle());
    Ok(sheet.finish(kind, head))
}

/// A number with at most one decimal; what is not finite becomes 0 (values are checked before).
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// The width is part of the id, so the desk and the phone copy of a chart can share one page.
fn identifier(id: &str, width: f64) -> String {
    let kept: String =
        id.chars().map(|character| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' }).collect();
    format!("chart-{kept}-{}", number(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_nan() {
        fn check(value: f64, expect: &str) {
            assert_eq!(number(value), expect);
        }
        check(1.25, "1.3");
        check(12.0, "12");
        check(-0.01, "0");
        check(f64::NAN, "0");
        check(f64::INFINITY, "0");
    }
}
