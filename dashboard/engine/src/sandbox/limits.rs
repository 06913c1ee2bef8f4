//! How much one statement may ask for.

use std::time::Duration;

/// Limits of one statement. The defaults of text, chains and rows are those SECURITY.md states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlLimits {
    /// Bytes of SQL text.
    pub text_bytes: usize,
    /// Operators in one chain such as `a or b or c`.
    pub terms: usize,
    /// Brackets within brackets.
    pub nesting: usize,
    /// Values of one `in (…)`.
    pub in_list: usize,
    /// Tables and subqueries named in FROM and JOIN.
    pub relations: usize,
    /// Rows given back; more are cut off and the answer says so.
    pub rows: usize,
    pub deadline: Duration,
    /// Bytes of working memory.
    pub memory_bytes: usize,
    /// Bytes of temporary files.
    pub spill_bytes: u64,
    /// Threads.
    pub partitions: usize,
}

impl Default for SqlLimits {
    fn default() -> Self {
        Self {
            text_bytes: 64 << 10,
            terms: 256,
            nesting: 32,
            in_list: 1_000,
            relations: 64,
            rows: 10_000,
            deadline: Duration::from_secs(30),
            memory_bytes: 512 << 20,
            spill_bytes: 1 << 30,
            partitions: 2,
        }
    }
}
