//! Charts for tests: one of each kind with fixed counts, with hostile words, with any values.

use crate::*;

pub const HOSTILE: &str = "\"><script>alert('x')</script>&\u{0}\u{8}\u{202e}]]>铝";

/// One of each chart with ordinary words and links.
pub fn every_chart(size: Size) -> Vec<(&'static str, String)> {
    every_chart_with(size, "", "/projects?month=2022-05&carrier=")
}

/// One of each chart; `word` goes into every text, `href` into every link.
pub fn every_chart_with(size: Size, word: &str, href: &str) -> Vec<(&'static str, String)> {
    let say = |text: &str| format!("{word}{text}");
    let link = || Some(Link { href: href.into(), tip: say("说明") });
    let head = |id: &str| Head { id: id.into(), title: say("图题"), desc: say("图说"), empty: say("暂无数据") };
    let curve = |count: usize, label: &str| Curve {
        label: say(label),
        points: (1..=count).map(|month| CurvePoint { month: month as f64, value: 20.0 * month as f64, link: link() }).collect(),
    };
    let lights = [(Light::Ok, "正常"), (Light::Warn, "黄灯"), (Light::Bad, "红灯"), (Light::None, "未设目标")];
    let ranked_row = |place: usize| RankedRow {
        name: say("载体"),
        done: 10.0 * (4 - place) as f64,
        target: (place < 3).then_some(35.0),
        done_text: say("40/35 个"),
        completion_text: say("61.3%"),
        place: Some(place as u32 + 1),
        moved: [Some(2), Some(-1), Some(0), None][place],
        lamp: Some(Lamp { light: lights[place].0, word: say(lights[place].1) }),
        emphasis: Emphasis::Strong,
        link: link(),
    };
    // Lamp words of the fixed sample must stay exact.
    let ranked = |measure: Measure| RankedBars {
        head: head("ranked"),
        measure,
        pace: Some(PaceMark { share: 0.417, label: say("序时") }),
        rows: (0..4).map(ranked_row).collect(),
    };
    let shares = |form: ShareForm| {
        let row = |share: f64| ShareRow {
            name: say("区域"),
            share,
            share_text: say("25%"),
            value_text: say("12 个"),
            emphasis: Emphasis::Plain,
            link: link(),
        };
        ShareBars { head: head("shares"), form, rows: [0.5, 0.3, 0.15, 0.05].map(row).into() }
    };
    let series = |count: usize, tone: Tone| ColumnSeries {
        label: say("年"),
        tone,
        values: (0..count).map(|month| Some(Column { value: month as f64, text: say("7"), link: link() })).collect(),
    };
    let trend = |count: usize| TrendSeries {
        label: say("载体"),
        points: (0..count).map(|day| (day != 2).then(|| TrendPoint { value: day as f64, text: say("7"), link: link() })).collect(),
    };
    let part = |value: f64| StackedPart { value, text: say("3"), link: link() };
    let event = |day: i64, state: EventState| Event { day, label: say("新开工"), date_text: say("2022-03-18"), state, link: link() };
    let cell = |light: Light, letter: &str| StripCell { light, letter: say(letter), link: link() };
    let strip = |name: &str, cells: Vec<StripCell>| StripRow { name: say(name), emphasis: Emphasis::Strong, cells };
    let charts = [
        (
            "light strip",
            LightStrip {
                head: head("lights"),
                months: (1..=12).map(|month| say(&format!("{month}月"))).collect(),
                rows: vec![
                    strip("全市", vec![cell(Light::Ok, "绿"), cell(Light::Warn, "黄"), cell(Light::Bad, "红"), cell(Light::Bad, "红↑")]),
                    strip("濉溪县", vec![cell(Light::None, "—"), cell(Light::Ok, "绿"), cell(Light::Warn, "黄")]),
                ],
            }
            .svg(size),
        ),
        (
            "progress",
            ProgressBar { head: head("progress"), done: 5.0, target: Some(9.0), pace: Some(6.0), light: Light::Warn, link: link() }.svg(),
        ),
        (
            "spark",
            Sparkline {
                head: head("spark"),
                points: vec![Some(1.0), None, Some(3.0), Some(4.0)],
                before: vec![Some(2.0); 12],
                link: link(),
            }
            .svg(),
        ),
        (
            "lines",
            CumulativeLines {
                head: head("lines"),
                unit: say("单位:个"),
                months: (1..=12).map(|month| say(&format!("{month}月"))).collect(),
                this_year: curve(5, "2022年"),
                last_year: Some(curve(12, "2021年")),
                pace: Some(curve(12, "序时进度")),
                target: Some(TargetLine { value: 240.0, label: say("目标") }),
                forecast: Some(Forecast {
                    label: say("预测"),
                    points: [5.0, 12.0]
                        .map(|month| ForecastPoint { month, low: 15.0 * month, middle: 20.0 * month, high: 26.0 * month })
                        .into(),
                }),
                as_of: Some(AsOf { month: 5.0, label: say("截至 5月31日") }),
            }
            .svg(size),
        ),
        ("ranked by completion", ranked(Measure::Completion).svg(size)),
        ("ranked by amount", ranked(Measure::Amount).svg(size)),
        ("share rows", shares(ShareForm::Rows).svg(size)),
        ("share strip", shares(ShareForm::Strip).svg(size)),
        (
            "columns",
            Columns {
                head: head("columns"),
                unit: say("单位:亿元"),
                categories: (1..=12).map(|month| say(&format!("{month}月"))).collect(),
                series: vec![series(12, Tone::Muted), series(5, Tone::Accent)],
            }
            .svg(size),
        ),
        (
            "stacked",
            Stacked {
                head: head("stacked"),
                layers: (0..3).map(|_| Layer { label: say("1—5亿元") }).collect(),
                rows: vec![
                    StackedRow {
                        name: say("濉溪县"), total_text: say("9 个"), parts: vec![part(3.0), part(4.0), part(2.0)], link: link()
                    },
                    StackedRow {
                        name: say("烈山区"), total_text: say("4 个"), parts: vec![part(3.0), part(0.0), part(1.0)], link: link()
                    },
                ],
            }
            .svg(size),
        ),
        (
            "trend lines",
            TrendLines {
                head: head("trend"),
                unit: say("单位:个"),
                categories: (1..=9).map(|day| say(&format!("{day}日"))).collect(),
                series: vec![trend(9), trend(4)],
            }
            .svg(size),
        ),
        (
            "timeline",
            Timeline {
                head: head("timeline"),
                events: vec![
                    event(10, EventState::Done),
                    event(40, EventState::Overdue),
                    event(41, EventState::Revoked),
                    event(400, EventState::Planned),
                ],
                ticks: vec![Tick { day: 0, label: say("2022-01") }, Tick { day: 90, label: say("2022-04") }],
                today: Some(Tick { day: 60, label: say("今天") }),
            }
            .svg(size),
        ),
    ];
    charts.into_iter().map(|(name, svg)| (name, svg.unwrap_or_else(|error| panic!("{name}: {error}")))).collect()
}

/// One of each chart over any values, `known` of them in this year.
pub fn charts_of(values: &[f64], known: usize, names: &[String], size: Size) -> Vec<(&'static str, Result<String, ChartError>)> {
    let curve = |count: usize, label: &str| Curve {
        label: label.into(),
        points: values
            .iter()
            .take(count)
            .enumerate()
            .map(|(place, value)| CurvePoint { month: place as f64 + 1.0, value: *value, link: None })
            .collect(),
    };
    let months: Vec<String> = (1..=12).map(|month| format!("{month}月")).collect();
    let name = |place: usize| names[place % names.len()].clone();
    let bare = Head { id: "p".into(), ..Head::default() };
    let rows = values.iter().take(known).enumerate().map(|(place, value)| RankedRow {
        name: name(place),
        done: *value,
        target: (place % 5 != 4).then_some(values[11 - place]),
        done_text: format!("{value:.1}/{:.0} 个", values[11 - place]),
        completion_text: format!("{:.1}%", value.min(9999.0)),
        place: Some(place as u32 + 1),
        moved: Some(place as i32 - 3),
        lamp: Some(Lamp { light: Light::Warn, word: "黄灯".into() }),
        emphasis: Emphasis::Plain,
        link: None,
    });
    let rows: Vec<RankedRow> = rows.collect();
    let pace = Some(PaceMark { share: 0.417, label: "序时 41.7%".into() });
    let total: f64 = values.iter().take(6).map(|value| value.abs()).sum::<f64>().max(1.0);
    let share_rows: Vec<ShareRow> = values
        .iter()
        .take(known.min(6))
        .enumerate()
        .map(|(place, value)| ShareRow {
            name: name(place),
            share: value.abs() / total,
            share_text: format!("{:.1}%", value.abs() / total * 100.0),
            value_text: format!("{value:.0} 个"),
            ..ShareRow::default()
        })
        .collect();
    let columns = |count: usize| {
        values.iter().take(count).map(|value| Some(Column { value: *value, text: format!("{value:.0}"), link: None })).collect()
    };
    let stacked_rows = (0..known.min(6)).map(|place| StackedRow {
        name: name(place),
        total_text: format!("{:.0} 个", values[place]),
        parts: values
            .iter()
            .skip(place)
            .take(4)
            .map(|value| StackedPart { value: value.abs(), text: format!("{value:.0}"), link: None })
            .collect(),
        link: None,
    });
    let mut days: Vec<i64> = values.iter().take(known).map(|value| (*value % 2_000.0) as i64).collect();
    days.sort_unstable();
    let events = days.iter().enumerate().map(|(place, day)| Event {
        day: *day,
        label: name(place),
        date_text: "2022-05-31".into(),
        ..Event::default()
    });
    let ticks = (0..8).map(|place| Tick { day: place * 90, label: format!("2022-{:02}", place + 1) });
    let lights = [(Light::Ok, "绿"), (Light::Warn, "黄"), (Light::Bad, "红↑"), (Light::None, "—")];
    let strip_cells = values.iter().take(known).map(|value| {
        let (light, letter) = lights[value.abs() as usize % 4];
        StripCell { light, letter: letter.into(), link: None }
    });
    let strip_cells: Vec<StripCell> = strip_cells.collect();
    vec![
        (
            "light strip",
            LightStrip {
                head: bare.clone(),
                months: months.clone(),
                rows: (0..4).map(|place| StripRow { name: name(place), cells: strip_cells.clone(), ..StripRow::default() }).collect(),
            }
            .svg(size),
        ),
        (
            "progress",
            ProgressBar { head: bare.clone(), done: values[0], target: Some(values[1]), pace: Some(values[2]), ..ProgressBar::default() }
                .svg(),
        ),
        (
            "spark",
            Sparkline { head: bare.clone(), points: values.iter().take(known).map(|value| Some(*value)).collect(), ..Sparkline::default() }
                .svg(),
        ),
        (
            "lines",
            CumulativeLines {
                head: bare.clone(),
                unit: "单位:个".into(),
                months: months.clone(),
                this_year: curve(known, "2022年 188"),
                last_year: Some(curve(values[3] as usize % 13, "2021年 61")),
                pace: Some(curve(12, "序时进度")),
                target: Some(TargetLine { value: values[4], label: "目标 310".into() }),
                forecast: (known > 3).then(|| Forecast {
                    label: "预测 384".into(),
                    points: vec![
                        ForecastPoint { month: known as f64, low: values[5], middle: values[6], high: values[7] },
                        ForecastPoint { month: 12.0, low: values[8], middle: values[9], high: values[10] },
                    ],
                }),
                as_of: Some(AsOf { month: known as f64, label: "截至 5月31日".into() }),
            }
            .svg(size),
        ),
        (
            "ranked by completion",
            RankedBars { head: bare.clone(), measure: Measure::Completion, pace: pace.clone(), rows: rows.clone() }.svg(size),
        ),
        ("ranked by amount", RankedBars { head: bare.clone(), measure: Measure::Amount, pace, rows }.svg(size)),
        ("share rows", ShareBars { head: bare.clone(), form: ShareForm::Rows, rows: share_rows.clone() }.svg(size)),
        ("share strip", ShareBars { head: bare.clone(), form: ShareForm::Strip, rows: share_rows }.svg(size)),
        (
            "columns",
            Columns {
                head: bare.clone(),
                unit: "单位:亿元".into(),
                categories: months,
                series: vec![
                    ColumnSeries { label: "2021年".into(), tone: Tone::Muted, values: columns(12) },
                    ColumnSeries { label: "2022年".into(), tone: Tone::Accent, values: columns(known) },
                ],
            }
            .svg(size),
        ),
        (
            "stacked",
            Stacked {
                head: bare.clone(),
                layers: ["1亿元以下", "1—5亿元", "5—10亿元", "10亿元以上"].map(|label| Layer { label: label.into() }).into(),
                rows: stacked_rows.collect(),
            }
            .svg(size),
        ),
        (
            "trend lines",
            TrendLines {
                head: bare.clone(),
                unit: "单位:亿元".into(),
                categories: (0..12).map(name).collect(),
                series: (0..known.min(6))
                    .map(|place| TrendSeries {
                        label: name(place),
                        points: values
                            .iter()
                            .cycle()
                            .skip(place)
                            .take(known)
                            .map(|value| (*value != 0.0).then(|| TrendPoint { value: *value, text: format!("{value:.0}"), link: None }))
                            .collect(),
                    })
                    .collect(),
            }
            .svg(size),
        ),
        (
            "timeline",
            Timeline {
                head: bare, events: events.collect(), ticks: ticks.collect(), today: Some(Tick { day: 200, label: "今天".into() })
            }
            .svg(size),
        ),
    ]
}
