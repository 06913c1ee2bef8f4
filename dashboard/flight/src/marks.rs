//! Question marks for parameters (问号参数): drivers write `?`, the engine reads `$1`; all other text stays as it is.

use qunlian_queries::{Place, SqlFailure};

/// A statement whose parameters are `$1`, `$2` …
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    pub sql: String,
    /// How many values it needs.
    pub parameters: usize,
    /// Where a mark became longer: line, column as it was written, characters more than the mark itself.
    longer: Vec<(u32, u32, u32)>,
}

/// Question marks and numbers in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mixed;

impl Marked {
    /// Numbers the question marks outside texts, quoted names and comments; counts `$n` where there are none.
    ///
    /// # Errors
    /// Both are used.
    pub(crate) fn of(text: &str) -> Result<Self, Mixed> {
        let mut marked = Self { sql: String::with_capacity(text.len()), parameters: 0, longer: Vec::new() };
        let (mut marks, mut highest) = (0, 0);
        let (mut line, mut column) = (1u32, 1u32);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '?' => {
                    marks += 1;
                    let number = format!("${marks}");
                    marked.longer.push((line, column, u32::try_from(number.len() - 1).unwrap_or(0)));
                    marked.sql.push_str(&number);
                    1
                }
                _ => {
                    let (length, number) = token(rest, first);
                    highest = highest.max(number);
                    marked.sql.push_str(&rest[..length]);
                    length
                }
            };
            for character in rest[..length].chars() {
                (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            rest = &rest[length..];
        }
        if marks > 0 && highest > 0 {
            return Err(Mixed);
        }
        marked.parameters = marks.max(highest);
        Ok(marked)
    }

    /// A failure with its place, and what its words say of it, in the text as it was written.
    pub(crate) fn as_written(&self, mut failure: SqlFailure) -> SqlFailure {
        let Some(run) = failure.place else { return failure };
        let written = self.place_as_written(run);
        let said = |place: Place| format!("第 {} 行第 {} 列", place.line, place.column);
        let error = |place: Place| format!("line {}, column {}", place.line, place.column);
        failure.said = failure.said.replace(&said(run), &said(written));
        failure.error = failure.error.replace(&error(run), &error(written));
        SqlFailure { place: Some(written), ..failure }
    }

    fn place_as_written(&self, place: Place) -> Place {
        let mut column = place.column;
        for (_, at, more) in self.longer.iter().filter(|(line, ..)| *line == place.line) {
            if column <= *at {
                break;
            }
            column = column.saturating_sub(*more).max(*at);
        }
        Place { column, ..place }
    }
}

/// Bytes of the token that begins here, and the number if it is `$n`.
fn token(rest: &str, first: char) -> (usize, usize) {
    let plain = |length| (length, 0);
    match first {
        '\'' | '"' => plain(quoted(rest, first)),
        'e' | 'E' if rest[1..].starts_with('\'') => plain(1 + escaped(&rest[1..])),
        '-' if rest.starts_with("--") => plain(rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => plain(comment(rest)),
        '$' => dollar(rest),
        _ if first.is_alphanumeric() || first == '_' => {
            plain(rest.find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '$'))).unwrap_or(rest.len()))
        }
        _ => plain(first.len_utf8()),
    }
}

/// Up to the closing quote, which stands twice for itself; an open end is the end of the text.
fn quoted(rest: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(found) = rest[at..].find(quote) {
        at += found + 1;
        if !rest[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    rest.len()
}

/// The same for `E'…'`, in which a backslash takes away the meaning of what follows it.
fn escaped(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '\'' if characters.next_if(|(_, next)| *next == '\'').is_none() => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Comments may stand in comments.
fn comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    loop {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            match here.chars().next() {
                Some(character) => at += character.len_utf8(),
                None => return at,
            }
        }
    }
}

/// `$1`, or `$$text$$` and `$tag$text$tag$` up to their ends, or `$name`.
fn dollar(rest: &str) -> (usize, usize) {
    let name = rest[1..].find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(rest.len() - 1);
    let word = &rest[1..=name];
    if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return (1 + name, word.parse().unwrap_or(usize::MAX));
    }
    if rest[1 + name..].starts_with('$') {
        let tag = &rest[..name + 2];
        let end = rest[tag.len()..].find(tag).map_or(rest.len(), |end| end + 2 * tag.len());
        return (end, 0);
    }
    (1 + name, 0)
}

#[cfg(test)]
mod tests {
    use qunlian_queries::FailureKind;

    use super::*;

    #[test]
    fn marks_become_numbers() {
        let check = |text: &str, sql: &str, parameters: usize| {
            let marked = Marked::of(text).unwrap();
            assert_eq!((marked.sql.as_str(), marked.parameters), (sql, parameters), "{text}");
        };
        check("select ? + ?", "select $1 + $2", 2);
        check(
            "select '?', \"?\", 'it''s ?', $$?$$, $a$ ? $a$ -- ?\n, ? /* ? /* ? */ ? */",
            "select '?', \"?\", 'it''s ?', $$?$$, $a$ ? $a$ -- ?\n, $1 /* ? /* ? */ ? */",
            1,
        );
        check("select $2, $1, $1", "select $2, $1, $1", 2);
        check("select $x, a$1, '$9'", "select $x, a$1, '$9'", 0);
        check("select '濉溪?' where 县 = ?", "select '濉溪?' where 县 = $1", 1);
        check("select '?", "select '?", 0);
        check(r"select E'\'?', e'a\\', ?, xe'\', ?", r"select E'\'?', e'a\\', $1, xe'\', $2", 2);
        check("", "", 0);
        assert_eq!(Marked::of("select ?, $1"), Err(Mixed));
        assert_eq!(Marked::of(&format!("select ${}", "9".repeat(40))).unwrap().parameters, usize::MAX, "refused by whoever counts");
    }

    #[test]
    fn places_are_those_of_the_text_as_written() {
        // As written:      select ?, ?, nmae       with nmae in column 14.
        // As it is run:    select $1, $2, nmae     with nmae in column 16.
        let marked = Marked::of("select ?, ?, nmae\n, ?, x").unwrap();
        assert_eq!(marked.sql, "select $1, $2, nmae\n, $3, x");
        let check = |line, column, expect| {
            let place = Some(Place { line, column });
            let failure = SqlFailure { place, ..SqlFailure::new(FailureKind::Refused, "", "", "") };
            assert_eq!(marked.as_written(failure).place, Some(Place { line, column: expect }), "{line}:{column}");
        };
        let place = Some(Place { line: 1, column: 16 });
        let failure =
            SqlFailure::new(FailureKind::UnknownColumn, "no such column (line 1, column 16)", "没有这一列（第 1 行第 16 列）", "");
        let failure = marked.as_written(SqlFailure { place, ..failure });
        assert_eq!(
            (failure.error.as_str(), failure.said.as_str()),
            ("no such column (line 1, column 14)", "没有这一列（第 1 行第 14 列）")
        );
        check(1, 16, 14);
        check(1, 8, 8);
        // The second mark: column 11 as written, 12 as run.
        check(1, 12, 11);
        check(2, 3, 3);
        // x: column 6 as written, 7 as run.
        check(2, 7, 6);
    }
}
