//! The slips as a file (差错清单): recorded like every export; cells that look like formulas are quoted by the encoder.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{About, Answer, AnswerColumn, Format, Value};

use crate::Shared;
use crate::export_log;
use crate::fault::Fault;
use crate::reader::attachment;
use crate::words::Words;

use super::judge::Judged;
use super::view::slips;

/// The formats of the list.
pub(crate) const FORMATS: [Format; 2] = [Format::Xlsx, Format::Csv];

pub(super) fn response(desk: &Shared, words: Words, judged: &Judged, format: Format) -> Result<Response, Fault> {
    let column = |name: &str| AnswerColumn {
        name: name.to_owned(),
        kind: ColumnType::Text,
        title: words.t(&format!("recheck.slip.{name}")).to_owned(),
        unit: String::new(),
    };
    let columns = ["row", "column", "printed", "recomputed", "from"].map(column);
    let row = |slip: super::view::SlipView| [slip.row, slip.column, slip.printed, slip.recomputed, slip.from].map(Value::Text).into();
    let rows: Vec<Vec<Value>> = slips(words, judged).into_iter().map(row).collect();
    let count = rows.len();
    let answer = Answer { columns: columns.into(), rows, generation: 0, as_of: Some(desk.today()), truncated: false };
    let about = About {
        title: words.t("recheck.slips").to_owned(),
        definition: words.fill("recheck.definition", &[("n", &judged.examined.len().to_string())]),
        source: judged.grid.titles.first().cloned().unwrap_or_default(),
    };
    let mut response = desk.app.answers.encode(&answer, format, &about)?.into_response();
    let name = format!("{}_{}.{}", about.title, desk.today(), format.suffix());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(CONTENT_DISPOSITION, attachment(&name)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    export_log::mark(headers, count);
    Ok(response)
}
