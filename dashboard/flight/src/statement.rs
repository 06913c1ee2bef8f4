//! Statements (语句): planned for their columns, or run, their messages handed on as they come.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_flight::FlightData;
use arrow_schema::Schema;
use futures::stream::{BoxStream, unfold};
use qunlian_doors::Count;
use qunlian_queries::{FailureKind, Outline, Parts, SqlFailure, Statement, Value};
use tonic::{Code, Status};

use crate::columns;
use crate::door::Door;
use crate::fault;
use crate::guard::{Reader, blocking};
use crate::handle::{Bound, Handle};
use crate::marks::{Marked, Mixed};
use crate::reframe::frames;

/// Parameters of a statement.
const PARAMETERS: usize = 1_000;

/// An answer as it leaves.
pub(crate) type Frames = BoxStream<'static, Result<FlightData, Status>>;

/// The statement with `$n` for its parameters.
///
/// # Errors
/// Both kinds of parameters are used, or too many.
pub(crate) fn marked(sql: &str) -> Result<Marked, Status> {
    let marked = Marked::of(sql).map_err(|Mixed| fault::said(Code::InvalidArgument, "? 与 $1 两种参数写法不能混用", "请只用其中一种"))?;
    if marked.parameters > PARAMETERS {
        return Err(fault::said(Code::InvalidArgument, &format!("参数过多，最多 {PARAMETERS} 个"), ""));
    }
    Ok(marked)
}

impl Door {
    /// Refuses a statement whose parameters are not all bound.
    ///
    /// # Errors
    /// There are more or fewer values than parameters.
    pub(crate) fn require_values(&self, handle: &Handle) -> Result<(), Status> {
        let (needed, given) = (marked(&handle.sql)?.parameters, handle.values.len());
        if needed == given {
            return Ok(());
        }
        let words = format!("语句有 {needed} 个参数，给出了 {given} 个取值");
        Err(fault::said(Code::InvalidArgument, &words, "请先绑定一行取值；驱动程序过旧时会丢失绑定，请升级"))
    }

    /// The columns of a statement, without running it; none when a type cannot be told before it runs.
    ///
    /// # Errors
    /// What is wrong with the statement.
    pub(crate) async fn planned(self: &Arc<Self>, reader: &Reader, handle: &Handle) -> Result<Option<Schema>, Status> {
        let marked = marked(&handle.sql)?;
        let outline = self.outlined(reader, handle, &marked).await?;
        let outline = outline.map_err(|failure| fault::of(&marked.as_written(failure)))?;
        Ok(self.columns(&outline))
    }

    /// The columns of a statement that may have no values yet: as if they were null. None when that does not tell.
    ///
    /// # Errors
    /// What is wrong with the statement whatever the values are.
    pub(crate) async fn planned_without_values(self: &Arc<Self>, reader: &Reader, handle: &Handle) -> Result<Option<Schema>, Status> {
        let marked = marked(&handle.sql)?;
        let values = vec![Bound::of(Value::Null); marked.parameters];
        match self.outlined(reader, &Handle { values, ..handle.clone() }, &marked).await? {
            Ok(outline) => Ok(self.columns(&outline)),
            // Nulls are texts; what fits may be known with the values only.
            Err(failure) if failure.kind == FailureKind::Refused && marked.parameters > 0 => Ok(None),
            Err(failure) => Err(fault::of(&marked.as_written(failure))),
        }
    }

    fn columns(&self, outline: &Outline) -> Option<Schema> {
        columns::planned(outline, &self.keeper.rules().contract)
    }

    /// What is only planned is recorded when it fails: what is sound is recorded when it runs.
    async fn outlined(self: &Arc<Self>, reader: &Reader, handle: &Handle, marked: &Marked) -> Result<Result<Outline, SqlFailure>, Status> {
        let outlined = self.sql.outline(&reader.asker, statement(marked, handle)).await;
        if outlined.is_err() {
            self.recorded(reader, handle).await?;
        }
        Ok(outlined)
    }

    /// Starts a statement; gives the generation that it reads and its messages. Dropping them stops it.
    ///
    /// # Errors
    /// What is wrong with the statement, or too many answers are under way.
    pub(crate) async fn run(self: &Arc<Self>, reader: &Reader, handle: &Handle) -> Result<(u64, Frames), Status> {
        let place = self.one_more_answer(reader.visitor.account);
        let place = place.ok_or_else(|| fault::said(Code::ResourceExhausted, "同时读取的结果过多", "请先读完或关闭其他结果"))?;
        let marked = marked(&handle.sql)?;
        self.recorded(reader, handle).await?;
        let started = self.sql.stream(&reader.asker, statement(&marked, handle)).await;
        let stream = started.map_err(|failure| fault::of(&marked.as_written(failure)))?;
        let answer = Answer { parts: stream.parts, ready: VecDeque::new(), marked, is_over: false, _place: place };
        Ok((stream.generation, Box::pin(unfold(answer, Answer::next))))
    }

    async fn recorded(self: &Arc<Self>, reader: &Reader, handle: &Handle) -> Result<(), Status> {
        let (door, visitor, sql, values) = (Arc::clone(self), reader.visitor.clone(), handle.sql.clone(), handle.recorded());
        blocking(move || door.keeper.record_statement(&visitor, &sql, values).map_err(|denied| fault::denied(&denied))).await
    }
}

fn statement(marked: &Marked, handle: &Handle) -> Statement {
    Statement { sql: marked.sql.clone(), as_of: None, params: handle.params(), most: None, ticket: handle.ticket() }
}

/// The engine's answer to one statement.
struct Answer {
    parts: Box<dyn Parts>,
    ready: VecDeque<FlightData>,
    marked: Marked,
    is_over: bool,
    _place: Count<i64>,
}

impl Answer {
    /// The next message; a failure is the last.
    async fn next(mut self) -> Option<(Result<FlightData, Status>, Self)> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some((Ok(frame), self));
            }
            if self.is_over {
                return None;
            }
            match self.parts.next().await {
                Some(Ok(part)) => match frames(part) {
                    Ok(frames) => self.ready.extend(frames),
                    Err(error) => return Some(self.failed(fault::internal(&error))),
                },
                Some(Err(failure)) => {
                    let status = self.of(failure);
                    return Some(self.failed(status));
                }
                None => return None,
            }
        }
    }

    fn of(&self, failure: SqlFailure) -> Status {
        fault::of(&self.marked.as_written(failure))
    }

    fn failed(mut self, status: Status) -> (Result<FlightData, Status>, Self) {
        self.is_over = true;
        (Err(status), self)
    }
}
