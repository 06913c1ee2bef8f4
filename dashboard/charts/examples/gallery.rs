//! Writes a page with every chart in desk and phone widths, and one chart as a file of its own:
//! `cargo run -p qunlian-charts --example gallery -- out.html [light|dark]`.

use std::error::Error;

use qunlian_charts::*;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "gallery.html".into());
    let theme = arguments.next().unwrap_or_else(|| "light".into());
    std::fs::write(&path, page(&theme)?)?;
    std::fs::write(format!("{path}.svg"), standalone(&forecast().svg(Size::DESK)?))?;
    Ok(())
}

fn page(theme: &str) -> Result<String, ChartError> {
    let mut body = String::new();
    body.push_str("<div class=cards>");
    for (title, bar, spark) in cards() {
        body.push_str(&format!("<section><h2>{title}</h2>{}<p class=spark>{}</p></section>", bar.svg()?, spark.svg()?));
    }
    body.push_str("</div><div class=thirds>");
    for chart in [signed(), started(), completed()] {
        body.push_str(&panel(&chart.head.title, &chart.svg(Size::THIRD)?, &chart.svg(Size::PHONE)?));
    }
    body.push_str("</div><div class=halves>");
    let ranked = ranked();
    body.push_str(&panel(&ranked.head.title, &ranked.svg(Size::DESK)?, &ranked.svg(Size::PHONE)?));
    let amounts = RankedBars { measure: Measure::Amount, rows: chains(), head: head("chains", "产业链新签约"), pace: None };
    body.push_str(&panel(&amounts.head.title, &amounts.svg(Size::DESK)?, &amounts.svg(Size::PHONE)?));
    for form in [ShareForm::Rows, ShareForm::Strip] {
        let shares = shares(form);
        body.push_str(&panel(&shares.head.title, &shares.svg(Size::DESK)?, &shares.svg(Size::PHONE)?));
    }
    for columns in [columns_of_two(), columns_of_one()] {
        body.push_str(&panel(&columns.head.title, &columns.svg(Size::DESK)?, &columns.svg(Size::PHONE)?));
    }
    let stacked = stacked();
    body.push_str(&panel(&stacked.head.title, &stacked.svg(Size::DESK)?, &stacked.svg(Size::PHONE)?));
    let timeline = timeline();
    body.push_str(&panel(&timeline.head.title, &timeline.svg(Size::DESK)?, &timeline.svg(Size::PHONE)?));
    let forecast = forecast();
    body.push_str(&panel(&forecast.head.title, &forecast.svg(Size::DESK)?, &forecast.svg(Size::PHONE)?));
    let empty = CumulativeLines { head: head("empty", "无数据"), ..CumulativeLines::default() };
    body.push_str(&panel("暂无数据", &empty.svg(Size::DESK)?, &empty.svg(Size::PHONE)?));
    body.push_str("</div>");
    Ok(format!(
        "<!doctype html><html lang=zh-CN data-theme={theme}><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\"><title>gallery</title>\
         <style>{CSS}{PAGE}</style><body>{body}</body></html>"
    ))
}

const PAGE: &str = "body{margin:16px;font-family:'Noto Sans CJK SC',sans-serif;background:#f4f6f8;color:#1a2330}\
[data-theme=dark] body{background:#0d1116;color:#e6ebf1}\
section{background:#fff;border:1px solid #dfe4ea;border-radius:4px;padding:12px 16px;min-width:0}\
[data-theme=dark] section{background:#151b22;border-color:#2b343f}\
h2{font-size:14px;margin:0 0 8px}.cards,.thirds,.halves{display:grid;gap:12px;margin-bottom:12px}\
.cards{grid-template-columns:repeat(4,1fr)}.thirds{grid-template-columns:repeat(3,1fr)}.halves{grid-template-columns:1fr 1fr}\
.spark{width:120px;margin:8px 0 0}.phone{display:none}\
@media(max-width:640px){body{margin:8px}section{padding:8px}.cards{grid-template-columns:1fr 1fr}.thirds,.halves{grid-template-columns:1fr}.desk{display:none}.phone{display:block}}";

fn panel(title: &str, desk: &str, phone: &str) -> String {
    format!("<section><h2>{title}</h2><div class=desk>{desk}</div><div class=phone>{phone}</div></section>")
}

fn head(id: &str, title: &str) -> Head {
    Head { id: id.into(), title: title.into(), desc: format!("{title},截至 2022-05-31"), empty: "暂无数据".into() }
}

fn link(tip: &str) -> Option<Link> {
    Some(Link { href: format!("/projects?q={tip}"), tip: tip.into() })
}

fn cards() -> Vec<(&'static str, ProgressBar, Sparkline)> {
    let rows = [
        ("新签约 188 / 310 个", 188.0, Some(310.0), 129.2, Light::Ok),
        ("新开工 92 / 225 个", 62.0, Some(225.0), 93.75, Light::Bad),
        ("新竣工 198 / 175 个", 198.0, Some(175.0), 72.9, Light::Ok),
        ("≥100亿元 0 / –", 0.0, None, 0.0, Light::None),
    ];
    let months = [21.0, 34.0, 41.0, 47.0, 45.0];
    let mut cards = Vec::new();
    for (title, done, target, pace, light) in rows {
        let bar = ProgressBar { head: head(title, title), done, target, pace: target.map(|_| pace), light, link: link(title) };
        let points = (0..12).map(|month| months.get(month).copied()).collect();
        let before = (0..12).map(|month| Some(8.0 + 3.0 * f64::from(month % 5))).collect();
        cards.push((title, bar, Sparkline { head: head(title, title), points, before, link: link(title) }));
    }
    cards
}

fn curve(label: &str, values: &[f64]) -> Curve {
    let points = values.iter().enumerate().map(|(place, value)| CurvePoint {
        month: place as f64 + 1.0,
        value: *value,
        link: link(&format!("{label} {}月 {value} 个", place + 1)),
    });
    Curve { label: label.into(), points: points.collect() }
}

fn lines(id: &str, title: &str, this: &[f64], last: &[f64], target: f64) -> CumulativeLines {
    let pace: Vec<f64> = (1..=12).map(|month| target * f64::from(month) / 12.0).collect();
    let now = this.last().copied().unwrap_or(0.0);
    let before = last.last().copied().unwrap_or(0.0);
    CumulativeLines {
        head: head(id, title),
        unit: "单位:个".into(),
        months: (1..=12).map(|month| format!("{month}月")).collect(),
        this_year: curve(&format!("2022年 {now}"), this),
        last_year: Some(curve(&format!("2021年 {before}"), last)),
        pace: Some(curve("序时进度", &pace)),
        target: Some(TargetLine { value: target, label: format!("目标 {target}") }),
        forecast: None,
        as_of: Some(AsOf { month: this.len() as f64, label: format!("截至 {}月31日", this.len()) }),
    }
}

fn signed() -> CumulativeLines {
    let last = [10.0, 19.0, 33.0, 47.0, 61.0, 82.0, 99.0, 117.0, 131.0, 150.0, 171.0, 193.0];
    lines("signed", "新签约累计", &[21.0, 55.0, 96.0, 143.0, 188.0], &last, 310.0)
}

fn started() -> CumulativeLines {
    let last = [4.0, 10.0, 19.0, 28.0, 39.0, 55.0, 71.0, 86.0, 98.0, 112.0, 126.0, 140.0];
    lines("started", "新开工累计", &[9.0, 24.0, 46.0, 70.0, 92.0], &last, 225.0)
}

fn completed() -> CumulativeLines {
    lines("completed", "新竣工累计", &[12.0, 30.0, 51.0, 76.0, 98.0], &[3.0, 8.0, 14.0, 21.0, 28.0], 175.0)
}

fn forecast() -> CumulativeLines {
    let mut chart = signed();
    chart.head = head("forecast", "新签约预测");
    let points = (5..=12).map(|month| {
        let ahead = f64::from(month - 5);
        ForecastPoint { month: f64::from(month), low: 188.0 + 18.0 * ahead, middle: 188.0 + 28.0 * ahead, high: 188.0 + 39.0 * ahead }
    });
    chart.forecast = Some(Forecast { label: "预测 384".into(), points: points.collect() });
    chart
}

fn row(name: &str, done: f64, target: Option<f64>, place: u32, moved: i32, light: Light) -> RankedRow {
    let word = match light {
        Light::None => "未设目标",
        Light::Ok => "正常",
        Light::Warn => "黄灯",
        Light::Bad => "红灯",
    };
    let completion = target.map_or("—".into(), |target| format!("{:.1}%", done / target * 100.0));
    RankedRow {
        name: name.into(),
        done,
        target,
        done_text: target.map_or(format!("{done} 个"), |target| format!("{done}/{target} 个")),
        completion_text: completion.clone(),
        place: target.map(|_| place),
        moved: target.map(|_| moved),
        lamp: Some(Lamp { light, word: word.into() }),
        emphasis: Emphasis::Plain,
        link: link(&format!("{name} {completion}")),
    }
}

fn ranked() -> RankedBars {
    RankedBars {
        head: head("carriers", "载体单位完成率排名"),
        measure: Measure::Completion,
        pace: Some(PaceMark { share: 0.417, label: "序时 41.7%".into() }),
        rows: vec![
            row("濉溪县", 83.0, Some(75.0), 1, 2, Light::Ok),
            row("淮北高新技术产业开发区", 44.0, Some(62.0), 2, -1, Light::Ok),
            row("相山区", 31.0, Some(55.0), 3, 0, Light::Ok),
            row("杜集区", 20.0, Some(50.0), 4, 0, Light::Warn),
            row("烈山区", 9.0, Some(45.0), 5, -2, Light::Bad),
            row("淮北煤化工新型合成材料基地管理委员会", 0.0, Some(23.0), 6, 1, Light::Bad),
            row("市直单位", 1.0, None, 0, 0, Light::None),
        ],
    }
}

fn chains() -> Vec<RankedRow> {
    let names = [
        "陶铝新材料",
        "铝基高端金属材料",
        "先进高分子结构材料",
        "精细化工",
        "绿色食品",
        "医药健康",
        "高端装备制造",
        "新型建材",
        "新能源(锂电)",
        "电子信息",
    ];
    let mut rows = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let done = 46.0 - 4.3 * place as f64;
        let mut chain = row(name, done.round(), Some(60.0 - 4.0 * place as f64), place as u32 + 1, 0, Light::Ok);
        chain.moved = None;
        chain.emphasis = if place == 2 { Emphasis::Strong } else { Emphasis::Plain };
        rows.push(chain);
    }
    rows
}

fn shares(form: ShareForm) -> ShareBars {
    let parts = [
        ("沪苏浙", 0.601, 113),
        ("粤港澳大湾区", 0.144, 27),
        ("京津冀", 0.085, 16),
        ("省内市外", 0.117, 22),
        ("境外", 0.021, 4),
        ("其他", 0.032, 6),
    ];
    let rows = parts.iter().enumerate().map(|(place, (name, share, count))| ShareRow {
        name: (*name).into(),
        share: *share,
        share_text: format!("{:.1}%", share * 100.0),
        value_text: format!("{count} 个"),
        emphasis: match place {
            0 => Emphasis::Strong,
            5 => Emphasis::Quiet,
            _ => Emphasis::Plain,
        },
        link: link(name),
    });
    ShareBars {
        head: head(if form == ShareForm::Rows { "shares" } else { "strip" }, "投资来源区域占比"), form, rows: rows.collect()
    }
}

fn months() -> Vec<String> {
    (1..=12).map(|month| format!("{month}月")).collect()
}

fn series(label: &str, tone: Tone, values: &[f64]) -> ColumnSeries {
    let values =
        values.iter().map(|value| Some(Column { value: *value, text: value.to_string(), link: link(&format!("{label} {value}")) }));
    ColumnSeries { label: label.into(), tone, values: values.collect() }
}

fn columns_of_two() -> Columns {
    let last = series("2021年", Tone::Muted, &[10.0, 9.0, 14.0, 14.0, 14.0, 21.0, 17.0, 18.0, 14.0, 19.0, 21.0, 22.0]);
    let this = series("2022年", Tone::Accent, &[21.0, 34.0, 41.0, 47.0, 45.0]);
    Columns { head: head("months", "逐月新签约"), unit: "单位:个".into(), categories: months(), series: vec![last, this] }
}

fn columns_of_one() -> Columns {
    let this = series("固定资产投资", Tone::Accent, &[9.8, 11.2, 14.6, 13.1, 14.7]);
    Columns { head: head("money", "逐月固定资产投资"), unit: "单位:亿元".into(), categories: months(), series: vec![this] }
}

fn stacked() -> Stacked {
    let layers = ["1亿元以下", "1—5亿元", "5—10亿元", "10—50亿元", "50亿元以上"];
    let rows = [
        ("濉溪县", [6.0, 22.0, 12.0, 5.0, 1.0]),
        ("淮北高新技术产业开发区", [9.0, 20.0, 11.0, 4.0, 0.0]),
        ("相山区", [8.0, 15.0, 6.0, 2.0, 0.0]),
        ("烈山区", [2.0, 5.0, 1.0, 1.0, 0.0]),
    ];
    Stacked {
        head: head("bands", "规模档分布"),
        layers: layers.iter().map(|label| Layer { label: (*label).into() }).collect(),
        rows: rows
            .iter()
            .map(|(name, parts)| StackedRow {
                name: (*name).into(),
                total_text: format!("{} 个", parts.iter().sum::<f64>()),
                parts: parts.iter().map(|value| StackedPart { value: *value, text: value.to_string(), link: link(name) }).collect(),
                link: link(name),
            })
            .collect(),
    }
}

fn timeline() -> Timeline {
    let event = |day: i64, label: &str, date: &str, state: EventState| Event {
        day,
        label: label.into(),
        date_text: date.into(),
        state,
        link: link(label),
    };
    Timeline {
        head: head("timeline", "项目时间轴"),
        events: vec![
            event(18_960, "签约", "2021-11-29", EventState::Done),
            event(18_993, "登记落地", "2022-01-01", EventState::Done),
            event(19_010, "立项备案", "2022-01-18", EventState::Revoked),
            event(19_069, "新开工", "2022-03-18", EventState::Done),
            event(19_112, "纳入统计库", "2022-04-30", EventState::Overdue),
            event(19_240, "计划竣工", "2022-09-05", EventState::Planned),
            event(19_330, "计划投产", "2022-12-04", EventState::Planned),
        ],
        ticks: [(18_993, "2022-01"), (19_083, "2022-04"), (19_174, "2022-07"), (19_266, "2022-10"), (19_358, "2023-01")]
            .iter()
            .map(|(day, label)| Tick { day: *day, label: (*label).into() })
            .collect(),
        today: Some(Tick { day: 19_143, label: "截至 2022-05-31".into() }),
    }
}
