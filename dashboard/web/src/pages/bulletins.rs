//! The bulletin (通报) of any year, day and template on the web: each figure a link to its rows; as files; and those made.

mod files;
mod view;

use std::collections::BTreeMap;

use axum::response::Response;
use chrono::Datelike;
use qunlian_bulletins::{Composed, Issue, Kind, Sources};
use qunlian_domain::bulletin::{Reference, Template};
use qunlian_domain::figures::print_count;
use serde::Serialize;

use super::filings::books::with_books;
use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::query_string::link;
use crate::reader::{PageHead, Reader, Section};

pub(crate) use files::{made, wanted};
use view::PartView;

/// How many made bulletins are listed.
const LISTED: u32 = 60;

#[derive(Serialize)]
struct BulletinView {
    /// The templates, the chosen one marked.
    templates: Vec<Choice>,
    files: Vec<FileLink>,
    title: String,
    head: Vec<String>,
    addressees: String,
    parts: Vec<PartView>,
    issuer: String,
    date_line: String,
    made: Twin,
}

#[derive(Serialize)]
struct Choice {
    name: String,
    href: String,
    chosen: bool,
}

#[derive(Serialize)]
struct FileLink {
    label: &'static str,
    href: String,
}

/// `GET /bulletins`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let template = template_of(&reader)?;
    let composed = compose(&reader, &board, template).await?;
    let href = |path: &str, id: &str| board.link(path, &[("template", id)]);
    let all = &reader.desk.app.rules.city.bulletins.all;
    let view = BulletinView {
        templates: all
            .iter()
            .map(|other| Choice { name: other.name.clone(), href: href("/bulletins", &other.id), chosen: other.id == template.id })
            .collect(),
        files: Kind::ALL
            .into_iter()
            .map(|kind| FileLink { label: label(kind), href: href(&format!("/bulletins.{}", kind.suffix()), &template.id) })
            .collect(),
        title: composed.title_line(),
        head: composed.head.iter().map(|(label, text)| format!("{label}：{text}")).collect(),
        addressees: composed.addressees.clone().unwrap_or_default(),
        parts: view::parts(&reader, &board, &composed),
        issuer: composed.issuer.clone(),
        date_line: composed.date_line.clone(),
        made: made_list(&reader).await?,
    };
    let head = PageHead::new(reader.words.t("nav.bulletins"), Section::Bulletins).board(&board);
    reader.page("bulletin.html", head, view).await
}

/// The bulletin of a board's year and day, from one generation.
pub(super) async fn compose(reader: &Reader, board: &Board, template: &Template) -> Result<Composed, Fault> {
    let sources = Sources::ask(|query| reader.ask(query, board.params())).await?;
    let city = &reader.desk.app.city;
    let issue = Issue {
        year: board.year,
        as_of: board.as_of,
        dated: reader.desk.today(),
        city: &city.name,
        center: &city.center,
        light: &city.light,
    };
    sources.compose(template, &issue).map_err(|error| Fault::Internal(error.to_string()))
}

/// The template that the address names; the monthly one when it names none.
fn template_of(reader: &Reader) -> Result<&Template, Fault> {
    let id = reader.visit.query.get("template");
    reader.desk.app.rules.city.bulletins.find(id).ok_or_else(|| Fault::bad("bad.template", id.unwrap_or_default()))
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Docx => "Word",
        Kind::Pdf => "PDF",
        Kind::Xlsx => "Excel",
    }
}

/// What the jobs made, the newest day first.
async fn made_list(reader: &Reader) -> Result<Twin, Fault> {
    let words = reader.words;
    let made = with_books(&reader.desk, |books| Ok(books.bulletins(LISTED)?)).await?;
    let may_export = reader.who.may(qunlian_domain::access::Right::Export);
    let columns = ["bulletins.until", "bulletins.name", "bulletins.edition", "bulletins.made_on", "bulletins.generation"];
    let mut columns: Vec<Column> = columns.map(|key| Column::text(words.t(key))).into();
    columns.extend(Kind::ALL.map(|kind| Column::text(label(kind))));
    let row = |bulletin: &qunlian_registry::MadeBulletin| {
        let until = bulletin.until.to_string();
        let year = bulletin.until.year().to_string();
        let on_web = link("/bulletins", &[("year", &year), ("as_of", &until), ("template", &bulletin.template)]);
        let sizes: BTreeMap<&str, u64> = bulletin.files.iter().map(|file| (file.kind.as_str(), file.bytes)).collect();
        let mut cells = vec![
            Cell::text(until),
            Cell::text(bulletin.name.clone()).link(on_web),
            Cell::text(words.fill("bulletins.edition_n", &[("n", &bulletin.edition.to_string())])),
            Cell::text(bulletin.made_on.to_string()),
            Cell::text(bulletin.generation.to_string()),
        ];
        cells.extend(Kind::ALL.map(|kind| match sizes.get(kind.suffix()) {
            Some(bytes) => {
                let cell = Cell::text(format!("{} KB", print_count((bytes / 1024).max(1) as i64))).whole();
                if may_export { cell.link(format!("/bulletins/made/{}.{}", bulletin.id, kind.suffix())) } else { cell }
            }
            None => Cell::text("—"),
        }));
        cells
    };
    Ok(Twin { columns, rows: made.iter().map(row).collect() })
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
