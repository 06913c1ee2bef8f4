//! Each carrier's own way of filling its tables (填报习惯): wording, units, order, quirks; the same every month.

mod six;

use crate::plan::SheetKind;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Seq,
    Carrier,
    Name,
    PreviousName,
    Investor,
    InvestorAddress,
    CreditCode,
    Region,
    Content,
    IndustryCode,
    Chain,
    Agreed,
    PlannedFixed,
    Fixed,
    SignedOn,
    StartedOn,
    CompletedOn,
    InProductionOn,
    PlannedStart,
    PlannedCompletion,
    RecognisedOn,
    Action,
    Remark,
    /// A column that no catalogue knows.
    Unknown,
}

/// Unit of the amounts of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountUnit {
    Wan,
    Yi,
}

impl AmountUnit {
    pub fn yuan(self) -> i64 {
        match self {
            Self::Wan => 10_000,
            Self::Yi => 100_000_000,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Wan => "万元",
            Self::Yi => "亿元",
        }
    }
}

/// How dates are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateForm {
    /// A real date cell.
    Cell,
    /// 2022年3月5日
    Chinese,
    /// 2022.3.5
    Dotted,
    /// 2022-03-05
    Iso,
    /// 2022/3/5
    Slashed,
}

/// How planned days are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseForm {
    /// No plan is asked for.
    None,
    /// As all dates of the carrier.
    Day,
    /// 2022年6月
    Month,
    /// 2022.06
    DottedMonth,
    /// 2022年6月底前
    ByMonthsEnd,
}

/// Where the total stands and how it is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalRow {
    None,
    /// 合计 at the end, `=SUM(...)`.
    FormulaBelow,
    /// 合 计 right under the header, typed numbers.
    SpelledAbove,
    /// 合计 at the end, typed numbers.
    NumbersBelow,
}

/// Where the unit is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitPlace {
    /// In brackets in the header of the amounts.
    Header,
    /// In the line above the table: `单位：亿元`.
    TitleLine,
}

/// File format of a carrier's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    Xlsx,
    /// One file per sheet, GB18030, as an old spreadsheet program exports it.
    Csv,
}

/// One carrier's habits.
#[derive(Debug)]
pub struct Style {
    pub format: FileFormat,
    /// Who signs the table, as the title line says it.
    pub reporter: &'static str,
    /// Order of the sheets in the workbook and their names.
    pub sheets: [(SheetKind, &'static str); 4],
    /// Last word of the tables' titles.
    pub title_word: &'static str,
    pub unit: AmountUnit,
    pub unit_place: UnitPlace,
    /// Unit of the sheet of fixed assets.
    pub fixed_unit: AmountUnit,
    pub dates: DateForm,
    pub promises: PromiseForm,
    pub total: TotalRow,
    /// Rows grouped under 一、… by chain.
    pub grouped: bool,
    /// The tables begin in column B.
    pub blank_first_column: bool,
    /// Empty rows in between, hidden.
    pub hidden_rows: bool,
    /// The header is repeated inside long tables.
    pub repeated_header: bool,
    /// Full-width digits in names and amounts of some rows.
    pub full_width: bool,
    /// Amounts typed with thousands separators.
    pub thousands: bool,
    pub columns: [&'static [Column]; 4],
    /// Headers, the first fitting entry wins.
    pub headers: &'static [(Column, &'static str)],
    /// Upper header over neighbouring columns.
    pub groups: &'static [(&'static str, &'static [Column])],
}

impl Style {
    /// The header of a column in this carrier's words, without the unit.
    pub fn header(&self, column: Column) -> &'static str {
        self.headers.iter().find(|(known, _)| *known == column).map_or_else(|| usual_header(column), |(_, header)| header)
    }

    /// The columns of a sheet.
    pub fn columns_of(&self, kind: SheetKind) -> &'static [Column] {
        self.columns[kind as usize]
    }

    /// True when this carrier states each row's own recognition date.
    pub fn states_recognition(&self) -> bool {
        self.columns[0].contains(&Column::RecognisedOn)
    }

    /// The unit of a sheet's amounts.
    pub fn unit_of(&self, kind: SheetKind) -> AmountUnit {
        if kind == SheetKind::FixedAssets { self.fixed_unit } else { self.unit }
    }
}

fn usual_header(column: Column) -> &'static str {
    match column {
        Column::Seq => "序号",
        Column::Carrier => "载体单位",
        Column::Name => "项目名称",
        Column::PreviousName => "原项目名称",
        Column::Investor => "投资方",
        Column::InvestorAddress => "投资方注册地址",
        Column::CreditCode => "统一社会信用代码",
        Column::Region => "投资来源地",
        Column::Content => "建设内容",
        Column::IndustryCode => "行业代码",
        Column::Chain => "所属产业链",
        Column::Agreed => "协议投资额",
        Column::PlannedFixed => "固定资产投资额",
        Column::Fixed => "本月完成固定资产投资",
        Column::SignedOn => "签约日期",
        Column::StartedOn => "开工日期",
        Column::CompletedOn => "竣工日期",
        Column::InProductionOn => "投产时间",
        Column::PlannedStart => "计划开工时间",
        Column::PlannedCompletion => "计划竣工时间",
        Column::RecognisedOn => "认定日期",
        Column::Action => "更正类型",
        Column::Remark => "备注",
        Column::Unknown => "用地面积（亩）",
    }
}

/// The styles of all carriers, in the order of `carriers::CARRIERS`.
pub const STYLES: [Style; 6] = six::ALL;

#[cfg(test)]
mod tests {
    use super::*;
    use Column as C;
    use SheetKind as S;

    #[test]
    fn every_sheet_says_what_it_counts() {
        for style in &STYLES {
            for (kind, headline) in
                [(S::Signed, C::SignedOn), (S::Started, C::StartedOn), (S::Completed, C::CompletedOn), (S::FixedAssets, C::Fixed)]
            {
                let columns = style.columns_of(kind);
                for column in [C::Name, C::Investor, headline] {
                    assert!(columns.contains(&column), "{} {kind:?} {column:?}", style.reporter);
                }
            }
        }
    }
}
