//! The words that the desk's script says (脚本用语), as one JSON text in an attribute of the page.

use std::collections::BTreeMap;

use serde_json::json;

use crate::words::Words;

/// What the editor's own package says, and our words for it; `$` is for the package to fill.
const PHRASES: [(&str, &str); 22] = [
    ("Find", "sql.find"),
    ("Replace", "sql.find.replace"),
    ("next", "sql.find.next"),
    ("previous", "sql.find.previous"),
    ("all", "sql.find.all"),
    ("match case", "sql.find.case"),
    ("regexp", "sql.find.regexp"),
    ("by word", "sql.find.word"),
    ("replace", "sql.find.replace"),
    ("replace all", "sql.find.replace_all"),
    ("close", "keys.close"),
    ("current match", "sql.find.current"),
    ("on line", "sql.find.on_line"),
    ("replaced $ matches", "sql.find.replaced"),
    ("replaced match on line $", "sql.find.replaced_on"),
    ("Completions", "sql.editor.completions"),
    ("Control character", "sql.editor.control"),
    ("Selection deleted", "sql.editor.deleted"),
    ("Diagnostics", "sql.editor.faults"),
    ("No diagnostics", "sql.editor.faults.none"),
    ("Go to line", "sql.editor.line"),
    ("go", "sql.editor.line.go"),
];

/// An object from the script's names to the reader's language; `{n}` and its like stay for the script to fill.
pub(crate) fn json(words: Words) -> String {
    json!({
        "waiting": words.t("sql.live.waiting"),
        "ahead": words.t("sql.live.ahead"),
        "running": words.t("sql.live.running"),
        "done": words.t("sql.live.done"),
        "failed": words.t("sql.live.failed"),
        "stopping": words.t("sql.live.stopping"),
        "read": words.t("sql.live.read"),
        "rows": words.t("sql.live.rows"),
        "seconds": words.t("history.seconds"),
        "offline": words.t("sql.live.offline"),
        "nothing": words.t("sql.nothing"),
        "copied": words.t("sql.copied"),
        "function": words.t("sql.kind.function"),
        "value": words.t("sql.kind.value"),
        "samples": words.t("sql.kind.samples"),
        "editor": words.t("sql.statement"),
        "phrases": PHRASES.into_iter().map(|(theirs, ours)| (theirs, words.t(ours))).collect::<BTreeMap<_, _>>(),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn the_editors_phrases_are_in_the_package_and_have_words() {
        let package = include_str!("../../../assets/codemirror.js");
        for (theirs, ours) in PHRASES {
            assert!(package.contains(&format!("\"{theirs}\"")), "the editor does not say {theirs:?}");
            assert!(Words::of(Lang::Chinese).find(ours).is_some(), "no words for {ours:?}");
        }
        // The other way round, for those that it asks for by name.
        let said = package.split(".phrase(\"").skip(1).filter_map(|rest| rest.split('"').next());
        for phrase in said {
            assert!(PHRASES.iter().any(|(theirs, _)| *theirs == phrase), "{phrase:?} is said in English");
        }
    }
}
