//! What is true of a simulated city (模拟的真相): its growth, seasons, rushes and shocks, drawn anew for each and never shown to the forecast.

use super::chance::Chance;
use super::city::{FORECAST_YEAR, MONTHS};

/// What kind of a city it is. The forecast never sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Smooth seasons, little change from year to year.
    Steady,
    /// Much of the year's projects come in spring.
    EarlyBurst,
    /// A rush at the year's end.
    LateRush,
    /// The level jumps up or down in one month of the year.
    Shock,
    /// A handful of projects each month.
    SmallCounts,
    /// A few projects hold most of the money.
    Lumpy,
    /// Good and bad months without a reason.
    Overdispersed,
    /// Signed at a few ceremonies a year, whose months move.
    Ceremonies,
    /// Every quarter ends with a rush.
    QuarterEnds,
    /// Rises or falls through the whole year.
    Drift,
    /// Two months of the year stand still, then part of what was missed is made up for.
    Standstill,
    /// The year brings half as much again up to three times what the last did.
    Leap,
    /// Each year rushes at a time of its own.
    MovingRush,
}

/// Kinds that the model's assumptions were chosen on.
pub const TUNED: [Kind; 7] =
    [Kind::Steady, Kind::EarlyBurst, Kind::LateRush, Kind::Shock, Kind::SmallCounts, Kind::Lumpy, Kind::Overdispersed];
/// Kinds that nothing was fitted to.
pub const HELD_OUT: [Kind; 6] = [Kind::Ceremonies, Kind::QuarterEnds, Kind::Drift, Kind::Standstill, Kind::Leap, Kind::MovingRush];

/// One city's truth.
pub struct Truth {
    /// Signings of a carrier of size 1 by month.
    pub signing: Vec<f64>,
    /// Starting, building and completing by month; about 1.
    pub building: Vec<f64>,
    /// Signings a month of a middling carrier.
    pub size: f64,
    pub carrier_growth_sd: f64,
    pub carrier_month_sd: f64,
    /// A start's chance a month.
    pub quick: f64,
    /// A completion's chance a month once it has been building for so many months.
    pub completing: f64,
    pub building_months: usize,
    /// A death's chance a month.
    pub dying: f64,
    /// Pareto exponent of amounts.
    pub tail: f64,
}

impl Truth {
    pub fn draw(kind: Kind, chance: &mut Chance) -> Self {
        let signing = signing(kind, chance);
        let building = building(kind, chance);
        Self {
            signing,
            building,
            size: if kind == Kind::SmallCounts { chance.between(0.3, 0.9) } else { chance.between(1.5, 4.5) },
            carrier_growth_sd: chance.between(0.05, 0.35),
            carrier_month_sd: chance.between(0.1, 0.4),
            quick: chance.between(0.06, 0.18),
            completing: chance.between(0.08, 0.2),
            building_months: 3 + chance.below(5),
            dying: chance.between(0.003, 0.025),
            tail: if kind == Kind::Lumpy { chance.between(1.15, 1.5) } else { chance.between(1.8, 3.0) },
        }
    }
}

fn signing(kind: Kind, chance: &mut Chance) -> Vec<f64> {
    let trend = 0.06 * chance.normal();
    let growth_sd = if kind == Kind::Steady { chance.between(0.03, 0.12) } else { chance.between(0.1, 0.45) };
    let month_sd = if kind == Kind::Steady { 0.06 } else { chance.between(0.06, 0.22) };
    let year_seasons = Seasons::draw(kind, chance);
    let event = Event::draw(kind, chance);
    let mut rates = Vec::with_capacity(MONTHS);
    let mut seasons = [1.0; 12];
    let mut level = 1.0;
    for month in 0..MONTHS {
        if month % 12 == 0 {
            seasons = year_seasons.of_a_year(chance);
            level *= (trend + growth_sd * chance.normal()).exp();
        }
        let mood = if kind == Kind::Overdispersed { chance.gamma(2.5) / 2.5 } else { (month_sd * chance.normal()).exp() };
        rates.push(seasons[month % 12] * level * mood * event.factor(month));
    }
    rates
}

/// What happens in the forecast year alone.
enum Event {
    Nothing,
    /// From this month on so many times the level.
    Jump(usize, f64),
    /// Two months at so much, the two after them at so much.
    Stop(usize, f64, f64),
    /// So much more (logarithm) each month.
    Slope(f64),
}

impl Event {
    fn draw(kind: Kind, chance: &mut Chance) -> Self {
        match kind {
            Kind::Shock => {
                let size = chance.between(0.3, 0.8);
                let sign = if chance.uniform() < 0.5 { -1.0 } else { 1.0 };
                Self::Jump(FORECAST_YEAR + chance.below(10), (sign * size).exp())
            }
            Kind::Leap => Self::Jump(FORECAST_YEAR, chance.between(0.4, 1.1).exp()),
            Kind::Standstill => Self::Stop(FORECAST_YEAR + 1 + chance.below(8), chance.between(0.05, 0.4), chance.between(1.0, 2.0)),
            Kind::Drift => Self::Slope(0.05 * chance.normal()),
            _ => Self::Nothing,
        }
    }

    fn factor(&self, month: usize) -> f64 {
        match self {
            Self::Jump(from, factor) if month >= *from => *factor,
            Self::Stop(from, low, _) if (*from..from + 2).contains(&month) => *low,
            Self::Stop(from, _, high) if (from + 2..from + 4).contains(&month) => *high,
            Self::Slope(slope) if month >= FORECAST_YEAR => (slope * (month - FORECAST_YEAR) as f64).exp(),
            _ => 1.0,
        }
    }
}

/// How a city's years run.
struct Seasons {
    kind: Kind,
    wave: f64,
    peak: f64,
    holiday: f64,
    rush: f64,
    /// How freely a year departs from the others.
    own: f64,
}

impl Seasons {
    fn draw(kind: Kind, chance: &mut Chance) -> Self {
        Self {
            kind,
            wave: chance.between(0.0, 0.4),
            peak: chance.between(0.0, 12.0),
            holiday: chance.between(0.3, 0.9),
            rush: chance.between(1.4, 3.2),
            own: if kind == Kind::Steady { 0.05 } else { chance.between(0.05, 0.25) },
        }
    }

    /// One year's true seasons, about 1. The holiday falls into January or February.
    fn of_a_year(&self, chance: &mut Chance) -> [f64; 12] {
        let festival = usize::from(chance.uniform() < 0.7);
        let rush = 1.0 + (self.rush - 1.0) * (0.4 * chance.normal()).exp();
        let anywhere = chance.below(11);
        let mut months: [f64; 12] = std::array::from_fn(|month| {
            let wave = 1.0 + self.wave * ((month as f64 - self.peak) / 12.0 * std::f64::consts::TAU).cos();
            let holiday = if month == festival { self.holiday } else { 1.0 };
            let rushed = match self.kind {
                Kind::EarlyBurst if (2..6).contains(&month) => rush,
                Kind::LateRush if month == 11 => rush,
                Kind::LateRush if month == 10 => 0.5 + 0.5 * rush,
                Kind::QuarterEnds if month % 3 == 2 => rush,
                Kind::MovingRush if (anywhere..anywhere + 2).contains(&month) => rush,
                _ => 1.0,
            };
            wave * holiday * rushed * (self.own * chance.normal()).exp()
        });
        if self.kind == Kind::Ceremonies {
            months = months.map(|month| month * 0.5);
            (0..4).for_each(|_| months[chance.below(12)] += 1.5);
        }
        months
    }
}

/// Starting, building and completing by month.
fn building(kind: Kind, chance: &mut Chance) -> Vec<f64> {
    let winter = chance.between(0.4, 0.9);
    let december = chance.between(1.0, 1.8);
    let rush = chance.between(1.3, 2.5);
    let month_sd = chance.between(0.04, 0.2);
    let year_sd = chance.between(0.0, 0.15);
    let mut year = 1.0;
    (0..MONTHS)
        .map(|month| {
            if month % 12 == 0 {
                year = (year_sd * chance.normal()).exp();
            }
            let season = match (kind, month % 12) {
                (Kind::LateRush, 10..) => rush,
                (Kind::QuarterEnds, 2 | 5 | 8 | 11) => rush.sqrt(),
                (_, 0 | 1) => winter,
                (_, 11) => december,
                _ => 1.0,
            };
            season * year * (month_sd * chance.normal()).exp()
        })
        .collect()
}
