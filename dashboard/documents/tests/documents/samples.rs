//! Documents to write.

use qunlian_documents::{Align, Block, Chart, Column, Document, FontFiles, Fonts, Table};

/// What would be markup in Typst, TeX, XML or a shell, and marks that turn a line's direction.
pub const HOSTILE: &str =
    "#set page() $x^2$ *粗* _斜_ <w:p>&amp;</w:p> ]]> \\input \"引\" 'x' `ls` \u{202e}反\u{2066}\u{200f}向\u{0}\u{7}\u{fffe}";
/// The same without what nobody could see.
pub const PLAIN: &str = "#set page() $x^2$ *粗* _斜_ <w:p>&amp;</w:p> ]]> \\input \"引\" 'x' `ls` 反向";

pub fn fonts() -> Fonts {
    Fonts::load(&FontFiles::default()).unwrap()
}

pub fn column(title: &str, align: Align) -> Column {
    Column { title: title.into(), align, unit: None }
}

/// Rows `项目0001`, `1`, `0.37` and so on.
pub fn long_table(rows: usize) -> Table {
    let row = |index: usize| vec![format!("项目{index:04}"), index.to_string(), format!("{}.37", index * 3)];
    Table {
        caption: "表1  明细".into(),
        columns: vec![
            column("项目名称", Align::Left),
            column("序号", Align::Center),
            Column { title: "投资额".into(), align: Align::Right, unit: Some("亿元".into()) },
        ],
        rows: (1..=rows).map(row).collect(),
        note: Some("注：合同总额。".into()),
    }
}

pub fn chart(label: &str) -> Chart {
    Chart {
        svg: format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 200\"><rect x=\"10\" y=\"10\" width=\"300\" height=\"40\" \
             fill=\"#1f5fa8\"/><text x=\"10\" y=\"90\" font-size=\"20\">{label}</text></svg>"
        ),
        caption: "图1  条".into(),
        description: "一根蓝色的条 & 一行<字>".into(),
    }
}

pub fn document(body: Vec<Block>) -> Document {
    Document {
        number: Some("淮招商〔2022〕6号".into()),
        title: "关于全市招商引资情况的通报".into(),
        head: vec![("截至日期".into(), "2022年5月31日".into()), ("单位".into(), "亿元".into())],
        addressees: Some("各县区人民政府：".into()),
        body,
        attachments: vec!["明细表".into(), "目标表".into()],
        issuer: Some("淮北市投资促进中心".into()),
        date_line: Some("2022年6月10日".into()),
    }
}

pub fn paragraph(text: &str) -> Block {
    Block::Paragraph(text.into())
}
