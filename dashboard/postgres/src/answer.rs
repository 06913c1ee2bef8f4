//! An answer as it comes (结果流): rows one by one in bounded memory, stopped by the client, its absence, or the time.

use std::collections::VecDeque;
use std::time::Duration;

use qunlian_queries::{Asker, Params, Parts, Statement, Value};
use tokio::time::Instant;

use crate::cancel::Cancel;
use crate::column::{Column, Kind};
use crate::door::{Door, RowReader};
use crate::fault::Fault;
use crate::wire::Wire;

/// The engine's answer to one statement. Dropping it stops the statement.
pub(crate) struct Answer {
    pub columns: Vec<Column>,
    parts: Box<dyn Parts>,
    reader: Box<dyn RowReader>,
    waiting: VecDeque<Vec<Value>>,
    asked: Asked,
    until: Option<Instant>,
    /// Whose rows they are.
    pub asker: Asker,
}

/// A statement for the engine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub sql: String,
    /// Characters before it in what was sent.
    pub before: usize,
    pub params: Params,
    /// How long it may run, if the client set that.
    pub limit: Option<Duration>,
}

impl Answer {
    /// Starts a statement; its columns are known then.
    pub(crate) async fn begin(wire: &mut Wire, cancel: &Cancel, door: &Door, asker: &Asker, asked: Asked) -> Result<Self, Fault> {
        let until = asked.limit.map(|limit| Instant::now() + limit);
        let statement = Statement {
            sql: asked.sql.clone(),
            as_of: None,
            params: asked.params.clone(),
            most: None,
            ticket: format!("postgres-{}", cancel.pid),
        };
        let started = waited(wire, cancel, until, door.sql.stream(asker, statement)).await?;
        let stream = started.map_err(|failure| Fault::of(&failure, &asked.sql, asked.before))?;
        let reader = (door.rows)(&stream.columns);
        let columns: Vec<Column> = stream.columns.iter().map(Column::from).collect();
        let waiting = VecDeque::new();
        let mut answer = Self { columns, parts: stream.parts, reader, waiting, asked, until, asker: asker.clone() };
        // What is a time and what a text is told by the head of the rows, which comes with the first of them.
        if answer.columns.iter().any(|column| column.kind == Kind::Text) {
            answer.part(wire, cancel).await?;
            for (column, engine) in answer.columns.iter_mut().zip(answer.reader.types().unwrap_or_default()) {
                column.kind = Kind::of_time(&engine).unwrap_or(column.kind);
            }
        }
        Ok(answer)
    }

    /// The next row; none at the end.
    pub(crate) async fn next(&mut self, wire: &mut Wire, cancel: &Cancel) -> Result<Option<Vec<Value>>, Fault> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                return Ok(Some(row.into_iter().zip(&self.columns).map(|(value, column)| column.kind.spelt(value)).collect()));
            }
            match self.reader.few().map_err(unreadable)? {
                Some(few) => self.waiting.extend(few),
                None if self.part(wire, cancel).await? => {}
                None => return Ok(None),
            }
        }
    }

    /// Reads more rows; false at the end.
    async fn part(&mut self, wire: &mut Wire, cancel: &Cancel) -> Result<bool, Fault> {
        let Some(part) = waited(wire, cancel, self.until, self.parts.next()).await? else { return Ok(false) };
        let part = part.map_err(|failure| Fault::of(&failure, &self.asked.sql, self.asked.before))?;
        self.reader.put(part).map_err(unreadable)?;
        Ok(true)
    }
}

/// A zone that nobody knows, as `arrow_cast` makes them, shows only when it is printed.
fn unreadable(error: String) -> Fault {
    Fault { detail: error, ..Fault::error("22000", "结果中有无法显示的值") }
}

/// Refuses to go on with rows that were asked for with other rights.
pub(crate) fn same_rights(before: &Asker, now: &Asker) -> Result<(), Fault> {
    if before.scope != now.scope {
        return Err(Fault::error("42501", "权限已变更，不能继续读取此前的结果").hint("请重新查询"));
    }
    Ok(())
}

/// Waits for work, unless the client stops it, goes away, or set a time that is over.
pub(crate) async fn waited<T>(wire: &mut Wire, cancel: &Cancel, until: Option<Instant>, work: impl Future<Output = T>) -> Result<T, Fault> {
    let over = async {
        match until {
            Some(until) => tokio::time::sleep_until(until).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = cancel.told() => Err(Fault::cancelled()),
        // Before the work: rows that always wait would never let the time be over.
        () = over => Err(Fault::error("57014", "超过 statement_timeout，查询已停止")),
        done = work => Ok(done),
        () = wire.gone() => Err(Fault::fatal("08006", "连接已断开")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Cancels;

    #[tokio::test]
    async fn a_time_that_is_over_is_told_though_rows_wait() {
        let (here, _there) = tokio::io::duplex(64);
        let (mut wire, cancel) = (Wire::new(Box::new(here)), Cancels::default().open().unwrap());
        // `move all` over a cross join once read on for as long as rows came.
        let told = waited(&mut wire, &cancel, Some(Instant::now() - Duration::from_secs(1)), async { 7 }).await;
        assert_eq!(told.unwrap_err().code, "57014");
        assert_eq!(waited(&mut wire, &cancel, None, async { 7 }).await, Ok(7));
    }
}
