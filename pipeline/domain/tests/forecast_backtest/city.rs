//! Simulated cities (模拟城市): five years of projects that are signed, start, build, are completed or die.

use qunlian_domain::forecast::{Fate, MonthNumber, Passage};

/// The year that is forecast; four years before it are simulated, so that what it inherits is in balance.
pub const YEAR: i32 = 2022;
const MONTHS: usize = 60;
/// The first month of [`YEAR`].
const FORECAST_YEAR: usize = MONTHS - 12;

/// What kind of a city it is. The forecast never sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Smooth seasons, steady growth.
    Seasonal,
    /// Most of the year's projects come in spring.
    FrontLoaded,
    /// A rush at the year's end.
    BackLoaded,
    /// A few projects hold most of the money.
    Lumpy,
    /// The level jumps up or down in one month of the year.
    LevelChange,
    /// Good and bad months without a reason.
    Overdispersed,
    /// Signed at a few ceremonies a year, whose months move.
    Ceremonies,
    /// Every quarter ends with a rush.
    QuarterEnds,
    /// Rises or falls through the whole year.
    Drift,
    /// Two months of the year stand still, then half of what was missed is made up for.
    Standstill,
}

/// Kinds that the model's assumptions were chosen on.
pub const TUNED: [Kind; 6] = [Kind::Seasonal, Kind::FrontLoaded, Kind::BackLoaded, Kind::Lumpy, Kind::LevelChange, Kind::Overdispersed];
/// Kinds that nothing was fitted to.
pub const HELD_OUT: [Kind; 4] = [Kind::Ceremonies, Kind::QuarterEnds, Kind::Drift, Kind::Standstill];

/// One carrier's five years.
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
    let mut chance = Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ (kind as u64) << 40);
    let carriers = 4 + chance.below(5);
    let rates: Vec<f64> = signing_rates(kind, &mut chance);
    let rush: Vec<f64> = (0..MONTHS).map(|month| build_season(kind, month % 12) * (0.08 * chance.normal()).exp()).collect();
    (0..carriers).map(|_| simulate_carrier(kind, &rates, &rush, &mut chance)).collect()
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
        let numbered = |month: usize| MonthNumber::new(YEAR - 4 + month as i32 / 12, month as u32 % 12 + 1);
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
    (year - (YEAR - 4)) as usize * 12
}

/// Signings of a carrier of size 1 by month.
fn signing_rates(kind: Kind, chance: &mut Chance) -> Vec<f64> {
    let change_month = FORECAST_YEAR + chance.below(9);
    let change = if chance.uniform() < 0.5 { 0.5 } else { 1.9 };
    let stop = FORECAST_YEAR + 1 + chance.below(7);
    let slope = 0.05 * chance.normal();
    let mut rates = Vec::with_capacity(MONTHS);
    let mut year_rates = [1.0; 12];
    let mut level = 1.0;
    for month in 0..MONTHS {
        if month % 12 == 0 {
            year_rates = seasons(kind, chance);
            level *= (0.03 + 0.3 * chance.normal()).exp();
        }
        let mut rate = year_rates[month % 12] * level * (0.12 * chance.normal()).exp();
        match kind {
            Kind::LevelChange if month >= change_month => rate *= change,
            Kind::Standstill if month == stop || month == stop + 1 => rate *= 0.1,
            Kind::Standstill if (stop + 2..stop + 4).contains(&month) => rate *= 1.5,
            Kind::Overdispersed => rate *= chance.gamma(2.5) / 2.5,
            Kind::Drift if month >= FORECAST_YEAR => rate *= (slope * (month - FORECAST_YEAR) as f64).exp(),
            _ => {}
        }
        rates.push(rate);
    }
    rates
}

/// One year's true seasons; they average about 1.
fn seasons(kind: Kind, chance: &mut Chance) -> [f64; 12] {
    let wave = |month: usize| 1.0 + 0.35 * ((month as f64 - 3.0) / 12.0 * std::f64::consts::TAU).cos();
    let holiday = |month: usize| if month == 1 { 0.55 } else { 1.04 };
    match kind {
        Kind::FrontLoaded => std::array::from_fn(|month| if (2..6).contains(&month) { 1.9 } else { 0.55 }),
        Kind::BackLoaded => std::array::from_fn(|month| [0.5, 0.4, 0.8, 0.7, 0.8, 1.2, 0.7, 0.8, 1.1, 1.0, 1.5, 2.5][month]),
        Kind::QuarterEnds => std::array::from_fn(|month| if month % 3 == 2 { 1.8 } else { 0.6 }),
        Kind::Ceremonies => {
            let mut months = [0.5; 12];
            (0..4).for_each(|_| months[chance.below(12)] += 1.5);
            months
        }
        _ => std::array::from_fn(|month| wave(month) * holiday(month)),
    }
}

/// Starting, building and completing by season.
fn build_season(kind: Kind, month: usize) -> f64 {
    match (kind, month) {
        (Kind::BackLoaded, 10..) => 2.0,
        (Kind::QuarterEnds, _) if month % 3 == 2 => 1.6,
        (_, 0 | 1) => 0.6,
        (_, 11) => 1.4,
        _ => 1.0,
    }
}

fn simulate_carrier(kind: Kind, rates: &[f64], rush: &[f64], chance: &mut Chance) -> Carrier {
    let size = (0.9 + 0.7 * chance.normal()).exp();
    let own_growth = (0.2 * chance.normal()).exp();
    let tail = if kind == Kind::Lumpy { 1.3 } else { 2.2 };
    let quick = 0.06 + 0.12 * chance.uniform();
    let mut carrier = Carrier { projects: Vec::new(), fixed_assets: vec![0; MONTHS] };
    for (month, rate) in rates.iter().enumerate() {
        let own = if month >= FORECAST_YEAR { own_growth } else { 1.0 };
        let good = chance.gamma(12.0) / 12.0;
        for _ in 0..chance.poisson(size * rate * own * good) {
            let life = live(month, quick, rush, chance);
            invest(&life, tail, rush, &mut carrier.fixed_assets, chance);
            carrier.projects.push(life);
        }
    }
    carrier
}

/// Chances by month: a start is likeliest from the third month on, one in eighty projects dies each month.
fn live(signed: usize, quick: f64, rush: &[f64], chance: &mut Chance) -> Life {
    let mut life = Life { signed, started: None, completed: None, died: None };
    for (month, season) in rush.iter().enumerate().skip(signed) {
        let age = month - life.started.unwrap_or(signed);
        let hazard = match life.started {
            None if age < 2 => quick * 0.5,
            None => quick * 12.0 / (10.0 + age as f64),
            Some(_) if age < 5 => 0.02,
            Some(_) => 0.14,
        };
        if chance.uniform() < (hazard * season).min(0.9) {
            if life.started.is_none() {
                life.started = Some(month);
            } else {
                life.completed = Some(month);
                return life;
            }
        } else if chance.uniform() < 1.0 / 80.0 {
            life.died = Some(month);
            return life;
        }
    }
    life
}

/// A project of 3000万元 or more builds about a twelfth each month from its start on.
fn invest(life: &Life, tail: f64, rush: &[f64], fixed_assets: &mut [i64], chance: &mut Chance) {
    let Some(started) = life.started else { return };
    let whole = 3_000.0 * chance.uniform().powf(-1.0 / tail);
    let end = life.completed.or(life.died).unwrap_or(MONTHS - 1);
    for month in started..=end {
        let wan = (whole / 12.0 * rush[month] * chance.gamma(2.0) / 2.0).round() as i64;
        fixed_assets[month] += wan * 10_000;
    }
}

/// The simulator's own chance, apart from the forecast's.
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.uniform() * bound as f64) as usize
    }

    /// Twelve uniforms; tails end at six deviations.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// Mean and variance are `shape`, a multiple of a half: a sum of exponentials and a halved square.
    fn gamma(&mut self, shape: f64) -> f64 {
        let whole = shape.floor();
        let sum: f64 = (0..whole as usize).map(|_| -self.uniform().ln()).sum();
        if shape > whole { sum + self.normal().powi(2) / 2.0 } else { sum }
    }

    fn poisson(&mut self, mean: f64) -> usize {
        let mut count = 0;
        let mut time = -self.uniform().ln();
        while time < mean {
            count += 1;
            time -= self.uniform().ln();
        }
        count
    }
}
