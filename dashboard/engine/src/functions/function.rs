//! One SQL function: name, types, body over columns, documentation.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use datafusion::common::{Result, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::{
    ColumnarValue, DocSection, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

use super::FunctionDoc;

/// The work: columns of equal length in, one column out.
pub(super) type Body = Arc<dyn Fn(&Columns) -> Result<ArrayRef> + Send + Sync>;

/// A function of SQL. All are immutable: the same arguments give the same value.
pub(super) struct Function {
    name: &'static str,
    syntax: &'static str,
    description: &'static str,
    signature: Signature,
    returns: DataType,
    body: Body,
    documentation: Documentation,
}

/// What a function takes, gives and is called.
pub(super) struct Head {
    pub name: &'static str,
    pub syntax: &'static str,
    /// In Chinese.
    pub description: &'static str,
    /// One list of argument types for each form of the call.
    pub takes: Vec<Vec<DataType>>,
    pub returns: DataType,
}

impl Function {
    pub(super) fn new(head: Head, body: impl Fn(&Columns) -> Result<ArrayRef> + Send + Sync + 'static) -> Self {
        let mut forms: Vec<TypeSignature> = head.takes.into_iter().map(TypeSignature::Exact).collect();
        let shape = if forms.len() == 1 { forms.remove(0) } else { TypeSignature::OneOf(forms) };
        Self {
            name: head.name,
            syntax: head.syntax,
            description: head.description,
            signature: Signature::new(shape, Volatility::Immutable),
            returns: head.returns,
            body: Arc::new(body),
            documentation: Documentation::builder(DocSection::default(), head.description, head.syntax).build(),
        }
    }

    pub(super) fn doc(&self) -> FunctionDoc {
        FunctionDoc { name: self.name, syntax: self.syntax, description: self.description }
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = arguments.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let columns = Columns { function: self.name, arrays: ColumnarValue::values_to_arrays(&arguments.args)? };
        let result = (self.body)(&columns)?;
        if constant && result.len() == 1 {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?));
        }
        Ok(ColumnarValue::Array(result))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.name)
    }
}

// Two functions are the same when they do the same work: name and rules (by identity) agree.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.body, &other.body)
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// The arguments of one call, as columns.
pub(super) struct Columns {
    function: &'static str,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    pub(super) fn count(&self) -> usize {
        self.arrays.len()
    }

    pub(super) fn ints(&self, at: usize) -> Result<&Int64Array> {
        self.array(at)?.as_primitive_opt::<Int64Type>().ok_or_else(|| self.mismatch(at, "int"))
    }

    pub(super) fn decimals(&self, at: usize) -> Result<&Float64Array> {
        self.array(at)?.as_primitive_opt::<Float64Type>().ok_or_else(|| self.mismatch(at, "decimal"))
    }

    pub(super) fn dates(&self, at: usize) -> Result<&Date32Array> {
        self.array(at)?.as_primitive_opt::<Date32Type>().ok_or_else(|| self.mismatch(at, "date"))
    }

    pub(super) fn texts(&self, at: usize) -> Result<&StringViewArray> {
        self.array(at)?.as_string_view_opt().ok_or_else(|| self.mismatch(at, "text"))
    }

    fn array(&self, at: usize) -> Result<&ArrayRef> {
        self.arrays.get(at).ok_or_else(|| self.mismatch(at, "argument"))
    }

    fn mismatch(&self, at: usize, wanted: &str) -> datafusion::error::DataFusionError {
        internal_datafusion_err!("{}: argument {} is no {wanted}", self.function, at + 1)
    }
}

/// Days between 0001-01-01 and 1970-01-01, the zero of Arrow's dates.
const EPOCH: i32 = 719_163;

/// An Arrow date as a calendar day; `None` beyond representable time.
pub(super) fn day(date: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(date.checked_add(EPOCH)?)
}

/// A calendar day as an Arrow date.
pub(crate) fn arrow_date(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - EPOCH
}

pub(super) fn of_ints(values: impl Iterator<Item = Option<i64>>) -> Result<ArrayRef> {
    Ok(Arc::new(values.collect::<Int64Array>()))
}

pub(super) fn of_decimals(values: impl Iterator<Item = Option<f64>>) -> Result<ArrayRef> {
    Ok(Arc::new(values.collect::<Float64Array>()))
}

pub(super) fn of_dates(values: impl Iterator<Item = Option<NaiveDate>>) -> Result<ArrayRef> {
    Ok(Arc::new(values.map(|value| value.map(arrow_date)).collect::<Date32Array>()))
}

pub(super) fn of_bools(values: impl Iterator<Item = Option<bool>>) -> Result<ArrayRef> {
    Ok(Arc::new(values.collect::<BooleanArray>()))
}

pub(super) fn of_texts<T: AsRef<str>>(values: impl Iterator<Item = Option<T>>) -> Result<ArrayRef> {
    Ok(Arc::new(values.collect::<StringViewArray>()))
}
