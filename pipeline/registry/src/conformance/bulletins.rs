//! Bulletins that were made, as any books must keep them.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::{AuditAction, Via};

use crate::{AuditFilter, BulletinFile, Doer, Kept, NewBulletin, Store};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    equal_words_are_one_edition(&make());
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer() -> Doer {
    let now: DateTime<Utc> = "2022-06-05T01:00:00Z".parse().unwrap();
    Doer { account: None, name: "job:bulletins".to_owned(), via: Via::Job, now, today: day("2022-06-05") }
}

fn bulletin(template: &str, until: &str, words: &str, generation: u64) -> NewBulletin {
    NewBulletin {
        template: template.into(),
        name: "月度通报".into(),
        title: "关于2022年1—5月淮北市招商引资情况的通报".into(),
        until: day(until),
        generation,
        rule_version: "ab".into(),
        words: words.into(),
        files: vec![
            BulletinFile { kind: "docx".into(), blake3: "a".repeat(64), bytes: 12 },
            BulletinFile { kind: "pdf".into(), blake3: "b".repeat(64), bytes: 34 },
        ],
    }
}

fn equal_words_are_one_edition(store: &impl Store) {
    assert_eq!(store.bulletins(10).unwrap(), []);
    let first = store.keep_bulletin(&bulletin("monthly", "2022-05-31", "x", 7), &doer()).unwrap();
    let Kept::New(first) = first else { panic!("{first:?}") };
    assert_eq!((first.edition, first.until, first.files.len(), first.made_by.as_str()), (1, day("2022-05-31"), 2, "job:bulletins"));
    // A later generation that says the same makes nothing new.
    let again = store.keep_bulletin(&bulletin("monthly", "2022-05-31", "x", 8), &doer()).unwrap();
    assert_eq!(again, Kept::Known(first.clone()));
    let second = store.keep_bulletin(&bulletin("monthly", "2022-05-31", "y", 9), &doer()).unwrap();
    assert_eq!((second.bulletin().edition, second.bulletin().generation), (2, 9));
    let other = store.keep_bulletin(&bulletin("quarterly", "2022-06-30", "x", 9), &doer()).unwrap();
    assert_eq!(other.bulletin().edition, 1);
    let ids: Vec<i64> = store.bulletins(10).unwrap().iter().map(|bulletin| bulletin.id).collect();
    assert_eq!(ids, [other.bulletin().id, second.bulletin().id, first.id], "newest day first");
    assert_eq!(store.bulletins(1).unwrap().len(), 1);
    assert_eq!(store.bulletin(first.id).unwrap(), Some(first));
    assert_eq!(store.bulletin(999).unwrap(), None);
    let wrong = [
        NewBulletin { files: Vec::new(), ..bulletin("monthly", "2022-04-30", "x", 7) },
        NewBulletin { words: String::new(), ..bulletin("monthly", "2022-04-30", "x", 7) },
        NewBulletin { template: String::new(), ..bulletin("monthly", "2022-04-30", "x", 7) },
    ];
    for wrong in wrong {
        assert!(store.keep_bulletin(&wrong, &doer()).is_err(), "{wrong:?}");
    }
    let written = store.audit_page(&AuditFilter { action: Some(AuditAction::BulletinMade), ..AuditFilter::default() }, None, 50).unwrap();
    assert_eq!(written.len(), 3);
}
