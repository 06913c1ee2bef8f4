//! Every format, with texts that try to be formulas and figures that must stay figures.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{About, Answer, AnswerColumn, AskError, Format, Value};

use super::workbook::WorkbookRows;
use super::{FileHead, FileStream, encode, text_table};

fn column(name: &str, kind: ColumnType, title: &str, unit: &str) -> AnswerColumn {
    AnswerColumn { name: name.into(), kind, title: title.into(), unit: unit.into() }
}

fn answer() -> Answer {
    Answer {
        columns: vec![
            column("project", ColumnType::Text, "项目名称", ""),
            column("agreed_yuan", ColumnType::Int, "协议投资额", "元"),
            column("completion", ColumnType::Decimal, "完成率", "%"),
            column("signed_on", ColumnType::Date, "签约日期", ""),
            column("confidential", ColumnType::Bool, "涉密", ""),
        ],
        rows: vec![
            vec![
                Value::Text("铝箔项目".into()),
                Value::Int(-300_000_000),
                Value::Decimal(60.645_161_290_322_58),
                Value::Date("2022-05-31".parse().unwrap()),
                Value::Bool(true),
            ],
            vec![Value::Text("=cmd|' /C calc'!A0".into()), Value::Null, Value::Null, Value::Null, Value::Null],
            vec![Value::Text("＝1+1".into()), Value::Int(1), Value::Decimal(-0.5), Value::Null, Value::Bool(false)],
            vec![Value::Text("a\"b,c\r\nd".into()), Value::Int(0), Value::Decimal(f64::NAN), Value::Null, Value::Null],
        ],
        generation: 42,
        as_of: Some("2022-05-31".parse().unwrap()),
        truncated: false,
    }
}

fn written(format: Format) -> Vec<u8> {
    let about = About {
        title: "新签约项目/清单：一".into(), definition: "按认定日期".into(), source: "各载体单位月报".into()
    };
    encode(&answer(), format, &about).unwrap()
}

#[test]
fn json_has_the_promised_shape() {
    let json: serde_json::Value = serde_json::from_slice(&written(Format::Json)).unwrap();
    assert_eq!(json["ok"], true);
    assert_eq!(json["generation"], 42);
    assert_eq!(json["as_of"], "2022-05-31");
    assert_eq!(json["columns"][1], serde_json::json!({"name": "agreed_yuan", "type": "int", "title": "协议投资额", "unit": "元"}));
    assert_eq!(json["rows"][0], serde_json::json!(["铝箔项目", -300_000_000, 60.645_161_290_322_58, "2022-05-31", true]));
    assert_eq!(json["rows"][3][0], "a\"b,c\r\nd");
    assert_eq!(json["rows"][3][2], serde_json::Value::Null);
}

#[test]
fn csv_opens_in_excel_and_runs_nothing() {
    let bytes = written(Format::Csv);
    assert!(bytes.starts_with(b"\xef\xbb\xbf"));
    let text = String::from_utf8(bytes[3..].to_vec()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "项目名称,协议投资额（元）,完成率（%）,签约日期,涉密");
    assert_eq!(lines[1], "铝箔项目,-300000000,60.64516129032258,2022-05-31,是");
    assert_eq!(lines[2], "'=cmd|' /C calc'!A0,,,,");
    assert_eq!(lines[3], "'＝1+1,1,-0.5,,否");
    for start in ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"] {
        assert!(qunlian_domain::text::looks_like_formula(start), "{start}");
    }
}

#[test]
fn workbooks_hold_real_numbers_and_dates() {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(Format::Xlsx))).unwrap();
    assert_eq!(book.sheet_names(), ["新签约项目清单：一", "说明"]);
    let table = book.worksheet_range("新签约项目清单：一").unwrap();
    assert_eq!(table.get_value((0, 1)), Some(&Data::String("协议投资额（元）".into())));
    assert_eq!(table.get_value((1, 1)), Some(&Data::Float(-300_000_000.0)));
    assert!(matches!(table.get_value((1, 3)), Some(Data::DateTime(_))));
    assert_eq!(table.get_value((2, 0)), Some(&Data::String("=cmd|' /C calc'!A0".into())));
    let formulas = book.worksheet_formula("新签约项目清单：一").unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
    let notes = book.worksheet_range("说明").unwrap();
    let words: Vec<String> = notes.rows().map(|row| format!("{}={}", row[0], row[1])).collect();
    assert!(words.contains(&"截至日期=2022-05-31".to_owned()) && words.contains(&"口径=按认定日期".to_owned()), "{words:?}");
    assert!(words.contains(&"单位=协议投资额：元；完成率：%".to_owned()) && words.contains(&"数据代次=第42代".to_owned()), "{words:?}");
}

#[test]
fn a_workbook_refuses_more_rows_than_a_worksheet_holds() {
    let about = About { title: "表".into(), definition: String::new(), source: String::new() };
    let mut rows = WorkbookRows::new(FileHead { columns: Vec::new(), generation: 42, as_of: None }, about);
    // 16 x 65,535 = 1,048,560; 15 more fill the sheet under its heading of one row: 1,048,576.
    for _ in 0..16 {
        rows.push(vec![Vec::new(); 65_535]).unwrap();
    }
    rows.push(vec![Vec::new(); 15]).unwrap();
    assert!(matches!(rows.push(vec![Vec::new()]), Err(AskError::TooManyRows { limit: 1_048_575 })));
}

#[test]
fn parquet_and_arrow_read_back() {
    let parquet = datafusion::parquet::file::reader::ChunkReader::get_bytes(&datafusion_bytes(written(Format::Parquet)), 0, 4).unwrap();
    assert_eq!(&parquet[..], b"PAR1");
    let rows: usize = ParquetRecordBatchReader::try_new(datafusion_bytes(written(Format::Parquet)), 100)
        .unwrap()
        .map(|batch| batch.unwrap().num_rows())
        .sum();
    assert_eq!(rows, 4);
    let stream = StreamReader::try_new(Cursor::new(written(Format::Arrow)), None).unwrap();
    assert_eq!(stream.schema().field(1).metadata()["unit"], "元");
    assert_eq!(stream.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 4);
}

/// More rows than a stream's writer takes as values at once; the last take is not full.
#[test]
fn a_file_that_streams_is_the_file_written_whole() {
    let mut long = answer();
    long.rows = (0..1_300).flat_map(|_| answer().rows).collect();
    long.rows.truncate(5_003);
    let stream = encode(&long, Format::Arrow, &About::default()).unwrap();
    for format in [Format::Csv, Format::Json] {
        let head = FileHead { columns: long.columns.clone(), generation: long.generation, as_of: long.as_of };
        let mut file = FileStream::new(format, head, About::default()).unwrap();
        let mut bytes = Vec::new();
        for part in stream.chunks(70_001) {
            bytes.extend(file.push(part.to_vec()).unwrap());
        }
        file.finish(false).unwrap().read_to_end(&mut bytes).unwrap();
        let whole = encode(&long, format, &About::default()).unwrap();
        assert!(bytes == whole, "{format:?}: {} and {} bytes", bytes.len(), whole.len());
    }
}

fn datafusion_bytes(bytes: Vec<u8>) -> std::fs::File {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn text_tables_align_chinese() {
    let table = text_table(&answer());
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("项目名称"), "{table}");
    assert_eq!(super::display_width(lines[0]), super::display_width(lines[1]).max(super::display_width(lines[0])));
    assert!(lines[2].contains("-300000000") && lines[2].contains("60.6452"), "{table}");
    assert!(table.ends_with("（4 行；第42代）\n"), "{table}");
}
