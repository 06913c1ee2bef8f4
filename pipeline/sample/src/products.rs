//! What the made-up projects make (产品): the generator's own vocabulary, at least twenty products per chain.
//!
//! Written without looking at `data/cities/*/chains.toml`: the classifier is tested against it.

mod chemicals;
mod equipment;
mod food_and_medicine;
mod metals;
mod others;

/// One product that a project may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// As it stands in project names: `陶铝活塞`.
    pub term: &'static str,
    /// The unit of a yearly output: `万吨`.
    pub unit: &'static str,
    /// Smallest and largest yearly output, in `unit`.
    pub least: u32,
    pub most: u32,
    /// GB/T 4754-2017 class, empty when the trade has no class of its own.
    pub industry_code: &'static str,
}

const fn product(term: &'static str, unit: &'static str, least: u32, most: u32, industry_code: &'static str) -> Product {
    Product { term, unit, least, most, industry_code }
}

/// One industrial chain (产业链) as the generator knows it.
#[derive(Debug)]
pub struct ChainVocabulary {
    /// Id in the city's catalogue.
    pub id: &'static str,
    /// What clerks write into the column 所属产业链.
    pub written_as: &'static [&'static str],
    /// Trade words in made-up company names.
    pub trades: &'static [&'static str],
    /// How a production line of this trade is put into words.
    pub processes: &'static [&'static str],
    pub products: &'static [Product],
}

/// The ten chains and the remainder, in the catalogue's order.
pub const CHAINS: [ChainVocabulary; 11] = [
    metals::CERAMIC_ALUMINIUM,
    metals::ALUMINIUM,
    chemicals::POLYMERS,
    chemicals::FINE_CHEMICALS,
    food_and_medicine::FOOD,
    food_and_medicine::MEDICINE,
    equipment::MACHINES,
    others::BUILDING_MATERIALS,
    equipment::NEW_ENERGY,
    equipment::ELECTRONICS,
    others::REMAINDER,
];

/// Position of a chain in [`CHAINS`] by its id.
pub fn chain_at(id: &str) -> Option<usize> {
    CHAINS.iter().position(|chain| chain.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_chain_has_a_rich_vocabulary_of_its_own() {
        let mut seen = BTreeSet::new();
        for chain in &CHAINS {
            assert!(chain.products.len() >= 20, "{} has {} products", chain.id, chain.products.len());
            for product in chain.products {
                assert!(seen.insert(product.term), "{} is there twice", product.term);
                assert!(product.least < product.most, "{}", product.term);
                assert!(product.industry_code.is_empty() || product.industry_code.len() == 4, "{}", product.term);
            }
        }
    }

    #[test]
    fn industry_codes_are_in_the_national_table() {
        let table = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/codes/industries.csv");
        let text = std::fs::read_to_string(table).unwrap();
        let codes: BTreeSet<&str> = text.lines().filter_map(|line| line.split(',').next()).collect();
        for product in CHAINS.iter().flat_map(|chain| chain.products) {
            assert!(product.industry_code.is_empty() || codes.contains(product.industry_code), "{product:?}");
        }
    }
}
