//! A form as it was sent (表单内容): known fields only, harmless characters only, bounded.

use qunlian_domain::audit::is_bidi_control;
use qunlian_domain::filing::field::static_id;
use qunlian_domain::filing::{FieldKind, kind_of};
use qunlian_domain::project::stage_order;
use qunlian_domain::text::is_invisible;
use qunlian_registry::Typed;

/// Characters that are kept of one line, and of a longer text: more than any check accepts, so that a text that
/// is too long is told, not cut in silence.
const LINE: usize = 400;
const LONG: usize = 3_000;

/// What the filer wants done with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Show the fields of the chosen stage, keep what was typed.
    Stage,
    /// 校验: say what is wrong, keep nothing.
    Check,
    /// 存为草稿
    Draft,
    /// 提交审核
    Submit,
}

/// A form's pairs.
pub(super) struct Sent {
    pairs: Vec<(String, String)>,
}

impl Sent {
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// The first value of a name, without space around it; empty when it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// A line of a name, cleaned and cut.
    pub(super) fn line(&self, name: &str, most: usize) -> String {
        clean(self.get(name), false).chars().take(most).collect()
    }

    pub(super) fn deed(&self) -> Deed {
        match self.get("do") {
            "submit" => Deed::Submit,
            "draft" => Deed::Draft,
            "check" => Deed::Check,
            _ => Deed::Stage,
        }
    }

    /// The chosen stage, by its order; talks when none is named.
    pub(super) fn stage(&self) -> usize {
        stage_order(self.get("stage")).unwrap_or(0)
    }

    /// What was typed into fields that exist.
    pub(super) fn typed(&self) -> Typed {
        let mut typed = Typed::new();
        for (name, value) in &self.pairs {
            let (Some(id), Some(kind)) = (static_id(name), kind_of(name)) else { continue };
            let text = clean(value, matches!(kind, FieldKind::LongText { .. }));
            if !text.is_empty() {
                typed.entry(id.to_owned()).or_insert(text);
            }
        }
        typed
    }
}

/// What stands already in fields of persons, where nothing new was typed: those are never sent to the page.
pub(super) fn keep_personal(typed: &mut Typed, stands: &Typed) {
    for (field, text) in stands {
        let is_personal = kind_of(field).is_some_and(FieldKind::is_personal);
        if is_personal && !typed.contains_key(field) {
            typed.insert(field.clone(), text.clone());
        }
    }
}

/// A text without what no one can see and without what turns lines around.
fn clean(raw: &str, several_lines: bool) -> String {
    let kept = raw.replace("\r\n", "\n");
    let kept = kept.chars().filter(|c| !is_bidi_control(*c) && !is_invisible(*c)).filter_map(|c| match c {
        '\n' if several_lines => Some('\n'),
        '\n' | '\r' | '\t' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    });
    let text: String = kept.take(if several_lines { LONG } else { LINE }).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        Sent::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn only_known_fields_are_kept_and_nothing_unseen() {
        let sent = sent(&[
            ("name", " 铝箔\u{202e}项目\r\nSet-Cookie: a\u{0} "),
            ("content", "一行\r\n二行\u{200b}"),
            ("facts", "x"),
            ("do", "draft"),
            ("stage", "signed"),
            ("name", "第二个"),
        ]);
        let typed = sent.typed();
        assert_eq!(typed.get("name").map(String::as_str), Some("铝箔项目 Set-Cookie: a"));
        assert_eq!(typed.get("content").map(String::as_str), Some("一行\n二行"));
        assert_eq!(typed.len(), 2);
        assert_eq!((sent.deed(), sent.stage()), (Deed::Draft, 1));
        assert_eq!(super::clean(&"长".repeat(9_000), true).chars().count(), LONG);
    }

    #[test]
    fn a_contact_that_was_not_typed_again_stays() {
        let stands: Typed = [("lead_phone", "13900001234"), ("name", "旧名")].map(|(f, t)| (f.to_owned(), t.to_owned())).into();
        let mut typed = sent(&[("content", "新")]).typed();
        keep_personal(&mut typed, &stands);
        assert_eq!(typed.get("lead_phone").map(String::as_str), Some("13900001234"));
        assert!(!typed.contains_key("name"), "an emptied field of another kind stays empty");
        let mut again = sent(&[("lead_phone", "13800005678")]).typed();
        keep_personal(&mut again, &stands);
        assert_eq!(again.get("lead_phone").map(String::as_str), Some("13800005678"));
    }
}
