//! One named query (命名查询): its 口径, SQL, parameters, result and files. "Its SQL" of every chart leads here.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{Answer, AnswerColumn, FrontMatter, ParamType, Params, Value};
use serde::Serialize;

use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::query_string::{QueryString, encode};
use crate::reader::{EXPORTS, PageHead, Reader, Section};
use crate::shell::Crumb;
use crate::words::{Lang, Words};

#[derive(Serialize)]
struct QueryView {
    name: String,
    title: String,
    definition: String,
    grain: String,
    sql: String,
    params: Vec<Field>,
    action: String,
    fork_href: String,
    exports: Vec<Crumb>,
    address: String,
    table: Twin,
    shown: String,
    /// Stands beside the rows when they are cut to the reader's carriers.
    cut: &'static str,
}

/// One parameter as a form field.
#[derive(Serialize)]
struct Field {
    name: String,
    kind: &'static str,
    value: String,
}

/// Rows of the result that are shown; files have all.
const SHOWN: usize = 200;

/// `GET /queries/{name}`
pub(crate) async fn show(reader: Reader, Path(name): Path<String>) -> Result<Response, Fault> {
    let library = reader.desk.app.answers.library();
    let query = library.get(&name).ok_or(Fault::NotFound)?;
    let given = given(&reader, &query.about)?;
    let params = Params::read(&query.about.params, &given).map_err(|error| Fault::bad("bad.param", &error.to_string()))?;
    let answer = reader.ask(&name, params.clone()).await?;
    let words = reader.words;
    let mut address = QueryString::default();
    for spec in &query.about.params {
        address = address.with(&spec.name, &params.get(&spec.name).map(text).unwrap_or_default());
    }
    let of = |suffix: &str| address.href(&format!("/api/queries/{}.{suffix}", encode(&name)));
    let view = QueryView {
        title: if words.lang() == Lang::Chinese { query.about.title.clone() } else { name.clone() },
        definition: query.about.definition.clone(),
        grain: query.about.grain.clone(),
        sql: query.sql.trim().to_owned(),
        params: query.about.params.iter().map(|spec| field(spec.name.clone(), spec.kind, &params)).collect(),
        action: format!("/queries/{}", encode(&name)),
        fork_href: address.with("from", &name).href("/sql"),
        exports: EXPORTS.iter().map(|format| Crumb { label: format.suffix().to_owned(), href: of(format.suffix()) }).collect(),
        address: of("json"),
        table: table(words, &answer, SHOWN),
        shown: shown(words, &answer, SHOWN),
        cut: reader.cut_note(&name),
        name,
    };
    let head = PageHead::new(view.title.clone(), Section::Sql).crumb(words.t("nav.sql"), "/sql").crumb(words.t("api.title"), "/api");
    reader.page("query.html", head, view).await
}

/// Parameters as given in the address; year and day default to the board's.
pub(crate) fn given(reader: &Reader, about: &FrontMatter) -> Result<BTreeMap<String, String>, Fault> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in reader.visit.query.pairs() {
        given
            .entry(key.to_owned())
            .and_modify(|list| {
                list.push(',');
                list.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    let needs = |name: &str, given: &BTreeMap<String, String>| {
        about.params.iter().any(|spec| spec.name == name && spec.default.is_none()) && given.get(name).is_none_or(String::is_empty)
    };
    if needs("year", &given) || needs("as_of", &given) {
        let board = reader.board()?;
        if needs("year", &given) {
            given.insert("year".to_owned(), board.year.to_string());
        }
        if needs("as_of", &given) {
            given.insert("as_of".to_owned(), board.as_of.to_string());
        }
    }
    Ok(given)
}

fn field(name: String, kind: ParamType, params: &Params) -> Field {
    let value = params.get(&name).map(text).unwrap_or_default();
    let kind = match kind {
        ParamType::Text => "text",
        ParamType::Int | ParamType::Decimal => "number",
        ParamType::Date => "date",
    };
    Field { name, kind, value }
}

/// A value as plain text, for fields and addresses.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Bool(yes) => yes.to_string(),
    }
}

/// Characters of a text that a cell shows before it is unfolded.
const CELL_CHARACTERS: usize = 160;
/// Bytes of a text that a cell unfolds, and all cells of a table together: files have what is beyond.
const CELL_BYTES: usize = 8 << 10;
const UNFOLDED_BYTES: usize = 1 << 20;

/// An answer as a table of at most `most` rows, values as they are; long texts are cut, to be unfolded.
pub(crate) fn table(words: Words, answer: &Answer, most: usize) -> Twin {
    let mut room = UNFOLDED_BYTES;
    let rows = answer.rows.iter().take(most).map(|row| {
        let cells = row.iter().zip(&answer.columns);
        cells.map(|(value, column)| cell(words, shown_value(words, value), column.kind, &mut room)).collect()
    });
    Twin { rows: rows.collect(), columns: answer.columns.iter().map(|column| title(words, column)).collect() }
}

fn cell(words: Words, shown: String, kind: ColumnType, room: &mut usize) -> Cell {
    if is_numeric(kind) {
        return Cell::number(shown);
    }
    let Some((end, _)) = shown.char_indices().nth(CELL_CHARACTERS) else { return Cell::text(shown) };
    let text = format!("{}…", &shown[..end]);
    let most = shown.floor_char_boundary(CELL_BYTES.min(*room));
    *room -= most;
    let full = if most < shown.len() { format!("{}…{}", &shown[..most], words.t("table.more_in_files")) } else { shown };
    Cell { full, ..Cell::text(text) }
}

fn title(words: Words, column: &AnswerColumn) -> Column {
    let name = if words.lang() == Lang::Chinese { &column.title } else { &column.name };
    let title = if column.unit.is_empty() {
        name.clone()
    } else {
        words.fill("table.with_unit", &[("what", name), ("unit", &words.named("unit", &column.unit, &column.unit))])
    };
    if is_numeric(column.kind) { Column::number(title) } else { Column::text(title) }
}

fn is_numeric(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Int | ColumnType::Decimal)
}

/// A value as tables show it: no value is a dash, decimals have at most four places.
pub(crate) fn shown_value(words: Words, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => {
            format!("{:.4}", qunlian_domain::figures::round_half_up(*number, 4)).trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Value::Bool(yes) => words.t(if *yes { "value.yes" } else { "value.no" }).to_owned(),
        other => text(other),
    }
}

/// `共 1,204 行`, with a notice when not all are shown.
pub(crate) fn shown(words: Words, answer: &Answer, most: usize) -> String {
    let all = qunlian_domain::figures::print_count(answer.rows.len() as i64);
    let key = if answer.rows.len() > most || answer.truncated { "query.shown_some" } else { "query.shown_all" };
    words.fill(key, &[("n", &all), ("shown", &most.min(answer.rows.len()).to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Answer {
        let column = AnswerColumn { name: "t".into(), kind: ColumnType::Text, title: "文字".into(), unit: String::new() };
        let rows = vec![vec![Value::Text(text.into())]; 200];
        Answer { columns: vec![column], rows, generation: 1, as_of: None, truncated: false }
    }

    #[test]
    fn long_texts_are_cut_and_unfolded_within_bounds() {
        let table = |text: &str| table(Words::of(Lang::Chinese), &one(text), 200);
        let short = "长".repeat(160);
        assert_eq!((table(&short).rows[0][0].text.as_str(), table(&short).rows[0][0].full.as_str()), (short.as_str(), ""));
        let long = "长".repeat(161);
        let cut = &table(&long).rows[0][0];
        assert_eq!((cut.text.as_str(), cut.full.as_str()), (format!("{short}…").as_str(), long.as_str()));
        // 3 bytes each: 2,730 characters are 8,190 of 8,192 bytes. 1 MiB / 8,190 = 128 cells and 256 bytes: 85 characters.
        let endless = table(&"长".repeat(100_000));
        let unfolded: Vec<usize> = endless.rows.iter().map(|row| row[0].full.matches('长').count()).collect();
        assert_eq!((unfolded[0], unfolded[127], unfolded[128], unfolded[129]), (2_730, 2_730, 85, 0));
        assert!(endless.rows[199][0].full.ends_with("（其余见下载文件）"), "{}", endless.rows[199][0].full);
    }
}
