//! A reader of pdf files as far as the tests need one: objects, pages, fonts, text through the map to Unicode.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::ZlibDecoder;

/// An object's dictionary as text, and its stream decoded.
#[derive(Debug, Default)]
pub struct Object {
    pub dictionary: String,
    pub stream: Vec<u8>,
}

pub struct Pdf {
    pub objects: BTreeMap<u32, Object>,
}

impl Pdf {
    /// Follows the table of references, so a wrong offset in it is found.
    pub fn open(bytes: &[u8]) -> Pdf {
        assert!(bytes.starts_with(b"%PDF-1.7"));
        let end = String::from_utf8_lossy(&bytes[bytes.len() - 64..]).into_owned();
        let table: usize = end.split("startxref").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        let text = String::from_utf8_lossy(&bytes[table..]).into_owned();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("xref"));
        let count: u32 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let mut objects = BTreeMap::new();
        for (number, entry) in (0..count).zip(lines) {
            if entry.contains(" n") {
                let offset: usize = entry[..10].parse().unwrap();
                objects.insert(number, object(&bytes[offset..], number));
            }
        }
        Pdf { objects }
    }

    /// The pages' numbers, in the order of the tree.
    pub fn pages(&self) -> Vec<u32> {
        let tree = self.objects.values().find(|object| object.dictionary.contains("/Type/Pages")).unwrap();
        let kids = value(&tree.dictionary, "/Kids").unwrap().split(']').next().unwrap();
        references(kids)
    }

    /// The text of a page in the order in which it is drawn, a line for each piece.
    pub fn text(&self, page: u32) -> String {
        let dictionary = &self.objects[&page].dictionary;
        let content = references(value(dictionary, "/Contents").unwrap())[0];
        let fonts = self.maps(dictionary);
        let stream = &self.objects[&content].stream;
        let (mut out, mut map, mut word, mut at) = (String::new(), None, Vec::new(), 0);
        while at < stream.len() {
            match stream[at] {
                b'(' => {
                    let (string, next) = literal(stream, at + 1);
                    show(&string, map, &mut out);
                    at = next;
                    continue;
                }
                // Properties of what follows, no text.
                b'<' if stream[at + 1] == b'<' => at += find(&stream[at..], b"BDC").unwrap(),
                b'<' => {
                    let end = at + stream[at..].iter().position(|byte| *byte == b'>').unwrap();
                    show(&hex(&stream[at + 1..end]), map, &mut out);
                    at = end;
                }
                b'/' => word.clear(),
                _ => {}
            }
            word.push(stream[at]);
            if word.ends_with(b" Tf") {
                let name = String::from_utf8_lossy(&word[1..]).split(' ').next().unwrap().to_owned();
                map = fonts.get(&name);
            }
            if word.ends_with(b"\nET") {
                out.push('\n');
            }
            at += 1;
        }
        out
    }

    /// From a page's name of each font to what its codes mean.
    fn maps(&self, page: &str) -> BTreeMap<String, BTreeMap<u16, String>> {
        let resources = match value(page, "/Resources").unwrap() {
            inline if inline.trim_start().starts_with("<<") => inline.to_owned(),
            reference => self.objects[&references(reference)[0]].dictionary.clone(),
        };
        let Some(fonts) = value(&resources, "/Font") else { return BTreeMap::new() };
        let fonts = fonts.split(">>").next().unwrap();
        let mut maps = BTreeMap::new();
        for entry in fonts.split('/').skip(1) {
            let name = entry.split(' ').next().unwrap().to_owned();
            let font = &self.objects[&references(&entry[name.len()..])[0]].dictionary;
            let map = references(value(font, "/ToUnicode").unwrap())[0];
            maps.insert(name, unicode(&String::from_utf8_lossy(&self.objects[&map].stream)));
        }
        maps
    }

    /// The dictionaries that describe a font's file.
    pub fn font_descriptors(&self) -> Vec<&str> {
        self.objects.values().map(|object| object.dictionary.as_str()).filter(|text| text.contains("/Type/FontDescriptor")).collect()
    }
}

fn object(bytes: &[u8], number: u32) -> Object {
    let head = format!("{number} 0 obj");
    assert!(bytes.starts_with(head.as_bytes()), "object {number}");
    let end = find(bytes, b"endobj").unwrap();
    let Some(start) = find(bytes, b"stream").filter(|start| *start < end) else {
        return Object { dictionary: dense(&bytes[head.len()..end]), stream: Vec::new() };
    };
    let dictionary = dense(&bytes[head.len()..start]);
    let length: usize =
        value(&dictionary, "/Length").unwrap().split(['/', '>', ' ']).find(|text| !text.is_empty()).unwrap().parse().unwrap();
    let start = start + find(&bytes[start..], b"\n").unwrap() + 1;
    let mut stream = bytes[start..start + length].to_vec();
    if dictionary.contains("/FlateDecode") {
        let mut decoded = Vec::new();
        ZlibDecoder::new(&stream[..]).read_to_end(&mut decoded).unwrap();
        stream = decoded;
    }
    Object { dictionary, stream }
}

/// One space for any white space, none before marks, so that the tests need not know how the file is indented.
fn dense(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    ["/", "<", "[", ">", "]"].iter().fold(text, |text, mark| text.replace(&format!(" {mark}"), mark))
}

/// What stands after a key.
pub fn value<'a>(dictionary: &'a str, key: &str) -> Option<&'a str> {
    dictionary.match_indices(key).map(|(at, _)| &dictionary[at + key.len()..]).find(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// `3 0 R 5 0 R` as 3, 5; stops at what is no reference.
fn references(text: &str) -> Vec<u32> {
    let words: Vec<&str> = text.trim_start_matches('[').split([' ', '/', ']', '>']).filter(|word| !word.is_empty()).collect();
    words.chunks(3).take_while(|chunk| chunk.len() == 3 && chunk[2] == "R").map(|chunk| chunk[0].parse().unwrap()).collect()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn show(codes: &[u8], map: Option<&BTreeMap<u16, String>>, out: &mut String) {
    for code in codes.chunks(2) {
        let code = u16::from_be_bytes(code.try_into().unwrap());
        out.push_str(map.expect("a font before its text").get(&code).expect("a code with a meaning"));
    }
}

fn literal(stream: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let (mut string, mut depth) = (Vec::new(), 0);
    loop {
        match stream[at] {
            b'\\' => {
                at += 1;
                string.push(match stream[at] {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    b'0'..=b'7' => {
                        at += 2;
                        u8::from_str_radix(std::str::from_utf8(&stream[at - 2..=at]).unwrap(), 8).unwrap()
                    }
                    other => other,
                });
            }
            b')' if depth == 0 => return (string, at + 1),
            other => {
                depth += i32::from(other == b'(') - i32::from(other == b')');
                string.push(other);
            }
        }
        at += 1;
    }
}

fn hex(text: &[u8]) -> Vec<u8> {
    text.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The `bfchar` lines of a map: `<0012> <65B0>`.
fn unicode(map: &str) -> BTreeMap<u16, String> {
    assert!(!map.contains("beginbfrange"), "ranges are not read");
    let mut meanings = BTreeMap::new();
    for section in map.split("beginbfchar").skip(1) {
        for line in section.split("endbfchar").next().unwrap().lines().filter(|line| line.contains('<')) {
            let mut codes = line.split(['<', '>']).filter(|code| !code.trim().is_empty()).map(|code| hex(code.as_bytes()));
            let code = u16::from_be_bytes(codes.next().unwrap().try_into().unwrap());
            let units: Vec<u16> = codes.next().unwrap().chunks(2).map(|pair| u16::from_be_bytes(pair.try_into().unwrap())).collect();
            meanings.insert(code, String::from_utf16(&units).unwrap());
        }
    }
    meanings
}
