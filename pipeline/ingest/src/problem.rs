//! What can be wrong with a cell, a row or a sheet (问题): ids, and the Chinese words a clerk reads.

use qunlian_domain::landing::Severity;
use qunlian_domain::money::AmountError;
use qunlian_domain::period::DateError;

/// A kind of problem. Its [`Problem::id`] is what `complaints.problem` holds; ids never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Problem {
    /// The cell of an amount column is not a number.
    AmountNotANumber,
    /// The cell gives a range, not one amount.
    AmountRange,
    /// Neither the cell nor the header names 元, 万元 or 亿元.
    NoUnit,
    AmountNegative,
    AmountTooLarge,
    /// Foreign currency without a rate for its year.
    NoExchangeRate,
    /// A number that the workbook formats as a date.
    AmountIsADate,
    /// 1,000 times or more off its column's median or its sister amount (domain rule 10).
    UnitSlip,
    DateNotADate,
    NoSuchDay,
    YearOutOfRange,
    DateSpan,
    /// 1900-01-01 and the like, standing for "unknown".
    SentinelDate,
    CreditCodeWrong,
    /// The carrier's name is not in the catalogue on that day.
    CarrierUnknown,
    CarrierMissing,
    /// The row names another carrier than the one the file was handed in for.
    CarrierDiffers,
    /// A blank carrier cell took the carrier of the row above, as in merged cells.
    CarrierCarriedDown,
    NameMissing,
    /// Neither the sheet nor the row has a data date (截至日期).
    NoDataDate,
    /// The sheet's data date lies after today.
    DataDateInFuture,
    /// The cells of the row stand one column off their headers.
    ColumnShifted,
    /// Same key and same content as an earlier row of the sheet.
    RepeatedRow,
    OrderOfDates,
    /// Completion is promised before the start.
    PromiseOrder,
    /// A promise that lies years before the signing; it is left out.
    PromiseBeforeSigning,
    /// A promise that lies more than ten years after the signing.
    PromiseFarAhead,
    /// A milestone after the data date.
    DateInFuture,
    RecognisedAfterReported,
    /// A row of a 签约, 开工 or 竣工 sheet without that date: it counts nowhere.
    MilestoneDateMissing,
    FormulaError,
    /// A telephone or identity number in a text; it was masked.
    PhoneInText,
    StatusUnknown,
    ActionUnknown,
    /// A text beyond 4,000 characters; it was cut.
    TextTooLong,
    /// A row with a name and nothing else.
    RowNearlyEmpty,
    /// A hidden sheet is not read.
    SheetHidden,
    /// A sheet beside the tables that is no table of projects.
    SheetNotRead,
    /// A column that means nothing known.
    ColumnUnknown,
    /// Two columns of one meaning; the first is used.
    ColumnTwice,
}

impl Problem {
    /// The id in `complaints.problem`.
    pub fn id(self) -> &'static str {
        match self {
            Self::AmountNotANumber => "amount_not_a_number",
            Self::AmountRange => "amount_range",
            Self::NoUnit => "no_unit",
            Self::AmountNegative => "amount_negative",
            Self::AmountTooLarge => "amount_too_large",
            Self::NoExchangeRate => "no_exchange_rate",
            Self::AmountIsADate => "amount_is_a_date",
            Self::UnitSlip => "unit_slip",
            Self::DateNotADate => "date_not_a_date",
            Self::NoSuchDay => "no_such_day",
            Self::YearOutOfRange => "year_out_of_range",
            Self::DateSpan => "date_span",
            Self::SentinelDate => "sentinel_date",
            Self::CreditCodeWrong => "credit_code_wrong",
            Self::CarrierUnknown => "carrier_unknown",
            Self::CarrierMissing => "carrier_missing",
            Self::CarrierDiffers => "carrier_differs",
            Self::CarrierCarriedDown => "carrier_carried_down",
            Self::NameMissing => "name_missing",
            Self::NoDataDate => "no_data_date",
            Self::DataDateInFuture => "data_date_in_future",
            Self::ColumnShifted => "column_shifted",
            Self::RepeatedRow => "repeated_row",
            Self::OrderOfDates => "order_of_dates",
            Self::PromiseOrder => "promise_order",
            Self::PromiseBeforeSigning => "promise_before_signing",
            Self::PromiseFarAhead => "promise_far_ahead",
            Self::DateInFuture => "date_in_future",
            Self::RecognisedAfterReported => "recognised_after_reported",
            Self::MilestoneDateMissing => "milestone_date_missing",
            Self::FormulaError => "formula_error",
            Self::PhoneInText => "phone_in_text",
            Self::StatusUnknown => "status_unknown",
            Self::ActionUnknown => "action_unknown",
            Self::TextTooLong => "text_too_long",
            Self::RowNearlyEmpty => "row_nearly_empty",
            Self::SheetHidden => "sheet_hidden",
            Self::SheetNotRead => "sheet_not_read",
            Self::ColumnUnknown => "column_unknown",
            Self::ColumnTwice => "column_twice",
        }
    }

    /// What it does to the cell or row unless the caller says otherwise.
    pub fn severity(self) -> Severity {
        match self {
            Self::CarrierUnknown
            | Self::CarrierMissing
            | Self::NameMissing
            | Self::NoDataDate
            | Self::RepeatedRow
            | Self::RowNearlyEmpty => Severity::RowLeftOut,
            Self::AmountNotANumber
            | Self::AmountRange
            | Self::NoUnit
            | Self::AmountNegative
            | Self::AmountTooLarge
            | Self::NoExchangeRate
            | Self::AmountIsADate
            | Self::DateNotADate
            | Self::NoSuchDay
            | Self::YearOutOfRange
            | Self::DateSpan
            | Self::SentinelDate
            | Self::PromiseBeforeSigning
            | Self::CreditCodeWrong
            | Self::FormulaError
            | Self::StatusUnknown => Severity::CellLeftOut,
            _ => Severity::Questioned,
        }
    }

    /// What is wrong, in Chinese, without the value.
    pub fn message(self) -> &'static str {
        match self {
            Self::AmountNotANumber => "金额不是数字",
            Self::AmountRange => "金额是一个区间",
            Self::NoUnit => "金额没有单位",
            Self::AmountNegative => "金额为负数",
            Self::AmountTooLarge => "金额超出合理范围",
            Self::NoExchangeRate => "缺少该币种当年的汇率",
            Self::AmountIsADate => "金额单元格被设成了日期格式",
            Self::UnitSlip => "金额与同类数据相差千倍以上，疑似单位有误",
            Self::DateNotADate => "不是日期",
            Self::NoSuchDay => "日历上没有这一天",
            Self::YearOutOfRange => "年份超出 1980—2100",
            Self::DateSpan => "填写了不止一个日期",
            Self::SentinelDate => "占位日期，不是真实日期",
            Self::CreditCodeWrong => "统一社会信用代码有误",
            Self::CarrierUnknown => "载体单位不在名录中",
            Self::CarrierMissing => "没有载体单位",
            Self::CarrierDiffers => "载体单位与报送单位不一致",
            Self::CarrierCarriedDown => "载体单位为空，已沿用上一行",
            Self::NameMissing => "没有项目名称",
            Self::NoDataDate => "没有截至日期",
            Self::DataDateInFuture => "截至日期晚于今天",
            Self::ColumnShifted => "本行数据与表头错位一列",
            Self::RepeatedRow => "与本表前面一行完全重复",
            Self::OrderOfDates => "日期先后颠倒",
            Self::PromiseOrder => "计划竣工早于计划开工",
            Self::PromiseBeforeSigning => "计划日期早于签约一年以上",
            Self::PromiseFarAhead => "计划日期晚于签约十年以上",
            Self::DateInFuture => "日期晚于截至日期",
            Self::RecognisedAfterReported => "认定日期晚于截至日期",
            Self::MilestoneDateMissing => "缺少本表所报事项的日期，不计入统计",
            Self::FormulaError => "公式出错",
            Self::PhoneInText => "文字中含电话或证件号码，已脱敏",
            Self::StatusUnknown => "项目状态无法识别",
            Self::ActionUnknown => "操作无法识别，按上报处理",
            Self::TextTooLong => "文字超过 4000 字，已截断",
            Self::RowNearlyEmpty => "本行只有项目名称",
            Self::SheetHidden => "隐藏的工作表没有读取",
            Self::SheetNotRead => "工作表没有读取",
            Self::ColumnUnknown => "表头无法识别，本列没有读取",
            Self::ColumnTwice => "两列含义相同，采用前一列",
        }
    }

    /// What the sender can do about it, in Chinese.
    pub fn hint(self) -> &'static str {
        match self {
            Self::AmountNotANumber => "请填写数字，如 30000，单位写在表头（万元）",
            Self::AmountRange => "请填写合同金额，不要填写区间",
            Self::NoUnit => "请在表头注明单位，如 协议投资额（万元）",
            Self::AmountNegative => "金额不能为负数；核减请用更正行",
            Self::AmountTooLarge => "请核对单位：是否把元当成了万元或亿元",
            Self::NoExchangeRate => "请填写人民币金额，或由管理员补充汇率表",
            Self::AmountIsADate => "请把单元格格式改为“数值”后重新填写",
            Self::UnitSlip => "请核对单位：是否把元、万元、亿元混用",
            Self::DateNotADate => "请按 2022-03-05 或 2022年3月 的格式填写日期",
            Self::NoSuchDay => "请核对日期",
            Self::YearOutOfRange => "请核对年份",
            Self::DateSpan => "请只填写一个日期",
            Self::SentinelDate => "未发生的事项请留空，不要填写占位日期",
            Self::CreditCodeWrong => "请对照营业执照核对 18 位代码",
            Self::CarrierUnknown => "请填写名录中的单位全称或简称",
            Self::CarrierMissing => "请在标题行写明填报单位，或增加“载体单位”一列",
            Self::CarrierDiffers => "请核对本行是否应由其他单位报送",
            Self::CarrierCarriedDown => "请在每一行都填写载体单位",
            Self::NameMissing => "请填写项目名称",
            Self::NoDataDate => "请在标题行写明截至日期，如 截至2022年3月31日",
            Self::DataDateInFuture => "请核对截至日期",
            Self::ColumnShifted => "请核对本行各列是否与表头对齐",
            Self::RepeatedRow => "请删除重复的行",
            Self::OrderOfDates => "签约应早于开工，开工应早于竣工，请核对",
            Self::PromiseOrder => "请核对计划开工与计划竣工日期是否填反",
            Self::PromiseBeforeSigning => "请核对年份；更正后请以同一截至日期重新报送",
            Self::PromiseFarAhead => "请核对年份",
            Self::DateInFuture => "尚未发生的事项请留空",
            Self::RecognisedAfterReported => "请核对认定日期与截至日期",
            Self::MilestoneDateMissing => "请补充日期",
            Self::FormulaError => "请改为数值后重新上传",
            Self::PhoneInText => "联系方式请填在“联系人”“联系电话”两列",
            Self::StatusUnknown => "可填：正常推进、进度滞后、停滞、流失、终止",
            Self::ActionUnknown => "可填：上报、更正、撤销",
            Self::TextTooLong => "请精简文字，详细材料作为附件提交",
            Self::RowNearlyEmpty => "请补充本行内容，或删除本行",
            Self::SheetHidden => "如需报送，请取消隐藏后重新上传",
            Self::SheetNotRead => "如需报送，请对照模板补充表头",
            Self::ColumnUnknown => "如需采用，请对照模板修改表头",
            Self::ColumnTwice => "请删除其中一列，或修改表头",
        }
    }
}

impl From<&AmountError> for Problem {
    fn from(error: &AmountError) -> Self {
        match error {
            AmountError::NotANumber(_) => Self::AmountNotANumber,
            AmountError::Range(_) => Self::AmountRange,
            AmountError::NoUnit(_) => Self::NoUnit,
            AmountError::Negative(_) => Self::AmountNegative,
            AmountError::TooLarge(_) => Self::AmountTooLarge,
            AmountError::NoRate { .. } => Self::NoExchangeRate,
        }
    }
}

impl From<&DateError> for Problem {
    fn from(error: &DateError) -> Self {
        match error {
            DateError::NotADate(_) => Self::DateNotADate,
            DateError::NoSuchDay(_) => Self::NoSuchDay,
            DateError::YearOutOfRange(_) => Self::YearOutOfRange,
            DateError::Span(_) => Self::DateSpan,
            DateError::Sentinel(_) => Self::SentinelDate,
        }
    }
}
