//! Where parameters are found, how they are filled, and two laws: text without parameters never changes, values are never text.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use proptest::prelude::*;

use qunlian_queries::template::{Field, Given, Template};
use qunlian_queries::{FailureKind, ParamType, Params, Place, Value};

fn given(pairs: &[(&str, &str)]) -> Given {
    Given { values: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(), ..Given::default() }
}

fn names(text: &str) -> Vec<String> {
    Template::parse(text).unwrap().fields(&Given::default()).into_iter().map(|field| field.name).collect()
}

#[test]
fn parameters_are_found_in_each_way_of_writing_and_nowhere_else() {
    let check = |text: &str, expect: &[&str]| assert_eq!(names(text), expect, "{text}");
    check("select $year, :as_of, {{ carrier }}, $year", &["year", "as_of", "carrier"]);
    check("select '$a :b {{c}}', \"$d\", `:e`, 'it''s $f', e'\\' $g', name = 'e' || $h", &["h"]);
    check("-- $a\n/* :b /* {{c}} */ $d */ $e", &["e"]);
    check("select a::text, b :: date, '1'::int, (a)::int, $x::date", &["x"]);
    check("select $$ $a :b $$, $q$ {{c}} $$ $d $q$, $e", &["e"]);
    check("select a[1:2], a[lo:hi], a[$n], a[:n], {'k':v}", &["n"]);
    check("select [[1, 2], [3, $x]], [[1]], [ [:y ] ]", &["x"]);
    check("where x=:y and z>=:w or(:v)", &["y", "w", "v"]);
    check("select $1, foo$bar, a:b, 10:30, :1, $年度, :年度, $x年", &[]);
    check("where '开' = $x -- '\nand y = :y", &["x", "y"]);
    check("select 'open $a", &[]);
    check("select $a$b", &["a"]);
}

#[test]
fn fields_carry_type_value_and_whether_they_may_be_empty() {
    let template =
        Template::parse("where year = $year [[ and c = {{carrier}} and y >= $year ]] [[ and d <= :signed_on ]] and r > :pass_rate")
            .unwrap();
    let mut filled_in = given(&[("year", "2022"), ("carrier", "suixi")]);
    filled_in.kinds.insert("carrier".into(), ParamType::Int);
    let field = |name: &str, kind, value: &str, optional| Field { name: name.into(), kind, value: value.into(), optional };
    let expect = [
        field("year", ParamType::Int, "2022", false),
        field("carrier", ParamType::Int, "suixi", true),
        field("signed_on", ParamType::Date, "", true),
        field("pass_rate", ParamType::Decimal, "", false),
    ];
    assert_eq!(template.fields(&filled_in), expect);
}

#[test]
fn a_filled_statement_keeps_its_lines_and_columns() {
    let text = "select *\nfrom projects\nwhere year = {{ year }}::int [[ and\n carrier_id = :carrier ]] and d <= :as_of\n[[and n = $n]] order by 1";
    let template = Template::parse(text).unwrap();
    let filled = template.fill(&given(&[("year", " 2022 "), ("as_of", "2022-05-31"), ("n", "3")])).unwrap();
    // Dropped brackets and what stood in them become blanks, one for one.
    let expect = "select *\nfrom projects\nwhere year = $year     ::int       \n                          and d <= $as_of\n  and n = $n   order by 1";
    assert_eq!(filled.sql, expect);
    let day = chrono::NaiveDate::from_ymd_opt(2022, 5, 31).unwrap();
    assert_eq!(filled.params, Params::new().with("year", 2022).with("as_of", day).with("n", 3));
    let text = Template::parse("where c = $carrier").unwrap();
    assert_eq!(text.fill(&given(&[("carrier", "")])).unwrap().params, Params::new().with("carrier", ""), "as named queries take it");
    assert_eq!(text.fill(&Given::default()).unwrap_err().kind, FailureKind::Refused);
    let whole = template.fill(&given(&[("year", "2022"), ("as_of", "2022-05-31"), ("n", "3"), ("carrier", "suixi")])).unwrap();
    assert!(whole.sql.contains("  and\n carrier_id = $carrier    and d"), "{}", whole.sql);
    assert_eq!(whole.params.get("carrier"), Some(&Value::Text("suixi".into())));
}

#[test]
fn what_cannot_be_read_or_filled_is_told_with_its_place() {
    let check = |text: &str, values: &[(&str, &str)], kind, place: (u32, u32), said: &str| {
        let failure = Template::parse(text).and_then(|template| template.fill(&given(values))).unwrap_err();
        assert_eq!((failure.kind, failure.place), (kind, Some(Place { line: place.0, column: place.1 })), "{text}: {failure:?}");
        assert!(failure.said.contains(said) && !failure.hint.is_empty(), "{failure:?}");
    };
    check("select 1\nwhere 年度 = {{ a b }}", &[], FailureKind::Syntax, (2, 12), "只能写一个参数名");
    check("select {{年度}}", &[], FailureKind::Syntax, (1, 8), "只能写一个参数名");
    check("select {{a", &[], FailureKind::Syntax, (1, 8), "只能写一个参数名");
    check("select 1 [[ and x = $x", &[("x", "1")], FailureKind::Syntax, (1, 10), "没有以 ]] 结束");
    check(&format!("select ${}", "x".repeat(65)), &[], FailureKind::Syntax, (1, 8), "64");
    check("select 1,\n $year", &[], FailureKind::Refused, (2, 2), "参数 year 没有填写");
    check("select $year", &[("year", "  ")], FailureKind::Refused, (1, 8), "参数 year 没有填写");
    check("select $year", &[("year", "二〇二二")], FailureKind::Refused, (1, 8), "不是整数");
    check("select $as_of", &[("as_of", "5.31")], FailureKind::Refused, (1, 8), "不是日期");
    check("select $pass_rate", &[("pass_rate", "NaN")], FailureKind::Refused, (1, 8), "不是数");
    check("select $q", &[("q", &"长".repeat(2_001))], FailureKind::Refused, (1, 8), "超过 2000");
    let many: String = (0..61).map(|number| format!("$p{number} ")).collect();
    assert_eq!(Template::parse(&many).unwrap_err().kind, FailureKind::TooLarge);
}

#[test]
fn many_open_brackets_are_read_in_good_time() {
    for text in ["[".repeat(60_000), format!("{}{}", "[[ ".repeat(15_000), "]] ".repeat(5_000)), "[[1]]".repeat(12_000)] {
        assert_eq!(Template::parse(&text).unwrap().fill(&Given::default()).unwrap().sql, text);
    }
}

fn fragments() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "select ", "$a", ":b", "{{c}}", "[[", "]]", "[", "]", "'", "\"", "`", "$$", "$t$", "--", "\n", "/*", "*/", "::", ":", "年", "e'",
        "\\", " ", "x", "1", "{", "}", "(", ")",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_text_without_parameters_is_never_changed(text in fragments()) {
        let Ok(template) = Template::parse(&text) else { return Ok(()) };
        if template.fields(&Given::default()).is_empty() {
            prop_assert_eq!(template.fill(&Given::default()).unwrap().sql, text);
        }
    }

    #[test]
    fn a_value_is_never_in_the_statement_and_nothing_moves(text in fragments(), empty in 0usize..4) {
        let Ok(template) = Template::parse(&text) else { return Ok(()) };
        let mut values = given(&[("a", "§'; drop"), ("b", "§--"), ("c", "§\"")]);
        for name in ["a", "b", "c"].iter().take(empty) {
            values.values.remove(*name);
        }
        let Ok(filled) = template.fill(&values) else { return Ok(()) };
        prop_assert!(!filled.sql.contains('§'));
        prop_assert_eq!(filled.sql.chars().count(), text.chars().count());
        let ends = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
        prop_assert_eq!(ends(&filled.sql), ends(&text));
        for (name, value) in filled.params.iter() {
            let placeholder = format!("${name}");
            prop_assert!(filled.sql.contains(&placeholder));
            let text = value.text().unwrap_or_default();
            prop_assert_eq!(Some(text), values.values.get(name).map(String::as_str));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(template) = Template::parse(&text) {
            template.fields(&Given::default());
        }
    }
}
