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
pub(super) fn measure(sql: &str, limits: &SqlLimits) -> Result<(), SqlError> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize().map_err(|fault| SqlError::syntax(&fault.to_string()))?;
    let mut levels = vec![Level::default()];
    let mut after_in = false;
    for token in &tokens {
        if matches!(token, Token::Whitespace(_)) {
            continue;
        }
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                levels.push(Level { is_in_list: after_in, ..Level::default() });
                at_most(Measure::Nesting, levels.len() - 1, limits.nesting)?;
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
                        at_most(Measure::InList, level.commas + 1, limits.in_list)?;
                    }
                }
            }
            other if joins_queries(other) => {
                if let Some(level) = levels.last_mut() {
                    level.set_operators += 1;
                    at_most(Measure::Chain, level.set_operators, limits.terms)?;
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
