//! What server and worker say to each other: one JSON line in, frames out.
//!
//! A frame is a letter, the length of its content (four bytes, little endian), and the content.

use std::io::{self, Write};

use chrono::NaiveDate;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{AnswerColumn, FailureKind, Outline, OutlineColumn, Params, Place, SqlFailure, Value};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest content of a frame; a longer one means that the worker is broken.
const LONGEST: u32 = 256 << 20;

/// What the worker is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    Rows,
    Outline,
}

/// One statement for a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub sql: String,
    /// ISO date.
    pub as_of: Option<String>,
    pub params: Vec<(String, Cell)>,
    /// Rows at most.
    pub most: usize,
    /// Milliseconds until the first rows must have come, and until the answer must be whole.
    pub first_ms: u64,
    pub whole_ms: u64,
    pub purpose: Purpose,
    /// Rows of `system` tables by name.
    pub system: Vec<(String, Vec<Vec<Cell>>)>,
    /// Who asks by the protocol of PostgreSQL, whose catalogs are told then.
    pub catalog: Option<String>,
}

/// A value on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Decimal(f64),
    Text(String),
    Date(String),
    Bool(bool),
}

impl From<&Value> for Cell {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(*number),
            Value::Decimal(number) => Self::Decimal(*number),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Date(day) => Self::Date(day.to_string()),
            Value::Bool(truth) => Self::Bool(*truth),
        }
    }
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Int(number) => Self::Int(number),
            Cell::Decimal(number) => Self::Decimal(number),
            Cell::Date(day) => day.parse().map_or(Self::Null, Self::Date),
            Cell::Text(text) => Self::Text(text),
            Cell::Bool(truth) => Self::Bool(truth),
        }
    }
}

impl Request {
    /// The parameters as the engine binds them.
    pub(crate) fn params(&self) -> Params {
        self.params.iter().fold(Params::new(), |params, (name, cell)| params.with(name, Value::from(cell.clone())))
    }

    /// The day of the tables.
    pub(crate) fn day(&self) -> Option<NaiveDate> {
        self.as_of.as_deref().and_then(|day| day.parse().ok())
    }
}

/// What a worker says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Frame {
    /// It can work; which fences it really has.
    Ready(Vec<String>),
    /// The columns, before any rows.
    Head(Vec<AnswerColumn>),
    /// Bytes of the Arrow IPC stream.
    Bytes(Vec<u8>),
    /// What it has used so far.
    Progress(Used),
    Outline(Outline),
    Failure(SqlFailure),
    /// The same, and the worker is not to be asked again.
    LastFailure(SqlFailure),
    /// The answer is whole.
    End(Used),
}

/// What a statement used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Used {
    pub planned_ms: u64,
    /// Rows read of tables.
    pub read: u64,
    /// Rows given.
    pub rows: u64,
    /// Bytes of working memory at most.
    pub memory: u64,
    pub truncated: bool,
}

#[derive(Serialize, Deserialize)]
struct WireColumn {
    name: String,
    kind: String,
    title: String,
    unit: String,
}

#[derive(Serialize, Deserialize)]
struct WireFailure {
    kind: u8,
    error: String,
    said: String,
    hint: String,
    place: Option<(u32, u32)>,
}

#[derive(Serialize, Deserialize)]
struct WireOutline {
    columns: Vec<(String, String)>,
    plan: String,
    files: u64,
    row_groups: u64,
    bytes: u64,
    generation: u64,
}

impl Frame {
    /// Writes the frame whole.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let (letter, content) = match self {
            Self::Ready(fences) => (b'R', json(fences)?),
            Self::Head(columns) => (b'H', json(&columns.iter().map(wire_column).collect::<Vec<_>>())?),
            Self::Bytes(bytes) => return write_frame(out, b'B', bytes),
            Self::Progress(used) => (b'P', json(used)?),
            Self::Outline(outline) => (b'O', json(&wire_outline(outline))?),
            Self::Failure(failure) => (b'F', json(&wire_failure(failure))?),
            Self::LastFailure(failure) => (b'L', json(&wire_failure(failure))?),
            Self::End(used) => (b'E', json(used)?),
        };
        write_frame(out, letter, &content)
    }

    /// Reads the next frame; `None` when the worker has ended.
    pub(crate) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut head = [0_u8; 5];
        match from.read_exact(&mut head).await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        };
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        if length > LONGEST {
            return Err(io::Error::other(format!("a frame of {length} bytes")));
        }
        let mut content = vec![0; length as usize];
        from.read_exact(&mut content).await?;
        Self::understood(head[0], content).map(Some)
    }

    fn understood(letter: u8, content: Vec<u8>) -> io::Result<Self> {
        Ok(match letter {
            b'R' => Self::Ready(serde_json::from_slice(&content)?),
            b'H' => Self::Head(serde_json::from_slice::<Vec<WireColumn>>(&content)?.into_iter().map(column).collect()),
            b'B' => Self::Bytes(content),
            b'P' => Self::Progress(serde_json::from_slice(&content)?),
            b'O' => Self::Outline(outline(serde_json::from_slice(&content)?)),
            b'F' => Self::Failure(failure(serde_json::from_slice(&content)?)),
            b'L' => Self::LastFailure(failure(serde_json::from_slice(&content)?)),
            b'E' => Self::End(serde_json::from_slice(&content)?),
            other => return Err(io::Error::other(format!("a frame of kind {other}"))),
        })
    }
}

fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}

fn write_frame(out: &mut impl Write, letter: u8, content: &[u8]) -> io::Result<()> {
    let length = u32::try_from(content.len()).map_err(io::Error::other)?;
    out.write_all(&[letter])?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(content)?;
    out.flush()
}

fn wire_column(column: &AnswerColumn) -> WireColumn {
    WireColumn { name: column.name.clone(), kind: column.kind.id().to_owned(), title: column.title.clone(), unit: column.unit.clone() }
}

fn column(wire: WireColumn) -> AnswerColumn {
    let kind = ColumnType::from_id(&wire.kind).unwrap_or(ColumnType::Text);
    AnswerColumn { name: wire.name, kind, title: wire.title, unit: wire.unit }
}

fn wire_failure(failure: &SqlFailure) -> WireFailure {
    let kind = FailureKind::ALL.iter().position(|kind| *kind == failure.kind).unwrap_or(FailureKind::ALL.len() - 1);
    WireFailure {
        kind: u8::try_from(kind).unwrap_or(u8::MAX),
        error: failure.error.clone(),
        said: failure.said.clone(),
        hint: failure.hint.clone(),
        place: failure.place.map(|place| (place.line, place.column)),
    }
}

fn failure(wire: WireFailure) -> SqlFailure {
    let kind = FailureKind::ALL.get(usize::from(wire.kind)).copied().unwrap_or(FailureKind::Internal);
    let place = wire.place.map(|(line, column)| Place { line, column });
    SqlFailure { place, ..SqlFailure::new(kind, wire.error, wire.said, wire.hint) }
}

fn wire_outline(outline: &Outline) -> WireOutline {
    WireOutline {
        columns: outline.columns.iter().map(|column| (column.name.clone(), column.kind.clone())).collect(),
        plan: outline.plan.clone(),
        files: outline.files,
        row_groups: outline.row_groups,
        bytes: outline.bytes,
        generation: outline.generation,
    }
}

fn outline(wire: WireOutline) -> Outline {
    Outline {
        columns: wire.columns.into_iter().map(|(name, kind)| OutlineColumn { name, kind }).collect(),
        plan: wire.plan,
        files: wire.files,
        row_groups: wire.row_groups,
        bytes: wire.bytes,
        generation: wire.generation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_read_back() {
        let column = AnswerColumn { name: "n".into(), kind: ColumnType::Int, title: "个数".into(), unit: "个".into() };
        let busy = SqlFailure {
            place: Some(Place { line: 2, column: 5 }),
            ..SqlFailure::new(FailureKind::Deadline, "late", "超时", "缩小范围")
        };
        let outline = Outline {
            columns: vec![OutlineColumn { name: "n".into(), kind: "Int64".into() }],
            plan: "TableScan".into(),
            files: 1,
            row_groups: 2,
            bytes: 3,
            generation: 4,
        };
        let frames = [
            Frame::Ready(vec!["landlock".into()]),
            Frame::Head(vec![column]),
            Frame::Bytes(vec![0, 255, 7]),
            Frame::Bytes(Vec::new()),
            Frame::Progress(Used { planned_ms: 3, read: 70, rows: 7, memory: 9, truncated: false }),
            Frame::Outline(outline),
            Frame::Failure(busy.clone()),
            Frame::LastFailure(busy),
            Frame::End(Used { truncated: true, ..Used::default() }),
        ];
        let mut wire = Vec::new();
        frames.iter().for_each(|frame| frame.write(&mut wire).unwrap());
        let mut from = wire.as_slice();
        for frame in &frames {
            assert_eq!(Frame::read(&mut from).await.unwrap().as_ref(), Some(frame));
        }
        assert_eq!(Frame::read(&mut from).await.unwrap(), None);
        assert!(Frame::read(&mut [b'B', 255, 255, 255, 255].as_slice()).await.is_err());
        assert!(Frame::read(&mut [b'?', 0, 0, 0, 0].as_slice()).await.is_err());
        for kind in FailureKind::ALL {
            assert_eq!(failure(wire_failure(&SqlFailure::new(kind, "", "", ""))).kind, kind);
        }
    }

    #[test]
    fn values_travel() {
        let day = NaiveDate::from_ymd_opt(2022, 5, 31).unwrap();
        for value in [Value::Null, Value::Int(-1), Value::Decimal(0.5), Value::Text("中".into()), Value::Date(day), Value::Bool(true)] {
            assert_eq!(Value::from(Cell::from(&value)), value);
        }
    }
}
