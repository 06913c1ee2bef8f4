//! What the `system` schema (系统表) holds: its tables and columns, for whoever fills them and whoever describes them.

use qunlian_domain::contract::ColumnType::{self, Int, Text};

use crate::AnswerColumn;

/// The schema's name.
pub const SYSTEM: &str = "system";

/// A table of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemTable {
    pub name: &'static str,
    /// In Chinese.
    pub title: &'static str,
    pub columns: &'static [SystemColumn],
    /// True when only the server knows the rows.
    pub from_server: bool,
}

/// Name, type, title and unit of a column.
pub type SystemColumn = (&'static str, ColumnType, &'static str, &'static str);

/// All tables, in the order in which they are listed.
pub const SYSTEM_TABLES: [SystemTable; 5] = [
    SystemTable {
        name: "tables",
        title: "可查询的表",
        columns: &[
            ("name", Text, "表名", ""),
            ("title", Text, "中文名", ""),
            ("grain", Text, "一行是什么", ""),
            ("columns", Int, "列数", "个"),
        ],
        from_server: false,
    },
    SystemTable {
        name: "columns",
        title: "可查询的列",
        columns: &[
            ("table_name", Text, "表名", ""),
            ("name", Text, "列名", ""),
            ("position", Int, "次序", ""),
            ("type", Text, "类型", ""),
            ("title", Text, "中文名", ""),
            ("unit", Text, "单位", ""),
            ("meaning", Text, "含义", ""),
        ],
        from_server: false,
    },
    SystemTable {
        name: "queries",
        title: "查询记录",
        columns: &[
            ("id", Int, "编号", ""),
            ("asker", Text, "提问人", ""),
            ("door", Text, "入口", ""),
            ("sql", Text, "语句", ""),
            ("asked_at", Text, "提交时间", ""),
            ("state", Text, "状态", ""),
            ("waited_ms", Int, "排队", "毫秒"),
            ("planned_ms", Int, "计划", "毫秒"),
            ("ran_ms", Int, "执行", "毫秒"),
            ("rows_read", Int, "读取行数", "行"),
            ("rows", Int, "行数", "行"),
            ("bytes", Int, "结果大小", "字节"),
            ("memory", Int, "内存", "字节"),
            ("generation", Int, "数据代次", ""),
            ("error", Text, "失败原因", ""),
        ],
        from_server: true,
    },
    SystemTable {
        name: "generations",
        title: "数据代次",
        columns: &[
            ("number", Int, "代次", ""),
            ("data_date", Text, "数据日期", ""),
            ("published_at", Text, "发布时间", ""),
            ("rule_version", Text, "规则版本", ""),
            ("rows", Int, "行数", "行"),
        ],
        from_server: true,
    },
    SystemTable {
        name: "jobs",
        title: "作业运行",
        columns: &[
            ("job", Text, "作业", ""),
            ("slot", Text, "时段", ""),
            ("outcome", Text, "结果", ""),
            ("started_at", Text, "开始", ""),
            ("ended_at", Text, "结束", ""),
            ("message", Text, "说明", ""),
        ],
        from_server: true,
    },
];

impl SystemTable {
    /// The table of that name.
    pub fn named(name: &str) -> Option<Self> {
        SYSTEM_TABLES.into_iter().find(|table| table.name == name)
    }

    /// The columns as an answer has them.
    pub fn answer_columns(&self) -> Vec<AnswerColumn> {
        answer_columns(self.columns)
    }
}

/// Columns as an answer has them.
pub fn answer_columns(columns: &[SystemColumn]) -> Vec<AnswerColumn> {
    let column = |(name, kind, title, unit): &SystemColumn| AnswerColumn {
        name: (*name).to_owned(),
        kind: *kind,
        title: (*title).to_owned(),
        unit: (*unit).to_owned(),
    };
    columns.iter().map(column).collect()
}
