//! Simulated cities (模拟城市): eight years of projects that are signed, start, build, are completed or die.

use qunlian_domain::forecast::{Fate, MonthNumber, Passage};

use super::chance::Chance;
use super::truth::{Kind, Truth};

/// The year that is forecast; seven years before it are simulated, so that what it inherits is in balance.
pub const YEAR: i32 = 2022;
const FIRST_YEAR: i32 = YEAR - 7;
pub const MONTHS: usize = 96;
/// The first month of [`YEAR`].
pub const FORECAST_YEAR: usize = MONTHS - 12;

/// One carrier's eight years.
#[derive(Debug, Clone, Default)]
pub struct Carrier {
    projects: Vec<Life>,
    /// Recognised fixed assets by month, yuan.
    fixed_assets: Vec<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Life {
    signed: usize,
    started: Option<usize>,
    completed: Option<usize>,
    died: Option<usize>,
}

/// The carriers of one city.
pub fn simulate(kind: Kind, seed: u64) -> Vec<Carrier> {
    let mut chance = Chance::of(seed, kind as u64);
    let truth = Truth::draw(kind, &mut chance);
    let carriers = 4 + chance.below(5);
    (0..carriers).map(|_| simulate_carrier(&truth, &mut chance)).collect()
}

/// The whole city.
pub fn sum(carriers: &[Carrier]) -> Carrier {
    let mut city = Carrier { projects: Vec::new(), fixed_assets: vec![0; MONTHS] };
    for carrier in carriers {
        city.projects.extend(&carrier.projects);
        city.fixed_assets.iter_mut().zip(&carrier.fixed_assets).for_each(|(sum, month)| *sum += month);
    }
    city
}

impl Carrier {
    pub fn signed(&self, year: i32) -> [i64; 12] {
        self.counted(year, |life| Some(life.signed))
    }

    pub fn started(&self, year: i32) -> [i64; 12] {
        self.counted(year, |life| life.started)
    }

    pub fn completed(&self, year: i32) -> [i64; 12] {
        self.counted(year, |life| life.completed)
    }

    pub fn fixed_assets(&self, year: i32) -> [i64; 12] {
        std::array::from_fn(|month| self.fixed_assets[first_of(year) + month])
    }

    /// From signing to start, as known at the end of a month of [`YEAR`]; projects signed from January of the year before on.
    pub fn signed_to_started(&self, month: u32) -> Vec<Passage> {
        self.passages(month, |life| Some(life.signed), |life| life.started)
    }

    /// From start to completion.
    pub fn started_to_completed(&self, month: u32) -> Vec<Passage> {
        self.passages(month, |life| life.started, |life| life.completed)
    }

    fn counted(&self, year: i32, at: impl Fn(&Life) -> Option<usize>) -> [i64; 12] {
        let first = first_of(year);
        let mut months = [0; 12];
        for month in self.projects.iter().filter_map(at).filter(|month| (first..first + 12).contains(month)) {
            months[month - first] += 1;
        }
        months
    }

    fn passages(&self, month: u32, from: impl Fn(&Life) -> Option<usize>, to: impl Fn(&Life) -> Option<usize>) -> Vec<Passage> {
        let now = first_of(YEAR) + month as usize - 1;
        let numbered = |month: usize| MonthNumber::new(FIRST_YEAR + month as i32 / 12, month as u32 % 12 + 1);
        let known = |month: &usize| *month <= now;
        let mut passages = Vec::new();
        for life in &self.projects {
            let Some(entered) = from(life).filter(|entered| known(entered) && *entered >= FORECAST_YEAR - 12) else { continue };
            let fate = match (to(life).filter(known), life.died.filter(known)) {
                (Some(reached), _) => Fate::Reached(numbered(reached)),
                (None, Some(died)) => Fate::Died(numbered(died)),
                (None, None) => Fate::Waiting,
            };
            passages.push(Passage { cohort: numbered(entered), fate, projects: 1 });
        }
        passages
    }
}

fn first_of(year: i32) -> usize {
    (year - FIRST_YEAR) as usize * 12
}

fn simulate_carrier(truth: &Truth, chance: &mut Chance) -> Carrier {
    let size = truth.size * (0.7 * chance.normal()).exp();
    let own_growth = (truth.carrier_growth_sd * chance.normal()).exp();
    let quick = truth.quick * (0.4 * chance.normal()).exp();
    let mut carrier = Carrier { projects: Vec::new(), fixed_assets: vec![0; MONTHS] };
    for (month, rate) in truth.signing.iter().enumerate() {
        let own = if month >= FORECAST_YEAR { own_growth } else { 1.0 };
        let good = (truth.carrier_month_sd * chance.normal()).exp();
        for _ in 0..chance.poisson(size * rate * own * good) {
            let life = live(month, quick, truth, chance);
            invest(&life, truth, &mut carrier.fixed_assets, chance);
            carrier.projects.push(life);
        }
    }
    carrier
}

/// Chances by month: a start is likeliest from the third month on.
fn live(signed: usize, quick: f64, truth: &Truth, chance: &mut Chance) -> Life {
    let mut life = Life { signed, started: None, completed: None, died: None };
    for (month, season) in truth.building.iter().enumerate().skip(signed) {
        let age = month - life.started.unwrap_or(signed);
        let hazard = match life.started {
            None if age < 2 => quick * 0.5,
            None => quick * 12.0 / (10.0 + age as f64),
            Some(_) if age < truth.building_months => 0.02,
            Some(_) => truth.completing,
        };
        if chance.uniform() < (hazard * season).min(0.9) {
            if life.started.is_none() {
                life.started = Some(month);
            } else {
                life.completed = Some(month);
                return life;
            }
        } else if chance.uniform() < truth.dying {
            life.died = Some(month);
            return life;
        }
    }
    life
}

/// A project of 3000万元 or more builds about a twelfth each month from its start on.
fn invest(life: &Life, truth: &Truth, fixed_assets: &mut [i64], chance: &mut Chance) {
    let Some(started) = life.started else { return };
    let whole = 3_000.0 * chance.uniform().powf(-1.0 / truth.tail);
    let end = life.completed.or(life.died).unwrap_or(MONTHS - 1);
    for (sum, season) in fixed_assets.iter_mut().zip(&truth.building).take(end + 1).skip(started) {
        let wan = (whole / 12.0 * season * chance.gamma(2.0) / 2.0).round() as i64;
        *sum += wan * 10_000;
    }
}
