//! Cursors named in SQL (游标): DECLARE, FETCH, MOVE and CLOSE, forward only, as psycopg2's named cursors and psqlodbc use them.

use crate::answer::same_rights;
use crate::cancel::Cancel;
use crate::column::Column;
use crate::command::Work;
use crate::fault::Fault;
use crate::portal::{Portal, Step};
use crate::reader::asker;
use crate::rows::{Formats, description, write_row};
use crate::scan::{Part, Token, after};
use crate::session::{Session, Status};

/// How a cursor is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    pub name: String,
    pub sql: String,
    /// Characters before it in the statement.
    pub before: usize,
    /// It outlives the transaction (`with hold`).
    pub outlives: bool,
}

/// Rows wanted of a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fetched {
    pub name: String,
    /// All that are left when there is no number.
    pub most: Option<usize>,
    /// They are passed over (`move`).
    pub skips: bool,
}

fn syntax(what: &str) -> Fault {
    Fault::error("42601", format!("{what} 语句格式不正确"))
}

/// Reads `declare name … cursor … for select …`.
pub(crate) fn declare(part: &Part<'_>) -> Result<Work, Fault> {
    let (sql, before) = after(part.sql, "for").ok_or_else(|| syntax("DECLARE"))?;
    let head: Vec<&Token> = part.tokens.iter().skip(2).take_while(|token| !token.is("for")).collect();
    let has = |word: &str| head.iter().any(|token| token.is(word));
    if !has("cursor") || sql.trim().is_empty() {
        return Err(syntax("DECLARE"));
    }
    if has("binary") {
        return Err(Fault::error("0A000", "不支持 BINARY 游标").hint("请用驱动的二进制结果格式"));
    }
    let name = part.tokens.get(1).and_then(Token::name).ok_or_else(|| syntax("DECLARE"))?.to_owned();
    let outlives = head.windows(2).any(|pair| pair[0].is("with") && pair[1].is("hold"));
    Ok(Work::Declare(Declared { name, sql: sql.to_owned(), before: part.before + before, outlives }))
}

/// Reads `fetch [forward] [number | all | next] [from | in] name`; `move` alike.
pub(crate) fn fetch(tokens: &[Token]) -> Result<Work, Fault> {
    let what = if tokens[0].is("move") { "MOVE" } else { "FETCH" };
    let (last, before) = tokens[1..].split_last().ok_or_else(|| syntax(what))?;
    let name = last.name().ok_or_else(|| syntax(what))?.to_owned();
    let mut most = Some(1);
    for token in before {
        match token {
            Token::Number(digits) => most = Some(digits.parse().map_err(|_| syntax(what))?),
            Token::Word(word) => match word.as_str() {
                "all" => most = None,
                "next" | "from" | "in" => {}
                "forward" => most = Some(1),
                "backward" | "prior" | "first" | "last" | "absolute" | "relative" => {
                    return Err(Fault::error("55000", "游标只能向前读取"));
                }
                _ => return Err(syntax(what)),
            },
            Token::Sign('-') => return Err(Fault::error("55000", "游标只能向前读取")),
            _ => return Err(syntax(what)),
        }
    }
    Ok(Work::Fetch(Fetched { name, most, skips: what == "MOVE" }))
}

impl Session {
    /// Opens a cursor; its columns are known then.
    pub(crate) async fn declare(&mut self, cancel: &Cancel, declared: &Declared, params: qunlian_queries::Params) -> Result<(), Fault> {
        if self.status == Status::Idle && !declared.outlives {
            return Err(Fault::error("25P01", "游标只能在事务中声明").hint("请先 BEGIN，或声明为 WITH HOLD"));
        }
        let mut portal = Portal::new(Some(Work::Query(declared.sql.clone())), params, Vec::new());
        portal.outlives = declared.outlives;
        self.has_room_for(&declared.name)?;
        let answer = self.ask(cancel, &declared.sql, declared.before, portal.params.clone()).await?;
        portal.streams(answer);
        self.portals.insert(declared.name.clone(), portal);
        self.complete("DECLARE CURSOR")
    }

    /// What a cursor's rows are called.
    pub(crate) fn columns_of(&self, name: &str) -> Result<Vec<Column>, Fault> {
        let portal = self.portals.get(name).ok_or_else(|| unknown(name))?;
        Ok(portal.columns().unwrap_or_default().to_vec())
    }

    /// Sends rows of a cursor; `most` bounds them beside what the statement says.
    pub(crate) async fn fetch(&mut self, cancel: &Cancel, wanted: &Fetched, formats: &Formats, most: Option<usize>) -> Result<(), Fault> {
        let mut portal = self.portals.remove(&wanted.name).ok_or_else(|| unknown(&wanted.name))?;
        let before = portal.asker().cloned();
        if let Some(before) = before {
            same_rights(&before, &asker(&self.door, &self.reader).await?)?;
        }
        let most = match (wanted.most, most) {
            (Some(one), Some(other)) => one.min(other),
            (one, other) => one.or(other).unwrap_or(usize::MAX),
        };
        let mut rows = 0;
        while rows < most {
            let row = match portal.next(&mut self.wire, cancel).await? {
                Step::Row(row) => row,
                Step::End(_) => break,
            };
            if !wanted.skips {
                write_row(&row, portal.columns().unwrap_or_default(), formats, self.wire.output())?;
                self.wire.relieve().await?;
            }
            rows += 1;
        }
        self.portals.insert(wanted.name.clone(), portal);
        self.complete(&format!("{} {rows}", if wanted.skips { "MOVE" } else { "FETCH" }))
    }

    /// The same with the rows' description before them, as a statement by itself answers.
    pub(crate) async fn fetch_simply(&mut self, cancel: &Cancel, wanted: &Fetched) -> Result<(), Fault> {
        let formats = Formats::default();
        if !wanted.skips {
            let columns = self.columns_of(&wanted.name)?;
            self.wire.put(&description(&columns, &formats))?;
        }
        self.fetch(cancel, wanted, &formats, None).await
    }

    /// Forgets a cursor; all of them without a name.
    pub(crate) fn close_cursor(&mut self, name: Option<&str>) -> Result<(), Fault> {
        match name {
            Some(name) => {
                self.portals.remove(name).ok_or_else(|| unknown(name))?;
            }
            None => self.portals.clear(),
        }
        Ok(())
    }
}

fn unknown(name: &str) -> Fault {
    Fault::error("34000", format!("没有游标 {name:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::parts;

    #[test]
    fn cursors_are_read() {
        let check = |sql: &str, name: &str, rest: &str, outlives: bool| {
            let Ok(Work::Declare(found)) = declare(&parts(sql)[0]) else { panic!("{sql}") };
            assert_eq!((found.name.as_str(), found.sql.as_str(), found.outlives), (name, rest, outlives), "{sql}");
            assert_eq!(found.before + rest.chars().count(), sql.chars().count(), "{sql}");
        };
        check("DECLARE \"portions\" CURSOR FOR select 1", "portions", " select 1", false);
        check("declare \"SQL_CUR0x5\" scroll cursor with hold for select '签'", "SQL_CUR0x5", " select '签'", true);
        check("declare c no scroll cursor without hold for select 1", "c", " select 1", false);
        let fault = |sql: &str| declare(&parts(sql)[0]).unwrap_err().code;
        assert_eq!(
            (fault("declare c binary cursor for select 1"), fault("declare c cursor"), fault("declare")),
            ("0A000", "42601", "42601")
        );
    }

    #[test]
    fn portions_are_read() {
        let check = |sql: &str, most: Option<usize>, skips: bool| {
            let expect = Work::Fetch(Fetched { name: "c".into(), most, skips });
            assert_eq!(fetch(&parts(sql)[0].tokens), Ok(expect), "{sql}");
        };
        check("fetch c", Some(1), false);
        check("FETCH FORWARD 1000 FROM \"c\"", Some(1000), false);
        check("fetch all in c", None, false);
        check("fetch 100 in \"c\"", Some(100), false);
        check("fetch forward all from c", None, false);
        check("move 5 from c", Some(5), true);
        let fault = |sql: &str| fetch(&parts(sql)[0].tokens).unwrap_err().code;
        assert_eq!(
            (fault("fetch backward 1 from c"), fault("fetch -1 from c"), fault("fetch"), fault("fetch 1 of c")),
            ("55000", "55000", "42601", "42601")
        );
    }
}
