//! Where parameters stand in a statement: `$x`, `:x`, `{{x}}` and optional parts `[[ … ]]`, outside of quotes and comments.

use std::ops::Range;

/// A piece of a statement, by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(Range<usize>),
    Param {
        at: Range<usize>,
        name: String,
    },
    /// Both pairs of brackets are part of `at`.
    Optional {
        at: Range<usize>,
        inside: Vec<Piece>,
    },
}

/// What cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    Braces,
    Unclosed,
    LongName,
}

/// Longest name of a parameter.
const LONGEST_NAME: usize = 64;
/// Bytes that may be read twice because what looked like an optional part or the tag of a quoted text was none; after that `[[` is
/// two brackets and `$tag$` a parameter.
const PATIENCE: usize = 1 << 20;

/// Takes a statement apart. Pieces follow each other without gaps.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, (usize, Problem)> {
    let mut scanner = Scanner { text, read_twice: 0 };
    match scanner.read(0, None)? {
        Read::Whole(pieces, _) => Ok(pieces),
        // Only optional parts end early.
        Read::Array(_) | Read::Unclosed(_) => Ok(vec![Piece::Text(0..text.len())]),
    }
}

struct Scanner<'a> {
    text: &'a str,
    read_twice: usize,
}

enum Read {
    /// Pieces and the byte after them.
    Whole(Vec<Piece>, usize),
    /// A lone `]` at this byte: the brackets are those of an array.
    Array(usize),
    /// The end came first; true when a parameter stood in it.
    Unclosed(bool),
}

impl Scanner<'_> {
    /// Reads to the end of the text or, from the `[[` at `opened`, to its `]]`.
    fn read(&mut self, from: usize, opened: Option<usize>) -> Result<Read, (usize, Problem)> {
        let bytes = self.text.as_bytes();
        let (mut pieces, mut plain, mut at, mut depth) = (Vec::new(), from, from, 0_usize);
        while at < bytes.len() {
            let rest = &self.text[at..];
            let param = match bytes[at] {
                b'$' => match dollar(self.text, at, &mut self.read_twice) {
                    Dollar::Param(name) => Some((name.len() + 1, name)),
                    Dollar::Quoted(end) => {
                        at = end;
                        continue;
                    }
                    Dollar::Text => None,
                },
                b':' if rest.starts_with("::") => {
                    at += 2;
                    continue;
                }
                b':' if depth == 0 && may_precede_colon(self.text[..at].chars().next_back()) => {
                    name_at(&rest[1..]).map(|name| (name.len() + 1, name))
                }
                b'{' if rest.starts_with("{{") => Some(braces(rest).ok_or((at, Problem::Braces))?),
                _ => None,
            };
            if let Some((length, name)) = param {
                if name.len() > LONGEST_NAME {
                    return Err((at, Problem::LongName));
                }
                push_text(&mut pieces, plain..at);
                pieces.push(Piece::Param { at: at..at + length, name: name.to_owned() });
                at += length;
                plain = at;
                continue;
            }
            if opened.is_none() && rest.starts_with("[[") && self.read_twice < PATIENCE {
                match self.read(at + 2, Some(at))? {
                    Read::Whole(inside, end) if has_param(&inside) => {
                        push_text(&mut pieces, plain..at);
                        pieces.push(Piece::Optional { at: at..end, inside });
                        at = end;
                        plain = end;
                        continue;
                    }
                    Read::Unclosed(true) => return Err((at, Problem::Unclosed)),
                    Read::Unclosed(false) => self.read_twice += rest.len(),
                    Read::Whole(_, end) | Read::Array(end) => self.read_twice += end - at,
                }
            }
            match bytes[at] {
                b']' if opened.is_some() && depth == 0 => {
                    if !rest.starts_with("]]") {
                        return Ok(Read::Array(at));
                    }
                    push_text(&mut pieces, plain..at);
                    return Ok(Read::Whole(pieces, at + 2));
                }
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            at = after_token(self.text, at);
        }
        if opened.is_some() {
            return Ok(Read::Unclosed(has_param(&pieces)));
        }
        push_text(&mut pieces, plain..at);
        Ok(Read::Whole(pieces, at))
    }
}

fn has_param(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Param { .. }))
}

fn push_text(pieces: &mut Vec<Piece>, range: Range<usize>) {
    if !range.is_empty() {
        pieces.push(Piece::Text(range));
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// After a name, a number, a quote or a bracket, `:` is a cast, a slice or a key.
fn may_precede_colon(before: Option<char>) -> bool {
    before.is_none_or(|before| !is_name(before) && !matches!(before, '"' | '\'' | '`' | ')' | ']' | '}' | ':' | '$'))
}

/// The name at the beginning of a text: ASCII letters, digits and `_`, no digit first.
fn name_at(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let name = &text[..end];
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    // `:name年` is one word of which we would take half.
    let ends = !text[end..].starts_with(is_name);
    (begins && ends).then_some(name)
}

enum Dollar<'a> {
    Param(&'a str),
    /// A dollar-quoted string that ends before this byte.
    Quoted(usize),
    Text,
}

fn dollar<'a>(text: &'a str, at: usize, read_twice: &mut usize) -> Dollar<'a> {
    if text[..at].chars().next_back().is_some_and(is_name) {
        return Dollar::Text;
    }
    let after = &text[at + 1..];
    let tag = name_at(after).unwrap_or("");
    if after[tag.len()..].starts_with('$') && *read_twice < PATIENCE {
        let tag = &text[at..at + tag.len() + 2];
        if let Some(end) = text[at + tag.len()..].find(tag) {
            return Dollar::Quoted(at + tag.len() + end + tag.len());
        }
        *read_twice += after.len();
    }
    if tag.is_empty() { Dollar::Text } else { Dollar::Param(tag) }
}

/// `{{ name }}` on one line: its length and the name.
fn braces(rest: &str) -> Option<(usize, &str)> {
    let end = rest.find("}}")?;
    let name = rest[2..end].trim_matches([' ', '\t']);
    (name_at(name) == Some(name)).then_some((end + 2, name))
}

/// The byte after the quoted text, the comment or the character that stands at `at`.
fn after_token(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    match rest.as_bytes()[0] {
        quote @ (b'\'' | b'"' | b'`') => at + quoted(rest, quote, quote == b'\'' && is_escape_string(&text[..at])),
        b'-' if rest.starts_with("--") => at + rest.find('\n').unwrap_or(rest.len()),
        b'/' if rest.starts_with("/*") => at + comment(rest),
        _ => at + rest.chars().next().map_or(1, char::len_utf8),
    }
}

/// True after the `e` of `e'…\'…'`.
fn is_escape_string(before: &str) -> bool {
    let mut back = before.chars().rev();
    matches!(back.next(), Some('e' | 'E')) && !back.next().is_some_and(is_name)
}

/// Length of a quoted text; a doubled quote does not end it, nor does an escaped one where there are escapes.
fn quoted(rest: &str, quote: u8, escapes: bool) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Length of a comment; comments nest.
fn comment(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (at, depth) = (at + 2, depth + 1),
            (b'*', Some(b'/')) => {
                (at, depth) = (at + 2, depth - 1);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}
