//! Words that all charts share: head, link, lamp, emphasis.

use serde::{Deserialize, Serialize};

use crate::Tone;
use crate::text::Weight;

/// What a chart says about itself (图题): read aloud by screen readers, shown by none of the marks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Unique on the page; other characters than `A-Z a-z 0-9 - _` become `-`. It names the
    /// `<title>` and `<desc>` elements together with the width, so the desk and the phone copy of
    /// one chart may share it.
    pub id: String,
    /// Accessible name, e.g. `新签约项目累计与序时进度`.
    pub title: String,
    /// One sentence with the figures, e.g. `截至5月31日 188 个,完成年度目标的 60.6%`.
    pub desc: String,
    /// Sentence shown inside the frame when there is nothing to draw, e.g. `暂无数据`.
    pub empty: String,
}

/// Where a mark leads and what its tooltip says (下钻链接).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Relative address beginning with `/` or `?`; anything else (other hosts, `//`, schemes) is
    /// dropped and the mark stays without a link.
    pub href: String,
    /// Tooltip and accessible name, e.g. `濉溪县:新签约 46 个,完成 61.3%`.
    pub tip: String,
}

/// Traffic light (红黄绿灯): the rule lives in the domain, here only its outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Nothing to judge, e.g. no target was set.
    #[default]
    None,
    /// On pace, drawn as a green ●.
    Ok,
    /// Behind, drawn as an amber ▲.
    Warn,
    /// Far behind, drawn as a red ■.
    Bad,
}

/// A light with its word (灯与字), because colour never stands alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lamp {
    pub light: Light,
    /// e.g. `正常`, `黄灯`, `红灯`.
    pub word: String,
}

/// How loud a row is (强调).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emphasis {
    /// Accent colour.
    #[default]
    Plain,
    /// Accent colour and a bold name, e.g. the group 沪苏浙 or the reader's own carrier.
    Strong,
    /// Grey, e.g. `其他`.
    Quiet,
}

impl Light {
    pub(crate) fn tone(self) -> Tone {
        match self {
            Light::None => Tone::InkSoft,
            Light::Ok => Tone::Ok,
            Light::Warn => Tone::Warn,
            Light::Bad => Tone::Bad,
        }
    }

    /// The shape that says the same without colour.
    pub(crate) fn shape(self) -> &'static str {
        match self {
            Light::None => "",
            Light::Ok => "●",
            Light::Warn => "▲",
            Light::Bad => "■",
        }
    }
}

impl Lamp {
    /// Shape and word, e.g. `▲ 黄灯`.
    pub(crate) fn text(&self) -> String {
        let shape = self.light.shape();
        if shape.is_empty() { self.word.clone() } else { format!("{shape} {}", self.word) }
    }
}

impl Emphasis {
    /// Colour of the bar.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Emphasis::Plain | Emphasis::Strong => Tone::Accent,
            Emphasis::Quiet => Tone::Muted,
        }
    }

    /// Weight of the name.
    pub(crate) fn weight(self) -> Weight {
        match self {
            Emphasis::Strong => Weight::Bold,
            Emphasis::Plain | Emphasis::Quiet => Weight::Regular,
        }
    }
}
