//! The command line and the addresses that others rely on.

use serde_json::Value;

use crate::support::server::{Server, demo};
use crate::support::{Folder, files_below};

#[test]
fn named_queries_answer_in_the_promised_shape() {
    let server = demo();
    let answer = server.json("/api/queries/city_progress.json?year=2022&as_of=2022-05-31");
    assert_eq!(answer["ok"], true);
    assert_eq!(answer["as_of"], "2022-05-31");
    let names: Vec<&str> = answer["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    assert_eq!(names[..9], ["metric", "done", "target", "completion", "pace", "gap_points", "last_year", "growth", "light"]);
    for key in ["type", "title", "unit"] {
        assert!(answer["columns"][0].get(key).is_some(), "{key}");
    }
    let rows = answer["rows"].as_array().unwrap();
    let row = |metric: &str| rows.iter().find(|row| row[0] == metric).unwrap_or_else(|| panic!("{metric}"));
    let check = |metric: &str, done: i64, target: i64, last_year: i64| {
        assert_eq!(
            (row(metric)[1].as_i64(), row(metric)[2].as_i64(), row(metric)[6].as_i64()),
            (Some(done), Some(target), Some(last_year)),
            "{metric}"
        );
    };
    check("signed", 188, 310, 61);
    check("started", 92, 225, 39);
    check("completed", 98, 175, 28);
    assert_eq!(row("fixed_assets")[1].as_i64(), Some(6_340_000_000));
    for name in [
        "carrier_progress",
        "chain_progress",
        "region_progress",
        "band_counts",
        "monthly_cumulative",
        "signed_not_started",
        "started_not_producing",
        "reconciliation",
    ] {
        assert_eq!(server.json(&format!("/api/queries/{name}.json?year=2022&as_of=2022-05-31"))["ok"], true, "{name}");
    }
}

#[test]
fn bands_nest_and_every_reconciliation_adds_up() {
    let server = demo();
    let bands = server.json("/api/queries/band_counts.json?year=2022&as_of=2022-05-31");
    let done = |id: &str| bands["rows"].as_array().unwrap().iter().find(|row| row[0] == id).unwrap()[2].as_i64().unwrap();
    assert_eq!((done("ge10"), done("ge50"), done("ge100")), (13, 1, 0));
    let sums = server.json("/api/queries/reconciliation.json?year=2022&as_of=2022-05-31");
    let rows = sums["rows"].as_array().unwrap();
    assert!(rows.len() >= 5);
    assert!(rows.iter().all(|row| row[5] == Value::Bool(true)), "{rows:?}");
}

/// A kind of complaint without a name shows its id instead, such as `promise_order`.
#[test]
fn every_kind_of_complaint_has_a_name() {
    let page = demo().get("/quality?as_of=2022-05-31");
    let texts: Vec<&str> = page.split('<').filter_map(|rest| Some(rest.split_once('>')?.1.trim())).collect();
    let is_id = |text: &str| text.contains('_') && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    assert!(texts.contains(&"计划竣工早于计划开工"), "the sample has it");
    let ids: Vec<&&str> = texts.iter().filter(|text| is_id(text)).collect();
    assert!(ids.is_empty(), "{ids:?}");
}

#[test]
fn errors_say_what_and_how() {
    let server = demo();
    let (status, body) = server.look("/api/queries/nothing.json");
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &answer["ok"]), (404, &Value::Bool(false)));
    assert!(!answer["error"].as_str().unwrap().is_empty() && answer.get("hint").is_some());
    assert_eq!(server.look("/api/queries/city_progress.json?year=abc&as_of=2022-05-31").0, 400);
    assert_eq!(server.look("/projects/nobody").0, 404);
    assert_eq!(server.look("/?as_of=31.5.2022").0, 400);
}

#[test]
fn a_refused_file_is_read_again_when_its_carrier_is_told() {
    let folder = Folder::new();
    let file = folder.dir.path().join("2022年5月新签约.csv");
    let rows = "项目名称,投资方,投资方地址,协议投资额（亿元）,签约日期\n年产3万吨铸件项目,合肥示例铸造有限公司,合肥市蜀山区示例路1号,3,2022-05-05\n";
    std::fs::write(&file, rows).unwrap();
    let file = file.to_str().unwrap();
    let refused = folder.command(&["import", "--today", "2022-05-31", file]).output().unwrap();
    assert!(crate::support::words(&refused).contains("载体单位"), "{}", crate::support::words(&refused));
    let same = folder.run(&["import", "--today", "2022-05-31", file]);
    assert!(same.contains("known"), "told nothing new: {same}");
    let told = folder.run(&["import", "--today", "2022-05-31", "--carrier", "濉溪县", file]);
    assert!(told.contains("accepted") && told.contains("1 rows in"), "{told}");
    let again = folder.run(&["import", "--today", "2022-05-31", "--carrier", "濉溪县", file]);
    assert!(again.contains("known"), "{again}");
}

#[test]
fn exit_codes_are_0_1_2() {
    let folder = Folder::new();
    let nothing = folder.fail(&["sql", "select 1"], 2);
    assert!(nothing.contains("hint:"), "{nothing}");
    folder.fail(&["run", "no_such_job"], 2);
    folder.fail(&["import", "/no/such/file.xlsx"], 2);
    let refused = folder.dir.path().join("refused.xlsx");
    std::fs::write(&refused, b"PK\x03\x04 cut off").unwrap();
    folder.fail(&["import", refused.to_str().unwrap()], 2);
    assert_eq!(std::process::Command::new(crate::support::PROGRAM).arg("nonsense").output().unwrap().status.code(), Some(2));
    let (folder, _) = Folder::with_sample(7, Vec::new());
    folder.fail(&["sql", "drop table projects"], 2);
    folder.fail(&["sql", "select nothing from projects"], 2);
    assert!(folder.run(&["sql", "--format", "csv", "select count(*) as n from carriers"]).contains('\n'));
    assert!(folder.run(&["check"]).contains("whole"));
}

#[test]
fn unchanged_inputs_publish_nothing_and_a_changed_workbook_touches_its_carrier_only() {
    let (folder, truth) = Folder::with_sample(7, Vec::new());
    let first = folder.manifest();
    folder.run(&["run", "build_lake"]);
    assert_eq!(folder.newest_generation(), first["generation"].as_u64(), "nothing changed, nothing is published");
    let sent = folder.dir.path().join("sent");
    let again: Vec<_> = truth.files.iter().take(3).map(|file| sent.join(&file.file)).collect();
    folder.import(&again);
    folder.run(&["run", "build_lake"]);
    assert_eq!(folder.newest_generation(), first["generation"].as_u64(), "the same files again change nothing");

    // A correction file of one carrier.
    let signing = truth.signings_2022.iter().find(|signing| signing.alone).unwrap();
    let on = chrono::NaiveDate::from_ymd_opt(2022, 5, 10).unwrap();
    let change = qunlian_sample::Change::Correction {
        index: signing.index,
        on,
        field: qunlian_sample::CorrectedField::Agreed { yuan: 990_000_000 },
    };
    let other = tempfile::tempdir().unwrap();
    let options = qunlian_sample::Options { seed: 7, out: other.path().to_path_buf(), changes: vec![change] };
    let changed = qunlian_sample::write(&options, |_| {}).unwrap();
    let known: std::collections::BTreeSet<_> = truth.files.iter().map(|file| file.file.clone()).collect();
    let new: Vec<_> = changed.files.iter().filter(|file| !known.contains(&file.file)).map(|file| other.path().join(&file.file)).collect();
    assert_eq!(new.len(), 1);
    folder.import(&new);
    folder.run(&["run", "build_lake"]);
    let second = folder.manifest();
    assert_eq!(second["generation"].as_u64(), first["generation"].as_u64().map(|number| number + 1));
    for table in ["projects", "milestones", "investments"] {
        let parts = |manifest: &Value| -> Vec<(String, String)> {
            let table = manifest["tables"].as_array().unwrap().iter().find(|t| t["name"] == table).unwrap().clone();
            table["parts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|p| (p["key"].as_str().unwrap().to_owned(), p["blake3"].as_str().unwrap().to_owned()))
                .collect()
        };
        let (before, after) = (parts(&first), parts(&second));
        let touched: Vec<&String> = after.iter().filter(|part| !before.contains(part)).map(|(key, _)| key).collect();
        assert!(touched.iter().all(|key| *key == signing.carrier), "{table}: {touched:?}");
    }
}

#[test]
fn no_phone_number_reaches_the_lake_or_a_page() {
    let (folder, truth) = Folder::with_sample(7, Vec::new());
    let phones: Vec<String> = truth
        .faults
        .iter()
        .filter(|fault| fault.kind.contains("phone"))
        .filter_map(|fault| {
            let digits: String = fault.value.chars().filter(char::is_ascii_digit).collect();
            digits.find("139").map(|at| digits[at..(at + 11).min(digits.len())].to_owned())
        })
        .collect();
    assert!(!phones.is_empty(), "the sample has a phone number in a text cell");
    let complaints = folder.run(&["sql", "--format", "csv", "select * from complaints"]);
    let projects = folder.run(&["sql", "--format", "csv", "select * from projects"]);
    for phone in &phones {
        assert!(!complaints.contains(phone) && !projects.contains(phone), "{phone}");
        for file in files_below(&folder.data().join("landing")) {
            let text = std::fs::read(&file).unwrap();
            assert!(!String::from_utf8_lossy(&text).contains(phone.as_str()), "{phone} in {}", file.display());
        }
    }
}

#[test]
fn a_second_server_on_the_folder_is_refused_and_so_is_a_public_address() {
    let (folder, _) = Folder::with_sample(7, Vec::new());
    let server = Server::start(&folder);
    assert_eq!(server.json("/healthz")["ok"], true);
    let words = folder.fail(&["serve", "--listen", "127.0.0.1:0"], 2);
    assert!(words.contains("hint:"), "{words}");
    let words = folder.fail(&["serve", "--listen", "0.0.0.0:0"], 2);
    assert!(words.contains("loopback") || words.contains("127.0.0.1"), "{words}");
}

#[test]
fn a_generation_built_beside_a_running_server_appears() {
    let (folder, truth) = Folder::with_sample(7, Vec::new());
    let server = Server::start(&folder);
    let before = server.json("/api/generation")["generation"].as_u64().unwrap();
    let signing = truth.signings_2022.iter().find(|signing| signing.alone).unwrap();
    let project = folder.sql(None, "select project_id, chain_id from projects where known_until is null order by 1 limit 1");
    let (id, chain) = (project[0][0].as_str().unwrap(), project[0][1].as_str().unwrap());
    let to = if chain == "lv-ji" { "tao-lv" } else { "lv-ji" };
    assert!(!signing.carrier.is_empty());
    folder.run(&["decide", id, "--chain", to, "--reason", "实地核查", "--by", "测试"]);
    folder.run(&["run", "build_lake"]);
    server.wait_for("the new generation", |server| server.json("/api/generation")["generation"].as_u64() == Some(before + 1));
    let decided =
        folder.sql(None, &format!("select chain_id, chain_overridden from projects where project_id = '{id}' and known_until is null"));
    assert_eq!((decided[0][0].as_str(), &decided[0][1]), (Some(to), &Value::Bool(true)), "a person's word wins");
}

#[test]
fn an_empty_folder_is_set_up_by_a_link_that_dies_with_its_use() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let line = server.next_line();
    let link = line.split_once("/setup?token=").unwrap_or_else(|| panic!("{line}")).1;
    assert_eq!(link.len(), 64, "{line}");
    assert_eq!(server.look("/setup").0, 404);
    assert_eq!(server.look(&format!("/setup?token={link}")).0, 200);
    let mut form = vec![("token", link)];
    for (field, word) in [
        ("system_name", "xitong"),
        ("system_person", "系统员甲"),
        ("system_password", "Gq7-tulip-9rain"),
        ("system_again", "Gq7-tulip-9rain"),
        ("security_name", "anquan"),
        ("security_person", "安全员乙"),
        ("security_password", "Hx4-brook-6snow"),
        ("security_again", "Hx4-brook-6snow"),
        ("audit_name", "shenji"),
        ("audit_person", "审计员丙"),
        ("audit_password", "Kz2-maple-8wind"),
        ("audit_again", "Kz2-maple-8wind"),
    ] {
        form.push((field, word));
    }
    let (status, location, _) = server.send("/setup", &form);
    assert_eq!((status, location.as_str()), (303, "/login?after=setup"));
    assert_eq!(server.look(&format!("/setup?token={link}")).0, 404, "dead after use");
    assert_eq!(server.send("/setup", &form).0, 404);
    let (status, location, cookie) = server.send("/login", &[("name", "xitong"), ("password", "Gq7-tulip-9rain")]);
    assert_eq!((status, location.as_str()), (303, "/jobs"));
    assert!(cookie.starts_with("qunlian=") && cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
    assert_eq!(server.send("/login", &[("name", "xitong"), ("password", "wrong")]).0, 422);
}
