//! Why a whole file is refused (拒收): what was found, and in Chinese what the sender can do.

use std::io;

/// A file that yields no rows. Worded lower case for logs; [`Refusal::hint`] speaks to the sender.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("cannot read the file: {0}")]
    Unreadable(#[source] io::Error),
    #[error("not a table: this is {found}")]
    Unsupported { found: &'static str },
    #[error("the workbook is encrypted")]
    Encrypted,
    #[error("the file is cut off: {detail}")]
    Truncated { detail: String },
    #[error("the file is damaged: {detail}")]
    Damaged { detail: String },
    #[error("too large: {found} {limit}, at most {allowed} are accepted")]
    TooLarge { limit: &'static str, found: u64, allowed: u64 },
    #[error("looks like a decompression bomb: {entry} inflates more than {ratio} times")]
    Bomb { entry: String, ratio: u64 },
    #[error("there is nothing in the file")]
    Empty,
    #[error("sheet {sheet}: no header row found; the nearest is row {row}: {}", cells.join(" | "))]
    NoHeader { sheet: String, row: u64, cells: Vec<String> },
    #[error("sheet {sheet}: the header in row {row} is not a known layout; missing: {}; unknown columns: {}", missing.join(", "), unknown.join(", "))]
    UnknownLayout { sheet: String, row: u64, missing: Vec<String>, unknown: Vec<String> },
    #[error("the mapping does not fit the file: {0}")]
    Mapping(String),
    #[error("cannot write the result: {0}")]
    Write(#[source] io::Error),
}

impl Refusal {
    /// A stable id for tables, tests and exit reports.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Unsupported { .. } => "unsupported",
            Self::Encrypted => "encrypted",
            Self::Truncated { .. } => "truncated",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge { .. } => "too_large",
            Self::Bomb { .. } => "bomb",
            Self::Empty => "empty",
            Self::NoHeader { .. } => "no_header",
            Self::UnknownLayout { .. } => "unknown_layout",
            Self::Mapping(_) => "mapping",
            Self::Write(_) => "write",
        }
    }

    /// What happened and what to do about it, in Chinese.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable(_) => "文件无法读取，请重新上传".into(),
            Self::Unsupported { found } => format!("这不是表格文件（{found}）。请用 Excel 或 WPS 另存为 .xlsx 后再上传"),
            Self::Encrypted => "工作簿设有打开密码，请取消密码后再上传".into(),
            Self::Truncated { .. } => "文件不完整，可能没有传完，请重新上传".into(),
            Self::Damaged { .. } => "文件已损坏，请在 Excel 或 WPS 中打开并另存为 .xlsx 后再上传".into(),
            Self::TooLarge { limit, found, allowed } => {
                format!("{}：{found}，上限为 {allowed}。请拆分文件，或删除多余的空行、空列和工作表", chinese_limit(limit))
            }
            Self::Bomb { .. } => "文件压缩比异常，已拒收。请在 Excel 或 WPS 中另存为 .xlsx 后再上传".into(),
            Self::Empty => "文件中没有内容".into(),
            Self::NoHeader { sheet, row, cells } => {
                format!(
                    "工作表“{sheet}”中没有找到表头。最接近的是第 {row} 行：{}。表头至少应有“项目名称”和两个其他栏目，可对照模板修改",
                    cells.join("、")
                )
            }
            Self::UnknownLayout { sheet, row, missing, unknown } => {
                let unknown = if unknown.is_empty() { String::new() } else { format!("；无法识别的列：{}", unknown.join("、")) };
                format!("工作表“{sheet}”第 {row} 行的表头缺少：{}{unknown}。请对照模板补充，或为此表编写映射文件", missing.join("、"))
            }
            Self::Mapping(detail) => format!("映射文件与表格不符：{detail}"),
            Self::Write(_) => "结果无法写入磁盘，请联系管理员".into(),
        }
    }
}

/// Sorts an error of the file's own bytes from one of reading them.
impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let of_the_system = error.raw_os_error().is_some();
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated { detail: error.to_string() },
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Self::Unreadable(error),
            _ if of_the_system => Self::Unreadable(error),
            _ => Self::Damaged { detail: error.to_string() },
        }
    }
}

fn chinese_limit(limit: &str) -> &'static str {
    match limit {
        "bytes" => "文件过大（字节）",
        "zip entries" => "压缩包内文件过多（个）",
        "bytes inflated" => "解压后过大（字节）",
        "sheets" => "工作表过多（个）",
        "cells" => "单元格过多（个）",
        "cells in the rectangle of a sheet" => "工作表范围过大（单元格）",
        "columns" => "列数过多",
        "bytes in one record" => "一行过长（字节），可能缺少右引号",
        "complaints" => "问题过多（处）",
        _ => "超出上限",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_row_and_the_columns() {
        let refusal = Refusal::UnknownLayout {
            sheet: "Sheet1".into(),
            row: 3,
            missing: vec!["项目名称".into()],
            unknown: vec!["学校名称".into(), "主管部门".into()],
        };
        assert_eq!(
            refusal.to_string(),
            "sheet Sheet1: the header in row 3 is not a known layout; missing: 项目名称; unknown columns: 学校名称, 主管部门"
        );
        assert!(refusal.hint().contains("第 3 行"));
        assert!(refusal.hint().contains("学校名称、主管部门"));
    }

    #[test]
    fn io_errors_are_sorted() {
        let of = |kind| Refusal::from(io::Error::from(kind)).id();
        assert_eq!(of(io::ErrorKind::UnexpectedEof), "truncated");
        assert_eq!(of(io::ErrorKind::InvalidData), "damaged");
        assert_eq!(of(io::ErrorKind::NotFound), "unreadable");
    }
}
