//! What holds for every chart: well-formed, escaped, one mark per datum, no overlap, no NaN.

mod samples;
mod svg;

use proptest::prelude::*;

use self::samples::{HOSTILE, every_chart, every_chart_with};
use self::svg::Drawing;
use crate::*;

const SIZES: [Size; 4] = [Size::PHONE, Size::THIRD, Size::DESK, Size::FULL];

#[test]
fn every_chart_is_well_formed_named_and_responsive() {
    for size in SIZES {
        for (name, svg) in every_chart(size) {
            let drawing = Drawing::parse(&svg).unwrap_or_else(|problem| panic!("{name}: {problem}\n{svg}"));
            let root = &drawing.elements[0];
            assert_eq!(root.name, "svg");
            assert_eq!(root.get("role"), Some("group"), "{name}: a picture would hide its links");
            let texts = drawing.elements.iter().filter(|element| element.name == "text");
            assert!(texts.clone().all(|text| text.get("aria-hidden") == Some("true")), "{name}: the links say it all");
            let ids = root.get("aria-labelledby").unwrap().split(' ').map(str::to_owned).collect::<Vec<_>>();
            for id in ids {
                assert_eq!(drawing.elements.iter().filter(|element| element.get("id") == Some(&id)).count(), 1, "{name}: {id}");
            }
            assert!(root.get("viewBox").is_some() && root.get("width").is_none() && root.get("height").is_none());
            for element in &drawing.elements {
                assert!(element.get("style").is_none(), "{name}: a style attribute breaks the page's CSP");
                assert!(element.attributes.iter().all(|(key, _)| !key.starts_with("on")), "{name}: event handler");
                assert!(element.name != "style" && element.name != "script", "{name}: <{}>", element.name);
            }
        }
    }
}

#[test]
fn there_is_one_mark_per_datum_and_each_is_a_link_with_a_tooltip() {
    for size in SIZES {
        for (name, svg) in every_chart(size) {
            let drawing = Drawing::parse(&svg).unwrap();
            let expect = match name {
                "progress" | "spark" => 1,
                "lines" => 5 + 12,
                "ranked by completion" | "ranked by amount" => 4,
                "share rows" | "share strip" => 4,
                "columns" => 12 + 5,
                "stacked" => 2 + 5,
                "timeline" => 4,
                "light strip" => 4 + 3,
                "trend lines" => 8 + 3,
                other => panic!("unknown chart {other}"),
            };
            assert_eq!(drawing.marks().len(), expect, "{name}");
            for mark in drawing.marks() {
                assert_eq!(mark.name, "a", "{name}");
                assert!(mark.get("href").is_some_and(|href| href.starts_with("/projects?")), "{name}");
                assert_eq!(mark.get("tabindex"), Some("0"));
                assert!(!mark.get("aria-label").unwrap().is_empty());
            }
            let inside = |link: &str| link.split("</a>").next().unwrap().contains("<text");
            assert!(!svg.split("<a ").skip(1).any(inside), "{name}: a link has one name, not two");
            assert_eq!(svg.matches("<title>").count(), expect, "{name}: one tooltip per mark");
            assert!(svg.matches("class=\"hit\"").count() >= expect, "{name}: one hit area per mark");
        }
    }
}

#[test]
fn colours_always_have_a_class_and_a_fallback() {
    for (name, svg) in every_chart(Size::DESK) {
        let drawing = Drawing::parse(&svg).unwrap();
        for element in &drawing.elements {
            let class = element.get("class").unwrap_or("");
            for (key, initial) in [("fill", "f-"), ("stroke", "s-")] {
                let Some(colour) = element.get(key).filter(|colour| *colour != "none") else { continue };
                assert!(colour.starts_with('#'), "{name}: {key}={colour}");
                let has_class = class.split(' ').any(|class| class.starts_with(initial) || (key == "stroke" && class == "halo"));
                assert!(has_class, "{name}: <{}> {key}={colour} cannot turn dark: {class:?}", element.name);
            }
        }
    }
}

#[test]
fn hostile_words_stay_words() {
    for size in SIZES {
        for (name, svg) in every_chart_with(size, HOSTILE, "javascript:alert(1)") {
            let drawing = Drawing::parse(&svg).unwrap_or_else(|problem| panic!("{name}: {problem}\n{svg}"));
            assert!(drawing.elements.iter().all(|element| element.name != "script"), "{name}");
            assert!(drawing.elements.iter().all(|element| element.get("href").is_none()), "{name}: foreign link kept");
            assert!(!svg.contains('\u{0}') && !svg.contains('\u{202e}'), "{name}: control characters kept");
            assert!(svg.contains("&quot;&gt;&lt;script&gt;"), "{name}: the words are gone");
            let file = standalone(&svg);
            let after_head = file.split_once("?>").unwrap().1;
            Drawing::parse(after_head.trim_start()).unwrap_or_else(|problem| panic!("{name} alone: {problem}"));
        }
    }
}

#[test]
fn empty_charts_say_so() {
    let head = Head { id: "e".into(), title: "空".into(), desc: String::new(), empty: "暂无数据 <当前筛选>".into() };
    for size in SIZES {
        for svg in [
            CumulativeLines { head: head.clone(), ..CumulativeLines::default() }.svg(size),
            RankedBars { head: head.clone(), ..RankedBars::default() }.svg(size),
            ShareBars { head: head.clone(), ..ShareBars::default() }.svg(size),
            ShareBars { head: head.clone(), form: ShareForm::Strip, ..ShareBars::default() }.svg(size),
            Columns { head: head.clone(), ..Columns::default() }.svg(size),
            Stacked { head: head.clone(), ..Stacked::default() }.svg(size),
            Timeline { head: head.clone(), ..Timeline::default() }.svg(size),
            TrendLines { head: head.clone(), ..TrendLines::default() }.svg(size),
            LightStrip { head: head.clone(), ..LightStrip::default() }.svg(size),
        ] {
            let svg = svg.unwrap();
            Drawing::parse(&svg).unwrap();
            assert!(svg.contains("暂无数据 &lt;当前筛选&gt;"), "{svg}");
        }
    }
}

#[test]
fn a_year_with_a_target_and_nothing_done_shows_target_and_sentence() {
    let head = Head { empty: "暂无数据".into(), ..Head::default() };
    let target = Some(TargetLine { value: 310.0, label: "目标 310".into() });
    let svg = CumulativeLines { head, target, ..CumulativeLines::default() }.svg(Size::DESK).unwrap();
    assert!(svg.contains(">目标 310</text>") && svg.contains(">暂无数据</text>"));
}

#[test]
fn what_is_not_a_number_is_refused_with_its_place() {
    fn check(outcome: Result<String, ChartError>, expect: &str) {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    }
    let bad = f64::NAN;
    let row = RankedRow { name: "濉溪县".into(), done: bad, ..RankedRow::default() };
    check(RankedBars { rows: vec![row], ..RankedBars::default() }.svg(Size::DESK), "ranked bars, 濉溪县: not a drawable number: NaN");
    let point = CurvePoint { month: 1.0, value: f64::INFINITY, link: None };
    let this_year = Curve { label: String::new(), points: vec![point] };
    check(CumulativeLines { this_year, ..CumulativeLines::default() }.svg(Size::DESK), "not a drawable number: inf");
    let point = CurvePoint { month: 13.0, value: 1.0, link: None };
    let this_year = Curve { label: String::new(), points: vec![point] };
    check(CumulativeLines { this_year, ..CumulativeLines::default() }.svg(Size::DESK), "month 13 after 0");
    let part = ShareRow { name: "境外".into(), share: -0.1, ..ShareRow::default() };
    check(ShareBars { rows: vec![part], ..ShareBars::default() }.svg(Size::DESK), "境外: share -0.1 is negative");
    check(ProgressBar { done: bad, ..ProgressBar::default() }.svg(), "progress bar, done");
    let point = TrendPoint { value: bad, ..TrendPoint::default() };
    let series = vec![TrendSeries { label: "一".into(), points: vec![Some(point)] }];
    let trend = TrendLines { categories: vec!["1日".into()], series, ..TrendLines::default() };
    check(trend.svg(Size::DESK), "trend lines, series 1, 1日: not a drawable number: NaN");
    check(TrendLines { categories: Vec::new(), ..trend }.svg(Size::DESK), "一: 1 points");
    let seven = TrendLines { series: vec![TrendSeries::default(); 7], ..TrendLines::default() };
    check(seven.svg(Size::DESK), "7 series");
    let row = StripRow { name: "濉溪县".into(), cells: vec![StripCell::default(); 2], ..StripRow::default() };
    let months = vec!["1月".into()];
    check(LightStrip { months, rows: vec![row], ..LightStrip::default() }.svg(Size::DESK), "濉溪县: 2 cells, 1 months");
}

#[test]
fn the_lights_have_a_shape_and_a_word() {
    let (_, svg) = every_chart(Size::DESK).into_iter().find(|chart| chart.0 == "ranked by completion").unwrap();
    for text in [">● 正常</text>", ">▲ 黄灯</text>", ">■ 红灯</text>", ">↑2</text>", ">↓1</text>", ">–</text>"] {
        assert!(svg.contains(text), "{text} missing");
    }
}

#[test]
fn a_strip_says_each_light_by_shape_and_letter() {
    for size in SIZES {
        let (_, svg) = every_chart(size).into_iter().find(|chart| chart.0 == "light strip").unwrap();
        let texts = if size.is_narrow() {
            ["●", "绿", "▲", "黄", "■", "红↑", "—"]
        } else {
            ["●绿", "▲黄", "■红↑", "—", "濉溪县", "全市", "12月"]
        };
        for text in texts {
            assert!(svg.contains(&format!(">{text}</text>")), "{text} missing at {size:?}");
        }
        assert_eq!(svg.matches("class=\"f-track\"").count(), 2 * 12 - 7, "months to come are empty");
    }
}

#[test]
fn a_trend_is_broken_where_nothing_is_known_and_names_its_lines() {
    let point = |value: f64| Some(TrendPoint { value, text: value.to_string(), link: None });
    let chart = |points: Vec<Option<TrendPoint>>| {
        let series = vec![TrendSeries { label: "濉溪县".into(), points }];
        TrendLines { categories: (0..6).map(|day| format!("{day}日")).collect(), series, ..TrendLines::default() }.svg(Size::DESK).unwrap()
    };
    // Three points, none, two points: two strokes. A point between gaps is a dot and no stroke.
    let broken = chart(vec![point(1.0), point(2.0), point(3.0), None, point(2.0), point(4.0)]);
    assert_eq!(broken.matches("<polyline class=\"s-accent\"").count(), 2, "{broken}");
    let lone = chart(vec![None, point(1.0), None, point(2.0)]);
    assert_eq!((lone.matches("<polyline class=\"s-accent\"").count(), lone.matches("<circle").count()), (0, 2), "{lone}");
    assert!(broken.contains(">濉溪县</text>") && broken.contains("<title>5日 濉溪县 4</title>"), "{broken}");
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (0..500_i64).prop_map(|value| value as f64),
        2 => 0.0..300.0_f64,
        1 => Just(0.0),
        1 => 1e8..9e17_f64,
        1 => -80.0..0.0_f64,
    ]
}

/// Attributes that hold px.
const NUMERIC: [&str; 14] = ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "points", "font-size", "viewBox"];

fn check_sane(name: &str, svg: &str) -> Result<(), TestCaseError> {
    let drawing = Drawing::parse(svg).map_err(TestCaseError::fail)?;
    for (key, value) in drawing.elements.iter().flat_map(|element| &element.attributes) {
        if NUMERIC.contains(&key.as_str()) {
            let is_finite = |part: &str| part.parse().is_ok_and(|number: f64| number.is_finite() && number.abs() < 1e5);
            prop_assert!(value.split([' ', ',']).all(is_finite), "{name}: {key}={value}");
        }
    }
    let texts = drawing.texts();
    for (place, one) in texts.iter().enumerate() {
        prop_assert!(
            one.area.left >= -2.0
                && one.area.right <= drawing.size.0 + 2.0
                && one.area.top >= -2.0
                && one.area.bottom <= drawing.size.1 + 2.0,
            "{name}: {:?} leaves the picture: {:?}",
            one.text,
            one.area
        );
        for other in &texts[place + 1..] {
            prop_assert!(!one.area.overlaps(&other.area), "{name}: {:?} {:?} meets {:?} {:?}", one.text, one.area, other.text, other.area);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn any_values_give_readable_charts(
        values in prop::collection::vec(value(), 12),
        known in 0..=12_usize,
        names in prop::collection::vec("[一-龥a-zA-Z0-9 ]{0,30}", 6),
        width in 240..1400_u32,
    ) {
        let size = Size::of_width(width);
        for (name, svg) in samples::charts_of(&values, known, &names, size) {
            check_sane(name, &svg.map_err(|error| TestCaseError::fail(error.to_string()))?)?;
        }
    }
}
