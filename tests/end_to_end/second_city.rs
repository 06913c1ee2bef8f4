//! Another city is another folder: other carriers, chains, bands, lights and years, and no line of Rust.

use std::path::Path;

use serde_json::Value;

use crate::support::Folder;
use crate::support::server::Server;

const REPORT: &str = "2023年6月新签约项目统计表,,,,,,
填报单位：霍邱县,,,,截至日期：2023-06-30,,
项目名称,建设内容,投资方,投资方地址,协议投资额（亿元）,计划固定资产投资（亿元）,签约日期
年产3万吨球铁铸件项目,建设铸造生产线,合肥示例铸造有限公司,合肥市蜀山区示例路1号,3,2.5,2023-06-05
瓜片精深加工项目,茶叶加工,杭州示例茶业有限公司,杭州市西湖区示例路2号,25,1.5,2023-06-12
示例智算中心,服务器机房,上海示例科技有限公司,上海市浦东新区示例路3号,30,22,2023-06-20
";

/// A data folder whose configuration names the made-up city; the header synonyms and the form are those of the built-in city.
fn folder() -> Folder {
    let folder = Folder::new();
    let city = folder.dir.path().join("overlay/cities/luan");
    std::fs::create_dir_all(&city).unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = here.join("tests/end_to_end/second_city");
    for file in crate::support::files_below(&files) {
        let to = city.join(file.strip_prefix(&files).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&file, to).unwrap();
    }
    for name in ["sheets.toml", "filing.toml"] {
        std::fs::copy(here.join("data/cities/huaibei").join(name), city.join(name)).unwrap();
    }
    std::fs::create_dir_all(folder.data()).unwrap();
    let overlay = folder.dir.path().join("overlay");
    std::fs::write(folder.data().join("qunlian.toml"), format!("city = \"luan\"\ndata = {:?}\n", overlay.display().to_string())).unwrap();
    let report = folder.dir.path().join("2023年6月.csv");
    std::fs::write(&report, REPORT).unwrap();
    folder.run(&["import", "--today", "2023-06-30", &report.display().to_string()]);
    folder.run(&["run", "build_lake"]);
    folder
}

#[test]
fn another_city_is_another_folder() {
    let folder = folder();
    let found = folder.sql(None, "select carrier_id, chain_id, region_kind, city from projects order by planned_fixed_yuan");
    let row = |cells: [&str; 4]| cells.map(Value::from).to_vec();
    let expected = [
        row(["huoqiu", "cha", "outside", "杭州市"]),
        row(["huoqiu", "tie", "in_province", "合肥市"]),
        row(["huoqiu", "qita", "outside", "上海市"]),
    ];
    assert_eq!(found, expected);

    let server = Server::start_on(&folder, "2023-06-30");
    // 2亿元 and 20亿元 by planned fixed assets: the agreed 25亿元 of the second project count in neither.
    let bands = server.json("/api/queries/band_counts.json?year=2023&as_of=2023-06-30");
    let done: Vec<(&str, i64)> =
        bands["rows"].as_array().unwrap().iter().map(|row| (row[0].as_str().unwrap(), row[2].as_i64().unwrap())).collect();
    assert_eq!(done, [("ge2", 2), ("ge20", 1)]);
    // 3 of 12 at half of the year: half of the plan is missing, which this city's rule calls yellow.
    let progress = server.json("/api/queries/city_progress.json?year=2023&as_of=2023-06-30");
    let signed = progress["rows"].as_array().unwrap().iter().find(|row| row[0] == "signed").unwrap();
    assert_eq!((&signed[1], &signed[2], &signed[8]), (&Value::from(3), &Value::from(12), &Value::from("yellow")));
    for page in ["/", "/carriers", "/carriers/huoqiu", "/chains", "/chains/tie", "/regions", "/projects", "/quality", "/wall"] {
        let body = server.get(page);
        assert!(body.contains("六安市") && body.contains("2023"), "{page}");
        for word in ["淮北", "濉溪", "10亿元以上"] {
            assert!(!body.contains(word), "{page} speaks of {word}");
        }
    }
    let bulletin = server.get("/bulletins?as_of=2023-06-30");
    assert!(bulletin.contains("2023年1—6月招商引资简报") && bulletin.contains("六安市招商引资进展如下"), "its own template");
    assert!(!bulletin.contains("月度通报") && !bulletin.contains("淮北"));
    let home = server.get("/");
    assert!(home.contains("预警"), "this city's words for lights");
    assert!(home.contains("20亿元以上") && !home.contains("10亿元以上"), "the bands that have targets");
}
