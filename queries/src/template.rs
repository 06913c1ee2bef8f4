//! Statements with parameters (参数化语句): what is to be asked of the analyst, and the statement with `$name` only.
//!
//! Parameters are written `$x`, `:x` or `{{x}}`; an optional part `[[ and carrier = {{x}} ]]` is dropped with all its
//! text while a parameter in it has no value. Values are bound, never written into the text, and line and column of
//! whatever stays are those of the text as it was written.

mod guess;
mod scan;

use std::collections::{BTreeMap, BTreeSet};

pub use guess::guessed_type;
use scan::{Piece, Problem};

use crate::{FailureKind, ParamError, ParamSpec, ParamType, Params, Place, SqlFailure};

/// More parameters than this are not asked for.
const MOST_PARAMS: usize = 60;

/// A statement as an analyst writes it, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

/// What an analyst has filled in, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    pub values: BTreeMap<String, String>,
    /// Types that were chosen; others are guessed from the name.
    pub kinds: BTreeMap<String, ParamType>,
}

/// One parameter to fill in (参数栏).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub kind: ParamType,
    /// As it was given; empty when it was not.
    pub value: String,
    /// Stands in optional parts only: it may be left empty.
    pub optional: bool,
}

/// A statement that can run.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// With `$name` placeholders only.
    pub sql: String,
    /// A value for each placeholder.
    pub params: Params,
}

impl Template {
    /// Takes a statement apart.
    ///
    /// # Errors
    /// [`FailureKind::Syntax`] with its place for `{{ }}` around anything but a name, for a `[[` with a parameter and
    /// without `]]`; [`FailureKind::TooLarge`] for more than 60 parameters.
    pub fn parse(text: &str) -> Result<Self, SqlFailure> {
        let pieces = scan::pieces(text).map_err(|(at, problem)| unreadable(problem, place_of(text, at)))?;
        let template = Self { text: text.to_owned(), pieces };
        let distinct: BTreeSet<&str> = template.mentions().into_iter().map(|(name, ..)| name).collect();
        if distinct.len() > MOST_PARAMS {
            let failure = SqlFailure::new(
                FailureKind::TooLarge,
                format!("more than {MOST_PARAMS} parameters"),
                format!("参数超过 {MOST_PARAMS} 个"),
                "请减少参数",
            );
            return Err(failure);
        }
        Ok(template)
    }

    /// The parameters in the order in which they first stand.
    pub fn fields(&self, given: &Given) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for (name, optional, _) in self.mentions() {
            match fields.iter_mut().find(|field| field.name == name) {
                Some(field) => field.optional &= optional,
                None => fields.push(Field {
                    name: name.to_owned(),
                    kind: given.kind(name),
                    value: given.values.get(name).cloned().unwrap_or_default(),
                    optional,
                }),
            }
        }
        fields
    }

    /// The statement with its values bound.
    ///
    /// # Errors
    /// [`FailureKind::Refused`] with the place of the first parameter that has no value or one that is not of its type.
    pub fn fill(&self, given: &Given) -> Result<Filled, SqlFailure> {
        let mut filled = Filled { sql: String::with_capacity(self.text.len()), params: Params::new() };
        for piece in &self.pieces {
            match piece {
                Piece::Optional { at, inside } if inside.iter().any(|piece| is_empty(piece, given)) => {
                    blank(&self.text[at.clone()], &mut filled.sql);
                }
                Piece::Optional { inside, .. } => {
                    filled.sql.push_str("  ");
                    for piece in inside {
                        self.write(piece, given, &mut filled)?;
                    }
                    filled.sql.push_str("  ");
                }
                piece => self.write(piece, given, &mut filled)?,
            }
        }
        Ok(filled)
    }

    /// Text as it is; a parameter as `$name`, as wide as it was.
    fn write(&self, piece: &Piece, given: &Given, filled: &mut Filled) -> Result<(), SqlFailure> {
        match piece {
            Piece::Text(at) => filled.sql.push_str(&self.text[at.clone()]),
            Piece::Param { at, name } => {
                let value = given.read(name).map_err(|error| unfilled(&error, place_of(&self.text, at.start)))?;
                filled.sql.push('$');
                filled.sql.push_str(name);
                filled.sql.extend(std::iter::repeat_n(' ', at.len() - name.len() - 1));
                filled.params = std::mem::take(&mut filled.params).with(name, value);
            }
            Piece::Optional { .. } => {}
        }
        Ok(())
    }

    /// Every mention of a parameter: its name, whether it stands in an optional part, and the byte.
    fn mentions(&self) -> Vec<(&str, bool, usize)> {
        let mut mentions = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Param { at, name } => mentions.push((name.as_str(), false, at.start)),
                Piece::Optional { inside, .. } => mentions.extend(inside.iter().filter_map(|piece| match piece {
                    Piece::Param { at, name } => Some((name.as_str(), true, at.start)),
                    _ => None,
                })),
                Piece::Text(_) => {}
            }
        }
        mentions
    }
}

impl Given {
    fn kind(&self, name: &str) -> ParamType {
        self.kinds.get(name).copied().unwrap_or_else(|| guessed_type(name))
    }

    fn is_empty(&self, name: &str) -> bool {
        self.values.get(name).is_none_or(|value| value.trim().is_empty())
    }

    fn read(&self, name: &str) -> Result<crate::Value, ParamError> {
        let missing = || ParamError::Missing { name: name.to_owned() };
        let kind = self.kind(name);
        match self.values.get(name) {
            // Named queries take an empty text for "all of them", so a field that was left empty is one.
            Some(value) if value.is_empty() && kind == ParamType::Text => return Ok(crate::Value::Text(String::new())),
            _ if self.is_empty(name) => return Err(missing()),
            _ => {}
        }
        let mut values = self.values.clone();
        if kind != ParamType::Text {
            values.entry(name.to_owned()).and_modify(|value| *value = value.trim().to_owned());
        }
        let spec = ParamSpec { name: name.to_owned(), kind, default: None };
        let params = Params::read(std::slice::from_ref(&spec), &values)?;
        params.get(name).cloned().ok_or_else(missing)
    }
}

fn is_empty(piece: &Piece, given: &Given) -> bool {
    matches!(piece, Piece::Param { name, .. } if given.is_empty(name))
}

/// As wide and as high as the text, and nothing in it.
fn blank(text: &str, out: &mut String) {
    out.extend(text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
}

fn place_of(text: &str, at: usize) -> Place {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Place { line: number(line), column: number(column) }
}

fn failure(kind: FailureKind, error: &str, said: &str, hint: &str, place: Place) -> SqlFailure {
    let error = format!("line {}, column {}: {error}", place.line, place.column);
    let said = format!("第 {} 行第 {} 列：{said}", place.line, place.column);
    SqlFailure { place: Some(place), ..SqlFailure::new(kind, error, said, hint) }
}

fn unreadable(problem: Problem, place: Place) -> SqlFailure {
    let (error, said, hint) = match problem {
        Problem::Braces => (
            "between {{ and }} stands one name of letters, digits and _",
            "{{ 与 }} 之间只能写一个参数名（字母、数字、下划线）",
            "例如 {{carrier}}",
        ),
        Problem::Unclosed => {
            ("the optional part [[ has no ]]", "可选部分 [[ 没有以 ]] 结束", "请补上 ]]；若是嵌套数组，请在两个方括号之间留一个空格")
        }
        Problem::LongName => ("a parameter's name is longer than 64 characters", "参数名超过 64 个字符", "请缩短参数名"),
    };
    failure(FailureKind::Syntax, error, said, hint, place)
}

fn unfilled(error: &ParamError, place: Place) -> SqlFailure {
    let (said, hint) = match error {
        ParamError::Missing { name } => (format!("参数 {name} 没有填写"), "请在参数栏中填写；可有可无的条件请写在 [[ 与 ]] 之间"),
        ParamError::NotAnInt { name, text } => (format!("参数 {name} 不是整数：{text}"), "请填写整数，或改选参数的类型"),
        ParamError::NotADecimal { name, text } => (format!("参数 {name} 不是数：{text}"), "请填写数，或改选参数的类型"),
        ParamError::NotADate { name, text } => (format!("参数 {name} 不是日期：{text}"), "日期写作 2022-05-31，或改选参数的类型"),
        ParamError::TooLong { name, limit } => (format!("参数 {name} 超过 {limit} 个字符"), "请缩短参数的值"),
    };
    failure(FailureKind::Refused, &error.to_string(), &said, hint, place)
}
