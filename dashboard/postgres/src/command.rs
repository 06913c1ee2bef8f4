//! What a statement asks of the connection (语句分派): the engine, a session parameter, a transaction in name only, or nothing
//! that is done here.

use crate::copy::CopyFormat;
use crate::cursor::{self, Declared, Fetched};
use crate::fault::Fault;
use crate::known::{self, Told};
use crate::scan::{Part, Token};

/// Work of one statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Work {
    /// Rows from the engine.
    Query(String),
    /// The same, as lines of a file.
    Copy {
        sql: String,
        format: CopyFormat,
    },
    /// An answer that needs no engine.
    Told(Told),
    Set {
        name: String,
        value: String,
    },
    Reset(Option<String>),
    Show(Option<String>),
    Begin,
    Commit,
    Rollback,
    /// Done by saying so.
    Nothing(&'static str),
    DiscardAll,
    /// A prepared statement is forgotten; all without a name.
    Deallocate(Option<String>),
    Declare(Declared),
    Fetch(Fetched),
    /// A cursor is forgotten; all without a name.
    Close(Option<String>),
}

/// Tells what a statement asks for. Whatever is not known goes to the engine, which refuses what does not read.
///
/// # Errors
/// What is never done here, such as COPY FROM.
pub(crate) fn work(part: &Part<'_>) -> Result<Work, Fault> {
    let tokens = &part.tokens;
    let word = |at: usize| if let Some(Token::Word(word)) = tokens.get(at) { word.as_str() } else { "" };
    Ok(match word(0) {
        "select" => known::told(tokens).map_or_else(|| Work::Query(part.sql.to_owned()), Work::Told),
        "begin" => Work::Begin,
        "start" if word(1) == "transaction" => Work::Begin,
        "commit" | "end" => Work::Commit,
        "rollback" if tokens.iter().any(|token| token.is("to")) => Work::Nothing("ROLLBACK"),
        "rollback" | "abort" => Work::Rollback,
        "savepoint" => Work::Nothing("SAVEPOINT"),
        "release" => Work::Nothing("RELEASE"),
        "set" => set(tokens)?,
        "reset" => Work::Reset(named(&tokens[1..]).filter(|name| name != "all")),
        "show" => show(&tokens[1..]),
        "discard" => Work::DiscardAll,
        "deallocate" => {
            let rest = if word(1) == "prepare" { &tokens[2..] } else { &tokens[1..] };
            Work::Deallocate(rest.first().filter(|token| !token.is("all")).and_then(Token::name).map(str::to_owned))
        }
        "close" => Work::Close(tokens.get(1).filter(|token| !token.is("all")).and_then(Token::name).map(str::to_owned)),
        "declare" => cursor::declare(part)?,
        "fetch" | "move" => cursor::fetch(tokens)?,
        "listen" => Work::Nothing("LISTEN"),
        "unlisten" => Work::Nothing("UNLISTEN"),
        "copy" => crate::copy::work(part)?,
        "prepare" | "execute" => {
            return Err(Fault::error("0A000", format!("不支持 {}", word(0).to_uppercase())).hint("请用驱动的参数绑定与预备语句"));
        }
        // Whatever does not read is refused by the engine, with its place, and leaves a record.
        _ => Work::Query(part.sql.to_owned()),
    })
}

/// `a.b` as a session parameter's name.
fn named(tokens: &[Token]) -> Option<String> {
    let mut name = tokens.first()?.name()?.to_owned();
    let mut rest = &tokens[1..];
    while let [Token::Sign('.'), next, ..] = rest {
        name.push('.');
        name.push_str(next.name()?);
        rest = &rest[2..];
    }
    Some(name)
}

fn set(tokens: &[Token]) -> Result<Work, Fault> {
    let mut rest = &tokens[1..];
    if rest.first().is_some_and(|token| token.is("session") || token.is("local")) && rest.len() > 1 {
        rest = &rest[1..];
    }
    if rest.first().is_some_and(|token| token.is("transaction") || token.is("characteristics")) {
        // Every transaction reads one generation per statement, whatever is wished.
        let writes = rest.windows(2).any(|pair| pair[0].is("read") && pair[1].is("write"));
        return if writes { Err(Fault::error("25006", "这里只能查询，事务只能是只读的")) } else { Ok(Work::Nothing("SET")) };
    }
    if let [first, second, value @ ..] = rest
        && first.is("time")
        && second.is("zone")
    {
        return Ok(Work::Set { name: "TimeZone".to_owned(), value: value_of(value) });
    }
    if let [first, value @ ..] = rest
        && first.is("names")
    {
        return Ok(Work::Set { name: "client_encoding".to_owned(), value: value_of(value) });
    }
    let syntax = || Fault::error("42601", "SET 语句格式不正确").hint("例如 set timezone = 'Asia/Shanghai'");
    let end = rest.iter().position(|token| *token == Token::Sign('=') || token.is("to")).ok_or_else(syntax)?;
    let name = named(&rest[..end]).ok_or_else(syntax)?;
    let value = &rest[end + 1..];
    if let [one] = value
        && one.is("default")
    {
        return Ok(Work::Reset(Some(name)));
    }
    Ok(Work::Set { name, value: value_of(value) })
}

/// Words and texts with commas between, as one text.
fn value_of(tokens: &[Token]) -> String {
    let mut value = String::new();
    for token in tokens {
        match token {
            Token::Word(text) | Token::Quoted(text) | Token::Text(text) | Token::Number(text) => value.push_str(text),
            Token::Sign(',') => value.push_str(", "),
            Token::Sign(sign) => value.push(*sign),
            Token::Parameter(_) => {}
        }
    }
    value
}

fn show(tokens: &[Token]) -> Work {
    let is = |words: &[&str]| words.len() == tokens.len() && tokens.iter().zip(words).all(|(token, word)| token.is(word));
    if is(&["all"]) {
        Work::Show(None)
    } else if is(&["transaction", "isolation", "level"]) {
        Work::Show(Some("transaction_isolation".to_owned()))
    } else if is(&["time", "zone"]) {
        Work::Show(Some("TimeZone".to_owned()))
    } else {
        Work::Show(Some(named(tokens).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::parts;

    fn of(sql: &str) -> Result<Work, Fault> {
        work(&parts(sql)[0])
    }

    #[test]
    fn what_clients_say_at_their_start_is_known() {
        let set = |name: &str, value: &str| Work::Set { name: name.into(), value: value.into() };
        let check = |sql: &str, expect: Work| assert_eq!(of(sql), Ok(expect), "{sql}");
        check("SET extra_float_digits = 3", set("extra_float_digits", "3"));
        check("set session datestyle to 'ISO, MDY'", set("datestyle", "ISO, MDY"));
        check("SET DateStyle = ISO, MDY", set("datestyle", "iso, mdy"));
        check("SET TIME ZONE 'UTC'", set("TimeZone", "UTC"));
        check("set names 'utf8'", set("client_encoding", "utf8"));
        check("SET \"datafusion\".\"x\" = 1", set("datafusion.x", "1"));
        check("set search_path to default", Work::Reset(Some("search_path".into())));
        check("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", Work::Nothing("SET"));
        check("set transaction isolation level read committed", Work::Nothing("SET"));
        check("BEGIN ISOLATION LEVEL REPEATABLE READ", Work::Begin);
        check("start transaction read only", Work::Begin);
        check("rollback to savepoint a", Work::Nothing("ROLLBACK"));
        check("show transaction isolation level", Work::Show(Some("transaction_isolation".into())));
        check("DEALLOCATE PREPARE \"_p1\"", Work::Deallocate(Some("_p1".into())));
        check("deallocate all", Work::Deallocate(None));
        check("DISCARD ALL", Work::DiscardAll);
        check("select * from projects", Work::Query("select * from projects".into()));
        check("(select 1) union all (select 2)", Work::Query("(select 1) union all (select 2)".into()));
    }

    #[test]
    fn what_writes_is_left_to_the_engines_refusal() {
        for sql in
            ["insert into t values (1)", "update t set a = 1", "drop table t", "vacuum", "selec 1", "with a as (delete from t) select 1"]
        {
            assert_eq!(of(sql), Ok(Work::Query(sql.into())), "{sql}");
        }
        assert_eq!(of("set transaction read write").unwrap_err().code, "25006");
        assert_eq!(of("prepare p as select 1").unwrap_err().code, "0A000");
        assert_eq!(of("set nonsense").unwrap_err().code, "42601");
    }
}
