//! The city's rules that stand behind the SQL functions.

use std::sync::Arc;

use chrono::NaiveDate;
use qunlian_domain::catalogue::{BandBasis, City};
use qunlian_domain::chain::ChainClassifier;
use qunlian_domain::light::LightRule;
use qunlian_domain::region::{RegionClassifier, RegionGroups};
use qunlian_domain::scale::Bands;
use qunlian_domain::workdays::WorkCalendar;

/// Everything of a city that a rate, pace, light or band in SQL depends on.
#[derive(Debug, Clone)]
pub struct Rules {
    pub light: LightRule,
    pub bands: Bands,
    /// Which amount is measured by the bands.
    pub band_basis: BandBasis,
    pub workdays: WorkCalendar,
    /// For `chain_of`, `segment_of`, `region_of` and `region_group`; those functions exist only with it.
    pub classifiers: Option<Classifiers>,
}

/// The classifiers of the filing form and the jobs, shared with SQL.
#[derive(Clone)]
pub struct Classifiers {
    pub chains: Arc<ChainClassifier>,
    pub regions: Arc<RegionClassifier>,
    pub groups: Arc<RegionGroups>,
    /// The day whose rules apply where a statement names none.
    pub on: NaiveDate,
}

impl Rules {
    /// The rules of a city, without classifiers: those take time to build and only free SQL offers them.
    pub fn of(city: &City) -> Self {
        Self {
            light: city.light.clone(),
            bands: city.bands.clone(),
            band_basis: city.profile.band_basis,
            workdays: city.workdays.clone(),
            classifiers: None,
        }
    }

    /// The same rules with classifiers.
    pub fn with_classifiers(mut self, classifiers: Classifiers) -> Self {
        self.classifiers = Some(classifiers);
        self
    }
}

impl std::fmt::Debug for Classifiers {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Classifiers")
    }
}
