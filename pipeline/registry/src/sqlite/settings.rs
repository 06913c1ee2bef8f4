//! Facts about the data folder, by name.

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use super::SqliteStore;
use crate::text::moment;
use crate::{RegistryError, Settings};

const READ: &str = "select value from settings where name = ?1";

impl Settings for SqliteStore {
    fn setting(&self, name: &str) -> Result<Option<String>, RegistryError> {
        self.read("read a setting", |connection| Ok(connection.query_row(READ, [name], |row| row.get(0)).optional()?))
    }

    fn put_setting(&self, name: &str, value: &str, now: DateTime<Utc>) -> Result<(), RegistryError> {
        let row = [name.to_owned(), value.to_owned(), moment(now)];
        self.write("record a setting", move |transaction| {
            let sql = "insert into settings (name, value, changed_at) values (?1, ?2, ?3)
                       on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at
                       where value <> excluded.value";
            transaction.execute(sql, row)?;
            Ok(())
        })
    }

    fn setting_or_put(&self, name: &str, value: &str, now: DateTime<Utc>) -> Result<String, RegistryError> {
        if let Some(stands) = self.setting(name)? {
            return Ok(stands);
        }
        let row = [name.to_owned(), value.to_owned(), moment(now)];
        self.write("record a setting", move |transaction| {
            let sql = "insert into settings (name, value, changed_at) values (?1, ?2, ?3)
                       on conflict (name) do nothing";
            transaction.execute(sql, [&row[0], &row[1], &row[2]])?;
            Ok(transaction.query_row(READ, [&row[0]], |row| row.get(0))?)
        })
    }
}
