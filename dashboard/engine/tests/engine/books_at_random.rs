//! Each KPI computed twice: by the SQL that boards ask, and by plain loops over the same random books, every second
//! target with a monthly curve of its own. They agree to the yuan.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use qunlian_domain::access::RowScope;
use qunlian_domain::figures::{completion_rate, gap_points, growth, shortfall};
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::period::{end_of_month, year_earlier};
use qunlian_domain::promise::{Kept, SlipBand, delay};
use qunlian_queries::{Answer, Answers, Params};

use crate::fixture::{self, Row, Tables, set};

/// Books that are drawn, and days on which each is asked: 1,000 in all.
const BOOKS: u64 = 25;
const DAYS_EACH: u64 = 40;

/// A small generator of numbers: the same seed draws the same books.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True once in so many draws.
    fn once_in(&mut self, turns: u64) -> bool {
        self.below(turns) == 0
    }

    fn day(&mut self) -> NaiveDate {
        NaiveDate::from_ymd_opt(2021, 1, 1).unwrap() + Days::new(self.below(760))
    }
}

/// The curves of targets by scope, scope id and metric; what is missing goes by twelfths.
type Curves = BTreeMap<(String, String, String), MonthlyCurve>;

/// Gives every second target shares of its own, in whole percents; some months have none.
fn own_curves(seed: u64, tables: &mut Tables) -> Curves {
    let mut draw = Draw(5_000 + seed);
    let mut curves = Curves::new();
    for row in tables.0.get_mut("targets").unwrap() {
        if draw.once_in(2) {
            continue;
        }
        let mut shares = [0.0; 12];
        for _ in 0..100 {
            shares[draw.below(12) as usize] += 1.0;
        }
        let curve = MonthlyCurve::from_shares(&shares).unwrap();
        set(row, "curve", &curve.to_text());
        if row["band_id"].is_empty() && row["kind"] != "growth" {
            let scope_id = if row["scope"] == "city" { String::new() } else { row["scope_id"].clone() };
            curves.insert((row["scope"].clone(), scope_id, row["metric"].clone()), curve);
        }
    }
    curves
}

/// Pace by the target's own curve; targets are known for 2022.
fn pace_of(curves: &Curves, scope: &str, id: &str, metric: &str, day: NaiveDate) -> f64 {
    let own = curves.get(&(scope.to_owned(), id.to_owned(), metric.to_owned())).filter(|_| day.year() == 2022);
    own.cloned().unwrap_or_else(MonthlyCurve::linear).on(day, day.year())
}

/// One fact as the plain side keeps it.
struct Fact {
    metric: &'static str,
    project: String,
    carrier: &'static str,
    amount: i64,
    recognised: NaiveDate,
    revoked: Option<NaiveDate>,
    known_from: NaiveDate,
    known_until: Option<NaiveDate>,
}

impl Fact {
    fn stands_on(&self, day: NaiveDate) -> bool {
        self.recognised <= day
            && self.revoked.is_none_or(|revoked| revoked > day)
            && self.known_from <= day
            && self.known_until.is_none_or(|until| until > day)
    }
}

const CARRIERS: [&str; 4] = ["suixi", "xiangshan", "gaoxin", "tielu"];

/// The assessed unit of a carrier on a day: the park changed its county in April 2022.
fn unit_of(carrier: &str, day: NaiveDate) -> &str {
    match carrier {
        "tielu" if day < NaiveDate::from_ymd_opt(2022, 4, 1).unwrap() => "xiangshan",
        "tielu" => "suixi",
        other => other,
    }
}

/// Projects, milestones and investments at random, with revocations, late knowledge and corrections.
fn draw(seed: u64) -> (Tables, Vec<Fact>, BTreeMap<String, i64>, Vec<Promised>) {
    let mut draw = Draw(seed);
    let mut tables = fixture::tables();
    let (mut projects, mut milestones, mut investments) = (Vec::new(), Vec::new(), Vec::new());
    let (mut facts, mut agreed, mut promised) = (Vec::new(), BTreeMap::new(), Vec::new());
    let model = tables.0["projects"][0].clone();
    for number in 0..40 + draw.below(60) {
        let id = format!("r{number:03}");
        // Around the bands' bounds too: exactly 10亿元 belongs to the band, one yuan less does not.
        let yuan =
            [50_000_000, 99_999_999, 100_000_000, 999_999_999, 1_000_000_000, 5_000_000_000][draw.below(6) as usize] + draw.below(2) as i64;
        let mut project = model.clone();
        for (column, value) in
            [("project_id", id.as_str()), ("agreed_yuan", &yuan.to_string()), ("known_from", "2021-01-01"), ("known_until", "")]
        {
            set(&mut project, column, value);
        }
        let carrier = CARRIERS[draw.below(4) as usize];
        set(&mut project, "carrier_id", carrier);
        promise(&mut draw, &mut project, &mut promised);
        projects.push(project);
        agreed.insert(id.clone(), yuan);
        for metric in ["signed", "started", "completed", "fixed_assets"] {
            if !draw.once_in(3) {
                let amount = if metric == "fixed_assets" { 1 + draw.below(900_000_000) as i64 } else { 1 };
                push(&mut draw, Fact { metric, project: id.clone(), carrier, amount, ..blank() }, &mut facts);
            }
        }
    }
    for fact in &facts {
        if fact.metric == "fixed_assets" { investments.push(row_of(fact)) } else { milestones.push(row_of(fact)) }
    }
    tables.0.insert("projects".to_owned(), projects);
    tables.0.insert("milestones".to_owned(), milestones);
    tables.0.insert("investments".to_owned(), investments);
    (tables, facts, agreed, promised)
}

/// A start that was promised, as the plain side keeps it.
struct Promised {
    project: String,
    carrier: &'static str,
    first: NaiveDate,
    dead: bool,
}

/// Promises a start for two projects of three, moves some of them, and kills some projects.
fn promise(draw: &mut Draw, project: &mut Row, promised: &mut Vec<Promised>) {
    for column in ["completion", "start"] {
        set(project, &format!("first_planned_{column}_on"), "");
        set(project, &format!("planned_{column}_on"), "");
        set(project, &format!("planned_{column}_moved"), "");
    }
    let dead = draw.once_in(6);
    set(project, "status", if dead { "abandoned" } else { "ongoing" });
    if draw.once_in(3) {
        return;
    }
    let first = draw.day();
    let moved = draw.below(3);
    set(project, "first_planned_start_on", &first.to_string());
    set(project, "planned_start_on", &(first + Days::new(40 * moved)).to_string());
    set(project, "planned_start_moved", &moved.to_string());
    let carrier = CARRIERS.into_iter().find(|carrier| *carrier == project["carrier_id"]).unwrap();
    promised.push(Promised { project: project["project_id"].clone(), carrier, first, dead });
}

fn blank() -> Fact {
    let day = NaiveDate::default();
    Fact { metric: "", project: String::new(), carrier: "", amount: 0, recognised: day, revoked: None, known_from: day, known_until: None }
}

/// Dates a fact, and now and then corrects it: another carrier, or another amount, from a later day on.
fn push(draw: &mut Draw, fact: Fact, facts: &mut Vec<Fact>) {
    let recognised = draw.day();
    let known_from = if draw.once_in(5) { recognised + Days::new(draw.below(90)) } else { recognised };
    let revoked = draw.once_in(8).then(|| recognised + Days::new(1 + draw.below(200)));
    let corrected = draw.once_in(5).then(|| known_from + Days::new(1 + draw.below(120)));
    let first = Fact { recognised, revoked, known_from, known_until: corrected, ..fact };
    if let Some(day) = corrected {
        let carrier = CARRIERS[draw.below(4) as usize];
        let amount = if first.metric == "fixed_assets" { first.amount + 1 } else { 1 };
        let again = Fact {
            metric: first.metric,
            project: first.project.clone(),
            carrier,
            amount,
            recognised,
            revoked,
            known_from: day,
            known_until: None,
        };
        facts.push(first);
        facts.push(again);
    } else {
        facts.push(first);
    }
}

fn row_of(fact: &Fact) -> Row {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut row = Row::new();
    let recognised = fact.recognised.to_string();
    for (column, value) in [
        ("project_id", fact.project.clone()),
        ("carrier_id", fact.carrier.to_owned()),
        ("happened_on", recognised.clone()),
        ("recognised_on", recognised.clone()),
        ("revoked_on", day(fact.revoked)),
        ("known_from", fact.known_from.to_string()),
        ("known_until", day(fact.known_until)),
        ("year", recognised[..4].to_owned()),
        ("source", "aaaa00000001:0:4".to_owned()),
    ] {
        set(&mut row, column, &value);
    }
    if fact.metric == "fixed_assets" {
        set(&mut row, "kind", fact.metric);
        set(&mut row, "month", &format!("{}-01", &recognised[..7]));
        set(&mut row, "amount_yuan", &fact.amount.to_string());
    } else {
        set(&mut row, "milestone", fact.metric);
    }
    row
}

/// Done this year and by the same day last year, as known on `day`, of the facts that `keep` lets pass.
fn counted<'f>(facts: &'f [Fact], metric: &str, day: NaiveDate, keep: impl Fn(&Fact) -> bool + 'f) -> (i64, i64) {
    let mut sums = (0, 0);
    for fact in facts.iter().filter(|fact| fact.metric == metric && fact.stands_on(day) && keep(fact)) {
        if fact.recognised.year() == day.year() {
            sums.0 += fact.amount;
        } else if fact.recognised.year() == day.year() - 1 && fact.recognised <= year_earlier(day) {
            sums.1 += fact.amount;
        }
    }
    sums
}

fn same(left: Option<f64>, right: Option<f64>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => (left - right).abs() <= 1e-9 * left.abs().max(1.0),
        _ => false,
    }
}

fn check_city(facts: &[Fact], curves: &Curves, day: NaiveDate, answer: &Answer, what: &str) {
    for (at, _) in answer.rows.iter().enumerate() {
        let metric = answer.get(at, "metric").text().unwrap();
        let (done, before) = counted(facts, metric, day, |_| true);
        let target = answer.get(at, "target").int();
        let pace = pace_of(curves, "city", "", metric, day);
        let completion = completion_rate(done, target);
        let told = format!("{what} {metric}");
        assert_eq!((answer.get(at, "done").int(), answer.get(at, "last_year").int()), (Some(done), Some(before)), "{told}");
        assert!(same(answer.get(at, "completion").number(), completion), "{told}: {completion:?}");
        assert!(same(answer.get(at, "pace").number(), Some(pace)), "{told}: {pace}");
        assert!(same(answer.get(at, "gap_points").number(), gap_points(completion, pace)), "{told}");
        assert!(same(answer.get(at, "growth").number(), growth(done, Some(before))), "{told}");
        let light = fixture::rules().light.light_by_rule(completion, pace).map(|light| light.id());
        assert_eq!(answer.get(at, "light").text(), light, "{told}");
        let missing = target.map(|target| shortfall(done, target, pace_of(curves, "city", "", metric, end_of_month(day))));
        assert_eq!(answer.get(at, "missing").int(), missing, "{told}");
    }
}

fn check_carriers(facts: &[Fact], curves: &Curves, day: NaiveDate, answer: &Answer, what: &str) {
    for at in 0..answer.rows.len() {
        let (carrier, metric) = (answer.get(at, "carrier_id").text().unwrap(), answer.get(at, "metric").text().unwrap());
        let (done, before) = counted(facts, metric, day, |fact| unit_of(fact.carrier, fact.recognised) == carrier);
        let found = (answer.get(at, "done").int(), answer.get(at, "last_year").int());
        assert_eq!(found, (Some(done), Some(before)), "{what} {carrier} {metric}");
        let pace = pace_of(curves, "carrier", carrier, metric, day);
        let rate = completion_rate(done, answer.get(at, "target").int());
        let light = fixture::rules().light.light_by_rule(rate, pace).map(|light| light.id());
        assert!(same(answer.get(at, "pace").number(), Some(pace)), "{what} {carrier} {metric}: {pace}");
        assert_eq!(answer.get(at, "light").text(), light, "{what} {carrier} {metric}");
        // Competition ranking: whoever completed more stands before, equals share their place.
        let completion = |row: usize| answer.get(row, "completion").number();
        let place = completion(at).map(|own| {
            let better =
                |row: &usize| answer.get(*row, "metric").text() == Some(metric) && completion(*row).is_some_and(|other| other > own);
            1 + (0..answer.rows.len()).filter(better).count() as i64
        });
        assert_eq!(answer.get(at, "place").int(), place, "{what} {carrier} {metric}");
    }
}

fn check_bands(facts: &[Fact], agreed: &BTreeMap<String, i64>, day: NaiveDate, answer: &Answer, what: &str) {
    for at in 0..answer.rows.len() {
        let least = answer.get(at, "at_least_yuan").int().unwrap();
        let (done, _) = counted(facts, "signed", day, |fact| agreed[&fact.project] >= least);
        assert_eq!(answer.get(at, "done").int(), Some(done), "{what} {least}");
    }
}

/// Outcomes of the promised starts of a unit (or of the city) that were due in the year, by state and class.
fn check_promises(facts: &[Fact], promised: &[Promised], day: NaiveDate, answer: &Answer, what: &str) {
    let mut expected: BTreeMap<(String, String, String), (i64, i64, i64)> = BTreeMap::new();
    for promise in promised.iter().filter(|promise| promise.first.year() == day.year() && promise.first <= day) {
        let fact = |metrics: &[&str]| {
            let of_project =
                facts.iter().filter(|fact| fact.project == promise.project && metrics.contains(&fact.metric) && fact.stands_on(day));
            of_project.map(|fact| fact.recognised).min()
        };
        let delay = delay(promise.first, fact(&["started"]).or_else(|| fact(&["completed"])), day);
        if delay.kept == Kept::NotDue {
            continue;
        }
        let late = if delay.days > 0 { delay.days } else { 0 };
        let band = SlipBand::of(delay.months).unwrap().id;
        for scope in ["", unit_of(promise.carrier, day)] {
            let sum = expected.entry((scope.to_owned(), delay.kept.id().to_owned(), band.to_owned())).or_default();
            *sum = (sum.0 + 1, sum.1 + i64::from(promise.dead), sum.2 + late);
        }
    }
    let mut found = BTreeMap::new();
    for at in 0..answer.rows.len() {
        let text = |column: &str| answer.get(at, column).text().unwrap_or_default().to_owned();
        if matches!(text("scope").as_str(), "city" | "carrier") {
            let count = |column: &str| answer.get(at, column).int().unwrap();
            found.insert((text("scope_id"), text("kept"), text("slip")), (count("projects"), count("dead"), count("late_days")));
        }
    }
    assert_eq!(found, expected, "{what}");
}

#[tokio::test]
async fn sql_and_plain_loops_agree_on_a_thousand_books() {
    let mut compared = 0;
    for seed in 0..BOOKS {
        let (mut tables, facts, agreed, promised) = draw(seed);
        let curves = own_curves(seed, &mut tables);
        let written = fixture::write(&tables, 7);
        let serving = fixture::serving(&written).await;
        let mut days = Draw(1_000 + seed);
        for _ in 0..DAYS_EACH {
            // Targets are known for 2022; days of 2021 have none, which is not zero.
            let day = days.day();
            let what = format!("seed {seed} as of {day}");
            let params = Params::new().with("year", day.year()).with("as_of", day);
            let ask = async |query: &str| {
                serving.ask(query, params.clone(), &RowScope::City).await.unwrap_or_else(|fault| panic!("{what}: {fault}"))
            };
            check_city(&facts, &curves, day, ask("city_progress").await.as_ref(), &what);
            check_carriers(&facts, &curves, day, ask("carrier_progress").await.as_ref(), &what);
            check_bands(&facts, &agreed, day, ask("band_counts").await.as_ref(), &what);
            // It sums four scopes at once: a quarter of the days is as telling.
            if compared % 4 == 0 {
                check_promises(&facts, &promised, day, ask("promise_outcomes").await.as_ref(), &what);
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 1_000);
}
