//! Keys of tokens in SQLite.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::{SqliteStore, Trouble};
use crate::scram::{ScramBooks, ScramKey, ScramKeys};
use crate::{AccountBooks, RegistryError, Token};

impl ScramBooks for SqliteStore {
    fn keep_scram(&self, token: i64, keys: &ScramKeys) -> Result<(), RegistryError> {
        let keys = *keys;
        self.write("keep the keys of a token", move |transaction| {
            let known: i64 = transaction.query_row("select count(*) from token_scram where token = ?1", [token], |row| row.get(0))?;
            if known > 0 {
                return Err(RegistryError::Refused { what: "the keys of a token", problem: "it has some already".to_owned() }.into());
            }
            let sql = "insert into token_scram (token, iterations, stored_key, server_key) values (?1, ?2, ?3, ?4)";
            transaction.execute(sql, params![token, keys.iterations, to_hex(&keys.stored), to_hex(&keys.server)])?;
            Ok(())
        })
    }

    fn scram_tokens(&self, account: i64, now: DateTime<Utc>) -> Result<Vec<(Token, ScramKeys)>, RegistryError> {
        let alive: Vec<Token> = self.tokens_of(account)?.into_iter().filter(|token| token.is_alive(now)).collect();
        self.read("read the keys of tokens", |connection| {
            let mut ask = connection.prepare_cached("select iterations, stored_key, server_key from token_scram where token = ?1")?;
            let mut found = Vec::new();
            for token in &alive {
                let mut rows = ask.query([token.id])?;
                let Some(row) = rows.next()? else { continue };
                let (stored, server): (String, String) = (row.get(1)?, row.get(2)?);
                let keys = ScramKeys { iterations: row.get(0)?, stored: from_hex(&stored)?, server: from_hex(&server)? };
                found.push((token.clone(), keys));
            }
            Ok(found)
        })
    }
}

fn to_hex(key: &ScramKey) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Result<ScramKey, Trouble> {
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        let digits = text.get(at * 2..at * 2 + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        *byte = digits.ok_or_else(|| RegistryError::Refused { what: "the keys of a token", problem: "they are no hex".to_owned() })?;
    }
    Ok(key)
}
