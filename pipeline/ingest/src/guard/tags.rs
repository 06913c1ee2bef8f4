//! Finds the tags of an XML stream that arrives in pieces, without building anything (标签扫描).

/// Longest tag kept; what lies beyond is cut, which only hides attributes that no check reads.
const KEPT: usize = 4096;

/// A push scanner: feed it bytes, it calls back with each tag, angle brackets taken off.
#[derive(Debug, Default)]
pub struct Tags {
    tag: Vec<u8>,
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Tag,
    Quoted(u8),
}

impl Tags {
    /// Takes the next piece of the stream.
    pub fn feed(&mut self, bytes: &[u8], see: &mut dyn FnMut(&[u8])) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match self.state {
                State::Text => self.skip_text(rest),
                State::Tag => self.read_tag(rest, see),
                State::Quoted(quote) => self.read_quoted(rest, quote),
            };
        }
    }

    fn skip_text<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        match bytes.iter().position(|byte| *byte == b'<') {
            Some(at) => {
                self.tag.clear();
                self.state = State::Tag;
                &bytes[at + 1..]
            }
            None => &[],
        }
    }

    fn read_tag<'b>(&mut self, bytes: &'b [u8], see: &mut dyn FnMut(&[u8])) -> &'b [u8] {
        // Comments, CDATA and declarations hold quotes that open nothing.
        let declaration = self.tag.first().or(bytes.first()) == Some(&b'!');
        let stop = |byte: &u8| *byte == b'>' || (!declaration && matches!(*byte, b'"' | b'\''));
        let Some(at) = bytes.iter().position(stop) else {
            self.keep(bytes);
            return &[];
        };
        self.keep(&bytes[..at]);
        if bytes[at] == b'>' {
            see(&self.tag);
            self.state = State::Text;
        } else {
            self.keep(&bytes[at..=at]);
            self.state = State::Quoted(bytes[at]);
        }
        &bytes[at + 1..]
    }

    fn read_quoted<'b>(&mut self, bytes: &'b [u8], quote: u8) -> &'b [u8] {
        let at = bytes.iter().position(|byte| *byte == quote);
        let end = at.map_or(bytes.len(), |at| at + 1);
        self.keep(&bytes[..end]);
        if at.is_some() {
            self.state = State::Tag;
        }
        &bytes[end..]
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.tag.len()).min(bytes.len());
        self.tag.extend_from_slice(&bytes[..room]);
    }
}

/// The name of a tag without its prefix: of `table:table-row a="1"` it is `table-row`; a closing tag gives its name too.
pub fn local_name(tag: &[u8]) -> &[u8] {
    let tag = tag.strip_prefix(b"/").unwrap_or(tag);
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
    let name = &tag[..end];
    match name.iter().rposition(|byte| *byte == b':') {
        Some(colon) => &name[colon + 1..],
        None => name,
    }
}

/// The number in an attribute, by the attribute's local name; `None` when it is not there or not a number.
pub fn number(tag: &[u8], attribute: &[u8]) -> Option<u64> {
    let digits = value(tag, attribute)?.1;
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&digits[..length]).ok()?.parse().ok().or((length > 0).then_some(u64::MAX))
}

/// The text in an attribute, likewise, with the five named entities resolved.
pub fn text(tag: &[u8], attribute: &[u8]) -> Option<String> {
    let (quote, rest) = value(tag, attribute)?;
    let end = rest.iter().position(|byte| *byte == quote)?;
    let raw = String::from_utf8_lossy(&rest[..end]);
    let entities = [("&quot;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    Some(entities.iter().fold(raw.into_owned(), |text, (entity, plain)| text.replace(entity, plain)))
}

/// The quote of an attribute's value, and what follows it.
fn value<'t>(tag: &'t [u8], attribute: &[u8]) -> Option<(u8, &'t [u8])> {
    let mut from = 0;
    while let Some(at) = find(&tag[from..], attribute) {
        let start = from + at;
        let end = start + attribute.len();
        let whole = start > 0 && matches!(tag[start - 1], b':' | b' ' | b'\t' | b'\r' | b'\n');
        let rest = tag[end..].trim_ascii_start();
        if whole && let Some(value) = rest.strip_prefix(b"=") {
            let (quote, rest) = value.trim_ascii_start().split_first()?;
            return Some((*quote, rest));
        }
        from = end;
    }
    None
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(pieces: &[&str]) -> Vec<String> {
        let mut tags = Tags::default();
        let mut seen = Vec::new();
        for piece in pieces {
            tags.feed(piece.as_bytes(), &mut |tag| seen.push(String::from_utf8_lossy(tag).into_owned()));
        }
        seen
    }

    #[test]
    fn tags_survive_any_cut_of_the_stream() {
        let whole = r#"<a x="1>2"><!-- "quote --><b y='<'/>text</a>"#;
        let expect = vec![r#"a x="1>2""#, r#"!-- "quote --"#, "b y='<'/", "/a"];
        assert_eq!(scan(&[whole]), expect);
        for cut in 1..whole.len() {
            assert_eq!(scan(&[&whole[..cut], &whole[cut..]]), expect, "cut at {cut}");
        }
    }

    #[test]
    fn names_and_numbers() {
        assert_eq!(local_name(b"table:table-row x:a=\"1\""), b"table-row");
        assert_eq!(local_name(b"si/"), b"si");
        assert_eq!(local_name(b"/x:si"), b"si");
        assert_eq!(number(b"t:c t:number-columns-repeated=\"42\"", b"number-columns-repeated"), Some(42));
        assert_eq!(number(b"t:c t:number-columns-repeated = '99999999999999999999999'", b"number-columns-repeated"), Some(u64::MAX));
        assert_eq!(number(b"t:c", b"number-columns-repeated"), None);
        assert_eq!(text(b"sheet name='a \"b\"' r:id=\"r&amp;1\"", b"id").as_deref(), Some("r&1"));
        assert_eq!(text(b"sheet name='a \"b\"'", b"name").as_deref(), Some("a \"b\""));
        assert_eq!(text(b"sheet name=\"a", b"name"), None);
        assert_eq!(number(b"t:c xnumber-columns-repeated=\"3\"", b"number-columns-repeated"), None);
    }
}
