//! How wide a chart is drawn (尺寸): one pixel of the viewBox is meant to be one CSS pixel.

use serde::{Deserialize, Serialize};

/// Width of a chart's viewBox in CSS pixels; heights follow from the data.
///
/// A chart scales to its container (`width: 100%`), but its text is 12–13 px only when shown near
/// this width: pass the width of the place where it will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    width: u32,
}

impl Size {
    /// A full-width panel on the desk (1440 px page).
    pub const FULL: Size = Size { width: 1200 };
    /// Half of the desk's width: the usual panel.
    pub const DESK: Size = Size { width: 640 };
    /// One of three small multiples side by side on the desk.
    pub const THIRD: Size = Size { width: 420 };
    /// A phone of 390 px with the page's margins.
    pub const PHONE: Size = Size { width: 358 };

    /// Any other width, held between 240 and 2400 px.
    pub fn of_width(width: u32) -> Size {
        Size { width: width.clamp(240, 2400) }
    }

    /// Width in px.
    pub fn width(self) -> u32 {
        self.width
    }

    /// Below 480 px rows take two lines and axes carry fewer labels.
    pub fn is_narrow(self) -> bool {
        self.width < 480
    }
}
