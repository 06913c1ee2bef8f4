//! What is wrong with a generation on disk, in words for the red banner.

use std::fmt;

/// One finding: a file, folder or manifest that differs from what was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    pub generation: u64,
    /// Relative to `lake/`.
    pub path: String,
    pub kind: DamageKind,
}

/// How it differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DamageKind {
    /// The file is not there.
    Missing,
    /// The file cannot be read at all.
    Unreadable(String),
    /// The file has another length, in bytes.
    Length { expected: u64, found: u64 },
    /// The file has the right length and other content.
    Content,
    /// The manifest is not one, or its seal does not match.
    Manifest(String),
    /// A later manifest names another content of this one: it was replaced after publication.
    Replaced { by_child: u64 },
}

impl DamageKind {
    /// A stable word for logs and JSON.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable(_) => "unreadable",
            Self::Length { .. } => "length",
            Self::Content => "content",
            Self::Manifest(_) => "manifest",
            Self::Replaced { .. } => "replaced",
        }
    }

    /// In Chinese, for the banner and the quality page.
    pub fn text_zh(&self) -> String {
        match self {
            Self::Missing => "文件缺失".to_owned(),
            Self::Unreadable(_) => "文件无法读取".to_owned(),
            Self::Length { expected, found } => format!("文件长度不符：应为 {expected} 字节，实为 {found} 字节"),
            Self::Content => "文件内容校验不符".to_owned(),
            Self::Manifest(_) => "清单损坏".to_owned(),
            Self::Replaced { by_child } => format!("清单在第 {by_child} 代发布后被改动"),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "generation {}, {}: ", self.generation, self.path)?;
        match &self.kind {
            DamageKind::Missing => out.write_str("the file is missing"),
            DamageKind::Unreadable(why) => write!(out, "the file cannot be read: {why}"),
            DamageKind::Length { expected, found } => {
                write!(out, "{expected} bytes were published, {found} are there")
            }
            DamageKind::Content => out.write_str("the content differs from what was published"),
            DamageKind::Manifest(why) => write!(out, "the manifest is damaged: {why}"),
            DamageKind::Replaced { by_child } => {
                write!(out, "the manifest was changed after generation {by_child} was published")
            }
        }
    }
}
