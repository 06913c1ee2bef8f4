//! The SQL functions: each is a rule of `qunlian-domain`, worked over whole columns.

pub(crate) mod allowed;
mod classify;
mod dates;
mod figures;
mod function;
mod numbers;
mod promise;
mod scale;
mod text;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

use crate::rules::Rules;
use function::Function;
pub(crate) use function::arrow_date;

/// What the SQL page says of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionDoc {
    pub name: &'static str,
    /// `completion_rate(done, target)`
    pub syntax: &'static str,
    /// In Chinese.
    pub description: &'static str,
}

/// Every function for a city's rules.
pub(crate) fn all(rules: &Arc<Rules>) -> Vec<ScalarUDF> {
    list(rules).into_iter().map(ScalarUDF::from).collect()
}

/// The functions with their syntax and meaning, for the SQL page and the reference.
pub fn function_docs(rules: &Arc<Rules>) -> Vec<FunctionDoc> {
    list(rules).iter().map(Function::doc).collect()
}

fn list(rules: &Arc<Rules>) -> Vec<Function> {
    let mut functions = figures::functions(rules);
    functions.extend(dates::functions(rules));
    functions.extend(scale::functions(rules));
    functions.extend(text::functions());
    functions.extend(numbers::functions());
    functions.extend(promise::functions());
    functions.extend(classify::functions(rules));
    functions
}
