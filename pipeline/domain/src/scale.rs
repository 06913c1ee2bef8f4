//! Scale bands (规模档): nested "X亿元以上" bands that include their bound, and the disjoint view of them.

/// One nested band: everything of at least `least` yuan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// `ge10`
    pub id: String,
    /// `10亿元以上`
    pub name: String,
    /// Lower bound in yuan (元), inclusive.
    pub least: i64,
}

/// A slice of the disjoint view: at least `least`, below `below` yuan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The id of the nested band it starts, or `lt-` and the lowest band's id for what is under all bands.
    pub id: String,
    /// `10亿—50亿元`
    pub name: String,
    /// In yuan, inclusive.
    pub least: i64,
    /// In yuan, exclusive; `None` for the open top.
    pub below: Option<i64>,
}

/// The city's bands, lowest first. Source: domain rule 8; integers only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bands {
    nested: Vec<Band>,
    slices: Vec<Slice>,
}

/// Bands that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BandError {
    #[error("band {id}: its bound {least} is not above the bound of the band before it; write them lowest first")]
    NotIncreasing { id: String, least: i64 },
    #[error("band {id}: its bound {least} must be above 0")]
    NotPositive { id: String, least: i64 },
    #[error("band {id} is there twice")]
    Repeated { id: String },
}

impl Bands {
    /// Takes bands lowest first and derives the disjoint view.
    pub fn new(nested: Vec<Band>) -> Result<Self, BandError> {
        for (index, band) in nested.iter().enumerate() {
            if band.least <= 0 {
                return Err(BandError::NotPositive { id: band.id.clone(), least: band.least });
            }
            if index > 0 && nested[index - 1].least >= band.least {
                return Err(BandError::NotIncreasing { id: band.id.clone(), least: band.least });
            }
            if nested[..index].iter().any(|earlier| earlier.id == band.id) {
                return Err(BandError::Repeated { id: band.id.clone() });
            }
        }
        let slices = slices_of(&nested);
        Ok(Self { nested, slices })
    }

    /// The highest band that an amount reaches; `None` below the lowest bound.
    pub fn band_of(&self, yuan: i64) -> Option<&Band> {
        self.met(yuan).last()
    }

    /// Every band that an amount reaches, lowest first: 12亿 counts in 1亿, 5亿 and 10亿元以上.
    pub fn met(&self, yuan: i64) -> &[Band] {
        let reached = self.nested.iter().take_while(|band| band.least <= yuan).count();
        &self.nested[..reached]
    }

    /// True when an amount counts in the nested band `id`; false for an unknown id.
    pub fn reaches(&self, id: &str, yuan: i64) -> bool {
        self.get(id).is_some_and(|band| band.least <= yuan)
    }

    /// The one slice of the disjoint view that holds an amount; `None` only when there are no bands.
    pub fn slice_of(&self, yuan: i64) -> Option<&Slice> {
        self.slices.get(self.met(yuan).len())
    }

    pub fn get(&self, id: &str) -> Option<&Band> {
        self.nested.iter().find(|band| band.id == id)
    }

    /// The nested bands, lowest first.
    pub fn nested(&self) -> &[Band] {
        &self.nested
    }

    /// The disjoint view, lowest first; one slice more than there are bands.
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }
}

fn slices_of(nested: &[Band]) -> Vec<Slice> {
    let Some(lowest) = nested.first() else {
        return Vec::new();
    };
    let under_all = Slice {
        id: format!("lt-{}", lowest.id),
        name: format!("{}以下", amount_label(lowest.least)),
        least: i64::MIN,
        below: Some(lowest.least),
    };
    let mut slices = vec![under_all];
    for (index, band) in nested.iter().enumerate() {
        let below = nested.get(index + 1).map(|next| next.least);
        let name = match below {
            Some(bound) => format!("{}—{}", amount_label(band.least).trim_end_matches('元'), amount_label(bound)),
            None => format!("{}以上", amount_label(band.least)),
        };
        slices.push(Slice { id: band.id.clone(), name, least: band.least, below });
    }
    slices
}

/// `10亿元`, `5000万元` or `800元`: the largest unit that divides the amount.
pub fn amount_label(yuan: i64) -> String {
    for (unit, word) in [(100_000_000, "亿元"), (10_000, "万元")] {
        if yuan != 0 && yuan % unit == 0 {
            return format!("{}{word}", yuan / unit);
        }
    }
    format!("{yuan}元")
}

#[cfg(test)]
mod tests {
    use super::*;

    const YI: i64 = 100_000_000;

    fn bands() -> Bands {
        let band = |id: &str, yi: i64| Band { id: id.into(), name: format!("{yi}亿元以上"), least: yi * YI };
        Bands::new(vec![band("ge1", 1), band("ge5", 5), band("ge10", 10), band("ge50", 50), band("ge100", 100)]).unwrap()
    }

    #[test]
    fn bounds_are_inclusive() {
        let bands = bands();
        let check = |yuan: i64, band: Option<&str>, slice: &str| {
            assert_eq!(bands.band_of(yuan).map(|band| band.id.as_str()), band, "band of {yuan}");
            assert_eq!(bands.slice_of(yuan).unwrap().name, slice, "slice of {yuan}");
        };
        check(0, None, "1亿元以下");
        check(-5, None, "1亿元以下");
        check(YI - 1, None, "1亿元以下");
        check(YI, Some("ge1"), "1亿—5亿元");
        check(10 * YI - 1, Some("ge5"), "5亿—10亿元");
        check(10 * YI, Some("ge10"), "10亿—50亿元");
        check(50 * YI - 1, Some("ge10"), "10亿—50亿元");
        check(50 * YI, Some("ge50"), "50亿—100亿元");
        check(100 * YI, Some("ge100"), "100亿元以上");
        check(i64::MAX, Some("ge100"), "100亿元以上");
        check(i64::MIN, None, "1亿元以下");
    }

    #[test]
    fn bands_nest_and_slices_add_up() {
        let bands = bands();
        let amounts: Vec<i64> = (0..400).map(|step| step * 37_000_000).collect();
        let count = |id: &str| amounts.iter().filter(|yuan| bands.reaches(id, **yuan)).count();
        assert!(count("ge1") > count("ge5") && count("ge5") > count("ge10") && count("ge10") > count("ge50"));
        let in_slices: usize = bands
            .slices()
            .iter()
            .map(|slice| amounts.iter().filter(|yuan| slice.least <= **yuan && slice.below.is_none_or(|bound| **yuan < bound)).count())
            .sum();
        assert_eq!(in_slices, amounts.len());
        assert_eq!(bands.met(12 * YI).len(), 3);
        assert!(!bands.reaches("ge7", i64::MAX));
    }

    #[test]
    fn refuses_disorder() {
        let band = |id: &str, least: i64| Band { id: id.into(), name: id.into(), least };
        let check = |bands: Vec<Band>, expect: &str| assert!(Bands::new(bands).unwrap_err().to_string().contains(expect));
        check(vec![band("a", 5), band("b", 5)], "band b: its bound 5 is not above");
        check(vec![band("a", 0)], "must be above 0");
        check(vec![band("a", 5), band("a", 6)], "band a is there twice");
        assert_eq!(Bands::new(vec![]).unwrap().slice_of(5), None);
    }
}
