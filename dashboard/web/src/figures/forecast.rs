//! Forecasts of the year's end (年底预测) made of two years' months and the projects that wait.

use std::collections::HashMap;

use chrono::NaiveDate;
use qunlian_domain::forecast::{ChanceTold, Fate, Forecast, ForecastRules, MonthNumber, Passage, Question, Refusal, YearFlow, forecast};
use qunlian_domain::target::Metric;
use qunlian_domain::text::key_of;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::rows::{Row, rows};

/// Everything that forecasts of a board are made of.
pub(crate) struct Grounds<'r> {
    rules: &'r ForecastRules,
    as_of: NaiveDate,
    flows: HashMap<(String, Metric), YearFlow>,
    passages: HashMap<(String, Step), Vec<Passage>>,
}

/// From which stage to which (转化环节).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    SignedStarted,
    StartedCompleted,
    SignedCompleted,
}

impl Step {
    pub(crate) const ALL: [Self; 3] = [Self::SignedStarted, Self::StartedCompleted, Self::SignedCompleted];

    /// As the question names it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::SignedStarted => "signed_started",
            Self::StartedCompleted => "started_completed",
            Self::SignedCompleted => "signed_completed",
        }
    }

    pub(crate) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.id() == id)
    }
}

/// The city's key among the carriers'.
const CITY: &str = "";

impl<'r> Grounds<'r> {
    /// Reads the answers of `flow_months` and `stage_passages`.
    pub(crate) fn read(rules: &'r ForecastRules, board: &Board, flow_months: &Answer, stage_passages: &Answer) -> Self {
        let mut flows: HashMap<(String, Metric), YearFlow> = HashMap::new();
        for row in rows(flow_months) {
            let Some(metric) = Metric::from_id(row.text("metric")) else { continue };
            let Some(month) = row.int("month").and_then(|month| usize::try_from(month - 1).ok()).filter(|month| *month < 12) else {
                continue;
            };
            let flow = flows.entry((row.text("scope_id").to_owned(), metric)).or_insert(NOTHING);
            if row.int("year") == Some(i64::from(board.year)) {
                flow.this_year[month] += row.count("done");
            } else {
                flow.last_year.get_or_insert([0; 12])[month] += row.count("done");
            }
        }
        let mut passages: HashMap<(String, Step), Vec<Passage>> = HashMap::new();
        for row in rows(stage_passages).filter(|row| matches!(row.text("scope"), "city" | "carrier")) {
            if let Some(step) = Step::from_id(row.text("step")) {
                passages.entry((row.text("scope_id").to_owned(), step)).or_default().extend(passage(row));
            }
        }
        Self { rules, as_of: board.closing_day(), flows, passages }
    }

    /// The city's forecasts against the targets of `city_progress`; metrics that cannot be forecast are left out.
    pub(crate) fn of_city(&self, progress: &Answer) -> Vec<(Metric, Forecast)> {
        let of_row = |row: Row<'_>| {
            let metric = Metric::from_id(row.text("metric"))?;
            Some((metric, self.forecast(metric, None, row.int("target")).ok()?))
        };
        rows(progress).filter_map(of_row).collect()
    }

    /// The forecast of the city, or of a carrier.
    ///
    /// # Errors
    /// [`Refusal`] when too little is known.
    pub(crate) fn forecast(&self, metric: Metric, carrier: Option<&str>, target: Option<i64>) -> Result<Forecast, Refusal> {
        let id = carrier.unwrap_or(CITY);
        let flow = |id: &str| self.flows.get(&(id.to_owned(), metric)).copied();
        let step = match metric {
            Metric::Started => Some(Step::SignedStarted),
            Metric::Completed => Some(Step::StartedCompleted),
            Metric::Signed | Metric::FixedAssets => None,
        };
        let passages = step.and_then(|step| self.passages.get(&(id.to_owned(), step)));
        let question = Question {
            metric,
            as_of: self.as_of,
            target,
            flow: flow(id).unwrap_or(NOTHING),
            city: carrier.and_then(|_| flow(CITY)),
            passages: passages.map_or(&[], Vec::as_slice),
            seed: key_of(format!("{id}/{}/{}", metric.id(), self.as_of).as_bytes()),
        };
        forecast(&question, self.rules)
    }
}

/// No month holds anything.
const NOTHING: YearFlow = YearFlow { this_year: [0; 12], last_year: None };

/// One row of `stage_passages`.
pub(crate) fn passage(row: Row<'_>) -> Option<Passage> {
    let fate = match (row.date("reached"), row.date("died")) {
        (Some(month), _) => Fate::Reached(MonthNumber::of(month)),
        (None, Some(month)) => Fate::Died(MonthNumber::of(month)),
        (None, None) => Fate::Waiting,
    };
    let projects = u32::try_from(row.count("projects")).ok()?;
    Some(Passage { cohort: MonthNumber::of(row.date("cohort")?), fate, projects })
}

/// `96%`, `<1%`, `>99%`.
pub(crate) fn chance_words(chance: f64) -> String {
    match ChanceTold::of(chance) {
        ChanceTold::Under(percent) => format!("<{percent}%"),
        ChanceTold::About(percent) => format!("{percent}%"),
        ChanceTold::Over(percent) => format!(">{percent}%"),
    }
}
