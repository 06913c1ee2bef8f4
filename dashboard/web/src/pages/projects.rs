//! The project list (项目清单): filters, facets with counts, sorting, pages of 50, files.

mod promised;

use axum::response::Response;
use futures::try_join;
use qunlian_domain::figures::print_count;
use qunlian_domain::project::Milestone;
use qunlian_domain::promise::Promised;
use qunlian_queries::{Answer, Params};
use serde::Serialize;

use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::paging::{Listing, Pages, pages};
use crate::project_filter::{DEFAULT_SORT, MORE_CHOICES, PAGE_ROWS, ProjectFilter};
use crate::query_string::{QueryString, encode, link};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, first, rows, rows_where};
use crate::shell::Crumb;
use crate::words::Words;

#[derive(Serialize)]
struct ProjectsView {
    fields: Fields,
    chips: Vec<Crumb>,
    clear_href: String,
    facets: Vec<Facet>,
    total: i64,
    /// `共 188 个项目，协议投资额 402.5 亿元`
    summary: String,
    /// Only some carriers' projects are listed.
    cut: bool,
    table: Twin,
    pages: Pages,
    definition: String,
    sql_href: String,
}

/// Fields of the filter form; what the facets chose goes along hidden.
#[derive(Serialize)]
struct Fields {
    q: String,
    years: Vec<Choice>,
    as_of: String,
    today: String,
    milestones: Vec<Choice>,
    kept: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// One facet (分面) with its values.
#[derive(Serialize)]
struct Facet {
    title: &'static str,
    values: Vec<FacetValue>,
    open: bool,
}

#[derive(Serialize)]
struct FacetValue {
    label: String,
    count: String,
    /// The same as a number, for the link that leads to so many rows.
    rows: i64,
    href: String,
    chosen: bool,
}

/// Keys of the page that are filters, in the order of their chips.
const FILTERS: [&str; 19] = [
    "q",
    "milestone",
    "year",
    "month",
    "through",
    "waiting",
    "promise",
    "kept",
    "slip",
    "due",
    "carrier",
    "chain",
    "segment",
    "region_kind",
    "region_group",
    "region",
    "band",
    "stage",
    "status",
];

/// `GET /projects`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let filter = ProjectFilter::read(&reader.visit.query, reader.desk.today())?;
    let dated = Params::new().with("as_of", filter.as_of);
    let (list, count, facets, carriers, chains) = try_join!(
        reader.ask("projects_list", filter.list_params()),
        reader.ask("projects_count", filter.params()),
        reader.ask("projects_facets", filter.params()),
        reader.ask("carriers_list", dated.clone()),
        reader.ask("chains_list", dated)
    )?;
    let words = reader.words;
    let total = first(&count).map_or(0, |row| row.count("total"));
    let query = reader.visit.query.without("lang");
    let names = Names { words, reader: &reader, list: &list, facets: &facets, carriers: &carriers, chains: &chains };
    let view = ProjectsView {
        fields: fields(&reader, &filter, &query),
        chips: chips(&names, &query),
        clear_href: query.only(&["as_of", "sort"]).href("/projects"),
        facets: facet_views(&reader, &facets, &query),
        total,
        summary: summary(&reader, &filter, &count),
        cut: !reader.cut_note("projects_list").is_empty(),
        table: table(&reader, &filter, &query, &list),
        pages: pages(words, &query, &Listing { path: "/projects", unit: "unit.count", page: filter.page, size: PAGE_ROWS, total }),
        definition: reader.definition("projects_list"),
        sql_href: query.without("page").with("as_of", &filter.as_of.to_string()).href("/queries/projects_list"),
    };
    let title = heading(&names, &filter);
    let head = PageHead::new(title, Section::Projects).exports("/projects", &query.without("page"));
    reader.page("projects.html", head, view).await
}

/// Where names of filter values are found.
struct Names<'a> {
    words: Words,
    reader: &'a Reader,
    list: &'a Answer,
    facets: &'a Answer,
    carriers: &'a Answer,
    chains: &'a Answer,
}

impl Names<'_> {
    /// What a filter's value is called; the value itself when nobody knows.
    fn of(&self, key: &str, value: &str) -> String {
        let words = self.words;
        let look_up = |answer: &Answer, id: &str, name: &str| rows_where(answer, id, value).next().map(|row| row.text(name).to_owned());
        let facet = |facet: &str| {
            rows_where(self.facets, "facet", facet).find(|row| row.text("value") == value).map(|row| row.text("label").to_owned())
        };
        let bands = &self.reader.desk.app.city.bands;
        let found = match key {
            "milestone" => words.find(&format!("milestone.{value}")).map(str::to_owned),
            "waiting" => words.find(&format!("waiting.{value}")).map(str::to_owned),
            "promise" => words.find(&format!("filter.promise.{value}")).map(str::to_owned),
            "kept" => words.find(&format!("kept.{value}")).map(str::to_owned),
            "slip" => words.find(&format!("slip.{value}")).map(str::to_owned),
            "year" | "due" => Some(words.fill("filter.year_value", &[("year", value)])),
            "month" | "through" => value.parse().ok().map(|month| words.month(month)),
            "carrier" => look_up(self.carriers, "carrier_id", "carrier"),
            "chain" => look_up(self.chains, "chain_id", "chain"),
            "segment" => look_up(self.list, "segment_id", "segment"),
            "region_kind" => Some(words.region_kind(value, &facet("region_kind").unwrap_or_default())),
            "region" => facet("province").or_else(|| look_up(self.list, "region_code", "region")),
            "band" => bands
                .get(value)
                .map(|band| words.band(&band.name, band.least))
                .or_else(|| facet("band").map(|label| words.slice(value, &label))),
            "stage" => Some(words.named("stage", value, &facet("stage").unwrap_or_default())),
            "status" => Some(words.named("status", value, &facet("status").unwrap_or_default())),
            _ => None,
        };
        found.filter(|name| !name.is_empty()).unwrap_or_else(|| match value {
            "none" => words.t("filter.none").to_owned(),
            "unknown" => words.t("filter.unknown").to_owned(),
            _ => value.to_owned(),
        })
    }
}

fn heading(names: &Names<'_>, filter: &ProjectFilter) -> String {
    let words = names.words;
    let mut parts = Vec::new();
    if !filter.text("carrier").is_empty() && !filter.text("carrier").contains(',') {
        parts.push(names.of("carrier", filter.text("carrier")));
    }
    if !filter.text("waiting").is_empty() {
        parts.push(names.of("waiting", filter.text("waiting")));
    } else if !filter.milestone.is_empty() {
        parts.push(names.of("milestone", &filter.milestone));
    }
    if parts.is_empty() { words.t("projects.title").to_owned() } else { parts.join(" · ") }
}

fn fields(reader: &Reader, filter: &ProjectFilter, query: &QueryString) -> Fields {
    let words = reader.words;
    let today = reader.desk.today();
    let mut years: Vec<i32> = reader.desk.app.city.target_years.clone();
    if filter.year != 0 && !years.contains(&filter.year) {
        years.push(filter.year);
    }
    years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
    let any = Choice { value: String::new(), label: words.t("filter.any_year").to_owned(), chosen: filter.year == 0 };
    let year = |year: i32| Choice {
        value: year.to_string(),
        label: words.fill("filter.year_value", &[("year", &year.to_string())]),
        chosen: year == filter.year,
    };
    let named =
        |id: &str| Choice { value: id.to_owned(), label: words.t(&format!("milestone.{id}")).to_owned(), chosen: id == filter.milestone };
    let mut milestones =
        vec![Choice { value: String::new(), label: words.t("filter.any_milestone").to_owned(), chosen: filter.milestone.is_empty() }];
    milestones.extend(Milestone::ALL.map(|milestone| named(milestone.id())));
    milestones.extend(MORE_CHOICES.map(named));
    let shown = ["q", "year", "as_of", "milestone", "page"];
    Fields {
        q: filter.q.clone(),
        years: std::iter::once(any).chain(years.into_iter().map(year)).collect(),
        as_of: filter.as_of.to_string(),
        today: today.to_string(),
        milestones,
        kept: query.pairs().filter(|(key, _)| !shown.contains(key)).map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
    }
}

/// One chip per filter in force; following it takes the filter away.
fn chips(names: &Names<'_>, query: &QueryString) -> Vec<Crumb> {
    let mut chips = Vec::new();
    for key in FILTERS {
        let value = crate::project_filter::several(query, key);
        if value.is_empty() || (matches!(key, "year" | "month" | "through" | "due") && value == "0") {
            continue;
        }
        let labels: Vec<String> = value.split(',').map(|value| names.of(key, value)).collect();
        let title = names.words.t(&format!("filter.{key}"));
        let label = format!("{title}{}{}", names.words.t("filter.colon"), labels.join(names.words.t("filter.or")));
        let rest = if key == "promise" { query.without("kept").without("slip").without("due") } else { query.clone() };
        chips.push(Crumb { label, href: rest.without(key).without("page").href("/projects") });
    }
    chips
}

/// Facet in the answer, filter key, words.
const FACETS: [(&str, &str, &str); 7] = [
    ("carrier", "carrier", "table.carrier"),
    ("chain", "chain", "table.chain"),
    ("band", "band", "table.band"),
    ("region_kind", "region_kind", "table.region_kind"),
    ("province", "region", "table.province"),
    ("stage", "stage", "table.stage"),
    ("status", "status", "table.status"),
];

fn facet_views(reader: &Reader, facets: &Answer, query: &QueryString) -> Vec<Facet> {
    let words = reader.words;
    let view = |(facet, key, title): (&str, &str, &'static str)| {
        let chosen = crate::project_filter::several(query, key);
        let values = rows_where(facets, "facet", facet).map(|row| {
            let value = row.text("value");
            let is_chosen = chosen.split(',').any(|one| one == value);
            let next = if is_chosen { query.without(key) } else { query.with(key, value) };
            FacetValue {
                label: facet_label(words, facet, row),
                count: print_count(row.count("count")),
                rows: row.count("count"),
                href: next.without("page").href("/projects"),
                chosen: is_chosen,
            }
        });
        Facet { title: words.t(title), values: values.collect(), open: !chosen.is_empty() || matches!(facet, "carrier" | "chain") }
    };
    let all = FACETS.map(view).into_iter().chain([promised::facet(words, facets, query)]);
    all.filter(|facet| !facet.values.is_empty()).collect()
}

fn facet_label(words: Words, facet: &str, row: Row<'_>) -> String {
    let (value, label) = (row.text("value"), row.text("label"));
    match facet {
        "band" => words.slice(value, label),
        "region_kind" => words.region_kind(value, label),
        "stage" | "status" => words.named(facet, value, label),
        _ => label.to_owned(),
    }
}

fn summary(reader: &Reader, filter: &ProjectFilter, count: &Answer) -> String {
    let words = reader.words;
    let Some(row) = first(count) else { return String::new() };
    let total = print_count(row.count("total"));
    let agreed = words.large(row.count("agreed_yuan"));
    match filter.milestone.as_str() {
        "fixed_assets" | "paid_in" => words.fill(
            "projects.summary_amount",
            &[("n", &total), ("amount", &words.large(row.count("amount_yuan"))), ("unit", words.t("unit.large"))],
        ),
        _ => words.fill("projects.summary", &[("n", &total), ("amount", &agreed), ("unit", words.t("unit.large"))]),
    }
}

fn table(reader: &Reader, filter: &ProjectFilter, query: &QueryString, list: &Answer) -> Twin {
    let words = reader.words;
    let amounts = matches!(filter.milestone.as_str(), "fixed_assets" | "paid_in");
    let sorted = |column: Column, key: &str, first_press: &str| {
        let direction = if filter.sort == key {
            "ascending"
        } else if filter.sort == format!("-{key}") {
            "descending"
        } else {
            ""
        };
        let next = match direction {
            "ascending" => format!("-{key}"),
            "descending" => key.to_owned(),
            _ => first_press.to_owned(),
        };
        let next = if next == DEFAULT_SORT { query.without("sort") } else { query.with("sort", &next) };
        column.sorted_by(next.without("page").href("/projects"), direction)
    };
    let mut columns = vec![
        sorted(Column::text(words.t("table.project")), "name", "name"),
        sorted(Column::text(words.t("table.carrier")), "carrier", "carrier"),
        sorted(Column::text(words.t("table.chain")), "chain", "chain"),
        Column::text(words.t("table.region")),
        sorted(Column::number(words.t("table.agreed_wan")), "agreed", "-agreed"),
        sorted(Column::number(words.t("table.fixed_wan")), "fixed", "-fixed"),
        sorted(Column::text(words.t("table.stage")), "stage", "-stage"),
        sorted(Column::text(words.t("table.recognised_on")), "recognised", DEFAULT_SORT),
    ];
    if amounts {
        columns[5] = Column::number(words.t("table.amount_wan"));
    }
    let promised = Promised::from_id(filter.text("promise"));
    if promised.is_some() {
        columns.extend(["promise.first", "promise.now", "table.happened"].map(|key| Column::text(words.t(key))));
    }
    let as_of = filter.as_of.to_string();
    let rows = rows(list).map(|row| {
        let status = row.text("status");
        let stage = words.named("stage", row.text("stage"), row.text("stage_name"));
        let stage = if matches!(status, "" | "ongoing") {
            stage
        } else {
            format!("{stage} · {}", words.named("status", status, row.text("status_name")))
        };
        let amount = if amounts { row.int("amount_yuan") } else { row.int("fixed_yuan").filter(|yuan| *yuan != 0) };
        let mut cells = vec![
            Cell::text(row.text("project")).link(link(&format!("/projects/{}", encode(row.text("project_id"))), &[("as_of", &as_of)])),
            Cell::text(row.text("carrier")),
            Cell::text(row.text("chain")),
            Cell::text(row.text("region")),
            Cell::number(words.middling(row.int("agreed_yuan"))),
            Cell::number(words.middling(amount)),
            Cell::text(stage).tone(if matches!(status, "lost" | "abandoned" | "dormant") { "soft" } else { "" }),
            Cell::text(day_of(row, "recognised_on")),
        ];
        cells.extend(promised.into_iter().flat_map(promised::columns).map(|column| Cell::text(day_of(row, column))));
        cells
    });
    Twin { columns, rows: rows.collect() }
}

fn day_of(row: Row<'_>, column: &str) -> String {
    row.date(column).map_or_else(|| "—".to_owned(), |day| day.to_string())
}
