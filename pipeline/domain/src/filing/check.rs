//! Checking what a filer typed (填报校验): canonical values for what is right, a fault beside each field that is not.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::field::FieldKind;
use super::{FieldEntry, Matter, Values};
use crate::audit::is_bidi_control;
use crate::catalogue::City;
use crate::credit_code::{CreditCode, CreditCodeError};
use crate::money::{self, Denomination, Unit};
use crate::period::{self, NumericOrder};
use crate::privacy::holds_phone;
use crate::project::Milestone;
use crate::promise::{Doubt, Promised};
use crate::text::{self, fold, tidy};

/// What is checked against what.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub city: &'a City,
    pub matter: Matter,
    /// Stage of the project, by [`crate::project::stage_order`].
    pub stage: usize,
    /// Facts of the filing that stand already.
    pub known: &'a Values,
    /// Files attached to the claim.
    pub files: usize,
    /// The business day: nothing has happened after it.
    pub today: NaiveDate,
}

impl<'a> Asked<'a> {
    /// A new project's form, of which nothing stands yet.
    pub fn of_project(city: &'a City, stage: usize, nothing: &'a Values, today: NaiveDate) -> Self {
        Self { city, matter: Matter::Project, stage, known: nothing, files: 0, today }
    }
}

/// The name of the fault of a claim without proof (缺佐证材料), which is no field of the form.
pub const MISSING_EVIDENCE: &str = "file";

/// Something wrong with one field; an empty field means the form as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    /// What is wrong, in Chinese.
    pub problem: String,
    /// How to mend it.
    pub hint: String,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Canonical values of the fields that are right.
    pub values: Values,
    pub faults: Vec<Fault>,
}

/// Checks the typed texts by field id. Fields that the form does not ask for are dropped.
pub fn check(asked: &Asked<'_>, typed: &BTreeMap<String, String>) -> Checked {
    let mut checked = Checked::default();
    let catalogue = &asked.city.filing;
    for entry in catalogue.asked(&asked.matter, asked.stage) {
        let raw = typed.get(entry.id).map_or("", String::as_str);
        match read(asked, entry, raw) {
            Ok(text) if text.is_empty() => {
                let stands = asked.matter != Matter::Project && !asked.known.text(entry.id).is_empty();
                if catalogue.requires(entry, &asked.matter, asked.stage) && !stands {
                    checked.faults.push(missing(entry));
                }
            }
            Ok(text) => checked.values.set(entry.id, text),
            Err((problem, hint)) => checked.faults.push(Fault { field: entry.id, problem, hint }),
        }
    }
    let all = asked.known.with(&checked.values);
    together(asked, &checked.values, &all, &mut checked.faults);
    if asked.files == 0
        && let Some(proof) = asked.city.procedure.evidence_of(&asked.matter)
    {
        let problem = format!("{}缺少佐证材料", asked.matter.name());
        checked.faults.push(Fault { field: MISSING_EVIDENCE, problem, hint: format!("请上传：{proof}") });
    }
    checked
}

fn missing(entry: &FieldEntry) -> Fault {
    let hint = if entry.hint.is_empty() { format!("请填写{}", entry.title) } else { entry.hint.clone() };
    Fault { field: entry.id, problem: format!("{}必填", entry.title), hint }
}

type Problem = (String, String);

fn problem(problem: impl Into<String>, hint: impl Into<String>) -> Problem {
    (problem.into(), hint.into())
}

/// The canonical text of one field; empty when nothing is stated.
fn read(asked: &Asked<'_>, entry: &FieldEntry, raw: &str) -> Result<String, Problem> {
    match entry.kind {
        FieldKind::Text { most } => line(entry, raw, most),
        FieldKind::Person => line(entry, raw, 40),
        FieldKind::LongText { most } => lines(entry, raw, most),
        FieldKind::Money => amount(asked, raw),
        FieldKind::Number { unit } => number(raw, unit),
        FieldKind::Day => day(asked, entry, raw),
        FieldKind::CreditCode => credit_code(raw),
        FieldKind::Industry => industry(asked, raw),
        FieldKind::Choice(choices) => choice(choices, raw),
        FieldKind::Chain => chain(asked, raw),
        FieldKind::Segment => segment(asked, raw),
        FieldKind::Currency => currency(raw),
        FieldKind::Phone => phone(raw),
        FieldKind::Coordinates => coordinates(raw),
        FieldKind::Flag => Ok(if asked.city.sheets.is_yes(raw) || raw == "on" { "1".to_owned() } else { String::new() }),
    }
}

fn line(entry: &FieldEntry, raw: &str, most: usize) -> Result<String, Problem> {
    let text: String = tidy(raw).chars().filter(|c| !is_bidi_control(*c)).collect();
    bounded(entry, text, most)
}

fn lines(entry: &FieldEntry, raw: &str, most: usize) -> Result<String, Problem> {
    bounded(entry, text::lines(raw), most)
}

fn bounded(entry: &FieldEntry, text: String, most: usize) -> Result<String, Problem> {
    let length = text.chars().count();
    if length > most {
        return Err(problem(format!("{}太长：{length} 字", entry.title), format!("请精简到 {most} 字以内")));
    }
    if holds_phone(&text) {
        let hint = "电话请填在联系电话栏；身份证号码不采集，请删去";
        return Err(problem(format!("{}含电话或身份证号码", entry.title), hint));
    }
    Ok(text)
}

fn amount(asked: &Asked<'_>, raw: &str) -> Result<String, Problem> {
    let unit = Denomination { unit: Unit::Wan, currency: "CNY" };
    match money::parse(raw, Some(unit), asked.today.year(), &asked.city.exchange) {
        Ok(None) => Ok(String::new()),
        Ok(Some(amount)) if amount.about => Err(problem("金额不是准数", "请填写合同载明的准确金额，不写“约”“左右”")),
        Ok(Some(amount)) if amount.yuan > 1_000_000_000_000 => Err(problem("金额超过一万亿元", "请核对单位：此处以万元计")),
        Ok(Some(amount)) => Ok(amount.yuan.to_string()),
        Err(error) => Err(problem(format!("金额无法识别：{}", short(raw)), error.hint())),
    }
}

fn number(raw: &str, unit: &str) -> Result<String, Problem> {
    let text = fold(raw).replace(',', "");
    let text = text.strip_suffix(&fold(unit)).unwrap_or(&text);
    if text.is_empty() {
        return Ok(String::new());
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 4 || !digits(whole) || !digits(part) {
        return Err(problem(format!("不是数：{}", short(raw)), format!("请填写数字，单位为{unit}，至多四位小数")));
    }
    let part = part.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") })
}

fn day(asked: &Asked<'_>, entry: &FieldEntry, raw: &str) -> Result<String, Problem> {
    let read = match period::parse(raw, NumericOrder::default()) {
        Ok(None) => return Ok(String::new()),
        Ok(Some(date)) => date,
        Err(error) => return Err(problem(format!("日期无法识别：{}", short(raw)), error.hint())),
    };
    if read.precision != period::Precision::Day {
        return Err(problem("日期只到年或月", "请填写到日，如 2022-05-18"));
    }
    let day = read.first;
    if !entry.id.starts_with("planned_") && day > asked.today {
        return Err(problem(format!("{}晚于今天", entry.title), format!("今天是 {}；尚未发生的请填计划日期", asked.today)));
    }
    if day.year() < 1990 || day.year() > asked.today.year() + 30 {
        return Err(problem(format!("{}的年份不合常理：{}", entry.title, day.year()), "请核对年份"));
    }
    Ok(day.to_string())
}

fn credit_code(raw: &str) -> Result<String, Problem> {
    if fold(raw).is_empty() {
        return Ok(String::new());
    }
    CreditCode::parse(raw).map(|code| code.as_str().to_owned()).map_err(|error| match error {
        CreditCodeError::Length { found } => problem(format!("统一社会信用代码是 {found} 位，应为 18 位"), "请对照营业执照逐位核对"),
        CreditCodeError::Character { position, found, .. } => {
            problem(format!("第 {position} 位“{found}”不会出现在统一社会信用代码中"), "常见误写：字母 O 与数字 0、字母 I 与数字 1")
        }
        CreditCodeError::CheckDigit { expected, .. } => {
            problem("统一社会信用代码校验不通过", format!("前 17 位若无误，末位应为 {expected}；请对照营业执照逐位核对"))
        }
    })
}

fn industry(asked: &Asked<'_>, raw: &str) -> Result<String, Problem> {
    if fold(raw).is_empty() {
        return Ok(String::new());
    }
    asked
        .city
        .industries
        .resolve(raw)
        .map(|industry| industry.code.to_string())
        .ok_or_else(|| problem(format!("没有这个行业：{}", short(raw)), "请填写 GB/T 4754-2017 的代码或完整名称，如 3252"))
}

fn choice(choices: &[(&str, &str)], raw: &str) -> Result<String, Problem> {
    let folded = fold(raw);
    if folded.is_empty() {
        return Ok(String::new());
    }
    let found = choices.iter().find(|(id, name)| *id == raw.trim() || fold(name) == folded);
    let names = || choices.iter().map(|(_, name)| *name).collect::<Vec<_>>().join("、");
    found.map(|(id, _)| (*id).to_owned()).ok_or_else(|| problem(format!("没有这个选项：{}", short(raw)), format!("可选：{}", names())))
}

fn chain(asked: &Asked<'_>, raw: &str) -> Result<String, Problem> {
    let folded = fold(raw);
    if folded.is_empty() {
        return Ok(String::new());
    }
    let mut chains = asked.city.chains.chains_on(asked.today);
    chains.find(|chain| chain.id == raw.trim() || fold(&chain.name) == folded).map(|chain| chain.id.clone()).ok_or_else(|| {
        let names: Vec<&str> = asked.city.chains.chains_on(asked.today).map(|chain| chain.name.as_str()).collect();
        problem(format!("没有这条产业链：{}", short(raw)), format!("可选：{}", names.join("、")))
    })
}

fn segment(asked: &Asked<'_>, raw: &str) -> Result<String, Problem> {
    let folded = fold(raw);
    if folded.is_empty() {
        return Ok(String::new());
    }
    let segments = || asked.city.chains.chains_on(asked.today).flat_map(|chain| &chain.segments);
    segments()
        .find(|segment| segment.id == raw.trim() || fold(&segment.name) == folded)
        .map(|segment| segment.id.clone())
        .ok_or_else(|| problem(format!("没有这个环节：{}", short(raw)), "请从列表中选择，或留空由系统判定"))
}

fn currency(raw: &str) -> Result<String, Problem> {
    let text = fold(raw).to_ascii_uppercase();
    if text.is_empty() || (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())) {
        return Ok(text);
    }
    Err(problem(format!("币种无法识别：{}", short(raw)), "请填写三位字母代码，如 USD、HKD、EUR"))
}

fn phone(raw: &str) -> Result<String, Problem> {
    let text: String = fold(raw).chars().filter(|c| !matches!(c, '-' | '(' | ')')).collect();
    let text = text.strip_prefix("+86").unwrap_or(&text);
    if text.is_empty() {
        return Ok(String::new());
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let mobile = text.len() == 11 && text.starts_with('1') && !matches!(text.as_bytes().get(1), Some(b'0'..=b'2'));
    let landline = (10..=12).contains(&text.len()) && text.starts_with('0') && !text.starts_with("00");
    if digits && (mobile || landline) {
        return Ok(text.to_owned());
    }
    Err(problem("电话号码不完整或有误", "请填写 11 位手机号，或带区号的座机，如 0561-3000000"))
}

fn coordinates(raw: &str) -> Result<String, Problem> {
    let folded = fold(raw);
    if folded.is_empty() {
        return Ok(String::new());
    }
    let read = folded.split_once(',').and_then(|(east, north)| Some((east.parse::<f64>().ok()?, north.parse::<f64>().ok()?)));
    match read {
        Some((east, north)) if (73.0..=136.0).contains(&east) && (3.0..=54.0).contains(&north) => Ok(format!("{east:.6},{north:.6}")),
        _ => Err(problem("坐标无法识别或不在国内", "请填写 经度,纬度，如 116.79,33.95")),
    }
}

fn short(raw: &str) -> String {
    tidy(raw).chars().filter(|c| !is_bidi_control(*c)).take(30).collect()
}

/// What must hold between fields: `new` is what this claim states, `all` with what stood before.
fn together(asked: &Asked<'_>, new: &Values, all: &Values, faults: &mut Vec<Fault>) {
    let mut say = |field: &'static str, problem: String, hint: &str| {
        // A field with a fault of its own gets no second one.
        if !faults.iter().any(|fault| fault.field == field) {
            faults.push(Fault { field, problem, hint: hint.to_owned() });
        }
    };
    for part in ["planned_fixed_yuan", "equipment_yuan", "land_price_yuan"] {
        if let (Some(part_yuan), Some(agreed)) = (all.yuan(part), all.yuan("agreed_yuan"))
            && part_yuan > agreed
            && let Some(entry) = asked.city.filing.field(part)
        {
            say(entry.id, format!("{}大于协议投资额", entry.title), "请核对两个金额及其单位（万元）");
        }
    }
    if new.yuan("agreed_yuan") == Some(0) {
        say("agreed_yuan", "协议投资额为 0".to_owned(), "请填写合同载明的总投资；未签约可留空");
    }
    let happened: Vec<(Milestone, NaiveDate)> =
        Milestone::ALL.into_iter().filter_map(|milestone| Some((milestone, all.day(&format!("{}_on", milestone.id()))?))).collect();
    for (earlier, later) in [
        (Milestone::Signed, Milestone::Started),
        (Milestone::Started, Milestone::Completed),
        (Milestone::Started, Milestone::InProduction),
        (Milestone::InProduction, Milestone::AtCapacity),
    ] {
        let on = |wanted: Milestone| happened.iter().find(|(milestone, _)| *milestone == wanted).map(|(_, day)| *day);
        if let (Some(first), Some(second)) = (on(earlier), on(later))
            && second < first
            && let Some(entry) = asked.city.filing.field(&format!("{}_on", later.id()))
        {
            say(entry.id, format!("{}早于{}日期 {first}", entry.title, earlier.name()), "请核对两个日期");
        }
    }
    for promised in Promised::ALL {
        // What stood before is not the filer's fault now, so only what is stated now is looked at.
        let Some(on) = new.day(promised.column()) else { continue };
        let Some(entry) = asked.city.filing.field(promised.column()) else { continue };
        let said = match promised.doubt(on, all.day(Promised::Start.column()), all.day("signed_on")) {
            None => continue,
            Some(Doubt::CompletionBeforeStart) => "早于计划开工日期",
            Some(Doubt::LongBeforeSigning) => "早于签约一年以上",
            Some(Doubt::LongAfterSigning) => "晚于签约十年以上",
        };
        say(entry.id, format!("{}{said}", entry.title), "请核对两个日期及其年份");
    }
    if new.text("foreign_amount").is_empty() != new.text("currency").is_empty() {
        say("currency", "外币金额与币种须同时填写".to_owned(), "如：外币金额 1000，币种 USD");
    }
    if !new.text("segment_given").is_empty() && !new.text("chain_given").is_empty() {
        let home = asked.city.chains.segment(new.text("segment_given")).map(|(chain, _)| chain.id.as_str());
        if home != Some(new.text("chain_given")) {
            say("segment_given", "该环节不属于所选产业链".to_owned(), "请重选环节，或留空由系统判定");
        }
    }
    if asked.matter == Matter::Change && new.iter().all(|(field, text)| field == "reason" || asked.known.text(field) == text) {
        say("reason", "没有任何一项变更".to_owned(), "请修改需要变更的栏目");
    }
}

#[cfg(test)]
mod tests;
