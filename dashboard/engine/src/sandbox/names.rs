//! What a statement names beyond the served tables, read from its tokens: whoever starts it must open that first.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use qunlian_queries::system::SYSTEM;

use super::schemas::Named;

/// Words that look like schemas of ours. A text or an alias may look like one too: too much is opened then, never too little.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// `generation_42`
    pub generations: BTreeSet<u64>,
    /// `system.queries` …: those whose rows only the server knows.
    pub system: BTreeSet<String>,
}

/// Reads the names without parsing, so it is safe for any text of at most `limit` bytes; longer ones name nothing.
pub fn names(sql: &str, limit: usize) -> Names {
    let mut names = Names::default();
    if sql.len() > limit {
        return names;
    }
    let Ok(tokens) = Tokenizer::new(&PostgreSqlDialect {}, sql).tokenize() else { return names };
    let words = tokens.iter().filter_map(|token| match token {
        Token::Word(word) => Some(word.value.to_lowercase()),
        _ => None,
    });
    let mut in_system = false;
    for word in words {
        if let Some(Named::Generation(number)) = Named::read(&word) {
            names.generations.insert(number);
        }
        if in_system {
            names.system.insert(word.clone());
        }
        in_system = word == SYSTEM;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_tokens() {
        let found = names("select * from Generation_42.projects p join system.queries q on true -- generation_7.x", 1000);
        assert_eq!(found.generations, BTreeSet::from([42]));
        assert_eq!(found.system, BTreeSet::from(["queries".to_owned()]));
        assert_eq!(
            names("select 'generation_42', system from a", 1000),
            Names { generations: BTreeSet::new(), system: BTreeSet::from(["from".to_owned()]) }
        );
        assert_eq!(names("select * from generation_42.projects", 10), Names::default());
        assert_eq!(names("select '", 10), Names::default());
    }
}
