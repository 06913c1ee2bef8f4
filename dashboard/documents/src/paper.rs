//! The paper (版面): GB/T 9704—2012 in points from the upper left corner.

const MILLIMETRE: f32 = 72.0 / 25.4;

pub(crate) const WIDTH: f32 = 210.0 * MILLIMETRE;
pub(crate) const HEIGHT: f32 = 297.0 * MILLIMETRE;

/// The text: 156 mm x 225 mm, 37 mm from the upper and 28 mm from the left edge.
pub(crate) const LEFT: f32 = 28.0 * MILLIMETRE;
pub(crate) const RIGHT: f32 = WIDTH - 26.0 * MILLIMETRE;
pub(crate) const TOP: f32 = 37.0 * MILLIMETRE;
pub(crate) const BOTTOM: f32 = HEIGHT - 35.0 * MILLIMETRE;
pub(crate) const TEXT_WIDTH: f32 = RIGHT - LEFT;
pub(crate) const TEXT_HEIGHT: f32 = BOTTOM - TOP;

/// 22 lines a page, 28 characters a line.
pub(crate) const LINES: usize = 22;
pub(crate) const LINE: f32 = TEXT_HEIGHT / LINES as f32;
pub(crate) const CHARACTER: f32 = TEXT_WIDTH / 28.0;

/// The page number's dashes stand 7 mm under the text.
pub(crate) const PAGE_NUMBER: f32 = BOTTOM + 7.0 * MILLIMETRE;

/// Sizes of type: 二号, 三号, 四号, 小四, 五号.
pub(crate) const SIZE_2: f32 = 22.0;
pub(crate) const SIZE_3: f32 = 16.0;
pub(crate) const SIZE_4: f32 = 14.0;
pub(crate) const SIZE_4_SMALL: f32 = 12.0;
pub(crate) const SIZE_5: f32 = 10.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_156_by_225_millimetres() {
        // 156 / 28 = 5.571 mm = 15.79 pt: 三号 (16 pt) set a fifth of a point tighter; 225 / 22 = 10.227 mm = 28.99 pt.
        assert!((TEXT_WIDTH / MILLIMETRE - 156.0).abs() < 1e-3 && (TEXT_HEIGHT / MILLIMETRE - 225.0).abs() < 1e-3);
        assert!((CHARACTER - 15.793).abs() < 1e-3 && (LINE - 28.991).abs() < 1e-3);
    }
}
