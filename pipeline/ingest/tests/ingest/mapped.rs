//! Foreign tables through mapping files: small copies of their layout, and the shipped mappings themselves.

use std::path::Path;

use qunlian_ingest::Mapping;

use crate::fixture::try_bytes;

fn shipped(name: &str) -> Mapping {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/cities/huaibei/mappings").join(name);
    Mapping::read(name, &std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_project_export_in_english_lands() {
    let text = "World Bank Projects, data as of 09/22/2022 03:08:20 PM\n\
        Project Id,Region,Country,Project Name,Board Approval Date,Project Closing Date,Current Project Cost,Borrower\n\
        P1,Africa,Somewhere,\"Water Supply, First Phase\",2021-06-30T00:00:00Z,6/30/2023 12:00:00 AM,\"5,300,000\",Government\n\
        P2,Asia,Elsewhere,Roads,2020-09-10T00:00:00Z,,40000000,\n";
    let parsed = try_bytes("wb.csv", text.as_bytes(), Some(&shipped("world-bank.toml")), None).unwrap();
    assert_eq!(parsed.column("name"), ["Water Supply, First Phase", "Roads"]);
    assert_eq!(parsed.column("signed_on"), ["2021-06-30", "2020-09-10"]);
    assert_eq!(parsed.column("completed_on"), ["2023-06-30", ""]);
    assert_eq!(parsed.column("currency"), ["USD", "USD"]);
    assert_eq!(parsed.column("carrier_id"), ["gaoxin", "gaoxin"]);
    // A closing date still to come is a plan.
    assert_eq!(parsed.problems(), [" data_date_in_future ", "3 date_in_future Project Closing Date"]);
}

#[test]
fn a_contract_list_with_stand_in_dates_lands() {
    let text = "所在地,电子监管号,项目名称,项目位置,行业分类,成交价格(万元),土地使用权人,约定开工时间,实际开工时间,实际竣工时间,合同签订日期\n\
        某区,5100002007B00001,建材厂,某镇某村,其它,9.6100,某建材厂,2007年07月31日,Nah,\u{a0},2007年01月31日\n\
        某县,4300002007B00002,厂房,某路,食品制造业,156.6760,某公司,1901年01月02日,1901年01月02日,Nah,2007年02月03日\n";
    let parsed = try_bytes("2007.csv", text.as_bytes(), Some(&shipped("land-contracts.toml")), None).unwrap();
    assert_eq!(parsed.column("agreed_yuan"), ["96100", "1566760"]);
    assert_eq!(parsed.column("signed_on"), ["2007-01-31", "2007-02-03"]);
    assert_eq!(parsed.column("started_on"), ["", ""]);
    assert_eq!(parsed.column("planned_start_on"), ["2007-07-31", ""]);
    assert_eq!(parsed.problems(), Vec::<String>::new());
}

#[test]
fn rules_constants_and_latin_letters() {
    let mapping = Mapping::read(
        "m.toml",
        "title = 'x'\ncarrier = 'suixi'\nreported_on = '2022-03-31'\ndate_order = 'day_first'\nencoding = 'latin1'\n\
         [columns]\n'Site' = 'name'\n'Granted' = 'signed_on'\n'Firm' = 'investor'\n[constants]\ncountry = 'UK'\n[[skip_rows_where]]\ncolumn = 'Site'\nis = ['TOTAL']\n",
    )
    .unwrap();
    let bytes = b"Site,Granted,Firm,Cost\nCaf\xE9,03/05/2021,Acme,\xA35\nTOTAL,,,\xA35\n";
    let parsed = try_bytes("uk.csv", bytes, Some(&mapping), None).unwrap();
    assert_eq!(
        (parsed.column("name"), parsed.column("signed_on"), parsed.column("country_given")),
        (vec!["Café"], vec!["2021-05-03"], vec!["UK"])
    );
    assert_eq!(parsed.report.sheets[0].rows_skipped, 1);
}

#[test]
fn every_shipped_mapping_is_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/cities/huaibei/mappings");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            Mapping::read(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap()).unwrap();
            seen += 1;
        }
    }
    assert!(seen >= 3);
}

#[test]
fn a_mapping_that_does_not_fit_is_refused() {
    let refusal = try_bytes("a.csv", b"x,y,z\n1,2,3\n", Some(&shipped("world-bank.toml")), None).err().unwrap();
    assert_eq!(refusal.id(), "no_header");
}
