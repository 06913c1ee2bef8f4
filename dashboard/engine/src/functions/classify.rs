//! The classifiers of the filing form, callable on any text (产业链归类 来源识别).

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::Array;
use datafusion::arrow::datatypes::DataType::{Date32, Utf8View};
use datafusion::common::Result;
use qunlian_domain::chain::{ChainClues, ChainResult, ChainScratch};
use qunlian_domain::region::{RegionClues, SourceRegion};

use super::function::{Columns, Function, Head, day, of_texts};
use crate::rules::{Classifiers, Rules};

pub(super) fn functions(rules: &Arc<Rules>) -> Vec<Function> {
    let Some(classifiers) = &rules.classifiers else {
        return Vec::new();
    };
    vec![
        of_chain(
            classifiers,
            "chain_of",
            "chain_of(text[, day])",
            "按该日有效的规则，项目名称或建设内容会归入的产业链编号；不写日期时按数据截至日",
            |found| found.chain,
        ),
        of_chain(
            classifiers,
            "segment_of",
            "segment_of(text[, day])",
            "按该日有效的规则，项目名称或建设内容会归入的产业链环节编号；看不出时为空，不写日期时按数据截至日",
            |found| found.segment,
        ),
        region_of(classifiers.clone()),
        region_group(classifiers.clone()),
    ]
}

/// A function of what the chain classifier finds in a text; an empty finding is no value.
fn of_chain(
    classifiers: &Classifiers,
    name: &'static str,
    syntax: &'static str,
    description: &'static str,
    finding: for<'a> fn(ChainResult<'a>) -> &'a str,
) -> Function {
    let classifiers = classifiers.clone();
    let head = Head { name, syntax, description, takes: vec![vec![Utf8View], vec![Utf8View, Date32]], returns: Utf8View };
    Function::new(head, move |columns| {
        let mut scratch = ChainScratch::new();
        let days = days(columns, 1, classifiers.on)?;
        of_texts(columns.texts(0)?.iter().zip(days).map(|(text, on)| {
            let clues = ChainClues { name: text?, content: "", chain_given: "", segment_given: "", industry_code: "", on: on? };
            Some(finding(classifiers.chains.classify(&clues, &mut scratch))).filter(|found| !found.is_empty())
        }))
    })
}

fn region_of(classifiers: Classifiers) -> Function {
    let head = Head {
        name: "region_of",
        syntax: "region_of(text) / region_of(address, name, code)",
        description: "地址或企业名称所在的地方：国家、省或“省 市”；也可依次给出地址、企业名称和统一社会信用代码（或来源地），\
                      按填报时的规则综合判断；看不出时为空",
        takes: vec![vec![Utf8View], vec![Utf8View; 3]],
        returns: Utf8View,
    };
    Function::new(head, move |columns| {
        let place = |clues: RegionClues<'_>| {
            let read = classifiers.regions.classify(&clues);
            let place = [read.country, read.province, read.city].into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
            (!place.is_empty()).then_some(place)
        };
        let first = columns.texts(0)?;
        if columns.count() == 1 {
            return of_texts(first.iter().map(|text| place(RegionClues { address: text?, company: text?, ..RegionClues::default() })));
        }
        let clues = first.iter().zip(columns.texts(1)?).zip(columns.texts(2)?);
        of_texts(clues.map(|((address, company), code)| {
            place(RegionClues {
                address: address.unwrap_or(""),
                company: company.unwrap_or(""),
                credit_code: code.unwrap_or(""),
                supplied: "",
            })
        }))
    })
}

fn region_group(classifiers: Classifiers) -> Function {
    let head = Head {
        name: "region_group",
        syntax: "region_group(region[, day])",
        description: "地区（国家、省、市的名称或六位代码）在该日所属的区域组，如“沪苏浙、长三角”；不属于任何组时为空，不写日期时按数据截至日",
        takes: vec![vec![Utf8View], vec![Utf8View, Date32]],
        returns: Utf8View,
    };
    Function::new(head, move |columns| {
        let days = days(columns, 1, classifiers.on)?;
        of_texts(columns.texts(0)?.iter().zip(days).map(|(region, on)| {
            let (region, on) = (region?, on?);
            let place: SourceRegion<'_> =
                classifiers.regions.classify(&RegionClues { address: region, supplied: region, ..RegionClues::default() });
            let groups: Vec<&str> =
                classifiers.groups.valid_on(on).filter(|group| group.contains(&place)).map(|group| group.name.as_str()).collect();
            (!groups.is_empty()).then(|| groups.join("、"))
        }))
    })
}

/// The days of an argument that may be left out; `on` stands for it then.
fn days(columns: &Columns, at: usize, on: NaiveDate) -> Result<Vec<Option<NaiveDate>>> {
    if columns.count() <= at {
        return Ok(vec![Some(on); columns.texts(0)?.len()]);
    }
    Ok(columns.dates(at)?.iter().map(|date| day(date?)).collect())
}
