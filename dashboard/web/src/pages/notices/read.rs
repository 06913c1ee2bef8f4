//! A notice as the books know it today: what was shown, where each line stands, how objections were judged.

use chrono::NaiveDate;
use qunlian_domain::claim::{State, Way};
use qunlian_registry::{Notice, NoticeFace, Objection, ObjectionState, Store};

use crate::fault::Fault;

/// A notice with its lines; what has become confidential since is not among them.
#[derive(Debug)]
pub(super) struct Shown {
    pub notice: Notice,
    pub lines: Vec<Line>,
}

/// One line of a notice.
#[derive(Debug)]
pub(super) struct Line {
    /// From 1; keeps its place when another line is hidden.
    pub number: usize,
    pub claim: i64,
    pub face: NoticeFace,
    pub state: State,
    pub recognised_on: Option<NaiveDate>,
    pub open_objections: u32,
    /// Closed ones, oldest first.
    pub judged: Vec<Objection>,
    /// The way without the city's rules: whether a notice is part of it is settled by then.
    pub way: Way,
}

impl Shown {
    /// The line of a claim.
    pub(super) fn line(&self, claim: i64) -> Option<&Line> {
        self.lines.iter().find(|line| line.claim == claim)
    }
}

/// Blocking.
pub(super) fn shown(books: &dyn Store, id: &str) -> Result<Option<Shown>, Fault> {
    let Some(mut notice) = books.notice(id)? else { return Ok(None) };
    let mut lines = Vec::with_capacity(notice.items.len());
    let days = (notice.objections_until - notice.published_on).num_days() + 1;
    for (at, item) in std::mem::take(&mut notice.items).into_iter().enumerate() {
        let Some(claim) = books.find_claim(item.claim)?.filter(|claim| !claim.confidential) else { continue };
        let mut judged = books.objections(Some(item.claim))?;
        judged.retain(|objection| objection.notice == id && objection.state != ObjectionState::Open);
        lines.push(Line {
            number: at + 1,
            claim: item.claim,
            face: item.face,
            state: claim.standing.state,
            recognised_on: claim.standing.recognised_on,
            open_objections: claim.standing.open_objections,
            judged,
            // For the days that the notice itself promised.
            way: claim.way(false, u32::try_from(days).unwrap_or(1)),
        });
    }
    Ok(Some(Shown { notice, lines }))
}
