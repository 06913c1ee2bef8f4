//! Where the investors come from (投资来源区域): kinds, groups, provinces.

use qunlian_charts::{Emphasis, ShareBars, ShareForm, ShareRow, Size};
use qunlian_domain::figures::print_count;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::reader::Reader;
use crate::rows::{Row, rows};

/// Which cut of the source regions (来源口径).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// 境外, 省外, 省内市外, 本市: one strip.
    Kinds,
    /// 沪苏浙, 珠三角 …: groups overlap.
    Groups,
    /// Provinces, countries, cities: the largest first.
    Places,
}

impl Cut {
    fn query(self) -> &'static str {
        match self {
            Self::Kinds => "region_kinds",
            Self::Groups => "region_groups",
            Self::Places => "region_progress",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Kinds => "region-kinds",
            Self::Groups => "region-groups",
            Self::Places => "region-places",
        }
    }

    fn name_column(self) -> &'static str {
        match self {
            Self::Kinds => "kind_name",
            Self::Groups => "group_name",
            Self::Places => "region",
        }
    }

    fn link(self, board: &Board, row: Row<'_>) -> String {
        let mut pairs = vec![("milestone", "signed")];
        match self {
            Self::Kinds => pairs.push(("region_kind", row.text("kind"))),
            Self::Groups => pairs.push(("region_group", row.text("group_id"))),
            Self::Places => pairs.extend([("region_kind", row.text("kind")), ("region", row.text("region_code"))]),
        }
        board.link("/projects", &pairs)
    }
}

/// Shares of one cut; at most `most` bars, the table has them all.
pub(crate) fn figure(reader: &Reader, board: &Board, cut: Cut, answer: &Answer, width: Size, most: usize) -> Result<Figure, Fault> {
    let words = reader.words;
    let title = words.t(match cut {
        Cut::Kinds => "regions.kinds",
        Cut::Groups => "regions.groups",
        Cut::Places => "regions.places",
    });
    let all: Vec<Row<'_>> = rows(answer).collect();
    let shown: Vec<Row<'_>> = all.iter().copied().filter(|row| row.count("signed") > 0).take(most).collect();
    let total: i64 = all.iter().map(|row| row.count("signed")).sum();
    let chart = ShareBars {
        head: head(reader, cut.id(), title, words.fill("regions.desc", &[("day", &words.day(board.as_of)), ("n", &print_count(total))])),
        form: if cut == Cut::Kinds { ShareForm::Strip } else { ShareForm::Rows },
        rows: shown.iter().map(|row| share(reader, board, cut, *row)).collect(),
    };
    let drawings = Drawings::of(width, |size| chart.svg(size))?;
    let named = Named { id: cut.id(), title: title.to_owned(), unit: "unit.count", query: cut.query(), params: &[] };
    let figure = Figure::new(reader, board, &named, drawings, twin(reader, board, cut, &all));
    Ok(match cut {
        Cut::Groups => figure.note(words.t("regions.groups.note")),
        Cut::Places if all.len() > shown.len() => figure.note(words.fill("regions.more", &[("n", &(all.len() - shown.len()).to_string())])),
        _ => figure,
    })
}

fn name(reader: &Reader, cut: Cut, row: Row<'_>) -> String {
    if cut == Cut::Kinds {
        reader.words.region_kind(row.text("kind"), row.text("kind_name"))
    } else {
        row.text(cut.name_column()).to_owned()
    }
}

fn share(reader: &Reader, board: &Board, cut: Cut, row: Row<'_>) -> ShareRow {
    let words = reader.words;
    let signed = row.count("signed");
    let percent = words.percent(row.number("share"));
    let count = format!("{} {}", print_count(signed), words.t("unit.count"));
    let name = name(reader, cut, row);
    let tip = words
        .fill("regions.tip", &[("name", &name), ("count", &count), ("share", &percent), ("amount", &words.amount(row.int("agreed_yuan")))]);
    ShareRow {
        share: row.number("share").unwrap_or(0.0) / 100.0,
        share_text: percent,
        value_text: count,
        emphasis: match (cut, row.text("kind")) {
            (Cut::Groups, _) if row.text("group_name").contains("沪苏浙") => Emphasis::Strong,
            (Cut::Places, "local" | "unknown") => Emphasis::Quiet,
            _ => Emphasis::Plain,
        },
        link: mark(cut.link(board, row), tip),
        name,
    }
}

fn twin(reader: &Reader, board: &Board, cut: Cut, all: &[Row<'_>]) -> Twin {
    let words = reader.words;
    let mut columns = vec![
        Column::text(words.t("table.region")),
        Column::number(words.t("table.signed")),
        Column::number(words.t("table.share")),
        Column::number(words.t("table.agreed_wan")),
        Column::number(words.t("table.last_year")),
        Column::number(words.t("table.growth")),
    ];
    if cut == Cut::Places {
        columns.insert(1, Column::text(words.t("table.region_kind")));
    }
    let rows = all.iter().map(|row| {
        let signed = row.count("signed");
        let mut cells = vec![
            Cell::text(name(reader, cut, *row)),
            Cell::number(print_count(signed)).rows(cut.link(board, *row), signed),
            Cell::number(words.percent(row.number("share"))),
            Cell::number(words.middling(row.int("agreed_yuan"))),
            Cell::number(row.int("last_year").map_or_else(|| "—".to_owned(), print_count)),
            Cell::number(words.growth(row.number("growth"))),
        ];
        if cut == Cut::Places {
            cells.insert(1, Cell::text(words.region_kind(row.text("kind"), row.text("kind_name"))));
        }
        cells
    });
    Twin { columns, rows: rows.collect() }
}
