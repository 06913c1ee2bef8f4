//! Vocabulary, lists and credit codes (阶段 状态 名单 统一社会信用代码).

use datafusion::arrow::datatypes::DataType::{Boolean, Int64, Utf8View};
use qunlian_domain::credit_code::CreditCode;
use qunlian_domain::project::{self, Status};
use qunlian_domain::text::key_of;

use super::function::{Function, Head, of_bools, of_ints, of_texts};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            Head {
                name: "listed",
                syntax: "listed(value, list)",
                description: "值是否在逗号分隔的名单中；名单为空时恒为真，空值只被 none 选中",
                takes: vec![vec![Utf8View, Utf8View]],
                returns: Boolean,
            },
            |columns| {
                let lists = columns.texts(1)?;
                of_bools(columns.texts(0)?.iter().zip(lists).map(|(value, list)| Some(listed(value, list.unwrap_or("")))))
            },
        ),
        Function::new(
            Head {
                name: "stage_name",
                syntax: "stage_name(stage)",
                description: "阶段或里程碑的中文名称，如 signed 为签约",
                takes: vec![vec![Utf8View]],
                returns: Utf8View,
            },
            |columns| of_texts(columns.texts(0)?.iter().map(|stage| stage.map(|id| project::stage_name(id).unwrap_or(id)))),
        ),
        Function::new(
            Head {
                name: "stage_order",
                syntax: "stage_order(stage)",
                description: "阶段的先后：在谈为 0，签约为 1，依次递增",
                takes: vec![vec![Utf8View]],
                returns: Int64,
            },
            |columns| of_ints(columns.texts(0)?.iter().map(|stage| Some(project::stage_order(stage?)? as i64))),
        ),
        Function::new(
            Head {
                name: "status_name",
                syntax: "status_name(status)",
                description: "状态的中文名称，如 delayed 为滞后",
                takes: vec![vec![Utf8View]],
                returns: Utf8View,
            },
            |columns| {
                of_texts(columns.texts(0)?.iter().map(|status| status.map(|id| Status::from_id(id).map_or(id, |status| status.name()))))
            },
        ),
        Function::new(
            Head {
                name: "valid_credit_code",
                syntax: "valid_credit_code(text)",
                description: "是否为校验位正确的统一社会信用代码（GB 32100）",
                takes: vec![vec![Utf8View]],
                returns: Boolean,
            },
            |columns| of_bools(columns.texts(0)?.iter().map(|code| code.map(|code| CreditCode::parse(code).is_ok()))),
        ),
        Function::new(
            Head {
                name: "text_key",
                syntax: "text_key(text)",
                description: "文本的 64 位散列值：相同文本必得相同的数，按数分组查重远快于按文本",
                takes: vec![vec![Utf8View]],
                returns: Int64,
            },
            |columns| of_ints(columns.texts(0)?.iter().map(|text| text.map(|text| key_of(text.as_bytes()).cast_signed()))),
        ),
    ]
}

fn listed(value: Option<&str>, list: &str) -> bool {
    if list.is_empty() {
        return true;
    }
    let value = value.filter(|value| !value.is_empty()).unwrap_or("none");
    list.split(',').any(|wanted| wanted.trim() == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_exact_words() {
        let check = |value: Option<&str>, list: &str, expect: bool| assert_eq!(listed(value, list), expect, "{value:?} in {list:?}");
        check(Some("suixi"), "", true);
        check(Some("suixi"), "suixi", true);
        check(Some("suixi"), "duji, suixi", true);
        check(Some("suixi"), "sui", false);
        check(None, "none", true);
        check(Some(""), "none", true);
        check(None, "suixi", false);
        check(Some("suixi"), "' or 1=1 --", false);
    }
}
