//! What a document says (文稿): plain values, without any engine's or web type.

use crate::clean::clean;

/// A bulletin 通报 in reading order. Texts are data: markup characters in them are printed as they stand, line breaks
/// become spaces (but for the title), control and direction characters are dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// 发文字号, e.g. `淮招商〔2022〕6号`; a red rule stands under it.
    pub number: Option<String>,
    /// Line breaks in it are kept, so that no word is torn; what is still too long is set in lines of like length.
    pub title: String,
    /// What the figures are about, as label and text: 截至日期, 口径, 单位, 数据来源.
    pub head: Vec<(String, String)>,
    /// 主送机关: to whom it goes, flush left over the body.
    pub addressees: Option<String>,
    pub body: Vec<Block>,
    /// 附件: names of what is attached, numbered when there are several.
    pub attachments: Vec<String>,
    /// 署名: who issues it.
    pub issuer: Option<String>,
    /// 成文日期, e.g. `2022年6月10日`.
    pub date_line: Option<String>,
}

/// One part of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Level 1 一、 in 黑体, 2 （一） in 楷体, 3 and deeper in bold 仿宋; the numbering is part of the text.
    Heading {
        level: u8,
        text: String,
    },
    Paragraph(String),
    Table(Table),
    Chart(Chart),
    PageBreak,
}

/// A table whose head is repeated on each page. Rows shorter than `columns` are filled up with empty cells, cells
/// beyond them are an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// 注: stands under the table.
    pub note: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    pub align: Align,
    /// Printed in brackets under the title.
    pub unit: Option<String>,
}

/// Where the cells of a column stand; heads are always centred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Center,
    /// For numbers.
    Right,
}

/// A drawing as SVG with presentation attributes (custom properties are not known here).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub svg: String,
    pub caption: String,
    /// What the chart shows, for those who do not see it.
    pub description: String,
}

impl Document {
    /// The title in one line.
    pub(crate) fn title_line(&self) -> String {
        self.title.lines().map(clean).collect()
    }

    /// Every text that is set in type, uncleaned, charts' own labels excepted.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = vec![&self.title];
        texts.extend([&self.number, &self.addressees].into_iter().filter_map(|text| text.as_deref()));
        texts.extend(self.head.iter().flat_map(|(label, text)| [label.as_str(), text]));
        for block in &self.body {
            match block {
                Block::Heading { text, .. } | Block::Paragraph(text) => texts.push(text),
                Block::Table(table) => texts.extend(table.texts()),
                Block::Chart(chart) => texts.push(&chart.caption),
                Block::PageBreak => {}
            }
        }
        texts.extend(self.attachments.iter().map(String::as_str));
        texts.extend(self.issuer.as_deref());
        texts.extend(self.date_line.as_deref());
        texts
    }
}

impl Table {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().flat_map(|column| [Some(column.title.as_str()), column.unit.as_deref()]).flatten();
        let cells = self.rows.iter().flatten().map(String::as_str);
        columns.chain(cells).chain([self.caption.as_str()]).chain(self.note.as_deref())
    }
}
