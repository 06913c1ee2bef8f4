//! Portals (游标与门户): statements with their values, whose rows are given in portions.

use std::collections::VecDeque;

use qunlian_queries::{Asker, Params, Value};

use crate::answer::Answer;
use crate::cancel::Cancel;
use crate::column::Column;
use crate::command::Work;
use crate::fault::Fault;
use crate::wire::Wire;

/// A prepared statement with its values, or a cursor.
pub(crate) struct Portal {
    pub work: Option<Work>,
    pub params: Params,
    pub results: Vec<i16>,
    pub state: State,
    /// It stays when the transaction ends.
    pub outlives: bool,
}

/// How far a portal is.
pub(crate) enum State {
    Bound,
    Streams(Box<Answer>),
    Holds {
        columns: Vec<Column>,
        rows: VecDeque<Vec<Value>>,
        tag: String,
    },
    /// All rows are given; what the client is told then.
    Over(String),
}

/// The next thing of a portal.
pub(crate) enum Step {
    Row(Vec<Value>),
    /// With what the client is told; none to count the rows.
    End(Option<String>),
}

impl Portal {
    /// Nothing was asked of it yet.
    pub(crate) fn new(work: Option<Work>, params: Params, results: Vec<i16>) -> Self {
        Self { work, params, results, state: State::Bound, outlives: false }
    }

    /// The engine answers it.
    pub(crate) fn streams(&mut self, answer: Answer) {
        self.state = State::Streams(Box::new(answer));
    }

    /// Its columns, once they are known.
    pub(crate) fn columns(&self) -> Option<&[Column]> {
        match &self.state {
            State::Streams(answer) => Some(&answer.columns),
            State::Holds { columns, .. } => Some(columns),
            State::Bound | State::Over(_) => None,
        }
    }

    /// Whose rows they are, while the engine gives them.
    pub(crate) fn asker(&self) -> Option<&Asker> {
        match &self.state {
            State::Streams(answer) => Some(&answer.asker),
            _ => None,
        }
    }

    /// The next row, or the end.
    pub(crate) async fn next(&mut self, wire: &mut Wire, cancel: &Cancel) -> Result<Step, Fault> {
        Ok(match &mut self.state {
            State::Streams(answer) => answer.next(wire, cancel).await?.map_or(Step::End(None), Step::Row),
            State::Holds { rows, tag, .. } => rows.pop_front().map_or_else(|| Step::End(Some(tag.clone())), Step::Row),
            State::Bound => Step::End(None),
            State::Over(tag) => Step::End(Some(tag.clone())),
        })
    }
}
