//! Trips to investors (招商出访): what a plan must hold, and what to talk about, taken from the record by rules.

use chrono::{Days, NaiveDate};

use crate::filing::Values;
use crate::notice::scale_text;
use crate::text::fold;

/// A planned trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// Where to: 江苏省苏州市.
    pub destination: String,
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// Who leads it: offices and names (带队领导).
    pub leaders: Vec<String>,
    /// Firms to visit, by name, in order of the visits (拜访企业).
    pub firms: Vec<String>,
}

/// Characters of a destination, a leader, a firm at most.
pub const MOST_CHARACTERS: usize = 60;
/// Calendar days of a trip at most.
pub const MOST_DAYS: u64 = 31;
/// Leaders of a trip at most.
pub const MOST_LEADERS: usize = 20;
/// Firms of a trip at most: each gets a page of the brief.
pub const MOST_FIRMS: usize = 40;

/// What is wrong with one field of a plan; the field is the form's: `destination`, `from`, `until`, `leaders`, `firms`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripFault {
    pub field: &'static str,
    /// For the person who plans, in Chinese.
    pub problem: String,
}

impl Trip {
    /// Everything that is wrong with the plan, in the form's order; empty when it may be kept.
    pub fn faults(&self) -> Vec<TripFault> {
        let mut faults = Vec::new();
        let mut fault = |field: &'static str, problem: String| faults.push(TripFault { field, problem });
        if let Some(problem) = line_problem("目的地", &self.destination) {
            fault("destination", problem);
        }
        if self.until < self.from {
            fault("until", "返回日期不能早于出发日期".to_owned());
        } else if (self.until - self.from).num_days().unsigned_abs() >= MOST_DAYS {
            fault("until", format!("一次出访最多{MOST_DAYS}天"));
        }
        for (field, what, lines, most) in
            [("leaders", "带队领导", &self.leaders, MOST_LEADERS), ("firms", "拜访企业", &self.firms, MOST_FIRMS)]
        {
            if let Some(problem) = list_problem(what, lines, most) {
                fault(field, problem);
            }
        }
        faults
    }

    /// Days of the trip, first and last included.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let until = self.until;
        std::iter::successors(Some(self.from), |day| day.checked_add_days(Days::new(1))).take_while(move |day| *day <= until)
    }
}

fn line_problem(what: &str, line: &str) -> Option<String> {
    if fold(line).is_empty() {
        return Some(format!("请填写{what}"));
    }
    if line.chars().count() > MOST_CHARACTERS {
        return Some(format!("{what}最多{MOST_CHARACTERS}个字"));
    }
    let odd = |c: char| c.is_control() || matches!(c, '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.chars().any(odd).then(|| format!("{what}只能填写一行文字"))
}

fn list_problem(what: &str, lines: &[String], most: usize) -> Option<String> {
    if lines.is_empty() {
        return Some(format!("请至少填写一项{what}"));
    }
    if lines.len() > most {
        return Some(format!("{what}最多{most}项"));
    }
    let mut seen = Vec::with_capacity(lines.len());
    for line in lines {
        if let Some(problem) = line_problem(what, line) {
            return Some(problem);
        }
        let folded = fold(line);
        if seen.contains(&folded) {
            return Some(format!("{what}重复：{line}"));
        }
        seen.push(folded);
    }
    None
}

/// Something promised to the firm or by it (承诺事项).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise<'p> {
    /// 提供用地红线图
    pub what: &'p str,
    pub by: NaiveDate,
    /// True when our side promised.
    pub ours: bool,
    pub kept: bool,
}

impl Promise<'_> {
    /// The start of works that the firm promised in its filing (计划开工); `None` when it named no day.
    pub fn of_start(facts: &Values) -> Option<Self> {
        let by = facts.day("planned_start_on")?;
        Some(Self { what: "开工建设", by, ours: false, kept: facts.day("started_on").is_some() })
    }
}

/// The four approvals before works may begin (前期手续), by field of the form.
const APPROVALS: [(&str, &str); 4] =
    [("approval_project", "立项"), ("approval_environment", "环评"), ("approval_planning", "规划"), ("approval_land", "土地")];

/// Approvals that a filing does not state, in the order in which they are given.
pub fn missing_approvals(facts: &Values) -> Vec<&'static str> {
    APPROVALS.iter().filter(|(field, _)| facts.text(field).is_empty()).map(|(_, name)| *name).collect()
}

/// What the record knows of a firm and its project. Empty texts and `None` mean that it knows nothing.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// The day on which the brief is made.
    pub today: NaiveDate,
    /// 在谈, 签约, ...
    pub stage: &'f str,
    /// The chain's name.
    pub chain: &'f str,
    /// The segment of the chain that is missing or weak here and that the firm would fill (补链环节).
    pub gap: &'f str,
    /// 协议投资额, in yuan.
    pub agreed_yuan: Option<i64>,
    /// 到位资金, in yuan.
    pub paid_in_yuan: Option<i64>,
    pub last_contact: Option<NaiveDate>,
    /// The contact is overdue after so many calendar days ([`crate::reserve::ByContact::after_days`]).
    pub contact_after_days: u32,
    /// Approvals that are still missing: 立项, 环评, 规划, 土地.
    pub missing_approvals: &'f [&'f str],
    pub promises: &'f [Promise<'f>],
    /// What was agreed to come next (下一步).
    pub next_step: &'f str,
}

/// What to talk about, most pressing first, one Chinese sentence each. Source: the record alone; nothing about
/// tax refunds or subsidies ever comes up (domain rule 21).
pub fn talking_points(facts: &Facts<'_>) -> Vec<String> {
    let mut points = broken_promises(facts);
    if !facts.gap.is_empty() {
        let of_chain = if facts.chain.is_empty() { String::new() } else { format!("{}产业链", facts.chain) };
        points.push(format!("该企业可补齐我市{of_chain}“{}”环节，重点介绍本地配套和下游需求。", facts.gap));
    }
    points.extend(money_point(facts));
    if !facts.missing_approvals.is_empty() {
        points.push(format!("{}手续尚未办结，说明办理进展，商定完成时间。", facts.missing_approvals.join("、")));
    }
    points.extend(coming_promises(facts));
    points.push(contact_point(facts));
    if !facts.next_step.is_empty() {
        points.push(format!("上次商定的下一步：{}。", facts.next_step.trim_end_matches(['。', '.', '；', ';'])));
    } else {
        points.push("尚无商定的下一步，会谈中应明确下一步事项、责任人和时间。".to_owned());
    }
    points
}

fn broken_promises(facts: &Facts<'_>) -> Vec<String> {
    let mut open: Vec<&Promise<'_>> = facts.promises.iter().filter(|promise| !promise.kept && promise.by < facts.today).collect();
    // Ours first: we answer for them at the table.
    open.sort_by_key(|promise| (!promise.ours, promise.by));
    let sentence = |promise: &&Promise<'_>| {
        let days = (facts.today - promise.by).num_days();
        match promise.ours {
            true => format!("我方承诺的“{}”应于{}完成，已逾期{days}天，须先作说明。", promise.what, chinese_day(promise.by)),
            false => format!("企业承诺的“{}”应于{}完成，已逾期{days}天，请企业说明安排。", promise.what, chinese_day(promise.by)),
        }
    };
    open.iter().map(sentence).collect()
}

fn coming_promises(facts: &Facts<'_>) -> Vec<String> {
    let mut open: Vec<&Promise<'_>> = facts.promises.iter().filter(|promise| !promise.kept && promise.by >= facts.today).collect();
    open.sort_by_key(|promise| (promise.by, !promise.ours));
    let side = |promise: &Promise<'_>| if promise.ours { "我方" } else { "企业" };
    open.iter()
        .map(|promise| format!("{}承诺的“{}”将于{}到期，确认能否按期完成。", side(promise), promise.what, chinese_day(promise.by)))
        .collect()
}

fn money_point(facts: &Facts<'_>) -> Option<String> {
    let stage = if facts.stage.is_empty() { String::new() } else { format!("目前处于{}阶段，", facts.stage) };
    let agreed = facts.agreed_yuan.filter(|yuan| *yuan > 0);
    let paid_in = facts.paid_in_yuan.filter(|yuan| *yuan > 0);
    match (agreed, paid_in) {
        (Some(agreed), Some(paid_in)) => {
            Some(format!("{stage}协议投资额{}，已到位资金{}，了解后续资金安排。", scale_text(agreed), scale_text(paid_in)))
        }
        (Some(agreed), None) => Some(format!("{stage}协议投资额{}，尚无到位资金记录，了解资金安排。", scale_text(agreed))),
        (None, Some(paid_in)) => Some(format!("{stage}已到位资金{}，协议投资额未记录，请核实。", scale_text(paid_in))),
        (None, None) if stage.is_empty() => None,
        (None, None) => Some(format!("{stage}投资额尚未商定，了解投资意向和规模。")),
    }
}

fn contact_point(facts: &Facts<'_>) -> String {
    let Some(last) = facts.last_contact.filter(|last| *last <= facts.today) else {
        return "系统中没有与该企业的联系记录，属首次对接，先介绍市情和产业基础。".to_owned();
    };
    let days = (facts.today - last).num_days();
    if days > i64::from(facts.contact_after_days) {
        return format!("距上次联系（{}）已{days}天，了解企业近期变化和投资意向是否改变。", chinese_day(last));
    }
    format!("上次联系为{}，可接续当时议题。", chinese_day(last))
}

fn chinese_day(day: NaiveDate) -> String {
    use chrono::Datelike;
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn trip() -> Trip {
        Trip {
            destination: "江苏省苏州市".to_owned(),
            from: day("2022-06-13"),
            until: day("2022-06-16"),
            leaders: vec!["副市长甲".to_owned()],
            firms: vec!["苏州示例铝业有限公司".to_owned(), "昆山示例电子有限公司".to_owned()],
        }
    }

    #[test]
    fn a_sound_plan_has_no_faults() {
        assert_eq!(trip().faults(), []);
        assert_eq!(trip().days().count(), 4);
    }

    #[test]
    fn faults_name_their_field() {
        let check = |change: &dyn Fn(&mut Trip), field: &str, problem: &str| {
            let mut wrong = trip();
            change(&mut wrong);
            let faults = wrong.faults();
            assert_eq!(faults.len(), 1, "{field} {problem}: {faults:?}");
            assert!(faults[0].field == field && faults[0].problem.contains(problem), "{faults:?}");
        };
        check(&|t| t.destination = " \u{3000}".to_owned(), "destination", "请填写目的地");
        check(&|t| t.destination = "苏州\r\n市".to_owned(), "destination", "一行");
        check(&|t| t.destination = "苏州\u{202e}市".to_owned(), "destination", "一行");
        check(&|t| t.destination = "苏".repeat(61), "destination", "最多60个字");
        check(&|t| t.until = day("2022-06-12"), "until", "不能早于");
        check(&|t| t.until = day("2022-07-14"), "until", "最多31天");
        check(&|t| t.leaders.clear(), "leaders", "至少");
        check(&|t| t.leaders = (0..21).map(|at| format!("领导{at}")).collect(), "leaders", "最多20项");
        check(&|t| t.firms.clear(), "firms", "至少");
        check(&|t| t.firms.push("苏州示例铝业 有限公司".to_owned()), "firms", "重复");
        check(&|t| t.firms = (0..41).map(|at| format!("企业{at}")).collect(), "firms", "最多40项");
        let mut longest = trip();
        longest.until = day("2022-07-13");
        assert_eq!(longest.faults(), [], "31 days are allowed");
    }

    fn bare() -> Facts<'static> {
        Facts {
            today: day("2022-06-13"),
            stage: "",
            chain: "",
            gap: "",
            agreed_yuan: None,
            paid_in_yuan: None,
            last_contact: None,
            contact_after_days: 60,
            missing_approvals: &[],
            promises: &[],
            next_step: "",
        }
    }

    #[test]
    fn an_unknown_firm_gets_the_first_talk() {
        let points = talking_points(&bare());
        assert_eq!(points.len(), 2);
        assert!(points[0].contains("首次对接") && points[1].contains("尚无商定的下一步"));
    }

    #[test]
    fn a_full_record_speaks_in_order_of_urgency() {
        let promises = [
            Promise { what: "提交可研报告", by: day("2022-05-20"), ours: false, kept: false },
            Promise { what: "提供用地红线图", by: day("2022-06-01"), ours: true, kept: false },
            Promise { what: "安排考察", by: day("2022-05-01"), ours: true, kept: true },
            Promise { what: "签订正式合同", by: day("2022-06-30"), ours: false, kept: false },
        ];
        let facts = Facts {
            stage: "在谈",
            chain: "铝基高端金属材料",
            gap: "铝板带箔",
            agreed_yuan: Some(1_250_000_000),
            last_contact: Some(day("2022-04-01")),
            missing_approvals: &["环评", "土地"],
            promises: &promises,
            next_step: "企业董事会审议选址。",
            ..bare()
        };
        let expect = [
            "我方承诺的“提供用地红线图”应于2022年6月1日完成，已逾期12天，须先作说明。",
            "企业承诺的“提交可研报告”应于2022年5月20日完成，已逾期24天，请企业说明安排。",
            "该企业可补齐我市铝基高端金属材料产业链“铝板带箔”环节，重点介绍本地配套和下游需求。",
            "目前处于在谈阶段，协议投资额12.5亿元，尚无到位资金记录，了解资金安排。",
            "环评、土地手续尚未办结，说明办理进展，商定完成时间。",
            "企业承诺的“签订正式合同”将于2022年6月30日到期，确认能否按期完成。",
            "距上次联系（2022年4月1日）已73天，了解企业近期变化和投资意向是否改变。",
            "上次商定的下一步：企业董事会审议选址。",
        ];
        assert_eq!(talking_points(&facts), expect);
    }

    #[test]
    fn a_fresh_contact_is_not_scolded() {
        let on = |last: &str| talking_points(&Facts { last_contact: Some(day(last)), ..bare() }).remove(0);
        assert!(on("2022-04-14").contains("可接续"), "60 days");
        assert!(on("2022-04-13").contains("已61天"), "61 days");
        assert!(on("2022-06-14").contains("首次对接"), "a contact of tomorrow is none yet");
    }

    proptest! {
        #[test]
        fn every_point_is_one_sentence(agreed in proptest::option::of(-5i64..i64::MAX), gap in "[一-龥]{0,6}", stage in "[一-龥]{0,4}") {
            let facts = Facts { agreed_yuan: agreed, gap: &gap, stage: &stage, ..bare() };
            for point in talking_points(&facts) {
                prop_assert!(point.ends_with('。') && point.matches('。').count() == 1 && !point.contains("“”"), "{}", point);
                prop_assert!(!point.contains("返税") && !point.contains("补贴"));
            }
        }
    }
}
