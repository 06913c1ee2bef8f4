//! Personal boards in SQLite: positions are counted anew with every change.

use qunlian_domain::saved_query::{MOST_PINNED, Viewer};
use rusqlite::{Connection, Transaction, params};

use super::claim_rows::rows;
use super::job_reads::word;
use super::saved_queries::{find, refused};
use super::{SqliteStore, Trouble};
use crate::{BoardBooks, Move, PinSize, PinnedChart, RegistryError};

impl BoardBooks for SqliteStore {
    fn pin_chart(&self, viewer: &Viewer, query: i64, size: PinSize) -> Result<(), RegistryError> {
        let viewer = viewer.clone();
        self.write("pin a chart", move |transaction| pin(transaction, &viewer, query, size))
    }

    fn unpin_chart(&self, viewer: &Viewer, query: i64) -> Result<bool, RegistryError> {
        let account = viewer.account;
        self.write("unpin a chart", move |transaction| {
            let sql = "delete from pinned_charts where account = ?1 and query = ?2";
            let removed = transaction.execute(sql, [account, query])?;
            place(transaction, account, &order(transaction, account)?)?;
            Ok(removed > 0)
        })
    }

    fn move_chart(&self, viewer: &Viewer, query: i64, way: Move) -> Result<(), RegistryError> {
        let account = viewer.account;
        self.write("move a chart", move |transaction| {
            let mut order = order(transaction, account)?;
            let at = order.iter().position(|pinned| *pinned == query).ok_or(RegistryError::Unknown { what: "pinned chart" })?;
            let other = match way {
                Move::Up => at.checked_sub(1),
                Move::Down => Some(at + 1).filter(|below| *below < order.len()),
            };
            if let Some(other) = other {
                order.swap(at, other);
            }
            place(transaction, account, &order)
        })
    }

    fn pinned_charts(&self, viewer: &Viewer) -> Result<Vec<PinnedChart>, RegistryError> {
        self.read("read a personal board", |connection| {
            let sql = "select query, size from pinned_charts where account = ?1 order by position, query";
            let pins = rows(connection, sql, [viewer.account], |row| {
                Ok((row.get::<_, i64>(0)?, word(row.get(1)?, "pinned_charts.size", PinSize::from_id)?))
            })?;
            let chart = |(query, size)| Ok(PinnedChart { query, size, saved: find(connection, viewer, query)? });
            pins.into_iter().map(chart).collect()
        })
    }
}

fn pin(transaction: &Transaction<'_>, viewer: &Viewer, query: i64, size: PinSize) -> Result<(), Trouble> {
    if find(transaction, viewer, query)?.is_none() {
        return Err(RegistryError::Unknown { what: "saved query" }.into());
    }
    let pinned = order(transaction, viewer.account)?;
    if !pinned.contains(&query) && pinned.len() >= MOST_PINNED {
        return Err(refused("the board is full").into());
    }
    let sql = "insert into pinned_charts (account, query, position, size) values (?1, ?2, ?3, ?4)
               on conflict (account, query) do update set size = excluded.size";
    transaction.execute(sql, params![viewer.account, query, pinned.len() as i64 + 1, size.id()])?;
    place(transaction, viewer.account, &order(transaction, viewer.account)?)
}

/// The board's queries from the top.
fn order(connection: &Connection, account: i64) -> Result<Vec<i64>, Trouble> {
    let sql = "select query from pinned_charts where account = ?1 order by position, query";
    rows(connection, sql, [account], |row| Ok(row.get(0)?))
}

fn place(transaction: &Transaction<'_>, account: i64, order: &[i64]) -> Result<(), Trouble> {
    let sql = "update pinned_charts set position = ?3 where account = ?1 and query = ?2";
    for (at, query) in order.iter().enumerate() {
        transaction.execute(sql, params![account, query, at as i64 + 1])?;
    }
    Ok(())
}
