//! A generation of some thirty made-up projects, written as the jobs would write it.
//!
//! It holds what the rules are about: a park that changes its county, a corrected carrier, a revoked and a
//! late-known signing, a re-classified project, a confidential one, and one whose region and amount are unknown.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, LargeStringArray, RecordBatch};
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use qunlian_domain::catalogue::BandBasis;
use qunlian_domain::contract::{ColumnType, Contract, Table};
use qunlian_domain::light::{Bounds, LightRule, LightWords, Measure};
use qunlian_domain::scale::{Band, Bands};
use qunlian_domain::workdays::WorkCalendar;
use qunlian_engine::{Rules, Serving, TableFiles};
use qunlian_queries::{Generation, Library};
use tempfile::TempDir;

/// Rows of a table: column name to text; an empty text is null.
pub type Row = BTreeMap<String, String>;

/// Rows by table, before they are written.
#[derive(Clone)]
pub struct Tables(pub BTreeMap<String, Vec<Row>>);

/// A written generation; its folder goes away with it.
pub struct Written {
    pub folder: TempDir,
    pub files: TableFiles,
}

pub fn contract() -> Contract {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    Contract::load(&|path| std::fs::read_to_string(data.join(path))).unwrap()
}

pub fn rules() -> Rules {
    let yi = 100_000_000;
    let band = |id: &str, name: &str, least: i64| Band { id: id.into(), name: name.into(), least: least * yi };
    let bounds = Bounds { yellow_from: 10.0, red_above: 30.0, yellow_inclusive: true };
    Rules {
        light: LightRule {
            measure: Measure::Points,
            points: bounds,
            shortfall: Bounds { yellow_from: 0.0, red_above: 50.0, yellow_inclusive: false },
            escalate_months: 3,
            words: LightWords {
                green: "正常".into(), slightly_behind: "略低于序时".into(), yellow: "黄灯".into(), red: "红灯".into()
            },
        },
        band_basis: BandBasis::Agreed,
        bands: Bands::new(vec![band("ge1", "1亿元以上", 1), band("ge10", "10亿元以上", 10), band("ge50", "50亿元以上", 50)]).unwrap(),
        workdays: WorkCalendar::from_csv(
            "date,kind,holiday\n2022-05-02,off,劳动节\n2022-05-03,off,劳动节\n2022-05-04,off,劳动节\n2022-05-07,work,劳动节\n",
        )
        .unwrap(),
        classifiers: None,
    }
}

pub async fn serving(written: &Written) -> Serving {
    let serving = Serving::new(Library::embedded().unwrap(), contract(), rules()).unwrap();
    serving.swap(&written.files, None).await.unwrap();
    serving
}

/// Columns: project, carrier, name, chain, segment, kind, country, province code, province, city code, city, 亿元, status, confidential.
const PROJECTS: &str = "
p01|suixi|年产5万吨铝箔项目|alu|alu-foil|outside||320000|江苏省|320200|无锡市|12|ongoing|
p02|suixi|铝合金轮毂项目|alu|alu-part|outside||310000|上海市|310000|上海市|55|ongoing|
p03|suixi|铝灰综合利用项目|alu||in_province||340000|安徽省|340100|合肥市|3|ongoing|
p04|tielu|冷轧铝卷项目|alu|alu-foil|outside||330000|浙江省|330100|杭州市|10|ongoing|
p05|tielu|休闲食品产业园|food|food-snack|outside||440000|广东省|440300|深圳市|6|delayed|
p06|xiangshan|面粉精深加工项目|food|food-snack|local||340000|安徽省|340600|淮北市|2|ongoing|
p07|xiangshan|预制菜项目|food||abroad|新加坡|||||4|ongoing|
p08|xiangshan|白酒技改项目|food|food-drink|in_province||340000|安徽省|||0.5|dormant|
p09|gaoxin|锂电池隔膜项目|other||outside||320000|江苏省|320500|苏州市|9|ongoing|
p10|gaoxin|特种材料项目|alu|alu-part|outside||110000|北京市|110000|北京市|20|ongoing|true
p11|gaoxin|物流仓储项目|other||unknown|||||||lost|
p12|suixi|果蔬冻干项目|food|food-drink|outside||370000|山东省|370100|济南市|1|ongoing|
p13|suixi|电子铝箔二期|alu|alu-foil|outside||320000|江苏省|320200|无锡市|8|ongoing|
p14|xiangshan|智能家电项目|||outside||330000|浙江省|330200|宁波市|7|ongoing|
p15|gaoxin|铝空气电池项目|alu||abroad|德国|||||11|ongoing|
p16|tielu|饮料灌装项目|food|food-drink|outside||440000|广东省|440100|广州市|5|abandoned|
p31|suixi|去年铝板项目|alu|alu-part|outside||320000|江苏省|320200|无锡市|4|ongoing|
p32|suixi|去年面条项目|food|food-snack|local||340000|安徽省|340600|淮北市|1|ongoing|
p33|xiangshan|去年饮品项目|food|food-drink|outside||310000|上海市|310000|上海市|15|ongoing|
p34|gaoxin|去年模具项目|other||outside||330000|浙江省|330100|杭州市|2|ongoing|
";

/// Columns: project, start promised first and now, how often moved, completion promised first and now, how often moved.
const PROMISES: &str = "
p01|2022-03-31|2022-03-31|0|2022-12-31|2022-12-31|0
p02|2022-04-30|2022-08-31|1|2023-04-30|2023-08-31|1
p03|2022-02-28|2022-02-28|0|2022-06-30|2022-06-30|0
p04|2022-05-31|2022-05-31|0|||
p05|2022-05-31|2022-05-31|0|||
p06|2022-02-28|2022-02-28|0|2022-03-31|2022-03-31|0
p07|2022-12-31|2022-12-31|0|||
p08|2022-03-31|2022-03-31|0|||
p11|2022-05-15|2022-05-15|0|||
p16|2021-12-31|2021-12-31|0|||
p31|2021-05-31|2021-05-31|0|2022-01-31|2022-01-31|0
p32||||2022-05-20|2022-05-20|0
";

/// Columns: project, carrier, milestone, happened, recognised, and where they differ: revoked, known from, known until.
const MILESTONES: &str = "
p01|suixi|signed|2022-01-10|2022-01-31
p01|suixi|started|2022-03-05|2022-03-31
p02|suixi|signed|2022-02-10|2022-02-28
p03|suixi|signed|2022-03-10|2022-03-31
p03|suixi|started|2022-04-12|2022-04-30
p03|suixi|completed|2022-05-20|2022-05-31
p04|tielu|signed|2022-02-20|2022-02-28
p04|tielu|started|2022-04-20|2022-04-30
p05|tielu|signed|2022-04-08|2022-04-30
p06|xiangshan|signed|2022-01-20|2022-01-31
p06|xiangshan|started|2022-02-15|2022-02-28
p06|xiangshan|completed|2022-04-15|2022-04-30
p06|xiangshan|in_production|2022-05-15|2022-05-31
p07|xiangshan|signed|2022-05-06|2022-05-31
p08|xiangshan|signed|2022-03-20|2022-03-31
p09|gaoxin|signed|2022-04-22|2022-04-30
p10|gaoxin|signed|2022-05-11|2022-05-31
p11|gaoxin|signed|2022-02-11|2022-02-28
p12|xiangshan|signed|2022-03-15|2022-03-31||2022-03-31|2022-05-10
p12|suixi|signed|2022-03-15|2022-03-31||2022-05-10
p13|suixi|signed|2022-02-25|2022-02-28|2022-05-20
p14|xiangshan|signed|2022-04-25|2022-04-30||2022-06-01
p15|gaoxin|signed|2022-06-08|2022-06-30
p16|tielu|signed|2022-01-05|2022-01-31
p31|suixi|signed|2021-02-10|2021-02-28
p31|suixi|started|2021-05-10|2021-05-31
p31|suixi|completed|2022-03-10|2022-03-31
p32|suixi|signed|2021-04-10|2021-04-30
p32|suixi|started|2022-01-10|2022-01-31
p33|xiangshan|signed|2021-05-10|2021-05-31
p33|xiangshan|started|2021-09-10|2021-09-30
p34|gaoxin|signed|2021-08-10|2021-08-31
";

/// Columns: project, carrier, kind, month, 万元, recognised, and where they differ: revoked, known from, known until.
const INVESTMENTS: &str = "
p01|suixi|fixed_assets|2022-03-01|12000|2022-03-31
p01|suixi|fixed_assets|2022-04-01|8000|2022-04-30||2022-04-30|2022-05-15
p01|suixi|fixed_assets|2022-04-01|9000|2022-04-30||2022-05-15
p03|suixi|fixed_assets|2022-05-01|5000|2022-05-31
p04|tielu|fixed_assets|2022-04-01|20000|2022-04-30
p06|xiangshan|fixed_assets|2022-02-01|3000|2022-02-28
p06|xiangshan|paid_in|2022-02-01|1000|2022-02-28
p31|suixi|fixed_assets|2021-05-01|7000|2021-05-31
p33|xiangshan|fixed_assets|2021-11-01|6000|2021-11-30
";

/// Columns: year, metric, band, scope, scope id, kind, value.
const TARGETS: &str = "
2022|signed||city|huaibei|count|24
2022|started||city|huaibei|count|12
2022|completed||city|huaibei|count|9
2022|fixed_assets||city|huaibei|amount|1200000000
2022|signed||city|huaibei|growth|6000
2022|signed|ge10|city|huaibei|count|6
2022|signed|ge50|city|huaibei|count|
2022|signed||carrier|suixi|count|12
2022|signed||carrier|xiangshan|count|8
2022|signed||carrier|gaoxin|count|4
2022|started||carrier|suixi|count|6
2022|started||carrier|xiangshan|count|3
2022|started||carrier|gaoxin|count|3
2022|completed||carrier|suixi|count|6
2022|completed||carrier|xiangshan|count|3
2022|completed||carrier|gaoxin|count|
2022|signed||chain|alu|count|10
2022|signed||chain|food|count|9
2022|signed||chain|other|count|5
";

/// The hand-made rows.
pub fn tables() -> Tables {
    let mut tables = BTreeMap::new();
    tables.insert("projects".to_owned(), projects());
    tables.insert("milestones".to_owned(), milestones());
    tables.insert("investments".to_owned(), investments());
    tables.insert("targets".to_owned(), targets());
    tables.insert("issued_targets".to_owned(), issued(&targets()));
    tables.insert(
        "carriers".to_owned(),
        rows(
            "carrier_id|carrier|parent_id|unit_id|kind|assessed|sort|valid_from|valid_until",
            "
suixi|濉溪县|huaibei|suixi|county|true|1|2019-01-01|
xiangshan|相山区|huaibei|xiangshan|district|true|2|2019-01-01|
gaoxin|市高新区|huaibei|gaoxin|park|true|3|2019-01-01|
tielu|铁路园区|xiangshan|xiangshan|park|false|4|2019-01-01|2022-04-01
tielu|铁路园区|suixi|suixi|park|false|4|2022-04-01|
",
        ),
    );
    tables.insert(
        "chains".to_owned(),
        rows(
            "chain_id|chain|cluster_id|cluster|documented|sort|valid_from|valid_until",
            "
alu|铝基高端金属材料|metal|铝基材料|true|1|2021-01-01|
food|绿色食品|food-health|食品医药|true|2|2021-01-01|
other|其他|rest|其他|false|3|2021-01-01|
",
        ),
    );
    tables.insert(
        "segments".to_owned(),
        rows(
            "segment_id|segment|chain_id|position|sort",
            "
alu-foil|铝箔|alu|midstream|1
alu-part|铝部件|alu|downstream|2
alu-melt|熔铸|alu|upstream|3
food-snack|休闲食品|food|downstream|4
food-drink|饮品|food|downstream|5
",
        ),
    );
    tables.insert(
        "regions".to_owned(),
        rows(
            "group_id|group_name|member_code|valid_from|valid_until",
            "
delta|沪苏浙|310000||
delta|沪苏浙|320000||
delta|沪苏浙|330000||
five|五省市|310000||
five|五省市|320000||
five|五省市|330000||
five|五省市|440000||
five|五省市|110000||
overseas|境外|abroad||
bay|珠三角|440300||2022-05-01
",
        ),
    );
    tables.insert(
        "bands".to_owned(),
        rows("band_id|band|at_least_yuan|sort", "ge1|1亿元以上|100000000|1\nge10|10亿元以上|1000000000|2\nge50|50亿元以上|5000000000|3"),
    );
    tables.insert(
        "sources".to_owned(),
        rows(
            "file|file_name|sheet|sheet_name|carrier_id|month|reported_on|header_row|rows_in|rows_questioned|rows_left_out|imported_on",
            "
aaaa00000001|濉溪县5月.xlsx|0|签约|suixi|2022-05-01|2022-05-31|3|12|1|1|2022-06-01
aaaa00000002|相山区5月.csv|0|全部|xiangshan|2022-05-01|2022-05-31|1|8|0|0|2022-06-01
aaaa00000003|市高新区6月.xlsx|1|签约|gaoxin|2022-06-01|2022-06-30|2|4|2|0|2022-07-01
",
        ),
    );
    tables.insert(
        "complaints".to_owned(),
        rows(
            "file|file_name|sheet|row|column|value|problem|message|hint|severity|carrier_id|reported_on",
            "
aaaa00000001|濉溪县5月.xlsx|签约|14|协议投资额|约3亿|amount_inexact|约数|请填写合同金额|questioned|suixi|2022-05-31
aaaa00000001|濉溪县5月.xlsx|签约|17|签约日期|三月|date_unreadable|不是日期|请按 2022-03-05 填写|row_left_out|suixi|2022-05-31
aaaa00000003|市高新区6月.xlsx|签约|5|联系电话|139****1234|phone_found|含电话号码|请删除|cell_left_out|gaoxin|2022-06-30
",
        ),
    );
    tables.insert(
        "calendar".to_owned(),
        rows(
            "day|year|month|weekday|works|holiday|announced",
            "2022-05-02|2022|5|1|false|劳动节|true\n2022-05-07|2022|5|6|true|劳动节|true",
        ),
    );
    insert_books(&mut tables);
    tables.insert(
        "runs".to_owned(),
        rows(
            "job|slot|attempt|started_at|finished_at|outcome|message",
            "build_lake|2022-05-31T08:00|1|2022-05-31T08:00:01|2022-05-31T08:00:05|done|",
        ),
    );
    Tables(tables)
}

/// The books' own tables: a recognised filing, one in review, a confidential one that was returned once.
fn insert_books(tables: &mut BTreeMap<String, Vec<Row>>) {
    let mut insert = |table: &str, columns: &str, text: &str| drop(tables.insert(table.to_owned(), rows(columns, text)));
    insert(
        "filings",
        "number|project_id|carrier_id|name|investor|agreed_yuan|stage|status|state|first_submitted_on|recognised_on|revoked_on|deleted_on|confidential",
        "
2022-00001|p01|suixi|年产5万吨铝箔项目|p01投资有限公司|1200000000|started|ongoing|recognised|2022-05-05|2022-05-16|||false
2022-00002|p07|xiangshan|预制菜项目|p07投资有限公司|400000000|signed|ongoing|submitted|2022-05-30||||false
2022-00003|p10|gaoxin|特种材料项目|p10投资有限公司|2000000000|signed|ongoing|recognised|2022-05-11|2022-05-18|||true
",
    );
    insert(
        "claims",
        "claim|number|project_id|carrier_id|matter|milestones|amount_kind|month|amount_yuan|state|first_submitted_on|submitted_on|reviewed_on|review_days|returns|decided_on|noticed_on|notice|recognised_on|revoked_on",
        "
1|2022-00001|p01|suixi|project|signed||||recognised|2022-05-05|2022-05-05|2022-05-06|1|0|2022-05-06|2022-05-09|2022-W18|2022-05-16|
2|2022-00001|p01|suixi|milestone|started||||recognised|2022-05-16|2022-05-16|2022-05-20|4|0|2022-05-20|2022-05-23|2022-W20|2022-05-28|
3|2022-00002|p07|xiangshan|project|signed||||submitted|2022-05-30|2022-05-30|||0||||||
4|2022-00003|p10|gaoxin|project|signed||||recognised|2022-05-11|2022-05-17|2022-05-18|1|1|2022-05-18|||2022-05-18|
",
    );
    insert(
        "notices",
        "notice|claim|number|project_id|carrier_id|name|matter|scale|chain|published_on|objections_until|late|state|confidential",
        "2022-W18|1|2022-00001|p01|suixi|年产5万吨铝箔项目|项目备案|12亿元|铝基高端金属材料|2022-05-09|2022-05-13|false|recognised|false",
    );
    insert(
        "objections",
        "objection|notice|claim|number|project_id|carrier_id|raised_on|state|judged_on|judgement|confidential",
        "1|2022-W18|1|2022-00001|p01|suixi|2022-05-10|dismissed|2022-05-12|产品不同|false",
    );
    insert(
        "changes",
        "change|number|project_id|carrier_id|claim|field|title|before|after|changed_on|confidential",
        "
1|2022-00001|p01|suixi|1|agreed_yuan|协议投资额|1100000000|1200000000|2022-05-06|false
2|2022-00003|p10|gaoxin|4|content|建设内容|某种材料|特种材料|2022-05-17|true
",
    );
}

fn projects() -> Vec<Row> {
    let columns =
        "project_id|carrier_id|name|chain_id|segment_id|region_kind|country|province_code|province|city_code|city|yi|status|confidential";
    let mut all = Vec::new();
    for mut row in rows(columns, PROJECTS) {
        let yi = row.remove("yi").unwrap();
        if !yi.is_empty() {
            set(&mut row, "agreed_yuan", &((yi.parse::<f64>().unwrap() * 1e8) as i64).to_string());
        }
        let id = row["project_id"].clone();
        if row["confidential"].is_empty() {
            set(&mut row, "confidential", "false");
        }
        for (column, value) in [
            ("version", "1"),
            ("stage", "signed"),
            ("known_from", "2021-01-31"),
            ("chain_confidence", "90"),
            ("region_confidence", "95"),
            ("industry_code", "C3252"),
            ("chain_overridden", "false"),
            ("region_overridden", "false"),
        ] {
            set(&mut row, column, value);
        }
        let content = format!("建设{}及配套", row["name"]);
        set(&mut row, "content", &content);
        set(&mut row, "investor", &format!("{}投资有限公司", &id));
        set(&mut row, "source", &format!("aaaa00000001:0:{}", id[1..].parse::<u32>().unwrap() + 3));
        all.push(row);
    }
    promise(&mut all);
    reclassify(&mut all);
    postpone(&mut all);
    all
}

fn promise(all: &mut [Row]) {
    let columns = "project_id|first_planned_start_on|planned_start_on|planned_start_moved|\
        first_planned_completion_on|planned_completion_on|planned_completion_moved";
    for promised in rows(columns, PROMISES) {
        let row = all.iter_mut().find(|row| row["project_id"] == promised["project_id"]).unwrap();
        row.extend(promised);
    }
}

/// p02 promised April until it was moved to August on the last day of April.
fn postpone(all: &mut Vec<Row>) {
    let at = all.iter().position(|row| row["project_id"] == "p02").unwrap();
    let mut earlier = all[at].clone();
    for (column, value) in [
        ("planned_start_on", "2022-04-30"),
        ("planned_start_moved", "0"),
        ("planned_completion_on", "2023-04-30"),
        ("planned_completion_moved", "0"),
        ("known_until", "2022-04-30"),
    ] {
        set(&mut earlier, column, value);
    }
    for (column, value) in [("version", "2"), ("known_from", "2022-04-30")] {
        set(&mut all[at], column, value);
    }
    all.insert(at, earlier);
}

/// p05 was aluminium until it was corrected to food on 15 May 2022.
fn reclassify(all: &mut Vec<Row>) {
    let at = all.iter().position(|row| row["project_id"] == "p05").unwrap();
    let mut earlier = all[at].clone();
    for (column, value) in [("chain_id", "alu"), ("segment_id", "alu-part"), ("known_until", "2022-05-15")] {
        set(&mut earlier, column, value);
    }
    for (column, value) in [("version", "2"), ("known_from", "2022-05-15")] {
        set(&mut all[at], column, value);
    }
    all.insert(at, earlier);
}

fn milestones() -> Vec<Row> {
    let columns = "project_id|carrier_id|milestone|happened_on|recognised_on|revoked_on|known_from|known_until";
    rows(columns, MILESTONES).into_iter().map(dated).collect()
}

fn investments() -> Vec<Row> {
    let columns = "project_id|carrier_id|kind|month|wan|recognised_on|revoked_on|known_from|known_until";
    let read = |mut row: Row| {
        let wan: i64 = row.remove("wan").unwrap().parse().unwrap();
        set(&mut row, "amount_yuan", &(wan * 10_000).to_string());
        dated(row)
    };
    rows(columns, INVESTMENTS).into_iter().map(read).collect()
}

/// Known from the day of recognition unless said otherwise; the year is that of recognition.
fn dated(mut row: Row) -> Row {
    let recognised = row["recognised_on"].clone();
    if row.get("known_from").is_none_or(String::is_empty) {
        set(&mut row, "known_from", &recognised);
    }
    set(&mut row, "year", &recognised[..4]);
    set(&mut row, "source", "aaaa00000001:0:4");
    row
}

fn targets() -> Vec<Row> {
    let mut all = rows("year|metric|band_id|scope|scope_id|kind|value", TARGETS);
    for row in &mut all {
        for (column, value) in [("issuer", "市投促中心"), ("documented", "true"), ("known_from", "2022-01-01")] {
            set(row, column, value);
        }
    }
    all
}

/// The same targets as issued: by one issuer, set once.
pub fn issued(targets: &[Row]) -> Vec<Row> {
    let mut all = targets.to_vec();
    for row in &mut all {
        set(row, "place", "1");
        set(row, "source", "file");
    }
    all
}

pub fn set(row: &mut Row, column: &str, value: &str) {
    row.insert(column.to_owned(), value.to_owned());
}

fn rows(columns: &str, text: &str) -> Vec<Row> {
    let names: Vec<&str> = columns.split('|').collect();
    let read = |line: &str| {
        let cells: Vec<&str> = line.split('|').collect();
        names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), (*cells.get(at).unwrap_or(&"")).to_owned())).collect()
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
}

/// Writes the tables as one generation: parts by carrier where the contract says so, none for an empty table.
pub fn write(tables: &Tables, number: u64) -> Written {
    let folder = tempfile::Builder::new().prefix("lake [50%] ").tempdir().unwrap();
    let contract = contract();
    let mut files = TableFiles { generation: generation(number), tables: Vec::new() };
    for table in &contract.tables {
        let rows = tables.0.get(&table.name).cloned().unwrap_or_default();
        files.generation.rows.push((table.name.clone(), rows.len() as u64));
        files.tables.push((table.name.clone(), write_table(table, &rows, &folder.path().join(&table.name))));
    }
    Written { folder, files }
}

fn write_table(table: &Table, rows: &[Row], folder: &Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).unwrap();
    let mut parts: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    if table.by_carrier {
        // A carrier without rows has a part all the same, and it comes first.
        parts.insert("-nobody", Vec::new());
    }
    for row in rows {
        let part = if table.by_carrier { row["carrier_id"].as_str() } else { "all" };
        parts.entry(part).or_default().push(row);
    }
    let write_part = |(name, rows): (&str, Vec<&Row>)| {
        let path = folder.join(format!("part-{name}.parquet"));
        let arrays: Vec<ArrayRef> = table.columns.iter().map(|column| array(column.kind, &rows, &column.name)).collect();
        let fields: Vec<Field> =
            table.columns.iter().zip(&arrays).map(|(column, array)| Field::new(&column.name, array.data_type().clone(), true)).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        path
    };
    parts.into_iter().map(write_part).collect()
}

fn array(kind: ColumnType, rows: &[&Row], column: &str) -> ArrayRef {
    let cells = || rows.iter().map(|row| row.get(column).map(String::as_str).filter(|text| !text.is_empty()));
    let days = |text: &str| {
        let day: chrono::NaiveDate = text.parse().unwrap();
        i32::try_from(day.signed_duration_since(chrono::NaiveDate::default()).num_days()).unwrap()
    };
    match kind {
        ColumnType::Text => Arc::new(cells().collect::<LargeStringArray>()),
        ColumnType::Int => Arc::new(cells().map(|text| text.map(|text| text.parse::<i64>().unwrap())).collect::<Int64Array>()),
        ColumnType::Decimal => Arc::new(cells().map(|text| text.map(|text| text.parse::<f64>().unwrap())).collect::<Float64Array>()),
        ColumnType::Date => Arc::new(cells().map(|text| text.map(days)).collect::<Date32Array>()),
        ColumnType::Bool => Arc::new(cells().map(|text| text.map(|text| text == "true")).collect::<BooleanArray>()),
    }
}

fn generation(number: u64) -> Generation {
    Generation {
        number,
        data_date: "2022-05-31".parse().ok(),
        published_at: "2022-05-31T08:00:05+08:00".into(),
        rule_version: "test".into(),
        rows: Vec::new(),
        checks: (0, 0),
        damage: None,
    }
}

/// The same rows many times over under other project numbers, for timings.
pub fn enlarged(times: usize) -> Tables {
    let mut tables = tables();
    for table in ["projects", "milestones", "investments"] {
        let rows = tables.0[table].clone();
        let all = tables.0.get_mut(table).unwrap();
        for copy in 1..times {
            for row in &rows {
                let mut row = row.clone();
                let id = format!("{}-{copy:06}", row["project_id"]);
                set(&mut row, "project_id", &id);
                all.push(row);
            }
        }
    }
    tables
}
