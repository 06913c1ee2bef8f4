//! The city's form (填报目录): which fields stand in which section, from which stage they are asked and required.

use serde::Deserialize;

use super::Matter;
use super::field::{CLAIM_FIELDS, FIELDS, FieldKind, kind_of, static_id};
use crate::project::{stage_name, stage_order};

/// A part of the form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub id: String,
    pub title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    section: Vec<Section>,
    field: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    section: String,
    title: String,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    example: String,
    from: String,
    #[serde(default)]
    required_from: Option<String>,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldEntry {
    pub id: &'static str,
    pub kind: FieldKind,
    pub section: String,
    /// 项目名称
    pub title: String,
    /// How to fill it in.
    pub hint: String,
    pub example: String,
    /// Stage (by [`stage_order`]) from which it is asked.
    pub from: usize,
    /// Stage from which it must be stated; `None`: never.
    pub required_from: Option<usize>,
}

/// The whole form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilingCatalogue {
    pub sections: Vec<Section>,
    /// In the order of the file.
    pub fields: Vec<FieldEntry>,
}

/// What is wrong with a form's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct FilingCatalogueFault {
    pub place: String,
    pub problem: String,
    pub hint: String,
}

/// The section of fields that only claims have.
const CLAIM_SECTION: &str = "claim";

impl FilingCatalogue {
    /// Reads `filing.toml`.
    pub fn from_toml(text: &str) -> Result<Self, FilingCatalogueFault> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            fault(&format!("line {line}"), error.message().replace('\n', "; "), "compare with the neighbouring entries")
        })?;
        let mut fields: Vec<FieldEntry> = Vec::with_capacity(file.field.len());
        for row in file.field {
            let entry = read(row, &file.section)?;
            if fields.iter().any(|known| known.id == entry.id) {
                return Err(fault(&format!("field {}", entry.id), "it stands twice".to_owned(), "keep one of the entries"));
            }
            fields.push(entry);
        }
        for (id, _) in FIELDS.iter().chain(&CLAIM_FIELDS) {
            if !fields.iter().any(|entry| entry.id == *id) {
                return Err(fault(&format!("field {id}"), "it is missing".to_owned(), "every field of the program needs an entry"));
            }
        }
        Ok(Self { sections: file.section, fields })
    }

    /// One field.
    pub fn field(&self, id: &str) -> Option<&FieldEntry> {
        self.fields.iter().find(|entry| entry.id == id)
    }

    /// The title of a field; its id when the catalogue does not know it.
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.field(id).map_or(id, |entry| entry.title.as_str())
    }

    /// The fields that a claim asks for, in order. `stage`: of the project, by [`stage_order`]; the form of
    /// [`Matter::Project`] grows with it.
    pub fn asked(&self, matter: &Matter, stage: usize) -> Vec<&FieldEntry> {
        let claim_fields: &[&str] = match matter {
            Matter::Investment(..) => &["yuan", "evidence_note"],
            Matter::Status => &["status", "status_reason", "gone_to"],
            Matter::Deletion => &["reason"],
            Matter::Change => &["reason"],
            Matter::Milestone(_) => &["evidence_note"],
            Matter::Project => &[],
        };
        let asks = |entry: &&FieldEntry| {
            let own = claim_fields.contains(&entry.id);
            let of_form = entry.section != CLAIM_SECTION;
            own || of_form
                && match matter {
                    Matter::Project => entry.from <= stage,
                    Matter::Milestone(_) => matter.stage() == Some(entry.from),
                    Matter::Change => entry.from <= stage && !is_milestone_date(entry.id),
                    Matter::Investment(..) | Matter::Status | Matter::Deletion => false,
                }
        };
        self.fields.iter().filter(asks).collect()
    }

    /// True when a claim must state the field.
    pub fn requires(&self, entry: &FieldEntry, matter: &Matter, stage: usize) -> bool {
        match matter {
            Matter::Project => entry.required_from.is_some_and(|from| from <= stage),
            Matter::Milestone(_) => entry.required_from.is_some() && entry.required_from == matter.stage(),
            Matter::Investment(..) => entry.id == "yuan",
            Matter::Status => matches!(entry.id, "status" | "status_reason"),
            Matter::Deletion | Matter::Change => entry.id == "reason",
        }
    }
}

/// True for `signed_on`, `started_on`, ...: they change by claims of their own only.
pub fn is_milestone_date(field: &str) -> bool {
    field.strip_suffix("_on").is_some_and(|id| crate::project::Milestone::from_id(id).is_some())
}

fn read(row: Row, sections: &[Section]) -> Result<FieldEntry, FilingCatalogueFault> {
    let place = format!("field {}", row.id);
    let (Some(id), Some(kind)) = (static_id(&row.id), kind_of(&row.id)) else {
        return Err(fault(&place, "there is no such field".to_owned(), "fields are fixed by the program; see the guide page"));
    };
    if row.section != CLAIM_SECTION && !sections.iter().any(|section| section.id == row.section) {
        return Err(fault(&place, format!("there is no section {:?}", row.section), "write the id of a [[section]]"));
    }
    let stage = |text: &str| {
        stage_order(text).ok_or_else(|| {
            let known: Vec<&str> =
                ["negotiating", "signed", "registered", "started"].into_iter().filter(|id| stage_name(id).is_some()).collect();
            fault(&place, format!("there is no stage {text:?}"), &format!("write a stage such as {}", known.join(", ")))
        })
    };
    let from = stage(&row.from)?;
    let required_from = row.required_from.as_deref().map(stage).transpose()?;
    if required_from.is_some_and(|required| required < from) {
        return Err(fault(&place, "it is required before it is asked".to_owned(), "let required_from be `from` or later"));
    }
    if row.title.trim().is_empty() {
        return Err(fault(&place, "it has no title".to_owned(), "write the Chinese title"));
    }
    Ok(FieldEntry { id, kind, section: row.section, title: row.title, hint: row.hint, example: row.example, from, required_from })
}

fn fault(place: &str, problem: String, hint: &str) -> FilingCatalogueFault {
    FilingCatalogueFault { place: place.to_owned(), problem, hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Milestone;

    const HUAIBEI: &str = include_str!("../../../../data/cities/huaibei/filing.toml");

    fn catalogue() -> FilingCatalogue {
        FilingCatalogue::from_toml(HUAIBEI).unwrap()
    }

    fn ids(matter: Matter, stage: &str) -> Vec<&'static str> {
        catalogue().asked(&matter, stage_order(stage).unwrap()).iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn the_form_grows_with_the_stage() {
        let talks = ids(Matter::Project, "negotiating");
        let signed = ids(Matter::Project, "signed");
        let started = ids(Matter::Project, "started");
        assert!(talks.contains(&"name") && !talks.contains(&"signed_on"));
        assert!(signed.contains(&"signed_on") && signed.contains(&"agreed_yuan") && !signed.contains(&"started_on"));
        assert!(started.contains(&"started_on") && started.len() > signed.len() && signed.len() > talks.len());
        assert!(!started.contains(&"reason"));
    }

    #[test]
    fn a_milestone_asks_for_its_own_fields() {
        let library = ids(Matter::Milestone(Milestone::InLibrary), "started");
        assert_eq!(library, ["in_library_on", "library_number", "evidence_note"]);
        let catalogue = catalogue();
        let required = |id: &str, matter: Matter| catalogue.requires(catalogue.field(id).unwrap(), &matter, 1);
        assert!(required("library_number", Matter::Milestone(Milestone::InLibrary)));
        assert!(!required("library_number", Matter::Project));
        assert!(required("agreed_yuan", Matter::Project));
        assert!(!ids(Matter::Change, "started").contains(&"signed_on"), "a milestone's date changes by its own claim");
    }

    #[test]
    fn faults_are_named() {
        let with = |from: &str, to: &str| FilingCatalogue::from_toml(&HUAIBEI.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(with("id = \"content\"", "id = \"contents\"").contains("field contents"));
        assert!(with("id = \"content\"", "id = \"name\"").contains("twice"));
        assert!(with("from = \"negotiating\"", "from = \"talks\"").contains("talks"));
        assert!(with("hint =", "hunt =").contains("line"));
    }
}
