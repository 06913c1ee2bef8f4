//! The published tables (发布表): the contract between what polars writes and what anyone may ask.

use serde::{Deserialize, Serialize};

/// Type of a published column, and of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    Int,
    Decimal,
    Date,
    Bool,
}

impl ColumnType {
    /// The name in JSON answers, in the books and on the SQL page.
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Bool => "bool",
        }
    }

    /// The type of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Text, Self::Int, Self::Decimal, Self::Date, Self::Bool].into_iter().find(|kind| kind.id() == id)
    }
}

/// One published column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Chinese title.
    pub title: String,
    /// Unit of the value: 元, 个, %, or empty.
    #[serde(default)]
    pub unit: String,
    /// What the value means, for the reader of the SQL page.
    #[serde(default)]
    pub meaning: String,
}

/// One published table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub name: String,
    /// Chinese title.
    pub title: String,
    /// What one row is, in Chinese.
    pub grain: String,
    /// The same in English.
    pub grain_en: String,
    /// The columns the rows are sorted by inside each part.
    #[serde(default)]
    pub sorted_by: Vec<String>,
    /// True when each part holds the projects of one carrier (home carrier: the first reporter).
    #[serde(default)]
    pub by_carrier: bool,
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
}

/// Who may see a table's rows (数据范围).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsOf {
    /// Catalogues and targets: all who may ask at all.
    Everybody,
    /// Each row is of the carrier in [`Table::CARRIER`].
    Carriers,
    /// The rows tell of projects and not whose, or in words that may name any: only who sees the whole city.
    City,
}

impl Table {
    /// The column that says whose a row is.
    pub const CARRIER: &str = "carrier_id";

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whose the rows are. The carriers' own catalogue is everybody's; what a job says may name any carrier's rows.
    pub fn rows_of(&self) -> RowsOf {
        match self.name.as_str() {
            "carriers" => return RowsOf::Everybody,
            "runs" => return RowsOf::City,
            _ => {}
        }
        match (self.column(Self::CARRIER), self.column("project_id")) {
            (Some(_), _) => RowsOf::Carriers,
            (None, Some(_)) => RowsOf::City,
            (None, None) => RowsOf::Everybody,
        }
    }
}

/// All published tables, in the order of [`TABLES`].
#[derive(Debug, Clone)]
pub struct Contract {
    pub tables: Vec<Table>,
}

/// The published tables; each has a file `contract/<name>.toml`.
pub const TABLES: [&str; 19] = [
    "projects",
    "milestones",
    "investments",
    "targets",
    "issued_targets",
    "carriers",
    "chains",
    "segments",
    "regions",
    "calendar",
    "complaints",
    "sources",
    "bands",
    "runs",
    "filings",
    "claims",
    "notices",
    "objections",
    "changes",
];

/// A contract file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    #[error("{file}: {source}")]
    Read { file: String, source: std::io::Error },
    #[error("{file}: {source}")]
    Parse { file: String, source: Box<toml::de::Error> },
    #[error("{file}: {problem}")]
    Fault { file: String, problem: String },
}

impl Contract {
    /// Reads every table's file through `read`, which is given paths such as `contract/projects.toml`.
    pub fn load(read: &dyn Fn(&str) -> std::io::Result<String>) -> Result<Self, ContractError> {
        let mut tables = Vec::with_capacity(TABLES.len());
        for name in TABLES {
            let file = format!("contract/{name}.toml");
            let text = read(&file).map_err(|source| ContractError::Read { file: file.clone(), source })?;
            let table: Table =
                toml::from_str(&text).map_err(|source| ContractError::Parse { file: file.clone(), source: Box::new(source) })?;
            check(&table, name).map_err(|problem| ContractError::Fault { file, problem })?;
            tables.push(table);
        }
        Ok(Self { tables })
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The published column whose title and unit an answer's column has (列的中文名): one of the same name and type.
    pub fn column_like(&self, name: &str, kind: ColumnType) -> Option<&Column> {
        self.tables.iter().find_map(|table| table.column(name).filter(|column| column.kind == kind))
    }
}

fn check(table: &Table, expected_name: &str) -> Result<(), String> {
    if table.name != expected_name {
        return Err(format!("table is named {:?}, its file {expected_name:?}", table.name));
    }
    let mut seen = std::collections::BTreeSet::new();
    for column in &table.columns {
        if !seen.insert(column.name.as_str()) {
            return Err(format!("column {:?} stands twice", column.name));
        }
        if column.title.is_empty() {
            return Err(format!("column {:?} has no Chinese title", column.name));
        }
    }
    for name in &table.sorted_by {
        if !seen.contains(name.as_str()) {
            return Err(format!("sorted by unknown column {name:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> std::io::Result<String> {
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(path))
    }

    #[test]
    fn the_committed_contract_is_sound() {
        let contract = Contract::load(&read).unwrap();
        assert_eq!(contract.tables.len(), TABLES.len());
        let milestones = contract.table("milestones").unwrap();
        for name in [
            "project_id",
            "carrier_id",
            "milestone",
            "happened_on",
            "recognised_on",
            "revoked_on",
            "known_from",
            "known_until",
            "year",
            "source",
        ] {
            assert!(milestones.column(name).is_some(), "{name}");
        }
        for table in &contract.tables {
            for column in &table.columns {
                assert!(!column.name.ends_with("_yuan") || column.unit == "元", "{}.{}", table.name, column.name);
            }
        }
    }

    #[test]
    fn a_table_that_tells_of_projects_says_whose_they_are() {
        let contract = Contract::load(&read).unwrap();
        for table in &contract.tables {
            assert_eq!(table.rows_of() == RowsOf::City, table.name == "runs", "{}", table.name);
            assert!(!table.by_carrier || table.rows_of() == RowsOf::Carriers, "{}", table.name);
        }
        for name in ["projects", "milestones", "investments", "complaints", "sources"] {
            assert_eq!(contract.table(name).unwrap().rows_of(), RowsOf::Carriers, "{name}");
        }
        assert_eq!(contract.table("carriers").unwrap().rows_of(), RowsOf::Everybody);
    }

    #[test]
    fn faults_name_the_file() {
        let error = Contract::load(&|path| {
            if path == "contract/projects.toml" {
                Ok("name = \"other\"\ntitle=\"x\"\ngrain=\"y\"\ngrain_en=\"y\"\ncolumn=[]".into())
            } else {
                read(path)
            }
        })
        .unwrap_err();
        assert_eq!(error.to_string(), "contract/projects.toml: table is named \"other\", its file \"projects\"");
    }
}
