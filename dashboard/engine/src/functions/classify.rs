//! The classifiers of the filing form, callable on any text (产业链归类 来源识别).

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType::{Date32, Utf8View};
use qunlian_domain::chain::{ChainClues, ChainScratch};
use qunlian_domain::region::RegionClues;

use super::function::{Function, Head, day, of_texts};
use crate::rules::{Classifiers, Rules};

pub(super) fn functions(rules: &Arc<Rules>) -> Vec<Function> {
    let Some(classifiers) = &rules.classifiers else {
        return Vec::new();
    };
    vec![chain_of(classifiers.clone()), region_of(classifiers.clone())]
}

fn chain_of(classifiers: Classifiers) -> Function {
    let head = Head {
        name: "chain_of",
        syntax: "chain_of(text, day)",
        description: "按该日有效的规则，项目名称或建设内容会归入的产业链编号",
        takes: vec![vec![Utf8View, Date32]],
        returns: Utf8View,
    };
    Function::new(head, move |columns| {
        let mut scratch = ChainScratch::new();
        let days = columns.dates(1)?;
        let chains = columns.texts(0)?.iter().zip(days).map(|(text, date)| {
            let clues = ChainClues { name: text?, content: "", chain_given: "", segment_given: "", industry_code: "", on: day(date?)? };
            Some(classifiers.chains.classify(&clues, &mut scratch).chain)
        });
        of_texts(chains)
    })
}

fn region_of(classifiers: Classifiers) -> Function {
    let head = Head {
        name: "region_of",
        syntax: "region_of(text)",
        description: "地址或企业名称所在的地方：国家、省或“省 市”；看不出时为空",
        takes: vec![vec![Utf8View]],
        returns: Utf8View,
    };
    Function::new(head, move |columns| {
        of_texts(columns.texts(0)?.iter().map(|text| {
            let text = text?;
            let read = classifiers.regions.classify(&RegionClues { address: text, company: text, credit_code: "", supplied: "" });
            let place = [read.country, read.province, read.city].into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
            (!place.is_empty()).then_some(place)
        }))
    })
}
