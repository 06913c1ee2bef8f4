//! Changes to a sample (变动), for tests that want exactly one cell of the figures to move.

use chrono::NaiveDate;

/// A change to one signing of January to May 2022.
///
/// `index` counts the signings that stand on 2022-05-31, 0 to 187, in the order of
/// [`crate::truth::Truth::signings_2022`] of the unchanged sample; it names the same project whatever other
/// changes came before. Nothing else in the sample moves: every other row, oddity and amount stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Takes the row of the signing out, with its repetitions and corrections: 187 signed. Later rows of the
    /// project (start, completion, fixed assets) stay and no longer name a day of signing.
    DropSigning { index: usize },
    /// The project is another carrier's (id in the city's catalogue): all its rows move there, in the same months.
    Carrier { index: usize, to: &'static str },
    /// The project makes something else: name, content, codes and trade follow from a product of another chain (id).
    Chain { index: usize, to: &'static str },
    /// The agreed amount is typed with 亿元 behind the number that stood for 万元: ten thousand times as much.
    Unit { index: usize },
    /// A correction in a file of its own, with `on` as its 截至日期; it keeps the recognition date of the signing.
    Correction { index: usize, on: NaiveDate, field: CorrectedField },
}

/// What a [`Change::Correction`] corrects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorrectedField {
    /// The agreed investment, in yuan, a whole number of 万元.
    Agreed { yuan: i64 },
    /// The day of signing.
    SignedOn { day: NaiveDate },
    /// Name and content, so that the project is of another chain (id); the row gives the old name in 原项目名称.
    Chain { to: &'static str },
    /// The signing is withdrawn: a row of the month whose last day is `on` says 撤销.
    Revoked,
}
