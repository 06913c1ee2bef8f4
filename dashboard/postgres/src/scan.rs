//! Words of SQL texts (词法): enough to tell statements apart, never to change them.

/// A token; comments and spaces are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A bare word, in lower case.
    Word(String),
    /// `"name"`, without its quotes.
    Quoted(String),
    /// `'text'`, `E'text'` or `$$text$$`, as it reads.
    Text(String),
    Number(String),
    /// `$1`
    Parameter(usize),
    /// Any other character.
    Sign(char),
}

impl Token {
    /// True for a bare word.
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found == word)
    }

    /// The name that a word or a quoted word gives.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Quoted(name) => Some(name),
            _ => None,
        }
    }
}

/// A statement of a text that may hold several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub sql: &'a str,
    /// Characters before it.
    pub before: usize,
    pub tokens: Vec<Token>,
}

/// Takes a text apart at its semicolons; parts without any word are left out.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut scanner = Scanner { text, at: 0 };
    let (mut start, mut tokens) = (0, Vec::new());
    loop {
        let next = scanner.next();
        match next {
            Some(Token::Sign(';')) | None => {
                let end = if next.is_some() { scanner.at - 1 } else { text.len() };
                if !tokens.is_empty() {
                    let before = text[..start].chars().count();
                    parts.push(Part { sql: &text[start..end], before, tokens: std::mem::take(&mut tokens) });
                }
                start = scanner.at;
                if next.is_none() {
                    return parts;
                }
            }
            Some(token) => tokens.push(token),
        }
    }
}

/// How many parameters the words name: the highest number.
pub(crate) fn parameters(tokens: &[Token]) -> usize {
    tokens.iter().filter_map(|token| if let Token::Parameter(number) = token { Some(*number) } else { None }).max().unwrap_or(0)
}

/// What stands in the brackets behind the first word, and what follows them.
pub(crate) fn enclosed(sql: &str) -> Option<(&str, &str)> {
    let mut scanner = Scanner { text: sql, at: 0 };
    scanner.next()?;
    if scanner.next()? != Token::Sign('(') {
        return None;
    }
    let (start, mut depth) = (scanner.at, 1);
    loop {
        match scanner.next()? {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&sql[start..scanner.at - 1], &sql[scanner.at..]));
        }
    }
}

/// What follows the first such bare word outside of brackets, and how many characters stand before it.
pub(crate) fn after<'a>(sql: &'a str, word: &str) -> Option<(&'a str, usize)> {
    let mut scanner = Scanner { text: sql, at: 0 };
    let mut depth = 0;
    loop {
        match scanner.next()? {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            token if depth == 0 && token.is(word) => return Some((&sql[scanner.at..], sql[..scanner.at].chars().count())),
            _ => {}
        }
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Option<Token> {
        loop {
            self.skip(char::is_whitespace);
            if self.rest().starts_with("--") {
                self.skip(|character| character != '\n');
            } else if self.rest().starts_with("/*") {
                self.comment();
            } else {
                break;
            }
        }
        let first = self.rest().chars().next()?;
        Some(match first {
            '\'' => self.text(false),
            'e' | 'E' if self.rest()[1..].starts_with('\'') => {
                self.at += 1;
                self.text(true)
            }
            '"' => Token::Quoted(self.quoted('"', false)),
            '$' => self.dollar(),
            _ if first.is_ascii_digit() => {
                Token::Number(self.skip(|character| character.is_ascii_alphanumeric() || character == '.').to_owned())
            }
            _ if first.is_alphabetic() || first == '_' => {
                Token::Word(self.skip(|character| character.is_alphanumeric() || matches!(character, '_' | '$')).to_lowercase())
            }
            _ => {
                self.at += first.len_utf8();
                Token::Sign(first)
            }
        })
    }

    fn skip(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|character| !belongs(character)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Comments may stand in comments.
    fn comment(&mut self) {
        let mut depth = 0;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else {
                match rest.chars().next() {
                    Some(character) => self.at += character.len_utf8(),
                    None => return,
                }
            }
        }
    }

    fn text(&mut self, escapes: bool) -> Token {
        Token::Text(self.quoted('\'', escapes))
    }

    /// Up to the closing quote, which stands twice for itself; an open end is the end of the text.
    fn quoted(&mut self, quote: char, escapes: bool) -> String {
        let mut read = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        let mut end = self.rest().len();
        while let Some((at, character)) = characters.next() {
            if character == quote {
                if characters.next_if(|(_, next)| *next == quote).is_some() {
                    read.push(quote);
                    continue;
                }
                end = at + 1;
                break;
            }
            if escapes && character == '\\' {
                if let Some((_, escaped)) = characters.next() {
                    read.push(escaped);
                }
                continue;
            }
            read.push(character);
        }
        self.at += end;
        read
    }

    /// `$1`, `$$text$$`, `$tag$text$tag$`, `$name`.
    fn dollar(&mut self) -> Token {
        let rest = self.rest();
        let digits = rest[1..].find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len() - 1);
        if digits > 0 {
            self.at += 1 + digits;
            // More parameters than can be bound are one too many.
            return Token::Parameter(rest[1..=digits].parse().unwrap_or(usize::MAX));
        }
        let tag = rest[1..].find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(rest.len() - 1);
        if rest[1 + tag..].starts_with('$') {
            let mark = &rest[..tag + 2];
            let body = &rest[mark.len()..];
            let length = body.find(mark).unwrap_or(body.len());
            self.at += (mark.len() + length + mark.len()).min(rest.len());
            return Token::Text(body[..length].to_owned());
        }
        self.at += 1;
        Token::Sign('$')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        parts(text).into_iter().map(|part| part.sql).collect()
    }

    #[test]
    fn statements_are_told_apart() {
        assert_eq!(texts("begin; select 1 ; commit"), ["begin", " select 1 ", " commit"]);
        assert_eq!(texts("select ';', \";\", $$;$$, $a$;$$;$a$ -- ;\n /* ; /* ; */ ; */ ; ;; select 2;").len(), 2);
        assert_eq!(texts(" ; -- nothing\n;"), Vec::<&str>::new());
        assert_eq!(texts("select 'it''s; fine', E'a\\';b'; x").len(), 2);
        for open in ["select 'a;", "select \"a;", "select $$a;", "/* a;", "select E'a\\"] {
            assert!(texts(open).len() <= 1, "{open}");
        }
        assert_eq!(parts("select '签'; 选").last().map(|part| part.before), Some(11));
    }

    #[test]
    fn brackets_are_matched() {
        assert_eq!(enclosed("copy (select ')' as a, (1)) to stdout"), Some(("select ')' as a, (1)", " to stdout")));
        assert_eq!(enclosed("copy (select (1) to stdout"), None);
        assert_eq!(enclosed("copy projects to stdout"), None);
    }

    #[test]
    fn what_follows_a_word_is_found() {
        assert_eq!(after("declare \"for\" cursor for select '签' for x", "for"), Some((" select '签' for x", 24)));
        assert_eq!(after("declare c cursor (for) /* for */ 'for'", "for"), None);
    }

    #[test]
    fn words_are_read() {
        let tokens = |text: &str| parts(text).remove(0).tokens;
        assert_eq!(
            tokens("SET x.\"Y z\" = E'a\\'b', 1.5e3"),
            [
                Token::Word("set".into()),
                Token::Word("x".into()),
                Token::Sign('.'),
                Token::Quoted("Y z".into()),
                Token::Sign('='),
                Token::Text("a'b".into()),
                Token::Sign(','),
                Token::Number("1.5e3".into()),
            ]
        );
        assert_eq!(parameters(&tokens("select $2, $1, '$9', $$ $8 $$, \"$7\" -- $6")), 2);
        assert_eq!(parameters(&tokens("select $99999999999999999999999")), usize::MAX);
        assert_eq!(tokens("$name")[0], Token::Sign('$'));
    }
}
