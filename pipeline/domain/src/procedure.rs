//! How a city handles filings (办理规则): terms, contact, limits of forms and uploads, what is kept how long.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalogue::DeskFault;
use crate::claim::Way;
use crate::filing::Matter;
use crate::history::InvestmentKind;
use crate::project::Milestone;

/// Days for which the audit log is kept at the very least (网络安全法: six months). No file may set less.
pub const LEAST_AUDIT_DAYS: u32 = 183;

/// What one upload may weigh at the very most, in MiB: readers and memory limits are built for it.
pub const MOST_FILE_MIB: u32 = 20;

/// `procedure.toml`: how filings are handled. Nothing in it changes a figure of closed periods.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// False while the file holds assumptions.
    pub documented: bool,
    /// Working days (工作日) for a review.
    pub review_days: u32,
    /// True where two different people approve (两级审核).
    pub two_reviews: bool,
    /// Calendar days (自然日) of a public notice (公示期); its first day counts.
    pub notice_days: u32,
    /// Calendar days for which a first report (首报) is protected without progress.
    pub lead_validity_days: u32,
    pub contact: Contact,
    pub cross_district: CrossDistrict,
    pub objections: ObjectionLimits,
    pub attachments: AttachmentLimits,
    pub duplicates: DuplicateLimits,
    pub retention: Retention,
    /// What proves a fact (佐证材料): by milestone or kind of investment, the text that tells the filer what to attach.
    /// What is not named is claimed without a file.
    #[serde(default)]
    pub evidence: BTreeMap<String, String>,
}

/// Whom a filer may ask (联系方式). An office, never a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub office: String,
    /// A landline, printed unmasked: it is the office's.
    pub phone: String,
    pub hours: String,
    /// False for the shipped example.
    pub documented: bool,
}

/// How credit for a project is shared that one carrier found and another hosts (跨区域流转).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossDistrict {
    /// The host's share in basis points (万分比): 5000 is one half.
    pub host_basis_points: u32,
    /// Years for which the shares hold.
    pub years: u32,
}

/// What the public objection form takes (异议).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectionLimits {
    /// Characters of the reason.
    pub least_characters: u32,
    pub most_characters: u32,
    /// Objections from one address within an hour.
    pub per_hour: u32,
    /// Objections from one address within a day.
    pub per_day: u32,
    /// Undecided objections against one project at a time.
    pub open_per_project: u32,
}

/// What may be attached to a filing (附件).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentLimits {
    pub kinds: Vec<AttachmentKind>,
    /// MiB of one file.
    pub file_mib: u32,
    /// MiB of all files of one filing.
    pub filing_mib: u32,
    /// Number of files of one filing.
    pub filing_files: u32,
}

/// A kind of attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    Pdf,
    Docx,
    Xlsx,
    Jpg,
    Png,
}

/// When a known project is shown as a possible duplicate (疑似重复).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DuplicateLimits {
    /// Least likeness in percent.
    pub likely_percent: u32,
    /// How many are shown at most.
    pub most_shown: usize,
}

/// How long things are kept (保存期限), in calendar days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// The audit log; at least [`LEAST_AUDIT_DAYS`].
    pub audit_days: u32,
    /// A draft that nobody touches.
    pub draft_days: u32,
    /// An objector's name and phone after the objection is closed.
    pub objector_days: u32,
}

impl AttachmentKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Docx, Self::Xlsx, Self::Jpg, Self::Png];

    /// `pdf`, `docx`, `xlsx`, `jpg` or `png`: the file's ending and its name in the books.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Jpg => "jpg",
            Self::Png => "png",
        }
    }

    /// Reads [`AttachmentKind::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// The media type under which it is handed out.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

impl AttachmentLimits {
    /// Bytes of one file at most.
    pub fn file_bytes(&self) -> u64 {
        u64::from(self.file_mib) << 20
    }

    /// Bytes of all files of one filing at most.
    pub fn filing_bytes(&self) -> u64 {
        u64::from(self.filing_mib) << 20
    }

    /// True when the city takes this kind.
    pub fn takes(&self, kind: AttachmentKind) -> bool {
        self.kinds.contains(&kind)
    }
}

impl Procedure {
    /// The way a claim goes in this city.
    pub fn way(&self, matter: Matter, confidential: bool) -> Way {
        matter.way(confidential, self.two_reviews, self.notice_days)
    }

    /// What a claim of this matter must be proven with; `None` when it is claimed without a file. The filing itself is
    /// not asked: its number is needed before anything can be attached. Source: domain rule 13.
    pub fn evidence_of(&self, matter: &Matter) -> Option<&str> {
        let fact = match matter {
            Matter::Milestone(milestone) => milestone.id(),
            Matter::Investment(kind, _) => kind.id(),
            Matter::Project | Matter::Change | Matter::Status | Matter::Deletion => return None,
        };
        self.evidence.get(fact).map(String::as_str)
    }

    /// Checks what the file's shape cannot: bounds, and limits that contradict each other.
    pub fn check(&self) -> Result<(), DeskFault> {
        within("review_days", self.review_days, 1, 30)?;
        within("notice_days", self.notice_days, 1, 60)?;
        within("lead_validity_days", self.lead_validity_days, 1, 3650)?;
        self.check_contact()?;
        within("cross_district.host_basis_points", self.cross_district.host_basis_points, 1, 9_999)?;
        within("cross_district.years", self.cross_district.years, 1, 30)?;
        self.check_objections()?;
        self.check_attachments()?;
        within("duplicates.likely_percent", self.duplicates.likely_percent, 50, 100)?;
        within("duplicates.most_shown", self.duplicates.most_shown as u32, 1, 20)?;
        if self.retention.audit_days < LEAST_AUDIT_DAYS {
            let problem = format!("{} days are too few for the audit log", self.retention.audit_days);
            return Err(DeskFault::new("retention.audit_days", problem, "write 183 or more: the law asks for six months"));
        }
        within("retention.audit_days", self.retention.audit_days, LEAST_AUDIT_DAYS, 36_500)?;
        within("retention.draft_days", self.retention.draft_days, 1, 3650)?;
        within("retention.objector_days", self.retention.objector_days, 1, 3650)?;
        self.check_evidence()
    }

    fn check_evidence(&self) -> Result<(), DeskFault> {
        for (fact, proof) in &self.evidence {
            let place = format!("evidence.{fact}");
            if Milestone::from_id(fact).is_none() && InvestmentKind::from_id(fact).is_none() {
                let hint = "write a milestone such as started, or fixed_assets or paid_in";
                return Err(DeskFault::new(&place, "nothing of this name is claimed".to_owned(), hint));
            }
            if !is_line(proof) {
                return Err(DeskFault::new(&place, format!("{proof:?} cannot be printed"), "write one line of at most 60 characters"));
            }
        }
        Ok(())
    }

    fn check_contact(&self) -> Result<(), DeskFault> {
        let lines =
            [("contact.office", &self.contact.office), ("contact.phone", &self.contact.phone), ("contact.hours", &self.contact.hours)];
        for (place, line) in lines {
            if !is_line(line) {
                return Err(DeskFault::new(place, format!("{line:?} cannot be printed"), "write one line of at most 60 characters"));
            }
        }
        if !self.contact.phone.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b' ' | b'+')) {
            let problem = format!("{:?} is not a phone number", self.contact.phone);
            return Err(DeskFault::new("contact.phone", problem, "write digits and hyphens, like 0561-3000000"));
        }
        Ok(())
    }

    fn check_objections(&self) -> Result<(), DeskFault> {
        let limits = &self.objections;
        within("objections.most_characters", limits.most_characters, 1, 10_000)?;
        within("objections.least_characters", limits.least_characters, 1, limits.most_characters)?;
        within("objections.per_day", limits.per_day, 1, 1_000)?;
        within("objections.per_hour", limits.per_hour, 1, limits.per_day)?;
        within("objections.open_per_project", limits.open_per_project, 1, 10_000)
    }

    fn check_attachments(&self) -> Result<(), DeskFault> {
        let limits = &self.attachments;
        within("attachments.file_mib", limits.file_mib, 1, MOST_FILE_MIB)?;
        within("attachments.filing_mib", limits.filing_mib, limits.file_mib, 1_024)?;
        within("attachments.filing_files", limits.filing_files, 1, 200)?;
        let repeated = limits.kinds.iter().enumerate().find(|(at, kind)| limits.kinds[..*at].contains(kind));
        if let Some((_, kind)) = repeated {
            return Err(DeskFault::new("attachments.kinds", format!("{} is there twice", kind.id()), "write each kind once"));
        }
        if limits.kinds.is_empty() {
            return Err(DeskFault::new("attachments.kinds", "there is none".to_owned(), "write at least \"pdf\""));
        }
        Ok(())
    }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control) && text.chars().count() <= 60
}

fn within(place: &str, value: u32, least: u32, most: u32) -> Result<(), DeskFault> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(DeskFault::new(place, format!("{value} is out of bounds"), &format!("write a number from {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Procedure {
        toml::from_str(include_str!("../../../data/cities/huaibei/procedure.toml")).unwrap()
    }

    #[test]
    fn the_shipped_procedure_is_sound_and_marked_as_an_example() {
        let procedure = shipped();
        procedure.check().unwrap();
        assert!(!procedure.documented && !procedure.contact.documented);
        assert_eq!(procedure.way(Matter::Project, false), Way { two_reviews: false, notice_days: Some(5) });
        assert_eq!(procedure.way(Matter::Project, true).notice_days, None, "secret projects stand in no notice");
        assert_eq!(procedure.review_days, 3);
        assert_eq!(procedure.attachments.file_bytes(), 20 * 1024 * 1024);
        assert!(procedure.attachments.takes(AttachmentKind::Pdf));
    }

    #[test]
    fn the_second_city_has_its_own() {
        let other: Procedure = toml::from_str(include_str!("../../../tests/end_to_end/second_city/procedure.toml")).unwrap();
        other.check().unwrap();
        assert_eq!(other.way(Matter::Project, false), Way { two_reviews: true, notice_days: Some(7) });
    }

    #[test]
    fn bounds_and_contradictions_are_refused_by_name() {
        let check = |change: &dyn Fn(&mut Procedure), place: &str| {
            let mut procedure = shipped();
            change(&mut procedure);
            assert_eq!(procedure.check().err().map(|fault| fault.place), Some(place.to_owned()), "{place}");
        };
        check(&|p| p.review_days = 0, "review_days");
        check(&|p| p.notice_days = 61, "notice_days");
        check(&|p| p.lead_validity_days = 0, "lead_validity_days");
        check(&|p| p.contact.office = " ".to_owned(), "contact.office");
        check(&|p| p.contact.hours = "a\r\nb".to_owned(), "contact.hours");
        check(&|p| p.contact.phone = "call us".to_owned(), "contact.phone");
        check(&|p| p.cross_district.host_basis_points = 10_000, "cross_district.host_basis_points");
        check(&|p| p.cross_district.years = 0, "cross_district.years");
        check(&|p| p.objections.least_characters = 2_001, "objections.least_characters");
        check(&|p| p.objections.per_hour = 11, "objections.per_hour");
        check(&|p| p.attachments.file_mib = 21, "attachments.file_mib");
        check(&|p| p.attachments.filing_mib = 19, "attachments.filing_mib");
        check(&|p| p.attachments.kinds.clear(), "attachments.kinds");
        check(&|p| p.attachments.kinds.push(AttachmentKind::Pdf), "attachments.kinds");
        check(&|p| p.duplicates.likely_percent = 101, "duplicates.likely_percent");
        check(&|p| p.duplicates.most_shown = 0, "duplicates.most_shown");
        check(&|p| p.retention.audit_days = 182, "retention.audit_days");
        check(&|p| p.retention.draft_days = 0, "retention.draft_days");
        check(&|p| p.retention.objector_days = 0, "retention.objector_days");
        check(&|p| drop(p.evidence.insert("begun".to_owned(), "照片".to_owned())), "evidence.begun");
        check(&|p| drop(p.evidence.insert("started".to_owned(), " ".to_owned())), "evidence.started");
    }

    #[test]
    fn kinds_round_trip() {
        for kind in AttachmentKind::ALL {
            assert_eq!(AttachmentKind::from_id(kind.id()), Some(kind));
        }
        assert_eq!(AttachmentKind::from_id("exe"), None);
    }
}
