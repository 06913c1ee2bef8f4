//! What may be run: the text is measured before it is parsed, and the parsed statement is vetted.
//!
//! The order matters: a chain of some thousand operators overflows the stack of any recursive reader,
//! the parser's own clean-up included, so it must never be parsed at all.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::{self, ObjectName, Query, SetExpr, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use qunlian_domain::contract::Contract;
use qunlian_queries::Place;

use super::catalog;
use super::error::{Measure, SqlError};
use super::limits::SqlLimits;
use super::measure::{at_most, measure};
use super::near::nearest;
use super::schemas::Named;
use super::system;

/// A statement that may be planned.
#[derive(Debug)]
pub(super) struct Vetted {
    pub statement: Statement,
    /// The schemas that it names, each once.
    pub schemas: Vec<Named>,
}

/// Refuses everything but one read-only statement over published tables; `reader` is whoever asks by the protocol of
/// PostgreSQL, whose catalogs are open then.
pub(super) fn vet(sql: &str, contract: &Contract, limits: &SqlLimits, reader: Option<&str>) -> Result<Vetted, SqlError> {
    at_most(Measure::Bytes, sql.len(), limits.text_bytes)?;
    measure(sql, limits)?;
    let mut statements =
        DFParser::parse_sql_with_dialect(sql, &PostgreSqlDialect {}).map_err(|fault| SqlError::of(&fault, contract).ending(sql))?;
    let count = statements.len();
    let (Some(mut statement), 1) = (statements.pop_front(), count) else {
        return Err(if count == 0 { SqlError::Empty } else { SqlError::Several { count } });
    };
    read_only(&statement)?;
    if let Some(reader) = reader.filter(|_| catalog::is_named(sql)) {
        catalog::normalise(&mut statement, contract, reader);
    }
    // What is vetted is what will be planned.
    let schemas = check_relations(read_only(&statement)?, contract, limits, reader)?;
    Ok(Vetted { statement, schemas })
}

/// The query inside a statement that only reads.
fn read_only(statement: &Statement) -> Result<&Query, SqlError> {
    let refused = |what: String| Err(SqlError::NotReadOnly { what });
    match statement {
        Statement::Statement(inner) => match inner.as_ref() {
            ast::Statement::Query(query) => only_reads(query).map(|()| query.as_ref()),
            ast::Statement::Explain { statement, .. } => match statement.as_ref() {
                ast::Statement::Query(query) => only_reads(query).map(|()| query.as_ref()),
                other => refused(first_words(&other.to_string())),
            },
            other => refused(first_words(&other.to_string())),
        },
        Statement::Explain(explain) => match explain.statement.as_ref() {
            Statement::Explain(_) => refused("EXPLAIN EXPLAIN".to_owned()),
            inner => read_only(inner),
        },
        other => refused(first_words(&other.to_string())),
    }
}

fn only_reads(query: &Query) -> Result<(), SqlError> {
    struct Writes(Option<&'static str>);
    impl Visitor for Writes {
        type Break = ();

        fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
            if !query.locks.is_empty() {
                self.0 = Some("FOR UPDATE");
            }
            body_writes(&query.body, &mut self.0);
            if self.0.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    let mut writes = Writes(None);
    let _ = query.visit(&mut writes);
    match writes.0 {
        Some(what) => Err(SqlError::NotReadOnly { what: what.to_owned() }),
        None => Ok(()),
    }
}

fn body_writes(body: &SetExpr, found: &mut Option<&'static str>) {
    match body {
        SetExpr::Select(select) if select.into.is_some() => *found = Some("SELECT INTO"),
        SetExpr::Insert(_) => *found = Some("INSERT"),
        SetExpr::Update(_) => *found = Some("UPDATE"),
        SetExpr::Delete(_) => *found = Some("DELETE"),
        SetExpr::Merge(_) => *found = Some("MERGE"),
        SetExpr::SetOperation { left, right, .. } => {
            body_writes(left, found);
            body_writes(right, found);
        }
        _ => {}
    }
}

fn first_words(text: &str) -> String {
    text.split_whitespace().take(2).map(str::to_uppercase).collect::<Vec<_>>().join(" ")
}

/// Tables must be published ones or the statement's own; how many are joined is bounded.
fn check_relations(query: &Query, contract: &Contract, limits: &SqlLimits, reader: Option<&str>) -> Result<Vec<Named>, SqlError> {
    let mut named = Relations::default();
    let _ = query.visit(&mut named);
    at_most(Measure::Relations, named.relations.len(), limits.relations)?;
    let mut schemas = BTreeSet::new();
    for relation in &named.relations {
        let parts = match relation.parts.as_slice() {
            // Tools name the database too.
            [database, rest @ ..] if reader.is_some() && rest.len() == 2 && database == catalog::DATABASE => rest,
            parts => parts,
        };
        match parts {
            [table] if named.own.contains(table) || contract.table(table).is_some() => {}
            [table] if reader.is_some() && catalog::is_known(None, table) => {}
            [schema, table] if reader.is_some() && catalog::is_known(Some(schema), table) => {}
            [schema, table] if reader.is_some() && schema == catalog::PUBLIC && contract.table(table).is_some() => {}
            [schema, table] => {
                let known = Named::read(schema).filter(|schema| match schema {
                    Named::System => system::is_known(table),
                    Named::AsOf(_) | Named::Generation(_) => contract.table(table).is_some(),
                });
                schemas.insert(known.ok_or_else(|| unknown(relation, contract))?);
            }
            _ => return Err(unknown(relation, contract)),
        }
    }
    Ok(schemas.into_iter().collect())
}

fn unknown(relation: &Relation, contract: &Contract) -> SqlError {
    let known = contract.tables.iter().map(|table| table.name.as_str());
    let last = relation.parts.last().map_or("", String::as_str);
    let near = nearest(last, known).filter(|near| near != last || relation.parts.len() == 1);
    SqlError::UnknownTable { name: relation.parts.join("."), near, place: relation.place }
}

#[derive(Default)]
struct Relations {
    relations: Vec<Relation>,
    /// Names that `with` defines anywhere in the statement.
    own: BTreeSet<String>,
}

/// A table as named in FROM or JOIN.
struct Relation {
    parts: Vec<String>,
    place: Option<Place>,
}

impl Visitor for Relations {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            self.own.extend(with.cte_tables.iter().map(|table| normal(&table.alias.name)));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        // Table functions and UNNEST are planned by name; those that could reach a file are not registered.
        let parts = relation.0.iter().map(|part| part.as_ident().map_or_else(|| part.to_string(), normal)).collect();
        let start = relation.0.first().and_then(|part| part.as_ident()).map(|ident| ident.span.start);
        let place = start.filter(|start| start.line > 0).map(|start| Place {
            line: u32::try_from(start.line).unwrap_or(u32::MAX),
            column: u32::try_from(start.column).unwrap_or(u32::MAX),
        });
        self.relations.push(Relation { parts, place });
        ControlFlow::Continue(())
    }
}

fn normal(ident: &ast::Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Contract {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        Contract::load(&|path| std::fs::read_to_string(data.join(path))).unwrap()
    }

    fn vetted(sql: &str) -> Result<(), SqlError> {
        vet(sql, &contract(), &SqlLimits::default(), None).map(|_| ())
    }

    #[test]
    fn reading_is_allowed() {
        for sql in [
            "select count(*) from milestones",
            "select 1;",
            "with a as (select * from projects) select * from a join A as b on a.project_id = b.project_id",
            "values (1), (2)",
            "select * from asof_20220331.projects p join generation_42.projects q using (project_id), system.queries",
            "explain select * from projects",
            "explain analyze select * from projects",
            "select * from (select 1 as x) as t where x in (select 1) union all select 2",
            "select \"name\" from \"projects\" -- a comment",
        ] {
            assert_eq!(vetted(sql), Ok(()), "{sql}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let check = |sql: &str, expect: &str| {
            let fault = vetted(sql).expect_err(sql);
            assert!(fault.to_string().contains(expect), "{sql}: {fault}");
            assert!(!fault.hint().is_empty(), "{sql}");
        };
        check("", "no statement");
        check(" -- nothing", "no statement");
        check("select 1; select 2", "2 statements");
        check("create table t as select 1", "CREATE TABLE is not allowed");
        check("create external table t stored as parquet location '/etc'", "is not allowed");
        check("create view v as select 1", "is not allowed");
        check("copy projects to 'x.csv'", "is not allowed");
        check("copy (select 1) to 'x.parquet'", "is not allowed");
        check("insert into projects values (1)", "INSERT INTO is not allowed");
        check("update projects set name = 'x'", "UPDATE PROJECTS is not allowed");
        check("delete from projects", "DELETE FROM is not allowed");
        check("drop table projects", "DROP TABLE is not allowed");
        check("truncate table projects", "is not allowed");
        check("set datafusion.execution.batch_size = 1", "is not allowed");
        check("set datafusion.runtime.memory_limit = '100G'", "is not allowed");
        check("reset datafusion.execution.batch_size", "is not allowed");
        check("show tables", "is not allowed");
        check("show all", "is not allowed");
        check("describe projects", "is not allowed");
        check("prepare p as select 1", "is not allowed");
        check("execute p", "is not allowed");
        check("deallocate p", "is not allowed");
        check("begin", "is not allowed");
        check("commit", "is not allowed");
        check("explain create table t as select 1", "is not allowed");
        check("explain insert into projects values (1)", "is not allowed");
        check("select * into t from projects", "SELECT INTO is not allowed");
        check("select * from (select * into t from projects) as x", "SELECT INTO is not allowed");
        check("select * from projects for update", "FOR UPDATE is not allowed");
        check("select * from '/etc/passwd'", "no such table");
        check("select * from \"/etc/passwd\"", "no such table");
        check("select * from information_schema.tables", "no such table: information_schema.tables");
        check("select * from datafusion.public.projects", "no such table");
        check("select * from public.projects", "no such table: public.projects");
        check("select * from asof_20221331.projects", "no such table: asof_20221331.projects");
        check("select * from asof_20220331.secret", "no such table: asof_20220331.secret");
        check("select * from system.accounts", "no such table: system.accounts");
        check("select * from generation_1.generation_2.projects", "no such table");
        check("select * from project", "no such table: project");
        check("select * from read_csv('/etc/passwd')", "no such table");
        check("select * from generate_series(1, 1000000000)", "no such table");
        check("select 1 from projects where project_id in (select x from secret)", "no such table: secret");
        check("select (", "syntax");
        check("selec 1", "syntax");
    }

    #[test]
    fn bombs_are_measured_before_they_are_parsed() {
        let check = |sql: &str, expect: &str| {
            let fault = vetted(sql).expect_err(expect);
            assert!(fault.to_string().contains(expect), "{fault}");
        };
        check(&format!("select {}1", "1+".repeat(2_000)), "operators in one chain");
        check(&format!("select * from projects where {} true", "version = 1 or ".repeat(2_000)), "operators in one chain");
        check(&format!("select {}1{}", "(".repeat(500), ")".repeat(500)), "brackets within brackets");
        check(&format!("select * from projects where version in ({}1)", "1,".repeat(11_000)), "values of IN");
        check(&format!("select '{}'", "x".repeat(70_000)), "bytes of SQL");
        check(&format!("select 1 {}", "union all select 1 ".repeat(1_500)), "operators in one chain");
        check(&format!("select version{} from projects", "::int".repeat(2_000)), "operators in one chain");
        check(&format!("select version{} from projects", "[1]".repeat(2_000)), "operators in one chain");
        check(&format!("select version {} from projects", "is null ".repeat(2_000)), "operators in one chain");
        check(&format!("select {} true", "not ".repeat(2_000)), "operators in one chain");
        check(&format!("select count(*) from {}projects", "projects,".repeat(200)), "tables in FROM and JOIN");
        check(&format!("select count(*) from projects {}", "cross join projects ".repeat(200)), "tables in FROM and JOIN");
    }
}
