//! The words that the desk's script says (脚本用语), as one JSON text in an attribute of the page.

use serde_json::json;

use crate::words::Words;

/// An object from the script's names to the reader's language; `{n}` and its like stay for the script to fill.
pub(crate) fn json(words: Words) -> String {
    json!({
        "waiting": words.t("sql.live.waiting"),
        "ahead": words.t("sql.live.ahead"),
        "running": words.t("sql.live.running"),
        "done": words.t("sql.live.done"),
        "failed": words.t("sql.live.failed"),
        "stopping": words.t("sql.live.stopping"),
        "rows": words.t("sql.live.rows"),
        "offline": words.t("sql.live.offline"),
        "nothing": words.t("sql.nothing"),
        "copied": words.t("sql.copied"),
        "function": words.t("sql.kind.function"),
        "value": words.t("sql.kind.value"),
        "samples": words.t("sql.kind.samples"),
        "editor": words.t("sql.statement"),
        "find": words.t("sql.find"),
        "replace": words.t("sql.find.replace"),
        "next": words.t("sql.find.next"),
        "previous": words.t("sql.find.previous"),
        "all": words.t("sql.find.all"),
        "matchCase": words.t("sql.find.case"),
        "regexp": words.t("sql.find.regexp"),
        "byWord": words.t("sql.find.word"),
        "replaceAll": words.t("sql.find.replace_all"),
        "close": words.t("keys.close"),
    })
    .to_string()
}
