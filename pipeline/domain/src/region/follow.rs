//! What stands after a short place name: a zone (成都高新区) confirms it, a street (南京东路) refutes it.

use super::glyphs::{CLOSE, Glyphs, OPEN, is_chinese};

/// What the characters after a short name make of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum After {
    /// End of text, a bracket or other punctuation.
    Boundary,
    /// A development zone, park or new area.
    Zone,
    /// A street, village or building: the short name belongs to that.
    Landmark,
    /// Anything else: a road of another name, a building.
    Other,
}

/// How far a zone's own name may run (国家高新技术产业开发区 and longer).
const ZONE_REACH: usize = 18;

pub(super) fn after(glyphs: &Glyphs<'_>, at: usize) -> After {
    let next = glyphs.at(at);
    if next == 0 || (!is_chinese(next) && !is_alphanumeric(next)) {
        return After::Boundary;
    }
    if zone_end(glyphs, at).is_some() {
        return After::Zone;
    }
    if is_landmark(glyphs, at) {
        return After::Landmark;
    }
    After::Other
}

/// Whether the name itself runs on: 路, 东路, 大道, 镇, 大厦 ...
fn is_landmark(glyphs: &Glyphs<'_>, at: usize) -> bool {
    const SETTLEMENTS: [u16; 5] = [u('镇'), u('乡'), u('村'), u('岛'), u('庄')];
    const PAIRS: [(u16, u16); 15] = [
        (u('公'), u('园')),
        (u('公'), u('路')),
        (u('公'), u('寓')),
        (u('花'), u('园')),
        (u('花'), u('苑')),
        (u('大'), u('厦')),
        (u('广'), u('场')),
        (u('小'), u('区')),
        (u('社'), u('区')),
        (u('高'), u('速')),
        (u('胡'), u('同')),
        (u('宾'), u('馆')),
        (u('酒'), u('店')),
        (u('饭'), u('店')),
        (u('市'), u('场')),
    ];
    let (first, second) = (glyphs.at(at), glyphs.at(at + 1));
    SETTLEMENTS.contains(&first) || PAIRS.contains(&(first, second)) || is_street(glyphs, at)
}

/// Whether a street's name ends here: 路, 东路, 南大街, 北二路, 大道, 环路; not 路桥 (a builder), not 道滘 (a town).
pub(super) fn is_street(glyphs: &Glyphs<'_>, at: usize) -> bool {
    let mut head = at;
    for kind in [&DIRECTIONS[..], &NUMBERS[..], &[u('环')], &[u('大')]] {
        if kind.contains(&glyphs.at(head)) {
            head += 1;
        }
    }
    let (unit, next) = (glyphs.at(head), glyphs.at(head + 1));
    match unit {
        _ if unit == u('路') => next != u('桥'),
        _ if unit == u('街') || unit == u('巷') || unit == u('弄') => true,
        _ => unit == u('道') && (glyphs.at(head.wrapping_sub(1)) == u('大') || !is_chinese(next)),
    }
}

/// The end of a zone name that begins at `at`, when no street or number comes first.
pub(super) fn zone_end(glyphs: &Glyphs<'_>, at: usize) -> Option<usize> {
    let mut position = at;
    while position < at + ZONE_REACH {
        let unit = glyphs.at(position);
        let inside_brackets = unit == OPEN || unit == CLOSE;
        if !is_chinese(unit) && !inside_brackets {
            return None;
        }
        if position > at && ends_zone(glyphs.at(position - 1), unit) {
            return Some(position + 1);
        }
        if STREET_WORDS.contains(&unit) {
            return None;
        }
        position += 1;
    }
    None
}

const fn u(character: char) -> u16 {
    character as u32 as u16
}

/// Last two characters of the words for a zone: 开发区, 工业园, 科学城, 保税港区 ...
fn ends_zone(before: u16, last: u16) -> bool {
    if last == u('区') {
        return ZONE_BEFORE_QU.contains(&before);
    }
    if last == u('园') {
        return ZONE_BEFORE_YUAN.contains(&before);
    }
    (last == u('城') && (before == u('学') || before == u('技'))) || (last == u('地') && before == u('基'))
}

/// 开发 新 工业 保税 示范 试验 园 加工 度假 管理 片 集聚 合作 功能 港 自贸 高新技术 经济 集中 化工 物流 科技 经开.
const ZONE_BEFORE_QU: [u16; 22] = [
    u('发'),
    u('新'),
    u('业'),
    u('税'),
    u('范'),
    u('验'),
    u('园'),
    u('工'),
    u('假'),
    u('理'),
    u('片'),
    u('聚'),
    u('作'),
    u('能'),
    u('港'),
    u('贸'),
    u('术'),
    u('济'),
    u('中'),
    u('流'),
    u('技'),
    u('开'),
];

/// 产业园 科技园 科学园 软件园 物流园 双创园 化工园 医药园 空港园 城市产业新园.
const ZONE_BEFORE_YUAN: [u16; 10] = [u('业'), u('技'), u('学'), u('件'), u('流'), u('创'), u('工'), u('药'), u('港'), u('新')];

const STREET_WORDS: [u16; 12] =
    [u('路'), u('街'), u('道'), u('号'), u('巷'), u('弄'), u('村'), u('镇'), u('乡'), u('室'), u('栋'), u('楼')];

const DIRECTIONS: [u16; 12] = [u('东'), u('西'), u('南'), u('北'), u('中'), u('上'), u('下'), u('新'), u('前'), u('后'), u('内'), u('外')];

const NUMBERS: [u16; 10] = [u('一'), u('二'), u('三'), u('四'), u('五'), u('六'), u('七'), u('八'), u('九'), u('十')];

fn is_alphanumeric(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|byte| byte.is_ascii_alphanumeric())
}
