//! A project (项目): its stages, statuses, milestones, and the key by which its rows find each other.

use serde::{Deserialize, Serialize};

use crate::text::{fold_into, key_of};

/// A fact with a date in a project's life (里程碑). Order is the order of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// 签约
    Signed,
    /// 落地（注册）
    Registered,
    /// 开工
    Started,
    /// 纳统
    InLibrary,
    /// 竣工
    Completed,
    /// 投产
    InProduction,
    /// 达产
    AtCapacity,
}

impl Milestone {
    /// Every milestone, in the order of life.
    pub const ALL: [Self; 7] =
        [Self::Signed, Self::Registered, Self::Started, Self::InLibrary, Self::Completed, Self::InProduction, Self::AtCapacity];

    /// The name in tables and SQL: `signed`, `started`, `completed`, ...
    pub fn id(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Registered => "registered",
            Self::Started => "started",
            Self::InLibrary => "in_library",
            Self::Completed => "completed",
            Self::InProduction => "in_production",
            Self::AtCapacity => "at_capacity",
        }
    }

    /// The name for people: 签约, 开工, 竣工, ...
    pub fn name(self) -> &'static str {
        match self {
            Self::Signed => "签约",
            Self::Registered => "落地",
            Self::Started => "开工",
            Self::InLibrary => "纳统",
            Self::Completed => "竣工",
            Self::InProduction => "投产",
            Self::AtCapacity => "达产",
        }
    }

    /// Reads [`Milestone::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|milestone| milestone.id() == id)
    }
}

/// Where a project stands in its life (阶段): in talks, or the last milestone reached.
pub fn stage_after(last: Option<Milestone>) -> (&'static str, &'static str) {
    match last {
        None => ("negotiating", "在谈"),
        Some(milestone) => (milestone.id(), milestone.name()),
    }
}

/// A stage's name for people by its id (阶段名称).
pub fn stage_name(id: &str) -> Option<&'static str> {
    stages().find(|(known, _)| *known == id).map(|(_, name)| name)
}

/// A stage's place in life by its id: 0 for talks, 1 for signed, and so on (阶段次序).
pub fn stage_order(id: &str) -> Option<usize> {
    stages().position(|(known, _)| known == id)
}

/// The id of the stage at a place in life; the inverse of [`stage_order`]. Beyond the last there is nothing.
pub fn stage_at(order: usize) -> Option<&'static str> {
    stages().nth(order).map(|(id, _)| id)
}

fn stages() -> impl Iterator<Item = (&'static str, &'static str)> {
    std::iter::once(None).chain(Milestone::ALL.map(Some)).map(stage_after)
}

/// How a project fares (状态), apart from its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 正常推进
    #[default]
    Ongoing,
    /// 进度滞后
    Delayed,
    /// 停滞
    Dormant,
    /// 流失
    Lost,
    /// 终止
    Abandoned,
}

impl Status {
    /// Every status, from well to lost.
    pub const ALL: [Self; 5] = [Self::Ongoing, Self::Delayed, Self::Dormant, Self::Lost, Self::Abandoned];

    /// The name in tables and SQL.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ongoing => "ongoing",
            Self::Delayed => "delayed",
            Self::Dormant => "dormant",
            Self::Lost => "lost",
            Self::Abandoned => "abandoned",
        }
    }

    /// The name for people: 正常, 滞后, 停滞, 流失, 终止.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ongoing => "正常",
            Self::Delayed => "滞后",
            Self::Dormant => "停滞",
            Self::Lost => "流失",
            Self::Abandoned => "终止",
        }
    }

    /// Reads [`Status::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.id() == id)
    }

    /// True for projects that will not come any more: lost or abandoned.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Lost | Self::Abandoned)
    }

    /// Reads what filers write: 正常, 滞后, 停滞, 流失, 终止 and their cousins. `None` when it says nothing known.
    pub fn read(text: &str) -> Option<Self> {
        let folded = crate::text::fold(text);
        let of = |words: &[&str]| words.iter().any(|word| folded.contains(word));
        if folded.is_empty() || of(&["正常", "推进", "顺利", "ongoing"]) {
            return Some(Self::Ongoing);
        }
        if of(&["滞后", "缓慢", "延期", "delayed"]) {
            return Some(Self::Delayed);
        }
        if of(&["停滞", "停工", "暂停", "搁置", "dormant"]) {
            return Some(Self::Dormant);
        }
        if of(&["流失", "转投", "lost"]) {
            return Some(Self::Lost);
        }
        if of(&["终止", "取消", "放弃", "解约", "abandoned"]) {
            return Some(Self::Abandoned);
        }
        None
    }
}

/// The two keys of a row: rows of one project find each other by either (首报 rule: credit code + project).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProjectKeys {
    /// From the project's name and the investor's name; always there.
    pub by_name: u64,
    /// From the project's name and a valid unified social credit code (统一社会信用代码).
    pub by_code: Option<u64>,
}

/// Computes the keys of a row. `valid_code` is the normalised credit code, empty when missing or wrong.
pub fn keys(project_name: &str, investor: &str, valid_code: &str, buffer: &mut String) -> ProjectKeys {
    buffer.clear();
    fold_into(project_name, buffer);
    let name_end = buffer.len();
    buffer.push('\u{1f}');
    fold_into(investor, buffer);
    let by_name = key_of(buffer.as_bytes());
    let by_code = (!valid_code.is_empty()).then(|| {
        buffer.truncate(name_end);
        buffer.push('\u{1e}');
        buffer.push_str(valid_code);
        key_of(buffer.as_bytes())
    });
    ProjectKeys { by_name, by_code }
}

/// The project's public number from its key: 13 lower-case base-32 characters, no 0/o or 1/l to misread.
pub fn project_id(key: u64) -> String {
    let mut id = String::with_capacity(13);
    project_id_into(key, &mut id);
    id
}

/// As [`project_id`], appended to a buffer.
pub fn project_id_into(key: u64, out: &mut String) {
    const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let mut shift = 60i32;
    while shift >= 0 {
        let digit = (key >> shift) & 31;
        out.push(char::from(ALPHABET[digit as usize]));
        shift -= 5;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_project_share_a_key_however_it_is_typed() {
        let mut buffer = String::new();
        let plain = keys("年产5万吨铝箔项目（一期）", "安徽某某铝业有限公司", "91340600MA2N000012", &mut buffer);
        let typed = keys(" 年产５万吨铝箔 项目(一期)", "安徽某某铝业有限公司 ", "91340600MA2N000012", &mut buffer);
        assert_eq!(plain, typed);
        let no_code = keys("年产5万吨铝箔项目（一期）", "安徽某某铝业有限公司", "", &mut buffer);
        assert_eq!(no_code.by_name, plain.by_name);
        assert_eq!(no_code.by_code, None);
        let other = keys("年产5万吨铝箔项目（二期）", "安徽某某铝业有限公司", "91340600MA2N000012", &mut buffer);
        assert_ne!(other.by_name, plain.by_name);
        assert_ne!(other.by_code, plain.by_code);
    }

    #[test]
    fn project_numbers_are_stable() {
        assert_eq!(project_id(0), "2222222222222");
        assert_eq!(project_id(u64::MAX).len(), 13);
        let keys = keys("示例项目", "示例公司", "", &mut String::new());
        assert_eq!(project_id(keys.by_name), project_id(keys.by_name));
    }

    #[test]
    fn stages_follow_life() {
        assert_eq!(stage_order("negotiating"), Some(0));
        assert_eq!((stage_at(0), stage_at(7), stage_at(8)), (Some("negotiating"), Some("at_capacity"), None));
        assert!(stage_order("signed") < stage_order("started") && stage_order("started") < stage_order("completed"));
        assert_eq!((stage_name("negotiating"), stage_name("in_library"), stage_name("else")), (Some("在谈"), Some("纳统"), None));
        assert_eq!(Status::from_id("lost").map(Status::name), Some("流失"));
    }

    #[test]
    fn statuses_are_read_from_words() {
        assert_eq!(Status::read("正常推进"), Some(Status::Ongoing));
        assert_eq!(Status::read(""), Some(Status::Ongoing));
        assert_eq!(Status::read("进度滞后"), Some(Status::Delayed));
        assert_eq!(Status::read("已停工"), Some(Status::Dormant));
        assert_eq!(Status::read("转投外地"), Some(Status::Lost));
        assert_eq!(Status::read("协议终止"), Some(Status::Abandoned));
        assert_eq!(Status::read("ABC"), None);
    }
}
