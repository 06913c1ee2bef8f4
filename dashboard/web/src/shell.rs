//! What surrounds every page (页面框架): navigation, year and day, trust strip, switches.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use qunlian_domain::access::Right;
use qunlian_domain::figures::print_count;
use qunlian_queries::Params;
use serde::Serialize;

use crate::Shared;
use crate::app::{Desk, Mode};
use crate::board::Board;
use crate::change::{self, ChangeLine, ChangeOf};
use crate::demo::{self, DemoBar};
use crate::fault::Fault;
use crate::query_string::{self, QueryString};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::first;
use crate::visit::Visit;
use crate::who::{Via, Who};
use crate::words::{Lang, Words};

/// The frame of one page.
#[derive(Debug, Serialize)]
pub struct Shell {
    pub title: String,
    pub city: String,
    pub center: String,
    pub theme: &'static str,
    pub nav: Vec<NavItem>,
    pub crumbs: Vec<Crumb>,
    pub picker: Option<Picker>,
    /// What has changed since the day that the address compares with.
    pub change: Option<ChangeLine>,
    pub strip: Option<Strip>,
    pub exports: Vec<Crumb>,
    pub language_switch: Crumb,
    pub theme_switch: Crumb,
    /// What stands in the search field.
    pub search: String,
    /// The role switch of the demonstration; nothing when the figures are real.
    pub demo: Option<DemoBar>,
    /// Who is logged in; empty for the public.
    pub person: String,
    pub may: May,
    /// 0 before the first is published.
    pub generation: u64,
    pub today: String,
}

/// What the reader may open, for links that stand on every page.
#[derive(Debug, Serialize)]
pub struct May {
    pub search: bool,
    pub sql: bool,
    pub export: bool,
    pub wall: bool,
    pub api: bool,
    pub run_jobs: bool,
    /// Logged in by password: there is a session to end.
    pub log_out: bool,
}

/// One entry of the navigation.
#[derive(Debug, Serialize)]
pub struct NavItem {
    pub href: String,
    pub label: &'static str,
    pub current: bool,
    /// The letter after `g` that goes there.
    pub letter: &'static str,
}

/// A labelled link.
#[derive(Debug, Clone, Serialize)]
pub struct Crumb {
    pub label: String,
    pub href: String,
}

/// Choice of year and day; the other filters go along.
#[derive(Debug, Serialize)]
pub struct Picker {
    pub action: String,
    pub years: Vec<YearChoice>,
    pub as_of: String,
    pub today: String,
    /// The day compared with; empty when none is.
    pub compare: String,
    /// Days that one often compares with.
    pub comparisons: Vec<Crumb>,
    pub kept: Vec<(String, String)>,
}

/// One year to choose.
#[derive(Debug, Serialize)]
pub struct YearChoice {
    pub year: i32,
    pub chosen: bool,
}

/// The trust strip (可信条): how fresh and how sound the figures are.
#[derive(Debug, Serialize)]
pub struct Strip {
    pub items: Vec<StripItem>,
    /// Red when the newest data is too old.
    pub stale: bool,
    /// A damaged newer generation was refused.
    pub damage: Option<String>,
}

/// One item of the trust strip.
#[derive(Debug, Serialize)]
pub struct StripItem {
    pub text: String,
    pub hint: String,
    pub href: String,
    pub bad: bool,
}

/// Offset of Beijing time, in seconds.
const BEIJING: i32 = 8 * 3600;

/// In the order in which the front page of a role is chosen, too.
const NAVIGATION: &[(Section, &str, &str, &str)] = &[
    (Section::Home, "/", "nav.home", "h"),
    (Section::Carriers, "/carriers", "nav.carriers", "c"),
    (Section::Chains, "/chains", "nav.chains", "l"),
    (Section::Regions, "/regions", "nav.regions", "r"),
    (Section::Pace, "/pace", "nav.pace", "m"),
    (Section::Targets, "/targets", "nav.targets", "i"),
    (Section::Forecast, "/forecast", "nav.forecast", "y"),
    (Section::Conversion, "/conversion", "nav.conversion", "x"),
    (Section::Scores, "/scores", "nav.scores", "o"),
    (Section::Bulletins, "/bulletins", "nav.bulletins", "b"),
    (Section::Recheck, "/recheck", "nav.recheck", "k"),
    (Section::Projects, "/projects", "nav.projects", "p"),
    (Section::Filings, "/filings", "nav.filings", "f"),
    (Section::Quality, "/quality", "nav.quality", "q"),
    (Section::Reserve, "/reserve", "nav.reserve", "e"),
    (Section::Trips, "/trips", "nav.trips", "t"),
    (Section::Review, "/review", "nav.review", "v"),
    (Section::Jobs, "/jobs", "nav.jobs", "j"),
    (Section::Subscriptions, "/subscriptions", "nav.subscriptions", "d"),
    (Section::Sql, "/sql", "nav.sql", "s"),
    (Section::Statements, "/statements", "nav.statements", "w"),
    (Section::Accounts, "/accounts", "nav.accounts", "a"),
    (Section::Audit, "/audit", "nav.audit", "u"),
    // Last, because the first entry that somebody may open is their front page.
    (Section::Notices, "/notices", "nav.notices", "n"),
];

impl Shell {
    /// The frame of a page of figures, with its trust strip.
    pub(crate) async fn full(reader: &Reader, head: PageHead) -> Result<Self, Fault> {
        let strip = strip(reader, head.board.as_ref()).await?;
        let mut shell = Self::of(&reader.desk, &reader.visit, &head.title, Some(head.section));
        shell.crumbs = head.crumbs;
        if let Some(board) = &head.board {
            shell.change = change::line(reader, board, &head.change_of).await?;
            shell.picker = Some(picker(&reader.visit, board, &head.change_of));
        }
        let exports = if reader.who.may(Right::Export) { head.exports } else { Vec::new() };
        shell.exports = exports.into_iter().map(|(format, href)| Crumb { label: format.suffix().to_owned(), href }).collect();
        shell.strip = Some(strip);
        shell.generation = reader.generation.number;
        Ok(shell)
    }

    /// The frame of a page that works before anything is published: with the trust strip once there is one.
    pub(crate) async fn live(desk: &Shared, visit: &Visit, title: &str, section: Section) -> Self {
        let mut shell = Self::of(desk, visit, title, Some(section));
        if let Some(reader) = Reader::now(desk, visit).filter(|reader| reader.who.may(Right::SeeProjects)) {
            shell.strip = strip(&reader, None).await.ok();
        }
        shell
    }

    /// The frame without figures, for faults and for pages that work before anything is published.
    pub(crate) fn bare(desk: &Desk, visit: &Visit, title: &str) -> Self {
        Self::of(desk, visit, title, None)
    }

    /// As [`Shell::bare`], with one entry of the navigation lit.
    pub(crate) fn of(desk: &Desk, visit: &Visit, title: &str, section: Option<Section>) -> Self {
        let words = visit.words();
        let kept = visit.query.only(&["year", "as_of", "compare"]);
        let open = NAVIGATION.iter().filter(|(_, path, ..)| desk.access.opens(&visit.who, path));
        let nav = open.map(|(entry, path, label, letter)| NavItem {
            href: if has_board(*entry) { kept.href(path) } else { (*path).to_owned() },
            label: words.t(label),
            current: Some(*entry) == section,
            letter,
        });
        let back = visit.address();
        let other = visit.lang.other();
        Self {
            title: title.to_owned(),
            city: desk.app.city.name.clone(),
            center: desk.app.city.center.clone(),
            theme: visit.theme.id(),
            nav: nav.collect(),
            crumbs: Vec::new(),
            picker: None,
            change: None,
            strip: None,
            exports: Vec::new(),
            language_switch: Crumb {
                label: other.own_name().to_owned(),
                href: query_string::link("/set", &[("lang", other.id()), ("back", &back)]),
            },
            theme_switch: Crumb {
                label: words.t(&format!("theme.{}", visit.theme.id())).to_owned(),
                href: query_string::link("/set", &[("theme", visit.theme.next().id()), ("back", &back)]),
            },
            search: visit.query.get("q").unwrap_or("").to_owned(),
            demo: (desk.app.mode == Mode::Demo).then(|| demo::bar(desk, visit)),
            person: visit.who.person.clone(),
            may: may(desk, &visit.who),
            generation: desk.app.answers.generation().map_or(0, |generation| generation.number),
            today: desk.today().to_string(),
        }
    }
}

/// Where somebody begins: the first page of the navigation that opens for them and not for everybody.
pub(crate) fn front_page(desk: &Desk, who: &Who) -> String {
    let theirs = |path: &str| desk.access.opens(who, path) && !desk.access.opens(&Who::default(), path);
    let first = NAVIGATION.iter().find(|(_, path, ..)| theirs(path));
    first.map_or("/account", |(_, path, ..)| path).to_owned()
}

fn may(desk: &Desk, who: &Who) -> May {
    May {
        search: who.may(Right::SeeProjects),
        sql: who.may(Right::AskSql),
        export: who.may(Right::Export),
        wall: desk.access.opens(who, "/wall"),
        api: desk.access.opens(who, "/api"),
        run_jobs: who.may(Right::RunJobs),
        log_out: matches!(who.via, Via::Session { .. }),
    }
}

/// Pages that take year and day along.
fn has_board(section: Section) -> bool {
    matches!(
        section,
        Section::Home
            | Section::Carriers
            | Section::Chains
            | Section::Regions
            | Section::Forecast
            | Section::Conversion
            | Section::Bulletins
            | Section::Pace
            | Section::Targets
    )
}

fn picker(visit: &Visit, board: &Board, change_of: &ChangeOf) -> Picker {
    let others: QueryString = visit.query.without("year").without("as_of").without("compare").without("lang").without("page");
    let compare = match change_of {
        ChangeOf::Nothing => String::new(),
        ChangeOf::Listed(day) => day.to_string(),
        _ => visit.query.get("compare").unwrap_or("").to_owned(),
    };
    let dated = visit.query.without("lang").without("page").with("year", &board.year.to_string()).with("as_of", &board.as_of.to_string());
    let comparison = |(key, day): (&str, Option<NaiveDate>)| {
        let day = day?.to_string();
        (day != compare).then(|| Crumb { label: visit.words().t(key).to_owned(), href: dated.with("compare", &day).href(&visit.path) })
    };
    let comparisons =
        if *change_of == ChangeOf::Nothing { Vec::new() } else { change::usual_days(board).into_iter().filter_map(comparison).collect() };
    Picker {
        action: visit.path.clone(),
        years: board.years.iter().map(|year| YearChoice { year: *year, chosen: *year == board.year }).collect(),
        as_of: board.as_of.to_string(),
        today: board.today.to_string(),
        compare,
        comparisons,
        kept: others.pairs().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
    }
}

async fn strip(reader: &Reader, board: Option<&Board>) -> Result<Strip, Fault> {
    let today = reader.desk.today();
    let as_of = board.map_or(today, |board| board.as_of);
    let trust = reader.ask("trust", Params::new().with("as_of", as_of)).await?;
    let words = reader.words;
    let generation = &reader.generation;
    let row = first(&trust);
    let patience = i64::from(reader.desk.app.city.stale_after_days);
    let stale = generation.data_date.is_none_or(|day| (today - day).num_days() > patience);
    let (passed, all) = generation.checks;
    let count = |name: &str| row.and_then(|row| row.int(name)).unwrap_or(0);
    let questioned = count("rows_questioned") + count("rows_left_out");
    let item =
        |text: String, hint: &str, href: &str, bad: bool| StripItem { text, hint: words.t(hint).to_owned(), href: href.to_owned(), bad };
    let data_day = generation.data_date.map_or_else(|| "—".to_owned(), |day| words.day(day));
    let data_key = if stale { "strip.stale" } else { "strip.data" };
    let items = vec![
        item(words.fill(data_key, &[("day", &data_day)]), "strip.data.hint", "/quality#sources", stale),
        item(words.fill("strip.generation", &[("n", &generation.number.to_string())]), "strip.generation.hint", "/api", false),
        item(words.fill("strip.rows", &[("n", &print_count(count("rows_in")))]), "strip.rows.hint", "/quality#sources", false),
        item(words.fill("strip.questioned", &[("n", &print_count(questioned))]), "strip.questioned.hint", "/quality", false),
        item(
            words.fill("strip.checks", &[("passed", &passed.to_string()), ("all", &all.to_string())]),
            "strip.checks.hint",
            "/quality#reconciliation",
            passed < all,
        ),
        item(words.fill("strip.updated", &[("time", &clock_time(&generation.published_at, words))]), "strip.updated.hint", "/jobs", false),
    ];
    Ok(Strip { items, stale: stale || passed < all, damage: generation.damage.clone() })
}

/// `11-22 08:00` of Beijing out of an RFC 3339 time; the text itself when it is none.
pub(crate) fn clock_time(rfc3339: &str, words: Words) -> String {
    let time = DateTime::parse_from_rfc3339(rfc3339).ok();
    let local = time.and_then(|time| FixedOffset::east_opt(BEIJING).map(|offset| time.with_timezone(&offset)));
    local.map_or_else(|| rfc3339.to_owned(), |time| format!("{} {}", words.day(time.date_naive()), time.format("%H:%M")))
}

/// `2022-05-31 09:00` of Beijing.
pub(crate) fn full_time(time: DateTime<Utc>) -> String {
    let local = FixedOffset::east_opt(BEIJING).map(|offset| time.with_timezone(&offset).naive_local());
    local.unwrap_or(time.naive_utc()).format("%Y-%m-%d %H:%M").to_string()
}

impl Lang {
    fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_beijing() {
        let words = Words::of(Lang::Chinese);
        assert_eq!(clock_time("2022-05-31T00:05:00Z", words), "5月31日 08:05");
        assert_eq!(clock_time("2022-05-31T20:05:00.5+00:00", words), "6月1日 04:05");
        assert_eq!(clock_time("soon", words), "soon");
    }
}
