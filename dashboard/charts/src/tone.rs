//! Palette (配色): every colour has a name, a light and a dark value; `assets/charts.css` repeats it.

use serde::{Deserialize, Serialize};

/// A named colour (色). Charts write it as a class (`f-accent` fills, `s-accent` strokes) plus the
/// light value as a presentation attribute for files that are opened outside the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Text.
    Ink,
    /// Secondary text and axis labels.
    InkSoft,
    /// Axis line.
    Axis,
    /// Grid lines.
    Grid,
    /// Empty part of a bar.
    Track,
    /// Background of the page's panels.
    Surface,
    /// The one accent: this year, done.
    #[default]
    Accent,
    /// Forecast band.
    AccentSoft,
    /// Last year, others.
    Muted,
    /// Pace: always dashed.
    Pace,
    /// Middle of the forecast: always dashed, finer.
    Forecast,
    /// On pace.
    Ok,
    /// Behind.
    Warn,
    /// Far behind.
    Bad,
    /// Shades of the accent, from light to dark (in dark mode from dark to light).
    Shade1,
    Shade2,
    Shade3,
    Shade4,
    Shade5,
    Shade6,
    /// Text upon the shades.
    OnShade1,
    OnShade2,
    OnShade3,
    OnShade4,
    OnShade5,
    OnShade6,
}

/// Name, light colour, dark colour; the order is that of the enum.
const PALETTE: [(Tone, &str, &str, &str); 26] = [
    (Tone::Ink, "ink", "#1a2330", "#e6ebf1"),
    (Tone::InkSoft, "ink-soft", "#566273", "#a5b1bf"),
    (Tone::Axis, "axis", "#8794a3", "#6b7785"),
    (Tone::Grid, "grid", "#e2e7ed", "#2b343f"),
    (Tone::Track, "track", "#e8edf3", "#29323d"),
    (Tone::Surface, "surface", "#ffffff", "#151b22"),
    (Tone::Accent, "accent", "#1f5fa8", "#6aa5e8"),
    (Tone::AccentSoft, "accent-soft", "#d5e4f4", "#1f3a58"),
    (Tone::Muted, "muted", "#87929f", "#7e8a98"),
    (Tone::Pace, "pace", "#3d4856", "#c3ccd6"),
    (Tone::Forecast, "forecast", "#4f83bd", "#5a93d3"),
    (Tone::Ok, "ok", "#1d7d46", "#49bd7c"),
    (Tone::Warn, "warn", "#a86400", "#e3a63a"),
    (Tone::Bad, "bad", "#c2302b", "#f27a70"),
    (Tone::Shade1, "shade-1", "#7094c4", "#4a6c9b"),
    (Tone::Shade2, "shade-2", "#4f7fb9", "#6488b8"),
    (Tone::Shade3, "shade-3", "#2f69ad", "#80a4d2"),
    (Tone::Shade4, "shade-4", "#1f5490", "#9dbde4"),
    (Tone::Shade5, "shade-5", "#163f6e", "#bcd3f0"),
    (Tone::Shade6, "shade-6", "#0d2a4c", "#dde9f8"),
    (Tone::OnShade1, "on-shade-1", "#06121f", "#fdfeff"),
    (Tone::OnShade2, "on-shade-2", "#06121e", "#07121e"),
    (Tone::OnShade3, "on-shade-3", "#fefeff", "#06121d"),
    (Tone::OnShade4, "on-shade-4", "#fdfeff", "#06121c"),
    (Tone::OnShade5, "on-shade-5", "#fcfeff", "#06121b"),
    (Tone::OnShade6, "on-shade-6", "#fbfeff", "#06121a"),
];

/// Shades with the text colour that is readable upon each.
pub(crate) const SHADES: [(Tone, Tone); 6] = [
    (Tone::Shade1, Tone::OnShade1),
    (Tone::Shade2, Tone::OnShade2),
    (Tone::Shade3, Tone::OnShade3),
    (Tone::Shade4, Tone::OnShade4),
    (Tone::Shade5, Tone::OnShade5),
    (Tone::Shade6, Tone::OnShade6),
];

impl Tone {
    /// Every tone in the order of the palette.
    pub fn all() -> impl Iterator<Item = Tone> {
        PALETTE.iter().map(|row| row.0)
    }

    /// Name in class names and custom properties: `f-NAME`, `s-NAME`, `--chart-NAME`.
    pub fn name(self) -> &'static str {
        PALETTE[self as usize].1
    }

    /// `#rrggbb` on a light page.
    pub fn light(self) -> &'static str {
        PALETTE[self as usize].2
    }

    /// `#rrggbb` on a dark page.
    pub fn dark(self) -> &'static str {
        PALETTE[self as usize].3
    }

    /// Dash pattern of tones that are lines by nature, so that colour is not the only difference.
    pub(crate) fn dashes(self) -> Option<&'static str> {
        match self {
            Tone::Pace => Some("6 4"),
            Tone::Forecast => Some("2 3"),
            _ => None,
        }
    }

    /// The tone that plotters was given as this light colour (any letter case).
    pub(crate) fn of_colour(colour: &str) -> Option<Tone> {
        PALETTE.iter().find(|row| row.2.eq_ignore_ascii_case(colour)).map(|row| row.0)
    }

    /// Red, green and blue of the light colour.
    pub(crate) fn rgb(self) -> (u8, u8, u8) {
        let channel = |from: usize| self.light().get(from..from + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
        (channel(1), channel(3), channel(5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: &str) -> f64 {
        let linear = |from: usize| {
            let value = f64::from(u8::from_str_radix(&colour[from..from + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn check_contrast(front: Tone, back: Tone, least: f64) {
        for (theme, one, other) in [("light", front.light(), back.light()), ("dark", front.dark(), back.dark())] {
            let ratio = contrast(one, other);
            assert!(ratio >= least, "{theme}: {front:?} on {back:?} is {ratio:.2}, needs {least}");
        }
    }

    #[test]
    fn the_palette_is_in_the_order_of_the_enum_and_has_no_twins() {
        for (place, tone) in Tone::all().enumerate() {
            assert_eq!(tone as usize, place);
            assert_eq!(Tone::of_colour(tone.light()), Some(tone), "two tones share {}", tone.light());
        }
    }

    #[test]
    fn text_reads_and_marks_stand_out_on_both_themes() {
        for text in [Tone::Ink, Tone::InkSoft, Tone::Ok, Tone::Warn, Tone::Bad, Tone::Accent] {
            check_contrast(text, Tone::Surface, 4.5);
        }
        for mark in [Tone::Axis, Tone::Muted, Tone::Pace, Tone::Forecast] {
            check_contrast(mark, Tone::Surface, 3.0);
        }
        for (shade, text) in SHADES {
            check_contrast(shade, Tone::Surface, 3.0);
            check_contrast(text, shade, 4.5);
        }
        check_contrast(Tone::Accent, Tone::Track, 3.0);
    }

    #[test]
    fn the_style_sheet_repeats_the_palette() {
        for tone in Tone::all() {
            let name = tone.name();
            for (line, times) in [(tone.light(), 1), (tone.dark(), 2)] {
                let line = format!("--chart-{name}:{line};");
                assert_eq!(crate::CSS.matches(&line).count(), times, "{line} in charts.css");
            }
            for rule in [format!(".chart .f-{name}{{fill:var(--chart-{name})}}"), format!(".chart .s-{name}{{stroke:var(--chart-{name})}}")]
            {
                assert!(crate::CSS.contains(&rule), "{rule} missing in charts.css");
            }
        }
    }
}
