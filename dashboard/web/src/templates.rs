//! Templates (模板): compiled in, escaped by default, checked when the server starts.

use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::assets::Assets;
use crate::words::{Lang, Words};

#[derive(RustEmbed)]
#[folder = "templates"]
#[include = "*.html"]
struct Embedded;

/// All templates, parsed.
pub(crate) struct Templates {
    environment: Environment<'static>,
}

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("template {name}: not utf-8")]
    NotText { name: String },
    #[error("template {name}: {source}")]
    Syntax { name: String, source: Error },
}

impl Templates {
    /// Parses what was compiled in.
    pub(crate) fn embedded(assets: &Assets) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_formatter(escaped);
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.add_function("t", translate);
        for (name, address) in ["app.css", "app.js", "icon.svg", "sql.css", "sql.js", "sqleditor.js", "sqlformat.js", "codemirror.js"]
            .map(|name| (name, assets.address(name)))
        {
            environment.add_global(format!("asset_{}", name.replace('.', "_")), address);
        }
        for name in Embedded::iter() {
            let Some(file) = Embedded::get(&name) else { continue };
            let text = String::from_utf8(file.data.into_owned()).map_err(|_| TemplateError::NotText { name: name.to_string() })?;
            environment
                .add_template_owned(name.to_string(), text)
                .map_err(|source| TemplateError::Syntax { name: name.to_string(), source })?;
        }
        Ok(Self { environment })
    }

    /// Fills a template.
    pub(crate) fn render(&self, name: &str, context: impl Serialize) -> Result<String, Error> {
        self.environment.get_template(name)?.render(context)
    }
}

/// Writes a value as HTML text. Unlike the engine's own formatter it leaves `/` alone: addresses stay readable,
/// and `"`, `'`, `<`, `>` and `&` are all that text and quoted attributes need.
fn escaped(out: &mut Output, state: &State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_safe() {
        return minijinja::escape_formatter(out, state, value);
    }
    let owned;
    let text = match value.as_str() {
        Some(text) => text,
        None => {
            owned = value.to_string();
            &owned
        }
    };
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&', '"', '\'']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    Ok(out.write_str(rest)?)
}

/// `{{ t("nav.home") }}`, `{{ t("table.rows", n=12) }}`: words in the page's language. Fills are escaped by the page.
fn translate(state: &State, key: &str, fills: Kwargs) -> Result<String, Error> {
    let lang = state.lookup("lang").and_then(|lang| lang.as_str().and_then(Lang::from_id)).unwrap_or_default();
    let words = Words::of(lang);
    let Some(text) = words.find(key) else {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("no words for {key:?}")));
    };
    let mut filled = text.to_owned();
    let names: Vec<String> = fills.args().map(str::to_owned).collect();
    for name in names {
        let value: Value = fills.get(&name)?;
        filled = filled.replace(&format!("{{{name}}}"), &value.to_string());
    }
    Ok(filled)
}
