//! Every statement of the list, by both askers: a refusal with words or a harmless answer, and nothing else happens.

use super::client::Asker;
use super::ground::Ground;
use super::list::{Family, families};

pub const FILES: [&str; 8] = [
    include_str!("files.toml"),
    include_str!("network.toml"),
    include_str!("statements.toml"),
    include_str!("scope.toml"),
    include_str!("leaks.toml"),
    include_str!("names.toml"),
    include_str!("values.toml"),
    include_str!("bombs.toml"),
];

/// Seconds that a statement may take: bombs end soon, plain ones have time enough.
const SECONDS: u64 = 2;

#[test]
fn no_listed_attack_reaches_anything() {
    let ground = Ground::new(SECONDS);
    let families: Vec<Family> = FILES.iter().flat_map(|file| families(file)).collect();
    let only = std::env::var("QUNLIAN_ATTACKS").unwrap_or_default();
    let mut count = 0;
    let mut faults = Vec::new();
    for family in &families {
        let statements = family.statements(&ground.places);
        assert!(statements.len() > 3, "{} has only {} statements", family.name, statements.len());
        count += statements.len();
        if family.name.contains(&only) {
            faults.extend(attack(&ground, family, &statements));
        }
    }
    faults.extend(forms(&ground));
    assert!(families.len() >= 60, "{} families", families.len());
    assert!(count >= 600, "{count} statements");
    assert!(faults.is_empty(), "{} families, {count} statements, {} faults:\n{}", families.len(), faults.len(), faults.join("\n"));
}

/// Forms that no browser sends.
fn forms(ground: &Ground) -> Vec<String> {
    let many = format!("sql=select+1{}", "&sql=select+2".repeat(1_000));
    let forms: [&[u8]; 14] = [
        b"sql=select+'%ff%fe%c0%af'",
        b"sql=select+'\xff\xfe'",
        b"sql=select+%",
        b"sql=select+%zz1",
        b"sql=select+%00+1",
        b"sql=%ef%bb%bfselect+1",
        b"sql=select+'%ed%a0%80'",
        b"sql=select+1&sql=drop+table+projects",
        b"sql=select+1&format=../../x",
        b"sql=select+1&format=csv%00",
        b"sql=select+1&as_of=9999-12-31",
        b"sql=select+1&as_of=-0001-01-01",
        b"sql[]=select+1",
        many.as_bytes(),
    ];
    let ask = |form: &&[u8]| {
        let sql = String::from_utf8_lossy(form).into_owned();
        [&ground.city, &ground.carrier].into_iter().flat_map(|asker| asker.faults(&sql, &asker.send(form))).collect::<Vec<_>>()
    };
    forms.iter().flat_map(ask).chain(ground.harm()).collect()
}

/// Both askers at once, each one statement after the other.
fn attack(ground: &Ground, family: &Family, statements: &[String]) -> Vec<String> {
    let ask = |asker: &Asker| -> Vec<String> { statements.iter().flat_map(|sql| asker.faults(sql, &asker.ask(sql))).collect() };
    let mut faults = std::thread::scope(|scope| {
        let city = scope.spawn(|| ask(&ground.city));
        let mut faults = ask(&ground.carrier);
        faults.extend(city.join().unwrap());
        faults
    });
    faults.extend(ground.harm());
    faults.iter_mut().for_each(|fault| *fault = format!("{}: {fault}", family.name));
    faults
}
