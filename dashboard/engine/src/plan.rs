//! From a .sql file to a plan: parameters become typed casts, so they are bound and never spliced.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ParamValues, ScalarValue, metadata::ScalarAndMetadata, plan_datafusion_err};
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::eliminate_filter::EliminateFilter;
use datafusion::optimizer::propagate_empty_relation::PropagateEmptyRelation;
use datafusion::optimizer::push_down_limit::PushDownLimit;
use datafusion::optimizer::simplify_expressions::SimplifyExpressions;
use datafusion::optimizer::{Optimizer, OptimizerRule};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{self, Expr, Value as SqlValue, visit_expressions_mut};
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{AnswerColumn, ParamSpec, ParamType, Params, Query, Value};

use crate::functions::arrow_date;

/// A question planned and optimised over one generation, waiting for its parameters.
pub(crate) struct Prepared {
    plan: LogicalPlan,
    pub columns: Vec<AnswerColumn>,
}

impl Prepared {
    /// The plan to run with these parameters.
    ///
    /// Optimising takes as long as running at a city's size, so it is done once per generation; with the
    /// values in place only what they decide is done again: constants, filters that are always true,
    /// branches that are always empty, and limits.
    pub(crate) async fn bind(&self, context: &SessionContext, params: &Params) -> Result<Arc<dyn ExecutionPlan>> {
        let state = context.state();
        let bound = self.plan.clone().with_param_values(values(params))?;
        let rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> = vec![
            Arc::new(SimplifyExpressions::new()),
            Arc::new(EliminateFilter::new()),
            Arc::new(PropagateEmptyRelation::new()),
            Arc::new(PushDownLimit::new()),
        ];
        let plan = Optimizer::with_rules(rules).optimize(bound, &state, |_, _| {})?;
        state.query_planner().create_physical_plan(&plan, &state).await
    }
}

/// Plans a question. Its columns must be those its front matter declares.
pub(crate) async fn prepare(context: &SessionContext, query: &Query) -> Result<Prepared> {
    let state = context.state();
    let mut statement = state.sql_to_statement(&query.sql, &state.config_options().sql_parser.dialect)?;
    type_parameters(&mut statement, &|name| query.about.params.iter().find(|spec| spec.name == name).map(|spec| sql_type(spec.kind)))?;
    let plan = state.statement_to_plan(statement).await?;
    agree(&plan, &query.about.columns)?;
    let plan = state.optimize(&plan)?;
    Ok(Prepared { plan, columns: query.about.columns.clone() })
}

/// Turns every `$name` into `cast($name as <declared type>)`; an undeclared one is an error.
pub(crate) fn type_parameters(statement: &mut Statement, kind_of: &dyn Fn(&str) -> Option<ast::DataType>) -> Result<()> {
    let statement = match statement {
        Statement::Statement(statement) => statement.as_mut(),
        Statement::Explain(explain) => return type_parameters(&mut explain.statement, kind_of),
        _ => return Ok(()),
    };
    let flow = visit_expressions_mut(statement, |expr| {
        let Expr::Value(value) = expr else { return ControlFlow::Continue(()) };
        let SqlValue::Placeholder(placeholder) = &value.value else { return ControlFlow::Continue(()) };
        let Some(kind) = kind_of(placeholder.trim_start_matches(['$', ':', '?'])) else {
            return ControlFlow::Break(placeholder.clone());
        };
        *expr = Expr::Cast {
            kind: ast::CastKind::Cast,
            expr: Box::new(Expr::Value(value.clone())),
            data_type: kind,
            array: false,
            format: None,
        };
        ControlFlow::Continue(())
    });
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(name) => Err(plan_datafusion_err!("parameter {name} is not declared")),
    }
}

fn sql_type(kind: ParamType) -> ast::DataType {
    match kind {
        ParamType::Text => ast::DataType::Varchar(None),
        ParamType::Int => ast::DataType::BigInt(None),
        ParamType::Decimal => ast::DataType::Double(ast::ExactNumberInfo::None),
        ParamType::Date => ast::DataType::Date,
    }
}

/// The type that a value of an analyst's own is bound as; nothing is bound as a text.
pub(crate) fn type_of(value: &Value) -> ast::DataType {
    match value {
        Value::Int(_) => ast::DataType::BigInt(None),
        Value::Decimal(_) => ast::DataType::DoublePrecision,
        Value::Date(_) => ast::DataType::Date,
        Value::Bool(_) => ast::DataType::Boolean,
        Value::Text(_) | Value::Null => ast::DataType::Varchar(None),
    }
}

fn agree(plan: &LogicalPlan, declared: &[AnswerColumn]) -> Result<()> {
    let fields = plan.schema().fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    if names != declared.iter().map(|column| column.name.as_str()).collect::<Vec<_>>() {
        return Err(plan_datafusion_err!("the statement gives the columns {names:?}, its front matter declares others"));
    }
    for (field, column) in fields.iter().zip(declared) {
        let kind = column_type(field.data_type());
        if field.data_type() != &DataType::Null && kind != Some(column.kind) {
            return Err(plan_datafusion_err!("column {} is {}, declared {}", column.name, field.data_type(), column.kind.id()));
        }
    }
    Ok(())
}

/// The column type that an Arrow type is shown as; `None` for nested and other types.
pub(crate) fn column_type(kind: &DataType) -> Option<ColumnType> {
    match kind {
        DataType::Boolean => Some(ColumnType::Bool),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(ColumnType::Text),
        DataType::Date32 | DataType::Date64 => Some(ColumnType::Date),
        whole if whole.is_integer() => Some(ColumnType::Int),
        number if number.is_numeric() => Some(ColumnType::Decimal),
        _ => None,
    }
}

/// Values for a question's parameters: given ones by name, else their defaults. Unknown names are ignored.
pub(crate) fn complete(specs: &[ParamSpec], given: &Params) -> std::result::Result<Params, qunlian_queries::ParamError> {
    let mut texts = std::collections::BTreeMap::new();
    for spec in specs {
        match given.get(&spec.name) {
            Some(Value::Text(text)) => texts.insert(spec.name.clone(), text.clone()),
            Some(Value::Int(number)) => texts.insert(spec.name.clone(), number.to_string()),
            Some(Value::Decimal(number)) => texts.insert(spec.name.clone(), number.to_string()),
            Some(Value::Date(date)) => texts.insert(spec.name.clone(), date.to_string()),
            Some(Value::Bool(truth)) => texts.insert(spec.name.clone(), truth.to_string()),
            Some(Value::Null) | None => None,
        };
    }
    Params::read(specs, &texts)
}

/// Parameters as DataFusion binds them.
pub(crate) fn values(params: &Params) -> ParamValues {
    let map: HashMap<String, ScalarAndMetadata> =
        params.iter().map(|(name, value)| (name.to_owned(), ScalarAndMetadata::from(scalar(value)))).collect();
    ParamValues::Map(map)
}

fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Null => ScalarValue::Null,
        Value::Int(number) => ScalarValue::Int64(Some(*number)),
        Value::Decimal(number) => ScalarValue::Float64(Some(*number)),
        Value::Text(text) => ScalarValue::Utf8View(Some(text.clone())),
        Value::Date(date) => ScalarValue::Date32(Some(arrow_date(*date))),
        Value::Bool(truth) => ScalarValue::Boolean(Some(*truth)),
    }
}
