//! A chart with everything that belongs to it (图表): title, 口径, SQL, files, and the same figures as a table.

use minijinja::Value;
use qunlian_charts::{ChartError, Head, Link, Size};
use serde::Serialize;

use crate::board::Board;
use crate::fault::Fault;
use crate::query_string;
use crate::reader::Reader;

/// One chart on a page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub id: String,
    pub title: String,
    pub unit: String,
    /// 口径 of the query behind it.
    pub definition: String,
    pub sql_href: String,
    pub csv_href: String,
    pub xlsx_href: String,
    pub svg_href: String,
    pub png_href: String,
    /// Drawn for the desk and for the phone; the style sheet shows one of them.
    pub desk: Value,
    pub phone: Value,
    pub twin: Twin,
    /// A remark under the chart; may be empty.
    pub note: String,
}

/// The table under a chart that says the same (图表对应的表).
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Twin {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

/// Head of a column.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Column {
    pub title: String,
    pub numeric: bool,
    /// Sort link and direction, for tables that can be sorted.
    pub href: String,
    pub sorted: &'static str,
}

/// One cell; `href` may be empty. `count` is the number of rows behind the link.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Cell {
    pub text: String,
    pub href: String,
    pub count: Option<i64>,
    pub numeric: bool,
    /// The whole text, where `text` is its beginning only; unfolded by whoever wants it.
    pub full: String,
    /// Never broken into two lines: days, short words.
    pub whole: bool,
    /// Style of the cell: `good`, `bad`, `warn`, `soft` or empty.
    pub tone: &'static str,
}

/// How a chart and its queries are named.
pub(crate) struct Named<'a> {
    /// Unique on the page, and the name in `/charts/<id>.svg`.
    pub id: &'a str,
    pub title: String,
    pub unit: &'a str,
    pub query: &'a str,
    /// Parameters of the query beyond year and day.
    pub params: &'a [(&'a str, &'a str)],
}

impl Figure {
    /// Joins two drawings with their links and the table.
    pub(crate) fn new(reader: &Reader, board: &Board, named: &Named<'_>, drawings: Drawings, twin: Twin) -> Self {
        let of = |suffix: &str| board.link(&format!("/api/queries/{}.{suffix}", named.query), named.params);
        let drawn = |suffix: &str| board.link(&format!("/charts/{}.{suffix}", query_string::encode(named.id)), named.params);
        Self {
            id: named.id.to_owned(),
            title: named.title.clone(),
            unit: reader.words.t(named.unit).to_owned(),
            definition: reader.definition(named.query),
            sql_href: board.link(&format!("/queries/{}", named.query), named.params),
            csv_href: of("csv"),
            xlsx_href: of("xlsx"),
            svg_href: drawn("svg"),
            png_href: drawn("png"),
            desk: Value::from_safe_string(drawings.desk),
            phone: Value::from_safe_string(drawings.phone),
            twin,
            note: String::new(),
        }
    }

    /// The chart itself carries its unit over the axis; the head need not repeat it.
    pub(crate) fn unit_is_drawn(self) -> Self {
        Self { unit: String::new(), ..self }
    }

    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// The same chart drawn twice.
pub(crate) struct Drawings {
    desk: String,
    phone: String,
}

impl Drawings {
    /// Draws at two widths.
    pub(crate) fn of(desk: Size, draw: impl Fn(Size) -> Result<String, ChartError>) -> Result<Self, Fault> {
        Ok(Self { desk: draw(desk)?, phone: draw(Size::PHONE)? })
    }

    /// Both drawings for the template.
    pub(crate) fn into_parts(self) -> (Value, Value) {
        (Value::from_safe_string(self.desk), Value::from_safe_string(self.phone))
    }
}

impl Column {
    pub(crate) fn text(title: impl Into<String>) -> Self {
        Self { title: title.into(), numeric: false, href: String::new(), sorted: "" }
    }

    pub(crate) fn number(title: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::text(title) }
    }

    pub(crate) fn sorted_by(self, href: String, sorted: &'static str) -> Self {
        Self { href, sorted, ..self }
    }
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { whole: is_day(&text), text, ..Self::default() }
    }

    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), numeric: true, ..Self::default() }
    }

    /// A short text that stays on one line.
    pub(crate) fn whole(self) -> Self {
        Self { whole: true, ..self }
    }

    pub(crate) fn link(self, href: impl Into<String>) -> Self {
        Self { href: href.into(), ..self }
    }

    /// A link behind which stand exactly `count` rows; nothing to follow when there are none.
    pub(crate) fn rows(self, href: impl Into<String>, count: i64) -> Self {
        if count == 0 { self } else { Self { href: href.into(), count: Some(count), ..self } }
    }

    pub(crate) fn tone(self, tone: &'static str) -> Self {
        Self { tone, ..self }
    }
}

/// `2022-05-31`, which browsers would break at its hyphens.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() })
}

/// What a chart says of itself to those who cannot see it.
pub(crate) fn head(reader: &Reader, id: &str, title: &str, desc: String) -> Head {
    Head { id: id.to_owned(), title: title.to_owned(), desc, empty: reader.words.t("chart.empty").to_owned() }
}

/// A mark's link with its tooltip.
pub(crate) fn mark(href: String, tip: String) -> Option<Link> {
    Some(Link { href, tip })
}
