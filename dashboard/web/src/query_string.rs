//! Query strings (查询参数): read, changed and written back, so that every link keeps the other filters.

/// The pairs of a query string in the order they came. A key may stand several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryString {
    pairs: Vec<(String, String)>,
}

impl QueryString {
    /// Reads what stands after the `?`; broken escapes are kept as they are.
    pub fn read(raw: &str) -> Self {
        let mut pairs = Vec::new();
        for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
            let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
            pairs.push((decode(key), decode(value)));
        }
        Self { pairs }
    }

    /// Takes pairs as they are.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// The first value of a key that is not blank.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, value)| name == key && !value.trim().is_empty()).map(|(_, value)| value.trim())
    }

    /// All pairs, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The same with one value for `key`, put where the key first stood; a blank value removes it.
    pub fn with(&self, key: &str, value: &str) -> Self {
        let mut changed = self.without(key);
        if !value.is_empty() {
            let place = self.pairs.iter().position(|(name, _)| name == key).unwrap_or(changed.pairs.len());
            changed.pairs.insert(place.min(changed.pairs.len()), (key.to_owned(), value.to_owned()));
        }
        changed
    }

    /// The same without `key`.
    pub fn without(&self, key: &str) -> Self {
        Self { pairs: self.pairs.iter().filter(|(name, _)| name != key).cloned().collect() }
    }

    /// Only the given keys.
    pub fn only(&self, keys: &[&str]) -> Self {
        Self { pairs: self.pairs.iter().filter(|(name, _)| keys.contains(&name.as_str())).cloned().collect() }
    }

    /// `path?a=1&b=2`, escaped; the bare path when there are no pairs.
    pub fn href(&self, path: &str) -> String {
        let mut href = path.to_owned();
        for (index, (key, value)) in self.pairs.iter().enumerate() {
            href.push(if index == 0 { '?' } else { '&' });
            encode_into(key, &mut href);
            href.push('=');
            encode_into(value, &mut href);
        }
        href
    }
}

/// A link from a path and pairs; blank values are left out.
pub fn link(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = QueryString::default();
    for (key, value) in pairs {
        query = query.with(key, value);
    }
    query.href(path)
}

/// Escapes one segment of a path or one value.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode_into(text, &mut out);
    out
}

fn encode_into(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match (bytes[at], escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (_, Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'+', None) => {
                out.push(b' ');
                at += 1;
            }
            (byte, None) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for value in ["濉溪县", "a b+c&d=e", "100%", "<script>", "\"'", "%zz"] {
            let query = QueryString::default().with("q", value);
            let href = query.href("/projects");
            assert!(href.is_ascii() && !href.contains('<') && !href.contains('"'), "{href}");
            assert_eq!(QueryString::read(href.split_once('?').unwrap().1), query, "{href}");
        }
    }

    #[test]
    fn links_keep_the_other_filters() {
        let query = QueryString::read("year=2022&carrier=suixi&page=3");
        assert_eq!(query.with("carrier", "xiangshan").without("page").href("/projects"), "/projects?year=2022&carrier=xiangshan");
        assert_eq!(query.with("carrier", "").href("/"), "/?year=2022&page=3");
        assert_eq!(query.only(&["year"]).href("/"), "/?year=2022");
        assert_eq!(QueryString::read("").href("/"), "/");
        assert_eq!(link("/projects", &[("year", "2022"), ("q", "")]), "/projects?year=2022");
    }

    #[test]
    fn broken_escapes_and_blank_values_do_no_harm() {
        let query = QueryString::read("a=%&b=%4&c=+x+&d&=&c=y");
        assert_eq!(query.get("a"), Some("%"));
        assert_eq!(query.get("b"), Some("%4"));
        assert_eq!(query.get("c"), Some("x"));
        assert_eq!(query.get("d"), None);
    }
}
