//! What a sheet begins with: its carrier, its report, and the mapping's rules put in their columns.

use qunlian_domain::text::fold;

use crate::Request;
use crate::body::carriers::Defaults;
use crate::convert::Converter;
use crate::refusal::Refusal;
use crate::report::{ColumnReport, SheetReport};
use crate::table::{self, Table};
use crate::title::TitleFacts;

/// The carrier of the sheet, as the converter is told it: handed in for, mapped, or named in a title.
pub fn set_defaults(
    converter: &mut Converter<'_>,
    request: &Request<'_>,
    facts: &TitleFacts,
    table: &Table,
) -> Result<Option<String>, Refusal> {
    let day = table.reported_on.unwrap_or(request.today);
    let mut defaults = Defaults::default();
    if let Some(forced) = request.carrier {
        let known = converter.finder.find(forced, day);
        defaults.forced = Some(known.ok_or_else(|| Refusal::Mapping(format!("名录中没有载体单位“{forced}”")))?);
    }
    if let Some(mapped) = request.mapping.and_then(|mapping| mapping.carrier.as_deref()) {
        let known = converter.finder.find(mapped, day);
        defaults.sheet = Some(known.ok_or_else(|| Refusal::Mapping(format!("名录中没有载体单位“{mapped}”")))?);
    } else if let Some(id) = facts.carrier(&request.city.carriers, day) {
        defaults.sheet = converter.finder.find(&id, day);
    }
    converter.defaults = defaults;
    Ok(defaults.forced.or(defaults.sheet).map(|known| converter.finder.id(known).to_owned()))
}

/// The report as far as the header tells it.
pub fn opening_report(number: u32, name: &str, table: &Table, carrier: Option<String>) -> SheetReport {
    SheetReport {
        sheet: number,
        name: name.to_owned(),
        header_row: table.header.row,
        kind: table.kind().to_owned(),
        carrier_id: carrier.unwrap_or_default(),
        month: table.month,
        reported_on: table.reported_on,
        columns: column_reports(table),
        unknown_columns: table.header.unknown(),
        ..SheetReport::default()
    }
}

/// The recognised columns of a table.
pub fn column_reports(table: &Table) -> Vec<ColumnReport> {
    let mut reports = Vec::new();
    for column in &table.header.columns {
        let Some(field) = column.field else { continue };
        reports.push(ColumnReport {
            column: column.index as u32 + 1,
            header: column.label.clone(),
            field: field.id().to_owned(),
            unit: table.unit(field).map(table::unit_name).unwrap_or_default(),
        });
    }
    reports
}

/// The columns of the mapping's skip rules; a rule for a column that is not there is a fault.
pub fn skip_rules(request: &Request<'_>, table: &Table) -> Result<Vec<(usize, usize)>, Refusal> {
    let mut rules = Vec::new();
    for (index, rule) in request.mapping.map_or(&[][..], |mapping| &mapping.skip_rows_where).iter().enumerate() {
        let wanted = fold(&rule.column);
        let column = table.header.columns.iter().find(|column| fold(&column.label) == wanted);
        let column = column.ok_or_else(|| Refusal::Mapping(format!("skip_rows_where 中的列“{}”不在表头中", rule.column)))?;
        rules.push((index, column.index));
    }
    Ok(rules)
}

/// File name without folders and extension.
pub fn stem(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
