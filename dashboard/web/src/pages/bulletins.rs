//! The bulletin (通报) of any year and day on the web: sentences by rule, each figure a link to its rows, and the tables.

use axum::response::Response;
use chrono::Datelike;
use futures::try_join;
use qunlian_domain::bulletin::{
    BandName, Bulletin, CarrierFigures, ChainFigures, Figures, Head, PartBefore, Period, Reference, RegionFigures, Section as Part,
};
use qunlian_domain::figures::print_count;
use qunlian_domain::light::Light;
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;
use serde::Serialize;

use super::home::board_query;
use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::panel::Panel;
use crate::query_string::link;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows, rows_where};

#[derive(Serialize)]
struct BulletinView {
    title: String,
    head: Vec<String>,
    parts: Vec<PartView>,
    carriers: Panel,
}

/// One metric: 一、新签约.
#[derive(Serialize)]
struct PartView {
    heading: String,
    sentences: Vec<Vec<PieceView>>,
}

#[derive(Serialize)]
struct PieceView {
    text: String,
    /// Empty for plain text.
    href: String,
}

const ORDINALS: [&str; 4] = ["一", "二", "三", "四"];

/// `GET /bulletins`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let sources = Sources::ask(&reader, &board).await?;
    let bulletin = sources.bulletin(&reader, &board);
    let until = board.closing_day();
    let mut parts: Vec<PartView> = Vec::new();
    for metric in Metric::ALL {
        let of_metric = bulletin.sections.iter().filter(|section| section.metric == metric);
        let alone = Bulletin { sections: of_metric.cloned().collect(), ..bulletin.clone() };
        let pieces = |sentence: &qunlian_domain::bulletin::Sentence| {
            let piece = |(text, to): (&str, Option<&Reference>)| PieceView {
                text: text.to_owned(),
                href: to.map(|to| rows_of(&board, to)).unwrap_or_default(),
            };
            sentence.pieces().into_iter().map(piece).collect()
        };
        let ordinal = ORDINALS.get(parts.len()).copied().unwrap_or_default();
        parts
            .push(PartView {
                heading: format!("{ordinal}、{}", metric.name()), sentences: alone.sentences().iter().map(pieces).collect()
            });
    }
    let view = BulletinView {
        title: format!("关于{}年{}{}招商引资情况的通报", board.year, Period::year_until(until).words(), reader.desk.app.city.name),
        head: bulletin.head_lines(),
        parts,
        carriers: carriers_table(&reader, &board, &sources.carriers),
    };
    let head = PageHead::new(reader.words.t("nav.bulletins"), Section::Bulletins).board(&board).exports("/carriers", &board_query(&board));
    reader.page("bulletin.html", head, view).await
}

/// Answers from which a bulletin is written.
pub(crate) struct Sources {
    progress: std::sync::Arc<Answer>,
    bands: std::sync::Arc<Answer>,
    carriers: std::sync::Arc<Answer>,
    chains: std::sync::Arc<Answer>,
    groups: std::sync::Arc<Answer>,
    warnings: std::sync::Arc<Answer>,
}

impl Sources {
    pub(crate) async fn ask(reader: &Reader, board: &Board) -> Result<Self, Fault> {
        let ask = |query: &'static str| reader.ask(query, board.params());
        let (progress, bands, carriers, chains, groups, warnings) = try_join!(
            ask("city_progress"),
            ask("band_counts"),
            ask("carrier_progress"),
            ask("chain_progress"),
            ask("region_groups"),
            ask("warning_list")
        )?;
        Ok(Self { progress, bands, carriers, chains, groups, warnings })
    }

    pub(crate) fn bulletin(&self, reader: &Reader, board: &Board) -> Bulletin {
        let city = &reader.desk.app.city;
        let mut sections = Vec::new();
        for row in rows(&self.progress) {
            let Some(metric) = Metric::from_id(row.text("metric")) else { continue };
            sections.push(self.whole(metric, row));
            if metric == Metric::Signed {
                sections.extend(self.of_bands());
            }
        }
        Bulletin {
            head: Head {
                on: board.closing_day(),
                basis: "按认定日期计数（额），首次签约、开工、竣工各计一次；园区并入所属考核单位；序时按目标自身的月度计划（未另定的按月均衡）、当月按日".to_owned(),
                source: city.center.clone(),
            },
            whole: "全市".to_owned(),
            project_word: "项目".to_owned(),
            words: city.light.words.clone(),
            sections,
        }
    }

    fn whole(&self, metric: Metric, row: Row<'_>) -> Part {
        let is_signed = metric == Metric::Signed;
        let signed_before = row.int("last_year").unwrap_or(0);
        let carriers = rows_where(&self.carriers, "metric", metric.id()).map(|row| {
            let (id, name) = (row.text("carrier_id").to_owned(), row.text("carrier").to_owned());
            CarrierFigures { light: self.light(metric, &id, row.text("light")), id, name, figures: figures(row) }
        });
        let chains = rows_where(&self.chains, "metric", metric.id()).filter(|row| is_signed && row.text("chain_id") != "none");
        let regions = rows(&self.groups).filter(|_| is_signed);
        Part {
            metric,
            band: None,
            figures: figures(row),
            carriers: carriers.collect(),
            chains: chains
                .map(|row| ChainFigures {
                    id: row.text("chain_id").to_owned(),
                    name: row.text("chain").to_owned(),
                    done: row.count("done"),
                })
                .collect(),
            regions: regions
                .map(|row| RegionFigures {
                    id: row.text("group_id").to_owned(),
                    name: row.text("group_name").to_owned(),
                    done: row.count("signed"),
                    before: Some(PartBefore { part: row.count("last_year"), whole: signed_before }),
                })
                .collect(),
        }
    }

    /// The light that is shown: months in a row may have turned a yellow red.
    fn light(&self, metric: Metric, carrier: &str, plain: &str) -> Option<Light> {
        let mut warned = rows_where(&self.warnings, "scope", "carrier");
        let escalated = warned.find(|row| row.text("scope_id") == carrier && row.text("metric") == metric.id());
        Light::from_id(escalated.map_or(plain, |row| row.text("escalated")))
    }

    fn of_bands(&self) -> impl Iterator<Item = Part> + '_ {
        rows(&self.bands).filter(|row| row.is_true("in_targets")).map(move |row| Part {
            metric: Metric::Signed,
            band: Some(BandName { id: row.text("band_id").to_owned(), name: row.text("band").to_owned() }),
            figures: figures(row),
            carriers: Vec::new(),
            chains: Vec::new(),
            regions: Vec::new(),
        })
    }
}

fn figures(row: Row<'_>) -> Figures {
    Figures { done: row.count("done"), target: row.int("target"), pace: row.number("pace").unwrap_or(0.0), before: row.int("last_year") }
}

/// The list behind a figure, as known on the board's day. Of the year before: as known on the same day of that year.
pub(crate) fn rows_of(board: &Board, to: &Reference) -> String {
    let year = to.period.to.year();
    let as_of = if year == board.year { board.as_of } else { to.period.to };
    let (year, as_of) = (year.to_string(), as_of.to_string());
    let mut pairs = vec![("year", year.as_str()), ("as_of", as_of.as_str()), ("milestone", to.metric.id())];
    let narrowed = [("band", &to.band), ("carrier", &to.carrier), ("chain", &to.chain), ("region_group", &to.region_group)];
    pairs.extend(narrowed.into_iter().filter_map(|(key, id)| Some((key, id.as_deref()?))));
    link("/projects", &pairs)
}

/// Every assessed carrier with its three counted metrics.
fn carriers_table(reader: &Reader, board: &Board, carriers: &Answer) -> Panel {
    let words = reader.words;
    let mut columns = vec![Column::text(words.t("table.carrier"))];
    for metric in COUNTED {
        columns.push(Column::number(words.metric(metric)));
        columns.push(Column::number(words.t("table.target")));
        columns.push(Column::number(words.t("table.completion")));
    }
    let lines = rows_where(carriers, "metric", Metric::Signed.id()).map(|signed| {
        let id = signed.text("carrier_id");
        let mut cells = vec![Cell::text(signed.text("carrier")).link(board.link(&format!("/carriers/{id}"), &[]))];
        for metric in COUNTED {
            let row = rows_where(carriers, "metric", metric.id()).find(|row| row.text("carrier_id") == id);
            let done = row.map_or(0, |row| row.count("done"));
            let href = board.link("/projects", &[("milestone", metric.id()), ("carrier", id)]);
            cells.push(Cell::number(print_count(done)).rows(href, done));
            cells.push(Cell::number(row.and_then(|row| row.int("target")).map_or_else(|| "—".to_owned(), print_count)));
            cells.push(Cell::number(words.percent(row.and_then(|row| row.number("completion")))));
        }
        cells
    });
    let table = Twin { columns, rows: lines.collect() };
    Panel::new(reader, board, "bulletin-carriers", words.t("bulletins.carriers"), "carrier_progress", &[], table)
}

const COUNTED: [Metric; 3] = [Metric::Signed, Metric::Started, Metric::Completed];
