//! A crawler that follows every mark on every board under three filters: the rows behind a mark are as many as it says.

use std::collections::BTreeMap;

use crate::support::server::demo;

const BOARDS: [&str; 5] = ["/", "/carriers", "/chains", "/regions", "/wall"];
const FILTERS: [&str; 3] = ["", "?as_of=2022-03-31", "?year=2021&as_of=2021-12-31"];

#[test]
fn every_mark_leads_to_as_many_rows_as_it_says() {
    let server = demo();
    let mut boards: Vec<String> = BOARDS.iter().map(|board| (*board).to_owned()).collect();
    for (query, folder) in [("carriers_list", "carriers"), ("chains_list", "chains")] {
        let answer = server.json(&format!("/api/queries/{query}.json?as_of=2022-05-31"));
        boards.extend(answer["rows"].as_array().unwrap().iter().map(|row| format!("/{folder}/{}", row[0].as_str().unwrap())));
    }
    let mut marks: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut drawn: BTreeMap<String, String> = BTreeMap::new();
    for board in &boards {
        for filter in FILTERS {
            let page = server.get(&format!("{board}{filter}"));
            for (href, count) in marks_of(&page) {
                marks.insert(href, (count, format!("{board}{filter}")));
            }
            drawn.extend(drawn_marks_of(&page).into_iter().map(|href| (href, format!("{board}{filter}"))));
        }
    }
    assert!(marks.len() > 300, "only {} marks were found", marks.len());
    let mut faults = Vec::new();
    for (href, (count, board)) in &marks {
        let page = server.get(href);
        let total = attribute(&page, "data-total").unwrap_or_else(|| panic!("{href} shows no total"));
        if total != *count {
            faults.push(format!("{board}: {href} says {count}, shows {total}"));
        }
    }
    // Marks of amounts have no count of their own: they must lead somewhere all the same.
    for (href, board) in drawn.iter().filter(|(href, _)| !marks.contains_key(*href)) {
        let (status, page) = server.look(href);
        if status != 200 || (href.starts_with("/projects") && attribute(&page, "data-total").is_none_or(|total| total == "0")) {
            faults.push(format!("{board}: the mark {href} leads to nothing ({status})"));
        }
    }
    assert!(faults.is_empty(), "{} of {} marks:\n{}", faults.len(), marks.len(), faults[..faults.len().min(40)].join("\n"));
}

/// Addresses of the marks drawn in charts.
fn drawn_marks_of(page: &str) -> Vec<String> {
    let tags = page.split("<a class=\"mark\"").skip(1).filter_map(|rest| attribute(rest.split('>').next()?, "href"));
    tags.map(plain).collect()
}

/// An address as a browser reads it from HTML.
fn plain(href: String) -> String {
    href.replace("&amp;", "&").replace("&#x2f;", "/").replace("&#x3d;", "=")
}

/// Address and count of every link that says how many rows are behind it.
fn marks_of(page: &str) -> Vec<(String, String)> {
    let mut marks = Vec::new();
    for tag in page.split("<a ").skip(1) {
        let tag = tag.split('>').next().unwrap_or("");
        if let (Some(href), Some(count)) = (attribute(tag, "href"), attribute(tag, "data-count")) {
            marks.push((plain(href), count));
        }
    }
    marks
}

fn attribute(text: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("{name}=\""))? + name.len() + 2;
    Some(text[start..].split('"').next()?.to_owned())
}
