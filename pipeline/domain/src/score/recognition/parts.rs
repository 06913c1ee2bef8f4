//! What money is spent on (投资构成), and the papers that prove it.

use serde::{Deserialize, Serialize};

/// What money was spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 土地价款
    Land,
    /// 永久性工程
    Works,
    /// 设备购置
    Equipment,
    /// 其他费用
    Other,
}

/// A paper that proves an investment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// 合同
    Contract,
    /// 发票
    Invoice,
    /// 付款凭证
    Payment,
    /// 施工许可证
    Permit,
    /// 工程进度证明（监理签章）
    Progress,
    /// 设备到场验收单
    Delivery,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Land, Self::Works, Self::Equipment, Self::Other];

    /// As in `scoring-<year>.toml`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Land => "land",
            Self::Works => "works",
            Self::Equipment => "equipment",
            Self::Other => "other",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Land => "土地价款",
            Self::Works => "永久性工程",
            Self::Equipment => "设备购置",
            Self::Other => "其他费用",
        }
    }
}

impl Proof {
    /// Every paper.
    pub const ALL: [Self; 6] = [Self::Contract, Self::Invoice, Self::Payment, Self::Permit, Self::Progress, Self::Delivery];

    /// As in `scoring-<year>.toml`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Invoice => "invoice",
            Self::Payment => "payment",
            Self::Permit => "permit",
            Self::Progress => "progress",
            Self::Delivery => "delivery",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Contract => "合同",
            Self::Invoice => "发票",
            Self::Payment => "付款凭证",
            Self::Permit => "施工许可证",
            Self::Progress => "工程进度证明",
            Self::Delivery => "设备到场验收单",
        }
    }
}
