//! The list of attacks as data: families with their source, and statements that expand from short texts.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One kind of attack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    pub name: String,
    /// Where it is known from.
    pub source: String,
    /// What it would reach.
    pub tries: String,
    /// Values of words in the statements: each makes statements of its own.
    #[serde(default)]
    with: BTreeMap<String, Vec<String>>,
    /// One a line.
    statements: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: Vec<Family>,
}

/// Places on this machine that statements name: `data`, `port` …
pub type Places = Vec<(&'static str, String)>;

/// Reads a file of families.
pub fn families(text: &str) -> Vec<Family> {
    let file: File = toml::from_str(text).unwrap();
    for family in &file.family {
        assert!(!family.name.is_empty() && !family.source.is_empty() && !family.tries.is_empty(), "{}", family.name);
    }
    file.family
}

impl Family {
    /// The statements, written out.
    pub fn statements(&self, places: &Places) -> Vec<String> {
        let mut written: Vec<String> = self.statements.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        for (word, values) in &self.with {
            let word = format!("{{{word}}}");
            let each = |line: String| match line.contains(&word) {
                true => values.iter().map(|value| line.replace(&word, value)).collect(),
                false => vec![line],
            };
            written = written.into_iter().flat_map(each).collect();
        }
        written.iter().map(|line| expanded(&placed(line, places))).collect()
    }
}

fn placed(line: &str, places: &Places) -> String {
    places.iter().fold(line.to_owned(), |line, (word, place)| line.replace(&format!("{{{word}}}"), place))
}

/// Writes out repetitions, line breaks and characters given by their number.
fn expanded(line: &str) -> String {
    let mut text = line.replace('⏎', "\n").replace("«+1»", "⊕");
    while let Some(start) = text.find('«') {
        let end = start + text[start..].find('»').unwrap();
        let (count, part) = text[start + '«'.len_utf8()..end].split_once('×').unwrap();
        let count: usize = count.parse().unwrap();
        let part = part.to_owned();
        let written: String =
            (0..count).map(|number| part.replace('⊕', &(number + 1).to_string()).replace('#', &number.to_string())).collect();
        text.replace_range(start..end + '»'.len_utf8(), &written);
    }
    while let Some(start) = text.find('⟨') {
        let end = start + text[start..].find('⟩').unwrap();
        let number = u32::from_str_radix(&text[start + '⟨'.len_utf8()..end], 16).unwrap();
        text.replace_range(start..end + '⟩'.len_utf8(), &char::from_u32(number).unwrap().to_string());
    }
    text
}

#[test]
fn short_texts_are_written_out() {
    let family = families(
        "[[family]]\nname = \"n\"\nsource = \"s\"\ntries = \"t\"\nwith = { x = [\"1\", \"2\"] }\nstatements = '''\nselect {x}, «3×#,» '{data}'\n«2×c«+1»=#,»⏎⟨0041⟩\n'''",
    );
    let places = vec![("data", "/d".to_owned())];
    assert_eq!(family[0].statements(&places), ["select 1, 0,1,2, '/d'", "select 2, 0,1,2, '/d'", "c1=0,c2=1,\nA"]);
}
