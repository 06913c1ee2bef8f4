//! Lays a sheet out (版式): title lines, one or two lines of header, groups, rows, totals, footers.

mod header;

use super::book::{Action, Line, Shape, Sheet, Workbook};
use super::cells::{RowWriter, with_separators};
use super::table::{Cell, Mark, Merge, Odd, Table};
use crate::plan::{CellOddity, Plan, SheetKind, headline};
use crate::products::CHAINS;
use crate::styles::{Column, FileFormat, STYLES, Style, TotalRow, UnitPlace};

/// Data rows after which a header is repeated, and between hidden empty rows.
const REPEAT_AFTER: usize = 8;
const HIDE_AFTER: usize = 4;

/// The table of a sheet.
pub(super) fn table(plan: &Plan, workbook: &Workbook, sheet: &Sheet) -> Table {
    let style = &STYLES[workbook.carrier];
    let mut layout =
        Layout { plan, workbook, sheet, style, columns: columns(style, sheet), table: Table::default(), data_rows: Vec::new() };
    layout.table.name = sheet.name.to_owned();
    layout.titles();
    layout.header();
    if style.total == TotalRow::SpelledAbove {
        layout.table.push(Vec::new());
    }
    layout.body();
    layout.total();
    layout.footer();
    layout.table
}

/// A sheet of instructions, which is no table of projects.
pub(super) fn instructions() -> Table {
    let lines = [
        "填报说明（示例数据）",
        "1. 金额按表头单位填写，日期填写到日。",
        "2. 同一项目只在首次签约时填报一次。",
        "3. 更正以前月份的数据请在“更正类型”栏注明。",
    ];
    let mut table = Table { name: "填报说明".to_owned(), title_rows: 0..1, widths: vec![60.0], ..Table::default() };
    for line in lines {
        table.push(vec![Cell::text(line)]);
    }
    table.marks.push(Mark { row: 0, column: 0, header: String::new(), value: "填报说明".to_owned(), odd: Odd::Instructions });
    table
}

struct Layout<'a> {
    plan: &'a Plan,
    workbook: &'a Workbook,
    sheet: &'a Sheet,
    style: &'static Style,
    columns: Vec<Column>,
    table: Table,
    /// 0-based rows that the totals add up.
    data_rows: Vec<usize>,
}

/// The carrier's columns, with those that only some months need.
fn columns(style: &Style, sheet: &Sheet) -> Vec<Column> {
    let mut columns = style.columns_of(sheet.kind).to_vec();
    let corrects = sheet.lines.iter().any(|line| line.action != Action::Report);
    let states = sheet.lines.iter().any(|line| line.recognised.is_some());
    let renames = sheet.lines.iter().any(|line| line.previous_name.is_some());
    let mut before_remark = |column: Column, wanted: bool| {
        if wanted && !columns.contains(&column) {
            columns.insert(columns.len() - 1, column);
        }
    };
    before_remark(Column::Unknown, sheet.unknown_column);
    before_remark(Column::RecognisedOn, states);
    before_remark(Column::Action, corrects);
    if renames && let Some(name) = columns.iter().position(|column| *column == Column::Name) {
        columns.insert(name + 1, Column::PreviousName);
    }
    columns
}

impl Layout<'_> {
    fn left(&self) -> usize {
        usize::from(self.style.blank_first_column)
    }

    fn right(&self) -> usize {
        self.left() + self.columns.len() - 1
    }

    fn place_of(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|known| *known == column).map(|position| position + self.left())
    }

    /// A row with the table's left margin.
    fn row(&self, cells: Vec<Cell>) -> Vec<Cell> {
        let mut row = vec![Cell::Empty; self.left()];
        row.extend(cells);
        row
    }

    fn titles(&mut self) {
        let place = short_reporter(self.workbook.carrier);
        let what = match (self.sheet.kind, self.workbook.corrects) {
            (SheetKind::Signed, false) => "新签约项目",
            (SheetKind::Started, false) => "新开工项目",
            (SheetKind::Completed, false) => "新竣工项目",
            (SheetKind::FixedAssets, false) => "固定资产投资完成",
            (SheetKind::FixedAssets, true) => "固定资产投资更正",
            (_, true) => "新签约项目更正",
        };
        let title = format!("{place}{}{what}{}（示例数据）", self.workbook.month.chinese(), self.style.title_word);
        let cells = self.row(vec![Cell::text(title)]);
        self.table.push(cells);
        self.merge_row(0);
        let reporter = format!("填报单位：{}", self.style.reporter);
        let day = self.workbook.reported_on;
        let closing = format!("截至日期：{}", day.format("%Y年%-m月%-d日"));
        let unit = format!("单位：{}", self.style.unit_of(self.sheet.kind).name());
        if self.style.unit_place == UnitPlace::TitleLine || self.style.format == FileFormat::Csv {
            let line = vec![Cell::text(reporter), Cell::Empty, Cell::text(closing), Cell::Empty, Cell::text(unit)];
            let cells = self.row(line);
            self.table.push(cells);
        } else {
            let cells = self.row(vec![Cell::text(format!("{reporter}　　　　{closing}　　　　{unit}"))]);
            self.table.push(cells);
            self.merge_row(1);
        }
        self.table.title_rows = 0..2;
    }

    fn merge_row(&mut self, row: usize) {
        let (left, right) = (self.left(), self.right());
        self.table.merges.push(Merge { top: row, left, bottom: row, right });
    }

    fn body(&mut self) {
        let mut position = 0;
        let mut group: Option<usize> = None;
        let mut groups = 0;
        for (index, line) in self.sheet.lines.iter().enumerate() {
            let chain = line.project.map(|project| self.plan.projects[project].work.chain);
            if self.style.grouped
                && self.sheet.kind == SheetKind::Signed
                && !self.workbook.corrects
                && line.shape == Shape::Whole
                && chain != group
            {
                group = chain;
                self.group_row(groups, chain);
                groups += 1;
            }
            self.quirk_before(index);
            position += 1;
            self.data_row(line, position);
        }
    }

    fn group_row(&mut self, index: usize, chain: Option<usize>) {
        let Some(chain) = chain.map(|chain| &CHAINS[chain]) else { return };
        let numeral = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一"].get(index).copied().unwrap_or("十二");
        let cells = self.row(vec![Cell::text(format!("{numeral}、{}", chain.written_as[0]))]);
        let row = self.table.push(cells);
        self.merge_row(row);
        self.mark(row, None, Odd::GroupRow);
    }

    /// A repeated header inside a long table; hidden empty rows in between.
    fn quirk_before(&mut self, index: usize) {
        if index == 0 {
            return;
        }
        if self.style.repeated_header && index.is_multiple_of(REPEAT_AFTER) {
            let row = self.table.rows.len();
            self.push_header();
            self.mark(row, None, Odd::RepeatedHeader);
        }
        if self.style.hidden_rows && index.is_multiple_of(HIDE_AFTER) {
            let row = self.table.push(Vec::new());
            self.table.hidden_rows.push(row);
            self.mark(row, None, Odd::HiddenEmptyRow);
        }
    }

    fn data_row(&mut self, line: &Line, position: usize) {
        let Some(project) = line.project.map(|number| &self.plan.projects[number]) else {
            if let Shape::NameOnly(name) = &line.shape {
                let cells = self.columns.iter().map(|column| if *column == Column::Name { Cell::text(name.as_str()) } else { Cell::Empty });
                let cells = self.row(cells.collect());
                let row = self.table.push(cells);
                self.mark(row, None, Odd::NameOnly);
            }
            return;
        };
        let writer = RowWriter::new(self.plan, self.workbook, self.sheet.kind, line, project);
        let mut cells: Vec<Cell> = self.columns.iter().map(|column| writer.cell(*column, position)).collect();
        if line.shape == Shape::Shifted
            && let Some(from) = self.columns.iter().position(|column| *column == Column::Investor)
        {
            cells.insert(from, Cell::Empty);
        }
        let cells = self.row(cells);
        let row = self.table.push(cells);
        self.data_rows.push(row);
        self.mark_line(row, &writer);
    }

    fn mark_line(&mut self, row: usize, writer: &RowWriter<'_>) {
        let line = writer.line;
        match line.action {
            Action::Correct => self.mark(row, Some(Column::Action), Odd::Corrected),
            Action::Revoke => self.mark(row, Some(Column::Action), Odd::Revoked),
            Action::Report => {}
        }
        match &line.shape {
            Shape::Whole => {}
            Shape::Repeated => return self.mark(row, None, Odd::RepeatedRow),
            Shape::RepeatedFromLastMonth => self.mark(row, None, Odd::RepeatedNextMonth),
            Shape::Postponed => self.mark(row, Some(Column::PlannedStart), Odd::Postponed),
            Shape::Shifted => {
                // Moved back into place it says what the row above says.
                self.mark(row, None, Odd::Shifted);
                return self.mark(row, None, Odd::RepeatedRow);
            }
            Shape::Nameless => return self.mark(row, Some(Column::Name), Odd::Nameless),
            Shape::WithoutDate => self.mark(row, Some(headline(self.sheet.kind)), Odd::WithoutDate),
            Shape::NameOnly(_) => return,
        }
        self.table.good_rows += 1;
        for oddity in &writer.oddities {
            let column = oddity.column(self.sheet.kind);
            // A carrier without the column has no place for the oddity.
            if !self.columns.contains(&column) {
                continue;
            }
            let shows = self.columns.contains(&Column::PlannedFixed) && self.plan.projects[writer.project.number].planned_fixed_yuan > 0;
            let unseen = *oddity == CellOddity::UnitChanged && !shows;
            self.mark(row, Some(column), if unseen { Odd::UnitUnseen } else { Odd::Cell(*oddity) });
        }
    }

    fn mark(&mut self, row: usize, column: Option<Column>, odd: Odd) {
        let place = column.and_then(|column| self.place_of(column));
        let value = place.and_then(|place| self.table.rows[row].get(place)).map(Cell::shown).unwrap_or_default();
        let header = place.map(|place| self.printed_header(place)).unwrap_or_default();
        self.table.marks.push(Mark { row: row + 1, column: place.map_or(0, |place| place + 1), header, value, odd });
    }

    fn total(&mut self) {
        let (Some(first), Some(last)) = (self.data_rows.first().copied(), self.data_rows.last().copied()) else { return };
        let label = match self.style.total {
            TotalRow::None => return,
            TotalRow::SpelledAbove => "合 计",
            TotalRow::FormulaBelow | TotalRow::NumbersBelow => "合计",
        };
        let label_column = if self.style.total == TotalRow::FormulaBelow { Column::Seq } else { Column::Name };
        let mut cells = Vec::with_capacity(self.columns.len());
        for (position, column) in self.columns.iter().enumerate() {
            let place = position + self.left();
            cells.push(match column {
                column if *column == label_column => Cell::text(label),
                Column::Agreed | Column::PlannedFixed | Column::Fixed => self.sum(place, first, last),
                _ => Cell::Empty,
            });
        }
        let cells = self.row(cells);
        let row = if self.style.total == TotalRow::SpelledAbove {
            let row = self.table.header_rows.end;
            self.table.rows[row] = cells;
            row
        } else {
            self.table.push(cells)
        };
        self.mark(row, None, Odd::TotalRow);
    }

    fn sum(&self, place: usize, first: usize, last: usize) -> Cell {
        let number = |row: &usize| match self.table.rows[*row].get(place) {
            Some(Cell::Number(number)) => *number,
            Some(Cell::Text(text)) => text.replace(',', "").parse().unwrap_or(0.0),
            _ => 0.0,
        };
        let sum: f64 = self.data_rows.iter().map(number).sum();
        let sum = (sum * 10_000.0).round() / 10_000.0;
        match self.style.total {
            TotalRow::FormulaBelow => Cell::Formula(format!("SUM({0}{1}:{0}{2})", letters(place), first + 1, last + 1), sum),
            _ if self.style.thousands => Cell::text(with_separators(&sum.to_string())),
            _ => Cell::Number(sum),
        }
    }

    fn footer(&mut self) {
        self.table.push(Vec::new());
        let cells = self.row(vec![Cell::text("填报人：示例员"), Cell::Empty, Cell::Empty, Cell::text("审核人：示例员")]);
        self.table.push(cells);
        let cells = self.row(vec![Cell::text("备注：本表为示例数据，企业、项目和金额均为虚构。")]);
        self.table.push(cells);
    }
}

fn short_reporter(carrier: usize) -> &'static str {
    ["濉溪县", "相山区", "杜集区", "烈山区", "市高新区", "淮北煤化工基地"].get(carrier).copied().unwrap_or_default()
}

/// `A`, `B`, … of a 0-based column; no table of ours reaches AA.
fn letters(column: usize) -> char {
    char::from(b'A' + (column % 26) as u8)
}
