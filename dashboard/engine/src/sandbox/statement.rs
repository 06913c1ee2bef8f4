//! What may be run: the text is measured before it is parsed, and the parsed statement is vetted.
//!
//! The order matters: a chain of some thousand operators overflows the stack of any recursive reader,
//! the parser's own clean-up included, so it must never be parsed at all.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::{self, ObjectName, Query, SetExpr, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use qunlian_domain::contract::Contract;

use super::error::{SqlError, nearest};
use super::limits::SqlLimits;

/// A statement that may be planned.
#[derive(Debug)]
pub(super) struct Vetted {
    pub statement: Statement,
}

/// Refuses everything but one read-only statement over published tables.
pub(super) fn vet(sql: &str, contract: &Contract, limits: &SqlLimits) -> Result<Vetted, SqlError> {
    at_most("bytes of SQL", sql.len(), limits.text_bytes)?;
    measure(sql, limits)?;
    let mut statements = DFParser::parse_sql_with_dialect(sql, &PostgreSqlDialect {}).map_err(|fault| SqlError::of(&fault, contract))?;
    let count = statements.len();
    let (Some(statement), 1) = (statements.pop_front(), count) else {
        return Err(if count == 0 { SqlError::Empty } else { SqlError::Several { count } });
    };
    check_relations(read_only(&statement)?, contract, limits)?;
    Ok(Vetted { statement })
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
        Statement::Explain(explain) => read_only(&explain.statement),
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
fn check_relations(query: &Query, contract: &Contract, limits: &SqlLimits) -> Result<(), SqlError> {
    let mut named = Relations::default();
    let _ = query.visit(&mut named);
    at_most("tables in FROM and JOIN", named.relations.len(), limits.relations)?;
    for name in &named.relations {
        let published = contract.tables.iter().any(|table| table.name == *name);
        if !published && !named.own.contains(name) {
            let known = contract.tables.iter().map(|table| table.name.as_str());
            return Err(SqlError::UnknownTable { name: name.clone(), near: nearest(name, known) });
        }
    }
    Ok(())
}

#[derive(Default)]
struct Relations {
    relations: Vec<String>,
    /// Names that `with` defines anywhere in the statement.
    own: BTreeSet<String>,
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
        let parts: Vec<String> = relation.0.iter().map(|part| part.as_ident().map_or_else(|| part.to_string(), normal)).collect();
        // Table functions and UNNEST are planned by name; those that could reach a file are not registered.
        self.relations.push(parts.join("."));
        ControlFlow::Continue(())
    }
}

fn normal(ident: &ast::Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

fn at_most(what: &'static str, found: usize, limit: usize) -> Result<(), SqlError> {
    if found > limit { Err(SqlError::TooLarge { what, found, limit }) } else { Ok(()) }
}

/// One bracket's content while the tokens go by.
#[derive(Default)]
struct Level {
    operators: usize,
    /// UNION and its kin: their chain goes on over the clauses of its queries.
    set_operators: usize,
    commas: usize,
    is_in_list: bool,
}

/// Counts operators per chain, brackets within brackets and values per IN list, without parsing.
fn measure(sql: &str, limits: &SqlLimits) -> Result<(), SqlError> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize().map_err(|fault| SqlError::Syntax(fault.to_string()))?;
    let mut levels = vec![Level::default()];
    let mut after_in = false;
    for token in &tokens {
        if matches!(token, Token::Whitespace(_)) {
            continue;
        }
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                levels.push(Level { is_in_list: after_in, ..Level::default() });
                at_most("brackets within brackets", levels.len() - 1, limits.nesting)?;
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                if levels.len() > 1 {
                    levels.pop();
                }
                // `a[1][2]…` and `f(1)(2)…` chain by their brackets.
                count_operator(&mut levels, limits)?;
            }
            Token::Comma => {
                if let Some(level) = levels.last_mut() {
                    level.commas += 1;
                    level.operators = 0;
                    if level.is_in_list {
                        at_most("values of IN", level.commas + 1, limits.in_list)?;
                    }
                }
            }
            other if joins_queries(other) => {
                if let Some(level) = levels.last_mut() {
                    level.set_operators += 1;
                    at_most("operators in one chain", level.set_operators, limits.terms)?;
                }
            }
            other if starts_clause(other) => {
                if let Some(level) = levels.last_mut() {
                    level.operators = 0;
                }
            }
            other if is_operator(other) => count_operator(&mut levels, limits)?,
            _ => {}
        }
        after_in = matches!(token, Token::Word(word) if word.keyword == Keyword::IN);
    }
    Ok(())
}

fn count_operator(levels: &mut [Level], limits: &SqlLimits) -> Result<(), SqlError> {
    let Some(level) = levels.last_mut() else { return Ok(()) };
    level.operators += 1;
    at_most("operators in one chain", level.operators, limits.terms)
}

fn joins_queries(token: &Token) -> bool {
    matches!(token, Token::Word(word) if matches!(word.keyword, Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT | Keyword::MINUS))
}

fn starts_clause(token: &Token) -> bool {
    let Token::Word(word) = token else { return false };
    matches!(
        word.keyword,
        Keyword::SELECT
            | Keyword::FROM
            | Keyword::WHERE
            | Keyword::GROUP
            | Keyword::HAVING
            | Keyword::ORDER
            | Keyword::ON
            | Keyword::WHEN
            | Keyword::THEN
            | Keyword::ELSE
    )
}

/// Everything that is not a plain word, number, text or separator joins two parts of a chain.
fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::IS
                | Keyword::IN
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::BETWEEN
                | Keyword::AT
                | Keyword::COLLATE
                | Keyword::SIMILAR
                | Keyword::REGEXP
                | Keyword::RLIKE
                | Keyword::DIV
        ),
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::Placeholder(_)
        | Token::SemiColon
        | Token::EOF
        | Token::Whitespace(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Contract {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        Contract::load(&|path| std::fs::read_to_string(data.join(path))).unwrap()
    }

    fn vetted(sql: &str) -> Result<(), SqlError> {
        vet(sql, &contract(), &SqlLimits::default()).map(|_| ())
    }

    #[test]
    fn reading_is_allowed() {
        for sql in [
            "select count(*) from milestones",
            "select 1;",
            "with a as (select * from projects) select * from a join A as b on a.project_id = b.project_id",
            "values (1), (2)",
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
