//! The six carriers (载体单位) and what each of them reported: the figures that the sample is calibrated to.

use crate::calendar::Month;
use crate::draw::{Draw, apportion};

/// A carrier of the sample.
#[derive(Debug)]
pub struct Carrier {
    /// Id in the city's catalogue.
    pub id: &'static str,
    /// Which chains it draws, as weights in the order of `products::CHAINS`.
    pub chain_weights: [u64; 11],
    /// January–May 2021, June–December 2021, January–May 2022.
    pub signed: [u64; 3],
    pub started: [u64; 3],
    pub completed: [u64; 3],
    /// Recognised fixed assets (认定固定资产投资) of the same spans, in 万元.
    pub fixed_wan: [u64; 3],
}

/// In the catalogue's order. 2022 puts 煤化工基地 far behind pace and 相山区 behind it; the others are ahead.
pub const CARRIERS: [Carrier; 6] = [
    Carrier {
        id: "suixi",
        chain_weights: [14, 40, 8, 3, 10, 3, 12, 8, 6, 2, 2],
        signed: [15, 34, 62],
        started: [10, 26, 26],
        completed: [7, 21, 27],
        fixed_wan: [112_000, 142_000, 172_000],
    },
    Carrier {
        id: "xiangshan",
        chain_weights: [0, 6, 4, 2, 40, 14, 10, 8, 3, 6, 3],
        signed: [10, 22, 14],
        started: [6, 17, 15],
        completed: [5, 14, 17],
        fixed_wan: [63_000, 79_000, 89_000],
    },
    Carrier {
        id: "duji",
        chain_weights: [2, 20, 16, 4, 4, 4, 30, 8, 4, 2, 2],
        signed: [9, 20, 31],
        started: [6, 15, 17],
        completed: [4, 12, 14],
        fixed_wan: [61_000, 79_000, 96_000],
    },
    Carrier {
        id: "lieshan",
        chain_weights: [2, 10, 10, 5, 8, 4, 14, 26, 8, 2, 2],
        signed: [9, 20, 33],
        started: [6, 15, 8],
        completed: [4, 12, 16],
        fixed_wan: [66_000, 84_000, 81_000],
    },
    Carrier {
        id: "gaoxin",
        chain_weights: [6, 18, 8, 3, 8, 20, 16, 3, 14, 14, 1],
        signed: [11, 23, 45],
        started: [7, 18, 19],
        completed: [5, 15, 19],
        fixed_wan: [87_000, 111_000, 134_000],
    },
    Carrier {
        id: "meihuagong",
        chain_weights: [0, 0, 30, 60, 0, 4, 0, 2, 6, 0, 0],
        signed: [7, 14, 3],
        started: [4, 11, 7],
        completed: [3, 8, 5],
        fixed_wan: [62_200, 83_500, 62_000],
    },
];

/// Position of a carrier in [`CARRIERS`] by its id.
pub fn carrier_at(id: &str) -> Option<usize> {
    CARRIERS.iter().position(|carrier| carrier.id == id)
}

/// What is apportioned over the months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Signed,
    Started,
    Completed,
    FixedAssets,
}

impl Flow {
    fn of(self, carrier: &Carrier) -> [u64; 3] {
        match self {
            Self::Signed => carrier.signed,
            Self::Started => carrier.started,
            Self::Completed => carrier.completed,
            Self::FixedAssets => carrier.fixed_wan,
        }
    }

    fn purpose(self) -> &'static str {
        match self {
            Self::Signed => "monthly signed",
            Self::Started => "monthly started",
            Self::Completed => "monthly completed",
            Self::FixedAssets => "monthly fixed assets",
        }
    }
}

/// One carrier's figure for each month, adding up to its spans exactly.
pub fn monthly(seed: u64, carrier: usize, flow: Flow) -> [u64; Month::COUNT as usize] {
    let mut draw = Draw::of(seed, flow.purpose(), [carrier as u64, 0]);
    let [spring, rest, now] = flow.of(&CARRIERS[carrier]);
    let mut months = [0; Month::COUNT as usize];
    // The lights of 2022 hang on the months of the two carriers that are behind, so those are fixed.
    let fixed_months = match (flow, CARRIERS[carrier].id) {
        (Flow::Signed, "xiangshan") => Some([3, 2, 4, 1, 4]),
        (Flow::Signed, "meihuagong") => Some([0, 1, 0, 1, 1]),
        _ => None,
    };
    let spans: [(usize, u64, &[u64]); 3] =
        [(0, spring, &[16, 13, 22, 22, 27]), (5, rest, &[16, 13, 13, 15, 13, 14, 16]), (12, now, &[15, 13, 24, 22, 26])];
    for (first, whole, shape) in spans {
        let weights: Vec<u64> = shape.iter().map(|weight| weight * (80 + draw.below(41))).collect();
        for (offset, share) in apportion(whole, &weights).into_iter().enumerate() {
            months[first + offset] = share;
        }
    }
    if let Some(fixed) = fixed_months {
        months[12..].copy_from_slice(&fixed);
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carriers_add_up_to_the_published_city() {
        let sum = |figures: fn(&Carrier) -> [u64; 3]| {
            let mut all = [0; 3];
            for carrier in &CARRIERS {
                for (total, figure) in all.iter_mut().zip(figures(carrier)) {
                    *total += figure;
                }
            }
            all
        };
        assert_eq!(sum(|carrier| carrier.signed), [61, 133, 188]);
        assert_eq!(sum(|carrier| carrier.started), [39, 102, 92]);
        assert_eq!(sum(|carrier| carrier.completed), [28, 82, 98]);
        assert_eq!(sum(|carrier| carrier.fixed_wan)[2], 634_000);
        assert_eq!(sum(|carrier| carrier.fixed_wan)[..2], [451_200, 578_500]);
    }

    #[test]
    fn months_add_up_for_every_seed() {
        for seed in 0..20 {
            for (position, carrier) in CARRIERS.iter().enumerate() {
                for flow in [Flow::Signed, Flow::Started, Flow::Completed, Flow::FixedAssets] {
                    let months = monthly(seed, position, flow);
                    let spans = [&months[..5], &months[5..12], &months[12..]].map(|span| span.iter().sum::<u64>());
                    assert_eq!(spans, flow.of(carrier), "{} {flow:?}", carrier.id);
                }
            }
        }
    }
}
