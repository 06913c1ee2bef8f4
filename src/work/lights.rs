//! News of lights (light_turns, weekly_lights): the newest generation is asked how each target stands on the business day.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_domain::access::RowScope;
use qunlian_domain::light::{Light, LightFact};
use qunlian_domain::subscription::Topic;
use qunlian_domain::target::{Metric, Scope, board_day};
use qunlian_jobs::desk::news::{self, Lights};
use qunlian_queries::{Answer, Answers, Params, Value as Cell};
use qunlian_registry::SubscriptionBooks;
use serde_json::{Value, json};

use crate::lake_files::newest_engine;
use crate::work::deliver;
use crate::workspace::Workspace;

/// Tells of carriers' lights that turned since they were told last.
pub fn turns(workspace: &Workspace, today: NaiveDate) -> anyhow::Result<Value> {
    let books = workspace.store.as_ref();
    if deliver::reach(workspace)?.is_none() {
        return Ok(quiet("未启用推送"));
    }
    if !news::wants_turns(books, Utc::now())? {
        return Ok(quiet("没有订阅者"));
    }
    let Some(lights) = lights(workspace, today)? else { return Ok(quiet("尚未发布数据")) };
    let (turned, queued) = news::tell_turns(books, &workspace.loaded.rules, &lights, today, Utc::now())?;
    let words = format!("{turned} 项亮灯有变化，新增待发消息 {queued} 条");
    Ok(json!({"message": words, "turned": turned, "queued": queued, "quiet": turned == 0}))
}

/// Tells of all yellow and red lights, once a week.
pub fn weekly(workspace: &Workspace, today: NaiveDate) -> anyhow::Result<Value> {
    let books = workspace.store.as_ref();
    if deliver::reach(workspace)?.is_none() {
        return Ok(quiet("未启用推送"));
    }
    if books.subscribers(Topic::WeeklyLights)?.is_empty() {
        return Ok(quiet("没有订阅者"));
    }
    let Some(lights) = lights(workspace, today)? else { return Ok(quiet("尚未发布数据")) };
    let queued = news::tell_weekly(books, &workspace.loaded.rules, &lights, today, Utc::now())?;
    Ok(json!({"message": format!("新增待发消息 {queued} 条"), "queued": queued, "quiet": queued == 0}))
}

fn quiet(words: &str) -> Value {
    json!({"message": words, "queued": 0, "quiet": true})
}

/// The lights of the newest sound generation; `None` before the first.
fn lights(workspace: &Workspace, today: NaiveDate) -> anyhow::Result<Option<Lights>> {
    let (year, as_of) = board_day(&workspace.loaded.rules.city.profile.target_years, today);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the engine")?;
    runtime.block_on(async {
        let Some(engine) = newest_engine(workspace).await? else { return Ok(None) };
        let Some(generation) = engine.generation() else { return Ok(None) };
        Ok(Some(Lights { year, as_of, generation: generation.number, facts: facts(&engine, year, as_of).await? }))
    })
}

/// How each target of the year stands on a day: `pace_months` knows every light, `warning_list` what is missing.
async fn facts(answers: &dyn Answers, year: i32, as_of: NaiveDate) -> anyhow::Result<Vec<LightFact>> {
    let params = || Params::new().with("year", year).with("as_of", as_of);
    let months = answers.ask("pace_months", params(), &RowScope::City).await?;
    let warnings = answers.ask("warning_list", params(), &RowScope::City).await?;
    let missing: BTreeMap<Key<'_>, i64> =
        keys(&warnings).filter_map(|(row, key)| Some((key, warnings.get(row, "missing").int()?))).collect();
    let mut newest: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for (row, key) in keys(&months) {
        let month = |row: usize| months.get(row, "month").int();
        if newest.get(&key).is_none_or(|known| month(*known) < month(row)) {
            newest.insert(key, row);
        }
    }
    Ok(keys(&months)
        .filter(|(row, key)| newest.get(key) == Some(row))
        .filter_map(|(row, key)| fact(&months, row, missing.get(&key)))
        .collect())
}

/// Scope, its id, metric.
type Key<'a> = (&'a str, &'a str, &'a str);

fn keys(answer: &Arc<Answer>) -> impl Iterator<Item = (usize, Key<'_>)> {
    let text = |row: usize, column: &str| answer.get(row, column).text().unwrap_or_default();
    (0..answer.rows.len()).map(move |row| (row, (text(row, "scope"), text(row, "scope_id"), text(row, "metric"))))
}

fn fact(months: &Answer, row: usize, missing: Option<&i64>) -> Option<LightFact> {
    let cell = |column: &str| -> &Cell { months.get(row, column) };
    let scope = match cell("scope").text()? {
        "city" => Scope::City,
        "carrier" => Scope::Carrier,
        "chain" => Scope::Chain,
        _ => return None,
    };
    Some(LightFact {
        scope,
        id: cell("scope_id").text().unwrap_or_default().to_owned(),
        name: cell("name").text()?.to_owned(),
        metric: Metric::from_id(cell("metric").text()?)?,
        light: cell("escalated").text().and_then(Light::from_id),
        done: cell("done").int()?,
        target: cell("target").int(),
        pace: cell("pace").number()?,
        missing: missing.copied().unwrap_or(0),
        months_lit: cell("months_lit").int().unwrap_or(0),
    })
}
