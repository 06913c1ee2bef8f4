//! Results become the chart that was chosen, or say why not.

use qunlian_queries::Value;

use super::*;

fn answer(rows: Vec<Vec<Value>>) -> Answer {
    let column =
        |name: &str, kind, title: &str, unit: &str| AnswerColumn { name: name.into(), kind, title: title.into(), unit: unit.into() };
    let columns = vec![
        column("carrier", ColumnType::Text, "载体单位", ""),
        column("signed", ColumnType::Int, "签约数", "个"),
        column("started", ColumnType::Int, "开工数", "个"),
        column("share", ColumnType::Decimal, "占比", "%"),
        column("day", ColumnType::Date, "日期", ""),
    ];
    Answer { columns, rows, generation: 42, as_of: None, truncated: false }
}

fn row(name: &str, signed: i64, started: i64, share: f64) -> Vec<Value> {
    let day = chrono::NaiveDate::from_ymd_opt(2022, 5, 1).unwrap();
    vec![name.into(), signed.into(), started.into(), Value::Decimal(share), day.into()]
}

fn three() -> Answer {
    answer(vec![row("濉溪县", 1_046, 20, 55.006), row("<i>相山区</i>", 30, 0, 30.5), row("烈山区", -2, 7, f64::NAN)])
}

fn two() -> Answer {
    let mut answer = three();
    answer.rows.truncate(2);
    answer
}

fn chosen(kind: ChartKind, x: &str, y: &[&str]) -> ChartChoice {
    ChartChoice { kind, x: x.into(), y: y.iter().map(|name| (*name).into()).collect(), title: String::new() }
}

fn drawn(answer: &Answer, choice: &ChartChoice) -> Result<ResultChart, ChartRefusal> {
    draw(Words::of(Lang::Chinese), answer, choice, "1", Size::DESK).unwrap()
}

#[test]
fn each_kind_draws_its_columns_and_says_the_same_in_its_table() {
    let bars = drawn(&two(), &chosen(ChartKind::Bar, "carrier", &["signed"])).unwrap();
    let svg = bars.desk.to_string();
    assert!(svg.contains("chart-ranked") && svg.contains(">1,046 个</text>"), "{svg}");
    assert!(svg.contains("&lt;i&gt;相山区&lt;/i&gt;") && !svg.contains("<i>"), "{svg}");
    assert_eq!(bars.title, "签约数（按载体单位）");
    assert_eq!(bars.twin.columns.iter().map(|column| column.title.as_str()).collect::<Vec<_>>(), ["载体单位", "签约数（个）"]);
    assert_eq!((bars.twin.rows.len(), bars.twin.rows[0][1].text.as_str(), bars.note.as_str()), (2, "1046", ""));
    // Below zero bars stand, and where there is no number there is no column.
    let standing = drawn(&three(), &chosen(ChartKind::Bar, "carrier", &["signed", "share"])).unwrap().desk.to_string();
    assert!(standing.contains("chart-columns") && standing.contains("<title>烈山区 签约数 -2</title>"), "{standing}");
    assert!(standing.contains("<title>濉溪县 占比 55.01</title>") && !standing.contains("烈山区 占比"), "{standing}");
    let lines = drawn(&three(), &chosen(ChartKind::Line, "day", &["started", "share"])).unwrap();
    let svg = lines.phone.to_string();
    assert!(svg.contains("chart-trend") && svg.contains("<title>2022-05-01 开工数 20</title>"), "{svg}");
    let stacked = drawn(&two(), &chosen(ChartKind::Stacked, "carrier", &["signed", "started"])).unwrap().desk.to_string();
    // 1,046 + 20
    assert!(stacked.contains("chart-stacked") && stacked.contains(">1,066</text>"), "{stacked}");
}

#[test]
fn what_does_not_fit_says_why() {
    let check = |choice: ChartChoice, expect: &str| {
        let refusal = drawn(&three(), &choice).unwrap_err();
        assert_eq!(refusal.say(Words::of(Lang::Chinese)), expect, "{refusal:?}");
    };
    check(chosen(ChartKind::Bar, "nobody", &["signed"]), "结果里没有“nobody”这一列。");
    check(chosen(ChartKind::Bar, "carrier", &["day"]), "“day”不是数值列，画不成图。");
    check(chosen(ChartKind::Stacked, "carrier", &["signed"]), "“signed”里有负数，不能堆叠。");
    check(chosen(ChartKind::Bar, "carrier", &[]), "请选 1 到 6 个数值列，每列只选一次。");
    let mut four = three();
    for name in ["a", "b"] {
        four.columns.push(AnswerColumn { name: name.into(), ..four.columns[1].clone() });
    }
    let refusal = drawn(&four, &chosen(ChartKind::Bar, "carrier", &["signed", "started", "a", "b"])).unwrap_err();
    assert_eq!(refusal, ChartRefusal::ManyBars);
}

#[test]
fn long_results_are_drawn_in_part_and_say_so() {
    let many = answer((0..31).map(|number| row(&number.to_string(), number, 1, 1.0)).collect());
    let chart = drawn(&many, &chosen(ChartKind::Bar, "carrier", &["signed"])).unwrap();
    assert_eq!((chart.twin.rows.len(), chart.note.as_str()), (30, "只画前 30 行，结果共 31 行。"));
    let empty = drawn(&answer(Vec::new()), &chosen(ChartKind::Line, "day", &["signed"])).unwrap();
    assert!(empty.desk.to_string().contains("暂无数据"));
}

#[test]
fn a_choice_is_proposed_or_read_from_a_form() {
    let proposed = proposal(&three()).unwrap();
    assert_eq!((proposed.kind, proposed.x.as_str(), proposed.y.join(",")), (ChartKind::Bar, "carrier", "signed,started,share".into()));
    let mut days = three();
    days.columns.swap(0, 4);
    assert_eq!(proposal(&days).map(|choice| choice.kind), Some(ChartKind::Line));
    days.columns.truncate(1);
    assert_eq!(proposal(&days), None);
    let form = [("chart", "line"), ("x", "day"), ("y", "a,b"), ("y", ""), ("y", "c"), ("title", " 题 ")];
    let read = asked(form.into_iter()).unwrap().unwrap();
    assert_eq!((read.y, read.title.as_str()), (vec!["a,b".to_owned(), "c".to_owned()], "题"));
    assert_eq!(asked([("chart", ""), ("x", "day")].into_iter()), None);
    assert_eq!(asked([("chart", "bar")].into_iter()), Some(Err(ChartRefusal::Choice(ChartFault::NoX))));
}
