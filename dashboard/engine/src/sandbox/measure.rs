//! Measuring a statement by its tokens, before anything recursive reads it.

use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::error::{Measure, SqlError};
use super::limits::SqlLimits;

/// An error when more was found than is allowed.
pub(super) fn at_most(what: Measure, found: usize, limit: usize) -> Result<(), SqlError> {
    if found > limit { Err(SqlError::TooLarge { what, found, limit }) } else { Ok(()) }
}

/// One bracket's content while the tokens go by; CASE … END is a bracket, too.
#[derive(Default)]
struct Level {
    operators: usize,
    /// UNION and its kin: their chain goes on over the clauses of its queries.
    set_operators: usize,
    commas: usize,
    is_in_list: bool,
    is_case: bool,
}

/// What stands before a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// An operator: what follows is an operand, whatever its name.
    Operator,
    /// The period of `p.order`.
    Period,
    In,
    Distinct,
    Other,
}

/// Counts operators per chain, brackets within brackets and values per IN list, without parsing.
pub(super) fn measure(sql: &str, limits: &SqlLimits) -> Result<(), SqlError> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize().map_err(|fault| SqlError::syntax(&fault.to_string()))?;
    let mut levels = vec![Level::default()];
    let mut before = Before::Other;
    // Nothing has so many words one after another but `explain explain …`, `interval interval …`, and joins, which are counted later.
    let mut words = 0;
    for token in tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))) {
        words = if matches!(token, Token::Word(_)) && !is_word(token, Keyword::JOIN) { words + 1 } else { 0 };
        at_most(Measure::Chain, words, limits.terms)?;
        let is_name = matches!(token, Token::Word(_)) && before == Before::Period;
        let was = std::mem::replace(&mut before, Before::Other);
        match token {
            _ if is_name => {}
            Token::LParen | Token::LBracket | Token::LBrace => {
                open(&mut levels, limits, Level { is_in_list: was == Before::In, ..Level::default() })?
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                while levels.len() > 1 && levels.pop().is_some_and(|level| level.is_case) {}
                // `a[1][2]…` and `f(1)(2)…` chain by their brackets.
                count_operator(&mut levels, limits)?;
            }
            Token::Comma => {
                if let Some(level) = levels.last_mut() {
                    level.commas += 1;
                    level.operators = 0;
                    if level.is_in_list {
                        at_most(Measure::InList, level.commas + 1, limits.in_list)?;
                    }
                }
            }
            Token::Period => {
                before = Before::Period;
                count_operator(&mut levels, limits)?;
            }
            other if is_word(other, Keyword::CASE) => open(&mut levels, limits, Level { is_case: true, ..Level::default() })?,
            other if is_word(other, Keyword::END) && levels.last().is_some_and(|level| level.is_case) => {
                levels.pop();
                count_operator(&mut levels, limits)?;
            }
            other if joins_queries(other) => {
                if let Some(level) = levels.last_mut() {
                    level.set_operators += 1;
                    at_most(Measure::Chain, level.set_operators, limits.terms)?;
                }
            }
            // `a + else + else …` are operands, `a is distinct from b` is no clause.
            other if starts_clause(other) && was != Before::Operator && !(was == Before::Distinct && is_word(other, Keyword::FROM)) => {
                if let Some(level) = levels.last_mut() {
                    level.operators = 0;
                }
            }
            other if is_operator(other) => {
                before = if is_word(other, Keyword::IN) { Before::In } else { Before::Operator };
                count_operator(&mut levels, limits)?;
            }
            other if is_word(other, Keyword::DISTINCT) => before = Before::Distinct,
            _ => {}
        }
    }
    Ok(())
}

fn open(levels: &mut Vec<Level>, limits: &SqlLimits, level: Level) -> Result<(), SqlError> {
    levels.push(level);
    at_most(Measure::Nesting, levels.len() - 1, limits.nesting)
}

fn is_word(token: &Token, keyword: Keyword) -> bool {
    matches!(token, Token::Word(word) if word.keyword == keyword)
}

fn count_operator(levels: &mut [Level], limits: &SqlLimits) -> Result<(), SqlError> {
    let Some(level) = levels.last_mut() else { return Ok(()) };
    level.operators += 1;
    at_most(Measure::Chain, level.operators, limits.terms)
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
                | Keyword::XOR
                | Keyword::OVERLAPS
                | Keyword::NOTNULL
                | Keyword::INTERVAL
                // The ends of `at time zone`, `similar to` and `is distinct from`.
                | Keyword::ZONE
                | Keyword::TO
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

    fn measured(sql: &str) -> Option<Measure> {
        match measure(sql, &SqlLimits::default()) {
            Err(SqlError::TooLarge { what, .. }) => Some(what),
            other => other.map(|()| None).unwrap(),
        }
    }

    #[test]
    fn what_would_be_deep_is_seen_before_anything_reads_it() {
        let ends = |begin: &str, again: &str, times: usize, end: &str| format!("{begin}{}{end}", again.repeat(times));
        for sql in [
            ends("", "explain ", 300, "select 1"),
            ends("select ", "interval ", 300, "'1'"),
            ends("select 1", " xor 1", 300, ""),
            ends("select 1", " overlaps 1", 300, ""),
            ends("select 1", " notnull", 300, ""),
            ends("select ", "case when true then 1 end+", 300, "1"),
            ends("select ", "p.else+", 300, "1 from projects p"),
            ends("select ", "order + ", 300, "1"),
            ends("select 1", " is distinct from 1", 300, ""),
            ends("select 1", " is not distinct from else", 300, ""),
            ends("select now()", " at time zone else", 300, ""),
            ends("select 'a'", " similar to where", 300, ""),
        ] {
            assert_eq!(measured(&sql), Some(Measure::Chain), "{}", &sql[..60]);
        }
        let nested = ends("select ", "case when true then ", 40, "1") + &" end".repeat(40);
        assert_eq!(measured(&nested), Some(Measure::Nesting));
    }

    #[test]
    fn what_is_only_long_passes() {
        let columns: Vec<String> =
            (0..400).map(|n| format!("case when p.year = {n} and p.name is not null then {n} else 0 end as n{n}")).collect();
        assert_eq!(measured(&format!("select {} from projects p", columns.join(", "))), None);
        let bands: String = (0..300).map(|n| format!(" when yuan >= {n} then '{n}'")).collect();
        assert_eq!(measured(&format!("select case{bands} else '-' end from projects")), None);
        let joins: String = (0..60).map(|n| format!(" left outer join carriers c{n} on c{n}.carrier_id = p.carrier_id")).collect();
        assert_eq!(measured(&format!("select distinct p.name from projects p{joins} where p.name is distinct from 'a'")), None);
    }
}
