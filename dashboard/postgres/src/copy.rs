//! `COPY … TO STDOUT` (导出为文本): the rows of a query as lines, in PostgreSQL's text format or as csv.

use bytes::{BufMut, BytesMut};
use qunlian_queries::Value;

use crate::command::Work;
use crate::fault::Fault;
use crate::rows::text_of;
use crate::scan::{Part, Token, enclosed, parts};

/// How lines are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CopyFormat {
    style: Style,
    pub has_header: bool,
    delimiter: char,
    null: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Text,
    Csv,
}

/// Reads a COPY statement.
///
/// # Errors
/// It brings rows in, names a file or program, or wishes for a format that we do not write.
pub(crate) fn work(part: &Part<'_>) -> Result<Work, Fault> {
    let (sql, rest) = match enclosed(part.sql) {
        Some((sql, rest)) => (sql.to_owned(), parts(rest).into_iter().next().map(|part| part.tokens).unwrap_or_default()),
        None => whole_table(&part.tokens)?,
    };
    match rest.as_slice() {
        [to, stdout, options @ ..] if to.is("to") && stdout.is("stdout") => Ok(Work::Copy { sql, format: format(options)? }),
        [from, ..] if from.is("from") => Err(Fault::error("25006", "不能运行 COPY … FROM：这里只能查询，不能写入数据")),
        _ => Err(Fault::error("42501", "COPY 只能写到 STDOUT，不能读写服务器上的文件").hint("例如 copy (select …) to stdout csv header")),
    }
}

/// `copy name (column, …) to stdout`
fn whole_table(tokens: &[Token]) -> Result<(String, Vec<Token>), Fault> {
    let syntax = || Fault::error("42601", "COPY 语句格式不正确").hint("例如 copy (select …) to stdout csv header");
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut table = quoted(tokens.get(1).and_then(Token::name).ok_or_else(syntax)?);
    let mut rest = &tokens[2..];
    while let [Token::Sign('.'), name, after @ ..] = rest {
        table = format!("{table}.{}", quoted(name.name().ok_or_else(syntax)?));
        rest = after;
    }
    let mut columns = "*".to_owned();
    if let [Token::Sign('('), after @ ..] = rest {
        let end = after.iter().position(|token| *token == Token::Sign(')')).ok_or_else(syntax)?;
        let names: Vec<String> = after[..end].iter().filter_map(Token::name).map(quoted).collect();
        (columns, rest) = (names.join(", "), &after[end + 1..]);
    }
    Ok((format!("select {columns} from {table}"), rest.to_vec()))
}

fn format(options: &[Token]) -> Result<CopyFormat, Fault> {
    let mut format = CopyFormat { style: Style::Text, has_header: false, delimiter: '\t', null: "\\N".to_owned() };
    let (mut delimiter, mut null) = (None, None);
    let mut rest =
        options.iter().filter(|token| !token.is("with") && !token.is("as") && !matches!(token, Token::Sign('(' | ')' | ','))).peekable();
    while let Some(option) = rest.next() {
        let unknown =
            || Fault::error("0A000", "COPY 不支持该选项").hint("支持 format text 或 csv、header、delimiter、null、encoding 'UTF8'");
        match option.name().ok_or_else(unknown)? {
            "format" => {}
            "csv" => format.style = Style::Csv,
            "text" => format.style = Style::Text,
            "header" => {
                let off = rest.next_if(|next| ["true", "on", "false", "off"].iter().any(|word| next.is(word)));
                format.has_header = !off.is_some_and(|word| word.is("false") || word.is("off"));
            }
            "delimiter" => delimiter = rest.next(),
            "null" => null = rest.next(),
            "encoding" if rest.next().is_some_and(|next| matches!(next, Token::Text(text) if text.eq_ignore_ascii_case("utf8"))) => {}
            _ => return Err(unknown()),
        }
    }
    if format.style == Style::Csv {
        (format.delimiter, format.null) = (',', String::new());
    }
    if let Some(Token::Text(text)) = delimiter {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) if one.is_ascii() && !matches!(one, '\n' | '\r' | '"' | '\\') => format.delimiter = one,
            _ => return Err(Fault::error("22023", "COPY 的分隔符须为一个字符")),
        }
    }
    if let Some(Token::Text(text)) = null {
        format.null.clone_from(text);
    }
    Ok(format)
}

impl CopyFormat {
    /// Writes one line with its end.
    pub(crate) fn line(&self, cells: &[Value]) -> BytesMut {
        let mut line = BytesMut::new();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                line.put_u8(self.delimiter as u8);
            }
            match (text_of(cell), self.style) {
                (None, _) => line.put_slice(self.null.as_bytes()),
                (Some(text), Style::Text) => self.escaped(&text, &mut line),
                (Some(text), Style::Csv) => self.quoted(&text, &mut line),
            }
        }
        line.put_u8(b'\n');
        line
    }

    fn escaped(&self, text: &str, line: &mut BytesMut) {
        for byte in text.bytes() {
            match byte {
                b'\\' => line.put_slice(b"\\\\"),
                b'\n' => line.put_slice(b"\\n"),
                b'\r' => line.put_slice(b"\\r"),
                b'\t' => line.put_slice(b"\\t"),
                other if other == self.delimiter as u8 => line.put_slice(&[b'\\', other]),
                other => line.put_u8(other),
            }
        }
    }

    /// An empty text is told from nothing by its quotes.
    fn quoted(&self, text: &str, line: &mut BytesMut) {
        let odd = |character: char| matches!(character, '"' | '\n' | '\r') || character == self.delimiter;
        if text == self.null || text.contains(odd) {
            line.put_slice(format!("\"{}\"", text.replace('"', "\"\"")).as_bytes());
        } else {
            line.put_slice(text.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Result<Work, Fault> {
        work(&parts(sql)[0])
    }

    fn lines(sql: &str, cells: &[Value]) -> (String, String) {
        let Work::Copy { sql, format } = of(sql).unwrap() else { panic!("{sql}") };
        (sql, String::from_utf8(format.line(cells).to_vec()).unwrap())
    }

    #[test]
    fn lines_are_written_as_asked() {
        let cells = ["a,\"b\"\t\\\n".into(), Value::Null, Value::Bool(true), Value::Int(-3), "".into()];
        let check = |sql: &str, query: &str, line: &str| assert_eq!(lines(sql, &cells), (query.to_owned(), line.to_owned()), "{sql}");
        check("copy (select 1) to stdout", "select 1", "a,\"b\"\\t\\\\\\n\t\\N\tt\t-3\t\n");
        check("COPY (select 1) TO STDOUT WITH (FORMAT csv, HEADER true)", "select 1", "\"a,\"\"b\"\"\t\\\n\",,t,-3,\"\"\n");
        check("copy projects to stdout csv null 'x'", "select * from \"projects\"", "\"a,\"\"b\"\"\t\\\n\",x,t,-3,\n");
        check(
            "copy public.projects (name, \"Odd\"\"\") to stdout delimiter '|'",
            "select \"name\", \"Odd\"\"\" from \"public\".\"projects\"",
            "a,\"b\"\\t\\\\\\n|\\N|t|-3|\n",
        );
        let Ok(Work::Copy { format, .. }) = of("copy (select 1) to stdout csv header") else { panic!("no copy") };
        assert!(format.has_header);
    }

    #[test]
    fn files_are_out_of_reach() {
        let check = |sql: &str, code: &str| assert_eq!(of(sql).unwrap_err().code, code, "{sql}");
        check("copy projects from stdin", "25006");
        check("copy projects from '/etc/passwd'", "25006");
        check("copy (select 1) to '/tmp/x'", "42501");
        check("copy (select 1) to program 'sh'", "42501");
        check("copy (select 1) to stdout (format binary)", "0A000");
        check("copy (select 1) to stdout (delimiter 'ab')", "22023");
        check("copy", "42601");
    }
}
