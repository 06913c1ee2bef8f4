//! Saved queries (已存查询): kept, shared, changed and deleted here; whoever they are shared with runs them with rights of
//! their own.

mod view;
mod wish;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use qunlian_domain::access::Role;
use qunlian_domain::saved_query::{AsOfRule, Audience, MOST_PINNED, MOST_SAVED, Viewer};
use qunlian_registry::{Doer, PinSize, QueryDraft, RegistryError, SavedQuery, Store};

use super::filings::books::{doer, with_books};
use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::form::Troubles;
use crate::visit::Visit;
use crate::who::{Via, Who};
use crate::words::Words;

pub(crate) use view::{Tab, data_address, tabs};
use wish::Wish;

/// A form's fields in their order; several of one name are several.
type Pairs = Vec<(String, String)>;

/// `GET /sql/saved`: one's own and those shared with one; `?q=` searches titles, notes, statements and owners.
pub(crate) async fn list(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    view::list(&desk, &visit).await
}

/// `POST /sql/saved`: keeps the statement when `name` says under which title, else asks for one and proposes that of the
/// query it was opened from, `saved`. With `replace` it takes the place of the owner's query of that title; with `pin`
/// (`half` or `full`) it stands on the owner's board, too.
pub(crate) async fn save(State(desk): State<Shared>, visit: Visit, Form(pairs): Form<Pairs>) -> Result<Response, Fault> {
    let viewer = keeper(&visit.who)?;
    let (words, wish) = (visit.words(), Wish::read(&pairs));
    if !wish.is_named() {
        let opened = opened(&desk, &visit.who, &wish).await?;
        let is_own = opened.as_ref().is_some_and(|saved| viewer.may_change(saved.owner));
        let wish = match opened {
            Some(saved) => wish.over(&saved.draft, desk.today()),
            None => wish,
        };
        return view::ask(&desk, &visit, &wish, Troubles::default(), is_own);
    }
    let draft = match wish.draft(words) {
        Ok(draft) => draft,
        Err(troubles) => return view::ask(&desk, &visit, &wish, troubles, false),
    };
    let (by, replaces, pin) = (doer(&desk, &visit.who), wish.replaces(), wish.pin());
    let kept = with_books(&desk, move |books| Ok(keep(books, &viewer, &draft, replaces, pin, &by))).await?;
    match kept {
        Ok(_) if pin.is_some() => Ok(see("/sql/board?done=pinned")),
        Ok(saved) => Ok(see(&format!("/sql/saved/{}?done=saved", saved.id))),
        Err(fault) => {
            let is_twin = matches!(fault, KeepFault::Twin);
            view::ask(&desk, &visit, &wish, fault.beside_the_name(words)?, is_twin)
        }
    }
}

/// Saves, or replaces, and pins. A board without room is found before anything is written.
fn keep(
    books: &dyn Store,
    viewer: &Viewer,
    draft: &QueryDraft,
    replaces: bool,
    pin: Option<PinSize>,
    by: &Doer,
) -> Result<SavedQuery, KeepFault> {
    let same = |saved: &SavedQuery| saved.owner == viewer.account && saved.draft.title == draft.title;
    let found = if replaces { books.saved_queries(viewer)?.into_iter().find(same) } else { None };
    if pin.is_some() {
        let pinned = books.pinned_charts(viewer)?;
        let stands = pinned.iter().any(|place| found.as_ref().is_some_and(|found| found.id == place.query));
        if pinned.len() >= MOST_PINNED && !stands {
            return Err(KeepFault::BoardFull);
        }
    }
    let saved = match found {
        Some(found) => books.change_query(viewer, found.id, draft, by)?,
        None => books.save_query(viewer, draft, by)?,
    };
    if let Some(size) = pin {
        books.pin_chart(viewer, saved.id, size)?;
    }
    Ok(saved)
}

/// Why a query is not kept.
enum KeepFault {
    /// The owner has one of that title.
    Twin,
    /// The owner has as many as may be.
    Full,
    BoardFull,
    Books(RegistryError),
}

impl From<RegistryError> for KeepFault {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Conflict { .. } => Self::Twin,
            RegistryError::Refused { .. } => Self::Full,
            other => Self::Books(other),
        }
    }
}

impl KeepFault {
    /// What stands beside the title; a fault of the books is none of the form's.
    fn beside_the_name(self, words: Words) -> Result<Troubles, Fault> {
        let said = match self {
            Self::Twin => words.t("saved.twice").to_owned(),
            Self::Full => words.fill("saved.full", &[("n", &MOST_SAVED.to_string())]),
            Self::BoardFull => words.fill("bad.board_full", &[("value", &MOST_PINNED.to_string())]),
            Self::Books(error) => return Err(refused(error)),
        };
        Ok(Troubles::of("name", said))
    }
}

/// `GET /sql/saved/{id}`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let saved = find(&desk, &visit.who, id).await?;
    view::one(&desk, &visit, &saved, &saved.draft, Troubles::default())
}

/// `POST /sql/saved/{id}`: title, note and day; the statement is changed in the desk and saved over.
pub(crate) async fn change(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let viewer = keeper(&visit.who)?;
    let saved = find(&desk, &visit.who, id).await?;
    if !viewer.may_change(saved.owner) {
        return Err(Fault::NotFound);
    }
    let (words, wish) = (visit.words(), Wish::read(&pairs));
    let draft = match wish.renamed(&saved.draft, words) {
        Ok(draft) => draft,
        Err(troubles) => return view::one(&desk, &visit, &saved, &wish.typed_over(&saved.draft), troubles),
    };
    let (by, changed) = (doer(&desk, &visit.who), draft.clone());
    let kept = with_books(&desk, move |books| Ok(books.change_query(&viewer, id, &changed, &by).map_err(KeepFault::from))).await?;
    match kept {
        Ok(_) => Ok(see(&format!("/sql/saved/{id}?done=changed"))),
        Err(fault) => view::one(&desk, &visit, &saved, &draft, fault.beside_the_name(words)?),
    }
}

/// `POST /sql/saved/{id}/share`: `role` once for each; none shares with nobody.
pub(crate) async fn share(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let viewer = keeper(&visit.who)?;
    let audience = Audience::of(pairs.iter().filter(|(key, _)| key == "role").filter_map(|(_, id)| Role::from_id(id)));
    let by = doer(&desk, &visit.who);
    with_books(&desk, move |books| books.share_query(&viewer, id, &audience, &by).map_err(refused)).await?;
    Ok(see(&format!("/sql/saved/{id}?done=shared")))
}

/// `POST /sql/saved/{id}/delete`
pub(crate) async fn delete(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let viewer = keeper(&visit.who)?;
    let by = doer(&desk, &visit.who);
    with_books(&desk, move |books| books.delete_query(&viewer, id, &by).map_err(refused)).await?;
    Ok(see("/sql/saved?done=deleted"))
}

/// `POST /sql/saved/{id}/pin`: onto one's own board; `size` is `half` or `full`.
pub(crate) async fn pin(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let viewer = keeper(&visit.who)?;
    let size = pairs.iter().find(|(key, _)| key == "size").and_then(|(_, size)| PinSize::from_id(size)).unwrap_or(PinSize::Half);
    match with_books(&desk, move |books| Ok(books.pin_chart(&viewer, id, size))).await? {
        Ok(()) => Ok(see("/sql/board?done=pinned")),
        Err(RegistryError::Refused { .. }) => Err(Fault::bad("bad.board_full", &MOST_PINNED.to_string())),
        Err(error) => Err(refused(error)),
    }
}

/// What the desk's form holds for `/sql?saved=ID`: `sql`, `as_of`, `p.NAME`, `t.NAME`, `chart`, `x`, `y`, `title`, `saved`.
///
/// # Errors
/// [`Fault::NotFound`] when the reader may not see it.
pub(crate) async fn pairs_of(desk: &Shared, who: &Who, id: i64) -> Result<Pairs, Fault> {
    let saved = find(desk, who, id).await?;
    let mut pairs = pairs(&saved.draft, desk.today());
    pairs.push(("saved".to_owned(), id.to_string()));
    Ok(pairs)
}

/// The title of the query of that short name, and what the desk's form holds for it, as [`pairs`].
///
/// # Errors
/// [`Fault::NotFound`] when there is none that the reader may see.
pub(crate) async fn pairs_of_hash(desk: &Shared, who: &Who, hash: &str) -> Result<(String, Pairs), Fault> {
    let (viewer, hash) = (viewer(who)?, hash.to_owned());
    let saved = with_books(desk, move |books| books.query_of_hash(&viewer, &hash).map_err(refused)?.ok_or(Fault::NotFound)).await?;
    Ok((saved.draft.title.clone(), pairs(&saved.draft, desk.today())))
}

/// A draft as the desk's form has it.
pub(crate) fn pairs(draft: &QueryDraft, today: chrono::NaiveDate) -> Pairs {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let mut pairs = vec![pair("sql", &draft.sql)];
    if let Some(day) = draft.as_of.day(today) {
        pairs.push(pair("as_of", &day.to_string()));
    }
    for parameter in &draft.parameters {
        pairs.push(pair(&format!("p.{}", parameter.name), &parameter.value));
        pairs.push(pair(&format!("t.{}", parameter.name), parameter.kind.id()));
    }
    if let Some(chart) = &draft.chart {
        pairs.extend([pair("chart", chart.kind.id()), pair("x", &chart.x)]);
        pairs.extend(chart.y.iter().map(|column| pair("y", column)));
        pairs.push(pair("title", &chart.title));
    }
    pairs
}

/// A query that the reader may see.
async fn find(desk: &Shared, who: &Who, id: i64) -> Result<SavedQuery, Fault> {
    let viewer = viewer(who)?;
    with_books(desk, move |books| books.saved_query(&viewer, id)?.ok_or(Fault::NotFound)).await
}

/// The query that the desk's statement was opened from, while the reader may see it.
async fn opened(desk: &Shared, who: &Who, wish: &Wish) -> Result<Option<SavedQuery>, Fault> {
    let Some(id) = wish.opened() else { return Ok(None) };
    match find(desk, who, id).await {
        Err(Fault::NotFound) => Ok(None),
        found => found.map(Some),
    }
}

/// Who looks. Those without an account have nothing of their own.
pub(crate) fn viewer(who: &Who) -> Result<Viewer, Fault> {
    Ok(Viewer { account: who.account.ok_or(Fault::Forbidden)?, roles: who.roles.clone() })
}

/// Who keeps and shares: a person, never a program's token.
pub(crate) fn keeper(who: &Who) -> Result<Viewer, Fault> {
    match who.via {
        Via::Session { .. } | Via::Demo => viewer(who),
        Via::Token { .. } | Via::Nobody => Err(Fault::Forbidden),
    }
}

/// What the books refuse: what somebody may not see is not there.
pub(crate) fn refused(error: RegistryError) -> Fault {
    match error {
        RegistryError::Unknown { .. } => Fault::NotFound,
        other => other.into(),
    }
}

/// The day's rule for people.
pub(crate) fn rule_words(words: Words, rule: AsOfRule) -> String {
    match rule {
        AsOfRule::Newest => words.t("saved.rule.newest").to_owned(),
        AsOfRule::MonthEnd => words.t("saved.rule.month_end").to_owned(),
        AsOfRule::Day(day) => day.to_string(),
    }
}
