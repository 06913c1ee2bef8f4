//! Keys of tokens, as any books must keep them.

use chrono::TimeDelta;
use qunlian_domain::access::token::TokenScope;

use super::{at, open_account};
use crate::scram::{ITERATIONS, ScramKeys, keep_keys_of, salt_of};
use crate::{NewToken, Store};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    keys_open_as_long_as_their_token(&make());
    salts_belong_to_names(&make());
}

fn keys_open_as_long_as_their_token(store: &impl Store) {
    let owner = open_account(store, "fenxi");
    let token = |title: &str, scope: TokenScope, days: i64| NewToken {
        account: owner.id,
        title: title.to_owned(),
        key: title.repeat(64),
        scopes: vec![scope],
        now: at(0),
        expires_at: at(0) + TimeDelta::days(days),
    };
    let sql = store.create_token(&token("a", TokenScope::Sql, 2)).unwrap();
    let short = store.create_token(&token("b", TokenScope::Sql, 1)).unwrap();
    let read = store.create_token(&token("c", TokenScope::Read, 2)).unwrap();
    for made in [&sql, &short, &read] {
        keep_keys_of(store, made, &owner.name, "secret", at(0)).unwrap();
    }
    let ids = |minutes: i64| store.scram_tokens(owner.id, at(minutes)).unwrap().iter().map(|(token, _)| token.id).collect::<Vec<_>>();
    assert_eq!(ids(1), [short.id, sql.id], "newest first, none without the scope");
    let salt = salt_of(store, "fenxi", at(0)).unwrap();
    assert_eq!(store.scram_tokens(owner.id, at(1)).unwrap()[1].1, ScramKeys::of("secret", &salt, ITERATIONS));
    assert!(store.keep_scram(sql.id, &ScramKeys::of("other", &salt, ITERATIONS)).is_err(), "keys do not change");
    assert_eq!(ids(24 * 60), [sql.id], "expired");
    assert!(store.revoke_token(sql.id, at(1)).unwrap());
    assert_eq!(ids(2), [short.id], "revoked");
    store.set_disabled(owner.id, true, at(3)).unwrap();
    assert!(ids(4).is_empty());
    assert!(store.scram_tokens(999, at(1)).unwrap().is_empty());
}

fn salts_belong_to_names(store: &impl Store) {
    let salt = |name: &str| salt_of(store, name, at(0)).unwrap();
    assert_eq!(salt("nobody"), salt("nobody"));
    assert_eq!(salt("nobody"), salt("Nobody"), "names have no case");
    assert_ne!(salt("nobody"), salt("nobody2"));
}
