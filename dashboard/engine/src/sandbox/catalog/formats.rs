//! Days and times by PostgreSQL's formats (日期格式): tools write `to_date('2022-05-31', 'YYYY-MM-DD')`, the engine knows `%Y-%m-%d`.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};
use datafusion::prelude::SessionContext;

/// PostgreSQL's patterns and the engine's, the longer before those that begin them.
const PATTERNS: &[(&str, &str)] = &[
    ("YYYY", "%Y"),
    ("HH24", "%H"),
    ("HH12", "%I"),
    (".US", "%.f"),
    (".MS", "%.f"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("HH", "%I"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("AM", "%p"),
    ("PM", "%p"),
];

/// Registers them in place of the engine's own, which they are for formats with a `%`.
pub(super) fn register(context: &SessionContext) {
    for name in ["to_date", "to_timestamp"] {
        let engine = context.state_ref().read().scalar_functions().get(name).map(Arc::clone);
        if let Some(engine) = engine {
            context.register_udf(ScalarUDF::new_from_impl(ByFormat { engine }));
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ByFormat {
    engine: Arc<ScalarUDF>,
}

impl ScalarUDFImpl for ByFormat {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn signature(&self) -> &Signature {
        self.engine.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.engine.return_type(arguments)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs) -> Result<FieldRef> {
        self.engine.return_field_from_args(arguments)
    }

    fn invoke_with_args(&self, mut arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        for argument in arguments.args.iter_mut().skip(1) {
            if let ColumnarValue::Scalar(scalar) = argument
                && let Some(format) = scalar.try_as_str().flatten().and_then(engine_format)
            {
                *scalar = ScalarValue::Utf8(Some(format)).cast_to(&scalar.data_type())?;
            }
        }
        self.engine.invoke_with_args(arguments)
    }
}

/// The engine's spelling of a format; none when it is one already.
fn engine_format(format: &str) -> Option<String> {
    if format.contains('%') {
        return None;
    }
    let (mut spelt, mut rest) = (String::new(), format);
    'next: while let Some(first) = rest.chars().next() {
        for (theirs, ours) in PATTERNS {
            if rest.get(..theirs.len()).is_some_and(|start| start.eq_ignore_ascii_case(theirs)) {
                spelt.push_str(ours);
                rest = &rest[theirs.len()..];
                continue 'next;
            }
        }
        if first != '"' {
            spelt.push(first);
        }
        rest = &rest[first.len_utf8()..];
    }
    Some(spelt)
}

#[cfg(test)]
mod tests {
    use super::engine_format;

    #[test]
    fn formats_are_spelt_anew() {
        let check = |format: &str, expect: Option<&str>| assert_eq!(engine_format(format).as_deref(), expect, "{format}");
        check("YYYY-MM-DD", Some("%Y-%m-%d"));
        check("yyyymmdd", Some("%Y%m%d"));
        check("YYYY-MM-DD HH24:MI:SS.US", Some("%Y-%m-%d %H:%M:%S%.f"));
        check("YYYY\"年\"MM\"月\"", Some("%Y年%m月"));
        check("HH12:MI AM", Some("%I:%M %p"));
        check("%Y-%m-%d", None);
    }
}
