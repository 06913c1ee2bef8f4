//! Front matter of a .sql file: `-- key: value` lines above the statement.

use qunlian_domain::access::{Role, Roles, RowScope};
use qunlian_domain::contract::ColumnType;

use crate::{AnswerColumn, ParamType};

/// Whether a question's answer is open to all staff or is cut to a clerk's own carriers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Aggregates of the whole city.
    City,
    /// Rows, filtered by carrier. The default when nothing is said.
    Rows,
}

/// The word in `roles:` for a question that needs no account.
const PUBLIC: &str = "public";

/// One declared parameter: `year int` or `carrier text = all`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamSpec {
    pub name: String,
    pub kind: ParamType,
    pub default: Option<String>,
}

/// What a .sql file says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontMatter {
    pub name: String,
    /// Chinese title.
    pub title: String,
    /// 口径: what is counted, by which date, over which denominator.
    pub definition: String,
    pub params: Vec<ParamSpec>,
    /// Declared columns: `carrier text 载体单位, done int 完成 个`.
    pub columns: Vec<AnswerColumn>,
    pub grain: String,
    /// Who may ask it (角色).
    pub roles: Vec<Role>,
    /// True when nobody needs an account to ask it.
    pub public: bool,
    pub scope: Scope,
    /// Shared parts (`fragments/*.sql`) that the statement builds on.
    pub uses: Vec<String>,
}

/// Front matter that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontMatterError {
    #[error("key {0:?} is missing")]
    Missing(&'static str),
    #[error("line {line}: unknown key {key:?}")]
    UnknownKey { line: usize, key: String },
    #[error("line {line}: key {key:?} stands twice")]
    Twice { line: usize, key: String },
    #[error("unknown role {0:?}; write {known} or {PUBLIC}", known = Role::ALL.map(Role::id).join(", "))]
    UnknownRole(String),
    #[error("unknown scope {0:?}; write city or rows")]
    UnknownScope(String),
    #[error("parameter {0:?}: write `name type` or `name type = default`")]
    Param(String),
    #[error("column {0:?}: write `name type 标题` or `name type 标题 单位`")]
    Column(String),
}

const KEYS: [&str; 9] = ["name", "title", "definition", "params", "columns", "grain", "roles", "scope", "uses"];

impl FrontMatter {
    /// Reads the leading comment block of a .sql text. A line `--   more` continues the one above it.
    pub fn read(sql: &str) -> Result<Self, FrontMatterError> {
        let mut values: [Option<String>; KEYS.len()] = Default::default();
        let mut current: Option<usize> = None;
        for (index, line) in sql.lines().enumerate() {
            let Some(comment) = line.strip_prefix("--") else { break };
            let text = comment.trim();
            match (comment.starts_with("   "), current) {
                (true, Some(at)) => {
                    if let Some(value) = values[at].as_mut() {
                        value.push(' ');
                        value.push_str(text);
                    }
                }
                _ => {
                    let (key, value) =
                        text.split_once(':').ok_or_else(|| FrontMatterError::UnknownKey { line: index + 1, key: text.to_owned() })?;
                    let at = KEYS.iter().position(|known| *known == key.trim());
                    let at = at.ok_or_else(|| FrontMatterError::UnknownKey { line: index + 1, key: key.to_owned() })?;
                    if values[at].is_some() {
                        return Err(FrontMatterError::Twice { line: index + 1, key: key.to_owned() });
                    }
                    values[at] = Some(value.trim().to_owned());
                    current = Some(at);
                }
            }
        }
        let [name, title, definition, params, columns, grain, roles, scope, uses] = values;
        let (roles, public) = read_roles(&roles.ok_or(FrontMatterError::Missing("roles"))?)?;
        Ok(Self {
            name: name.ok_or(FrontMatterError::Missing("name"))?,
            title: title.ok_or(FrontMatterError::Missing("title"))?,
            definition: definition.unwrap_or_default(),
            params: split_list(&params.unwrap_or_default()).map(read_param).collect::<Result<_, _>>()?,
            columns: split_list(&columns.ok_or(FrontMatterError::Missing("columns"))?).map(read_column).collect::<Result<_, _>>()?,
            grain: grain.ok_or(FrontMatterError::Missing("grain"))?,
            roles,
            public,
            scope: read_scope(scope.as_deref())?,
            uses: split_list(&uses.unwrap_or_default()).map(str::to_owned).collect(),
        })
    }

    /// True when an account of these roles may ask the question.
    pub fn open_to(&self, roles: &Roles) -> bool {
        self.public || roles.iter().any(|role| self.roles.contains(&role))
    }

    /// Whose rows the answer is made from when a reader of `scope` asks: the whole city's for a question about the city.
    pub fn reach<'s>(&self, scope: &'s RowScope) -> &'s RowScope {
        match (self.scope, scope) {
            (Scope::City, _) => &RowScope::City,
            (Scope::Rows, RowScope::Carriers(carriers)) if carriers.is_empty() => &RowScope::Nothing,
            (Scope::Rows, scope) => scope,
        }
    }
}

fn split_list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn read_param(text: &str) -> Result<ParamSpec, FrontMatterError> {
    let fault = || FrontMatterError::Param(text.to_owned());
    let (declaration, default) = match text.split_once('=') {
        Some((declaration, default)) => (declaration.trim(), Some(default.trim().to_owned())),
        None => (text, None),
    };
    let (name, kind) = declaration.split_once(' ').ok_or_else(fault)?;
    let kind = ParamType::from_name(kind.trim()).ok_or_else(fault)?;
    Ok(ParamSpec { name: name.to_owned(), kind, default })
}

fn read_column(text: &str) -> Result<AnswerColumn, FrontMatterError> {
    let fault = || FrontMatterError::Column(text.to_owned());
    let mut words = text.split_whitespace();
    let (name, kind) = (words.next().ok_or_else(fault)?, words.next().ok_or_else(fault)?);
    let kind = ColumnType::from_id(kind).ok_or_else(fault)?;
    let title = words.next().unwrap_or(name).to_owned();
    let unit = words.next().unwrap_or("").to_owned();
    if words.next().is_some() {
        return Err(fault());
    }
    Ok(AnswerColumn { name: name.to_owned(), kind, title, unit })
}

fn read_roles(text: &str) -> Result<(Vec<Role>, bool), FrontMatterError> {
    let mut roles = Vec::new();
    let mut public = false;
    for word in split_list(text) {
        match Role::from_id(word) {
            Some(role) => roles.push(role),
            None if word == PUBLIC => public = true,
            None => return Err(FrontMatterError::UnknownRole(word.to_owned())),
        }
    }
    Ok((roles, public))
}

fn read_scope(text: Option<&str>) -> Result<Scope, FrontMatterError> {
    match text {
        None | Some("rows") => Ok(Scope::Rows),
        Some("city") => Ok(Scope::City),
        Some(other) => Err(FrontMatterError::UnknownScope(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "-- name: one\n-- title: 一\n-- definition: 按认定日期计数，\n--   不含已撤销\n-- params: year int, as_of date, carrier text = all\n-- columns: carrier text 载体单位, done int 完成 个\n-- grain: one row per carrier\n-- roles: leader, analyst\n-- scope: city\nselect 1";

    #[test]
    fn reads_all_keys() {
        let read = FrontMatter::read(GOOD).unwrap();
        assert_eq!(read.definition, "按认定日期计数， 不含已撤销");
        assert_eq!(read.params[2], ParamSpec { name: "carrier".into(), kind: ParamType::Text, default: Some("all".into()) });
        assert_eq!((read.columns[1].title.as_str(), read.columns[1].unit.as_str()), ("完成", "个"));
        assert_eq!(read.scope, Scope::City);
        assert_eq!((read.roles, read.public), (vec![Role::Leader, Role::Analyst], false));
    }

    #[test]
    fn every_role_is_a_word_and_opens_only_to_its_own() {
        for role in Role::ALL {
            let read = FrontMatter::read(&GOOD.replace("leader, analyst", role.id())).unwrap();
            for other in Role::ALL {
                assert_eq!(read.open_to(&Roles::new([other]).unwrap()), other == role, "{role:?} {other:?}");
            }
            assert!(!read.open_to(&Roles::default()), "no role, no answer");
        }
        let both = Roles::new([Role::Clerk, Role::Analyst]).unwrap();
        assert!(FrontMatter::read(GOOD).unwrap().open_to(&both), "one of several roles is enough");
        let public = FrontMatter::read(&GOOD.replace("leader, analyst", "leader, public")).unwrap();
        assert!(public.open_to(&Roles::default()) && public.roles == [Role::Leader]);
    }

    #[test]
    fn questions_about_the_city_reach_all_of_it_and_rows_only_the_readers_own() {
        let carriers = |ids: &[&str]| RowScope::Carriers(ids.iter().map(|id| (*id).to_owned()).collect());
        let all = [RowScope::City, carriers(&["suixi"]), carriers(&[]), RowScope::Nothing];
        let city = FrontMatter::read(GOOD).unwrap();
        assert!(all.iter().all(|scope| city.reach(scope) == &RowScope::City));
        let rows = FrontMatter::read(&GOOD.replace("scope: city", "scope: rows")).unwrap();
        let expect = [RowScope::City, carriers(&["suixi"]), RowScope::Nothing, RowScope::Nothing];
        assert!(all.iter().zip(&expect).all(|(scope, reach)| rows.reach(scope) == reach));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let with = |from: &str, to: &str| FrontMatter::read(&GOOD.replace(from, to)).unwrap_err();
        assert_eq!(with("leader, analyst", "leader, mayor"), FrontMatterError::UnknownRole("mayor".into()));
        assert_eq!(with("scope: city", "scope: all"), FrontMatterError::UnknownScope("all".into()));
        assert_eq!(with("-- grain: one row per carrier\n", ""), FrontMatterError::Missing("grain"));
        assert!(matches!(with("-- grain", "-- grian"), FrontMatterError::UnknownKey { line: 7, .. }));
        assert!(matches!(with("done int 完成 个", "done number"), FrontMatterError::Column(_)));
        assert!(matches!(with("year int", "year"), FrontMatterError::Param(_)));
        assert!(matches!(with("-- title: 一", "-- title: 一\n-- title: 二"), FrontMatterError::Twice { line: 3, .. }));
    }

    #[test]
    fn scope_defaults_to_rows() {
        assert_eq!(FrontMatter::read(&GOOD.replace("-- scope: city\n", "")).unwrap().scope, Scope::Rows);
    }
}
