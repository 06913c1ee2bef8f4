//! The type that a parameter's name suggests (参数类型), until its analyst chooses another.

use crate::ParamType;

/// `year` is a whole number, `as_of`, `signed_on` and `from` are days, `pass_rate` is a number, all else is text.
pub fn guessed_type(name: &str) -> ParamType {
    let last = name.rsplit('_').next().unwrap_or(name);
    if name.eq_ignore_ascii_case("as_of") {
        return ParamType::Date;
    }
    match last.to_ascii_lowercase().as_str() {
        "on" | "date" | "day" | "from" | "until" | "since" | "before" | "after" => ParamType::Date,
        "year" | "month" | "quarter" | "days" | "months" | "years" | "limit" | "offset" | "top" | "n" | "count" | "yuan" | "number" => {
            ParamType::Int
        }
        "rate" | "share" | "ratio" | "yi" | "wan" | "percent" => ParamType::Decimal,
        _ => ParamType::Text,
    }
}
