//! A small strict reader of the SVG we write: proves well-formedness, finds marks and text boxes.

use crate::label::Area;
use crate::text::{self, Weight};

pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

impl Element {
    pub fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.0 == key).map(|attribute| attribute.1.as_str())
    }

    fn number(&self, key: &str) -> f64 {
        self.get(key).and_then(|value| value.parse().ok()).unwrap_or(0.0)
    }
}

pub struct TextBox {
    pub text: String,
    pub area: Area,
}

pub struct Drawing {
    pub elements: Vec<Element>,
    pub size: (f64, f64),
}

impl Drawing {
    /// Reads one element with all its children, or says what is not well-formed.
    pub fn parse(svg: &str) -> Result<Drawing, String> {
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut rest = svg;
        while let Some(start) = rest.find('<') {
            let content = unescape(&rest[..start])?;
            match open.last() {
                Some(parent) => elements[*parent].text.push_str(&content),
                None if content.trim().is_empty() => {}
                None => return Err(format!("text outside the root: {content:?}")),
            }
            let end = rest[start..].find('>').ok_or("a tag is not closed")? + start;
            let tag = &rest[start + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                let closed = open.pop().ok_or(format!("</{name}> closes nothing"))?;
                if elements[closed].name != name {
                    return Err(format!("</{name}> closes <{}>", elements[closed].name));
                }
                continue;
            }
            if open.is_empty() && !elements.is_empty() {
                return Err("more than one root".into());
            }
            let (tag, closes_itself) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            elements.push(element(tag)?);
            if !closes_itself {
                open.push(elements.len() - 1);
            }
        }
        if !open.is_empty() || !rest.trim().is_empty() {
            return Err(format!("{} elements stay open, rest {rest:?}", open.len()));
        }
        let root = elements.first().ok_or("no element")?;
        let view: Vec<f64> = root.get("viewBox").unwrap_or("").split(' ').filter_map(|part| part.parse().ok()).collect();
        let size = match view.as_slice() {
            [_, _, width, height] => (*width, *height),
            _ => return Err("no viewBox of four numbers".into()),
        };
        Ok(Drawing { elements, size })
    }

    pub fn marks(&self) -> Vec<&Element> {
        self.elements.iter().filter(|element| element.get("class") == Some("mark")).collect()
    }

    /// Boxes of all visible texts, as wide as measured and as high as their letters.
    pub fn texts(&self) -> Vec<TextBox> {
        let texts = self.elements.iter().filter(|element| element.name == "text");
        texts
            .map(|element| {
                let size = element.number("font-size");
                let shift = match element.get("dy") {
                    Some("0.76em") => 0.76 * size,
                    Some(".36em") => 0.36 * size,
                    _ => 0.0,
                };
                let weight = if element.get("font-weight").is_some() { Weight::Bold } else { Weight::Regular };
                let width = text::width(&element.text, size, weight).unwrap();
                let baseline = element.number("y") + shift;
                let left = match element.get("text-anchor") {
                    Some("middle") => element.number("x") - width / 2.0,
                    Some("end") => element.number("x") - width,
                    _ => element.number("x"),
                };
                let area = Area { left, top: baseline - 0.8 * size, right: left + width, bottom: baseline + 0.1 * size };
                TextBox { text: element.text.clone(), area }
            })
            .collect()
    }
}

fn element(tag: &str) -> Result<Element, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    if name.is_empty() || !name.chars().all(|character| character.is_ascii_alphanumeric()) {
        return Err(format!("odd element name {name:?}"));
    }
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_once("=\"").ok_or(format!("odd attribute {rest:?}"))?;
        let (value, next) = after.split_once('"').ok_or(format!("attribute {key} is not closed"))?;
        if key.is_empty() || !key.chars().all(|character| character.is_ascii_alphanumeric() || character == '-') {
            return Err(format!("odd attribute name {key:?}"));
        }
        if attributes.iter().any(|attribute| attribute.0 == key) {
            return Err(format!("attribute {key} twice in <{name}>"));
        }
        attributes.push((key.to_owned(), unescape(value)?));
        rest = next.strip_prefix(' ').unwrap_or(next);
        if !next.is_empty() && !next.starts_with(' ') {
            return Err(format!("no blank after attribute {key}"));
        }
    }
    Ok(Element { name: name.to_owned(), attributes, text: String::new() })
}

fn unescape(raw: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = raw;
    while let Some(start) = rest.find('&') {
        text.push_str(&rest[..start]);
        let end = rest[start..].find(';').ok_or("a bare &")? + start;
        text.push(match &rest[start..=end] {
            "&amp;" => '&',
            "&lt;" => '<',
            "&gt;" => '>',
            "&quot;" => '"',
            "&apos;" | "&#39;" => '\'',
            other => return Err(format!("unknown entity {other:?}")),
        });
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    let forbidden = text.chars().find(|character| character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}'));
    match forbidden {
        Some(character) => Err(format!("forbidden character {character:?}")),
        None => Ok(text),
    }
}
