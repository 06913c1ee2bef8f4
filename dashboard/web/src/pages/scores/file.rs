//! The sheet as a file (考核得分表导出): one row for every printed line.

use axum::response::Response;
use qunlian_domain::contract::ColumnType;
use qunlian_domain::score::RecordRow;
use qunlian_queries::{About, Answer, AnswerColumn, Format, Value};

use super::asked::Asked;
use super::standing::standing;
use crate::fault::Fault;
use crate::reader::Reader;

pub(super) const FORMATS: [Format; 2] = [Format::Xlsx, Format::Csv];

/// `GET /scores.xlsx`, `GET /scores.csv`
pub(crate) async fn file(reader: Reader, format: Format) -> Result<Response, Fault> {
    let words = reader.words;
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let record = standing(&reader, &asked).await?.record;
    let column = |name: &str, kind: ColumnType| AnswerColumn {
        name: name.to_owned(),
        kind,
        title: words.t(&format!("scores.file.{name}")).to_owned(),
        unit: String::new(),
    };
    let columns = vec![
        column("group", ColumnType::Text),
        column("carrier", ColumnType::Text),
        column("part", ColumnType::Text),
        column("name", ColumnType::Text),
        column("points", ColumnType::Decimal),
        column("place", ColumnType::Int),
        column("text", ColumnType::Text),
    ];
    let row = |row: &RecordRow| {
        vec![
            Value::Text(row.group_name.clone()),
            Value::Text(row.carrier_name.clone()),
            Value::Text(words.t(&format!("scores.part.{}", row.part)).to_owned()),
            Value::Text(row.name.clone()),
            row.points.parse().map_or(Value::Null, Value::Decimal),
            row.place.map_or(Value::Null, |place| Value::Int(i64::from(place))),
            Value::Text(row.text.clone()),
        ]
    };
    let rows = record.rows.iter().map(row).collect();
    let answer = Answer { columns, rows, generation: record.generation, as_of: Some(asked.known_on()), truncated: false };
    let about = About {
        title: words.fill("scores.file", &[("period", &record.period_name), ("level", &record.level_name)]),
        definition: words.fill("scores.file.rules", &[("rules", &record.rule_version), ("n", &record.generation.to_string())]),
        source: reader.desk.app.city.center.clone(),
    };
    reader.export(&answer, format, &about, asked.known_on())
}
