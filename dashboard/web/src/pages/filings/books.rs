//! The books as these pages use them (台账访问): beside the server's threads, and within the reader's scope.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use qunlian_domain::access::Right;
use qunlian_domain::audit;
use qunlian_domain::carriers::{Carrier, Carriers};
use qunlian_registry::{Claim, Doer, Filing, RegistryError, Store};

use crate::Shared;
use crate::fault::Fault;
use crate::who::{Via, Who};

/// Calls the books, which are on disk, beside the server's threads.
pub(crate) async fn with_books<T: Send + 'static>(
    desk: &Shared,
    call: impl FnOnce(&dyn Store) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let books = Arc::clone(&desk.app.books);
    let called = tokio::task::spawn_blocking(move || call(books.as_ref())).await;
    called.map_err(|error| Fault::Internal(error.to_string()))?
}

/// What the books refuse, in words for people.
pub(crate) fn refused(error: RegistryError) -> Fault {
    match error {
        RegistryError::Unknown { .. } => Fault::NotFound,
        RegistryError::Conflict { .. } => Fault::bad("bad.filing_conflict", ""),
        RegistryError::NotNow { .. } => Fault::bad("bad.filing_state", ""),
        RegistryError::Refused { .. } => Fault::bad("bad.filing_refused", ""),
        other => Fault::Internal(other.to_string()),
    }
}

/// Whoever acts, as the books note it.
pub(crate) fn doer(desk: &Shared, who: &Who) -> Doer {
    let via = match who.via {
        Via::Nobody => audit::Via::Public,
        Via::Session { .. } => audit::Via::Web,
        Via::Token { .. } => audit::Via::Api,
        Via::Demo => audit::Via::Demo,
    };
    Doer { account: who.account, name: who.name.clone(), via, now: desk.now(), today: desk.today() }
}

/// A filing that the reader may see; another carrier's is not there.
pub(crate) fn seen_filing(books: &dyn Store, who: &Who, number: &str) -> Result<Filing, Fault> {
    let filing = books.filing_numbered(number).map_err(refused)?;
    filing.filter(|filing| who.scope.holds(&filing.carrier_id)).ok_or(Fault::NotFound)
}

/// A claim that the reader may see.
pub(crate) fn seen_claim(books: &dyn Store, who: &Who, id: i64) -> Result<Claim, Fault> {
    let claim = books.find_claim(id).map_err(refused)?;
    claim.filter(|claim| who.scope.holds(&claim.carrier_id)).ok_or(Fault::NotFound)
}

/// The carriers for which somebody files: those granted and all below them, however far other roles see.
pub(crate) fn files_for(who: &Who, carriers: &Carriers, today: NaiveDate) -> BTreeSet<String> {
    if !who.may(Right::File) {
        return BTreeSet::new();
    }
    who.carriers.iter().flat_map(|granted| carriers.subtree(granted, today)).collect()
}

/// Refuses to act for another's carrier.
pub(crate) fn require_own(desk: &Shared, who: &Who, carrier_id: &str) -> Result<(), Fault> {
    let own = files_for(who, &desk.app.rules.city.carriers, desk.today());
    if own.contains(carrier_id) { Ok(()) } else { Err(Fault::Forbidden) }
}

/// The carriers to choose from in a new filing, in the catalogue's order.
pub(crate) fn own_carriers<'d>(desk: &'d Shared, who: &Who) -> Vec<&'d Carrier> {
    let (carriers, today) = (&desk.app.rules.city.carriers, desk.today());
    let own = files_for(who, carriers, today);
    let mut chosen: Vec<&Carrier> = carriers.on(today).filter(|carrier| own.contains(&carrier.id)).collect();
    chosen.sort_by_key(|carrier| carrier.sort);
    chosen
}

/// A carrier's name; its id when the catalogue does not know it.
pub(crate) fn carrier_name(desk: &Shared, id: &str) -> String {
    let carriers = &desk.app.rules.city.carriers;
    let known = carriers.get(id, desk.today()).or_else(|| carriers.rows().iter().find(|carrier| carrier.id == id));
    known.map_or_else(|| id.to_owned(), |carrier| carrier.name.clone())
}
