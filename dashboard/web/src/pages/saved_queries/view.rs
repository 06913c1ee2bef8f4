//! What the pages of saved queries show (已存查询页面): lists, the save form, one query with its sharing.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use qunlian_domain::saved_query::{AsOfRule, NOTE_CHARACTERS, SHARED_WITH, TITLE_CHARACTERS};
use qunlian_queries::Format;
use qunlian_registry::{QueryDraft, SavedQuery};
use serde::Serialize;

use super::wish::Wish;
use super::{refused, rule_words, viewer};
use crate::Shared;
use crate::fault::Fault;
use crate::form::{self, Troubles, status_of};
use crate::pages::filings::books::with_books;
use crate::query_string::{QueryString, link};
use crate::reader::EXPORTS;
use crate::shell::{Crumb, full_time};
use crate::visit::Visit;
use crate::words::Words;

/// The pages of the desk (查询工作台).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Desk,
    Saved,
    History,
    Board,
}

/// One entry of the desk's own navigation.
#[derive(Debug, Serialize)]
pub(crate) struct TabView {
    href: &'static str,
    label: &'static str,
    current: bool,
}

/// 查询 | 已存 | 历史 | 我的看板, for `_sql_tabs.html`.
pub(crate) fn tabs(words: Words, current: Tab) -> Vec<TabView> {
    let all = [
        (Tab::Desk, "/sql", "desk.tab.query"),
        (Tab::Saved, "/sql/saved", "desk.tab.saved"),
        (Tab::History, "/sql/history", "desk.tab.history"),
        (Tab::Board, "/sql/board", "desk.tab.board"),
    ];
    all.map(|(tab, href, label)| TabView { href, label: words.t(label), current: tab == current }).into()
}

#[derive(Serialize)]
struct ListView {
    tabs: Vec<TabView>,
    notice: &'static str,
    q: String,
    own: Vec<LineView>,
    shared: Vec<LineView>,
}

#[derive(Serialize)]
struct LineView {
    id: i64,
    title: String,
    note: String,
    open_href: String,
    owner: String,
    chart: &'static str,
    rule: String,
    audience: String,
    changed: String,
    hash: String,
}

/// Lists what the reader may see.
pub(super) async fn list(desk: &Shared, visit: &Visit) -> Result<Response, Fault> {
    let (words, viewer) = (visit.words(), viewer(&visit.who)?);
    let account = viewer.account;
    let q = visit.query.get("q").unwrap_or("").trim().to_owned();
    let found = with_books(desk, move |books| books.saved_queries(&viewer).map_err(refused)).await?;
    let wanted = q.to_lowercase();
    let holds = |saved: &&SavedQuery| {
        let texts = [&saved.draft.title, &saved.draft.note, &saved.draft.sql, &saved.owner_name, &saved.hash];
        wanted.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    let (own, shared): (Vec<&SavedQuery>, Vec<&SavedQuery>) = found.iter().filter(holds).partition(|saved| saved.owner == account);
    let lines = |list: Vec<&SavedQuery>| list.into_iter().map(|saved| line(words, saved)).collect();
    let notice = if visit.query.get("done") == Some("deleted") { words.t("saved.deleted") } else { "" };
    let view = ListView { tabs: tabs(words, Tab::Saved), notice, q, own: lines(own), shared: lines(shared) };
    form::page(desk, visit, "sql_saved.html", words.t("saved.title"), StatusCode::OK, view)
}

fn line(words: Words, saved: &SavedQuery) -> LineView {
    LineView {
        id: saved.id,
        title: saved.draft.title.clone(),
        note: saved.draft.note.clone(),
        open_href: link("/sql", &[("saved", &saved.id.to_string())]),
        owner: saved.owner_name.clone(),
        chart: saved.draft.chart.as_ref().map_or("", |chart| words.t(&format!("result_chart.kind.{}", chart.kind.id()))),
        rule: rule_words(words, saved.draft.as_of),
        audience: audience(words, saved),
        changed: full_time(saved.changed_at),
        hash: saved.hash.clone(),
    }
}

fn audience(words: Words, saved: &SavedQuery) -> String {
    if saved.audience.is_nobody() {
        return words.t("saved.nobody").to_owned();
    }
    let names: Vec<String> = saved.audience.iter().map(|role| words.named("role", role.id(), role.name())).collect();
    names.join(words.t("saved.and"))
}

#[derive(Serialize)]
struct AskView {
    tabs: Vec<TabView>,
    troubles: Troubles,
    name: String,
    note: String,
    rules: Vec<RuleView>,
    /// The day itself, when a rule names one.
    kept: Vec<(String, String)>,
    sql: String,
    limits: Limits,
    /// One of that title is there already.
    twin: bool,
}

#[derive(Serialize)]
struct Limits {
    title: usize,
    note: usize,
}

const LIMITS: Limits = Limits { title: TITLE_CHARACTERS, note: NOTE_CHARACTERS };

#[derive(Serialize)]
struct RuleView {
    id: String,
    label: String,
    chosen: bool,
}

/// The rules to choose from; a day that was chosen is one of them.
fn rules(words: Words, chosen: Option<AsOfRule>) -> Vec<RuleView> {
    let mut all = vec![AsOfRule::Newest, AsOfRule::MonthEnd];
    all.extend(chosen.filter(|rule| matches!(rule, AsOfRule::Day(_))));
    let rule = |rule: AsOfRule| RuleView { id: rule.id(), label: rule_words(words, rule), chosen: chosen == Some(rule) };
    all.into_iter().map(rule).collect()
}

/// The save form with what was typed and what is wrong with it.
pub(super) fn ask(desk: &Shared, visit: &Visit, wish: &Wish, troubles: Troubles, twin: bool) -> Result<Response, Fault> {
    let words = visit.words();
    let view = AskView {
        tabs: tabs(words, Tab::Saved),
        name: wish.name.clone(),
        note: wish.note.clone(),
        rules: rules(words, AsOfRule::from_id(&wish.rule)),
        kept: wish.kept().into_iter().cloned().collect(),
        sql: wish.sql(),
        limits: LIMITS,
        twin,
        troubles,
    };
    let status = status_of(&view.troubles);
    form::page(desk, visit, "sql_save.html", words.t("saved.save.title"), status, view)
}

#[derive(Serialize)]
struct OneView {
    tabs: Vec<TabView>,
    troubles: Troubles,
    notice: &'static str,
    line: LineView,
    made: String,
    sql: String,
    parameters: Vec<(String, String)>,
    /// `/q/<hash>.csv`
    address: String,
    files: Vec<Crumb>,
    /// How its values are changed in the address.
    values: String,
    /// The reader may change it.
    own: bool,
    name: String,
    note: String,
    rules: Vec<RuleView>,
    roles: Vec<RuleView>,
    limits: Limits,
    back: Crumb,
}

/// One query; its owner finds the forms that change it.
pub(super) fn one(desk: &Shared, visit: &Visit, saved: &SavedQuery, typed: &QueryDraft, troubles: Troubles) -> Result<Response, Fault> {
    let (words, viewer) = (visit.words(), viewer(&visit.who)?);
    let role = |role: qunlian_domain::access::Role| RuleView {
        id: role.id().to_owned(),
        label: words.named("role", role.id(), role.name()),
        chosen: saved.audience.holds(role),
    };
    let view = OneView {
        tabs: tabs(words, Tab::Saved),
        notice: notice(words, visit.query.get("done")),
        line: line(words, saved),
        made: full_time(saved.made_at),
        sql: saved.draft.sql.clone(),
        parameters: saved.draft.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.value.clone())).collect(),
        address: data_address(&saved.hash, Format::Csv),
        files: EXPORTS.iter().map(|format| Crumb { label: format.suffix().to_owned(), href: data_address(&saved.hash, *format) }).collect(),
        values: values(&saved.draft, desk.today()),
        own: viewer.may_change(saved.owner),
        name: typed.title.clone(),
        note: typed.note.clone(),
        rules: rules(words, Some(typed.as_of)),
        roles: SHARED_WITH.map(role).into(),
        limits: LIMITS,
        back: Crumb { label: words.t("saved.title").to_owned(), href: "/sql/saved".to_owned() },
        troubles,
    };
    let status = status_of(&view.troubles);
    form::page(desk, visit, "sql_saved_one.html", &saved.draft.title, status, view)
}

/// Where a program finds the rows of a saved query.
pub(crate) fn data_address(hash: &str, format: Format) -> String {
    format!("/q/{hash}.{}", format.suffix())
}

/// `?p.year=2022&as_of=2022-05-31`
fn values(draft: &QueryDraft, today: NaiveDate) -> String {
    let mut pairs: Vec<(String, String)> = Vec::new();
    pairs.extend(draft.parameters.iter().map(|parameter| (format!("p.{}", parameter.name), parameter.value.clone())));
    pairs.push(("as_of".to_owned(), draft.as_of.day(today).unwrap_or(today).to_string()));
    QueryString::of(pairs).href("")
}

fn notice(words: Words, done: Option<&str>) -> &'static str {
    match done {
        Some("saved") => words.t("saved.done"),
        Some("changed") => words.t("saved.changed_now"),
        Some("shared") => words.t("saved.shared_now"),
        _ => "",
    }
}
