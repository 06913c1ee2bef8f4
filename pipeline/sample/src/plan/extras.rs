//! Rows, columns and sheets that should not be there (多余行列): repeats, shifts, strays.

use super::oddities::choose;
use super::signings::reserved;
use super::work::Work;
use super::{Makers, Plan, Project, SheetKind};
use crate::calendar::Month;
use crate::carriers::{CARRIERS, carrier_at};
use crate::draw::Draw;
use crate::places::SourceKind;
use crate::styles::{Column, STYLES};

/// An extra row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extra {
    /// The same row once more at the end of its sheet.
    RepeatedInSheet { project: usize },
    /// The same row once more in the next month's sheet.
    RepeatedNextMonth { project: usize },
    /// A second copy right below, its cells one column too far to the right from the investor on.
    ShiftedCopy { project: usize },
    /// A copy without a name.
    NamelessCopy { project: usize },
    /// A month before its proper report, without the date.
    WithoutDateBefore { project: usize },
    /// A row with nothing but a name.
    NameOnly { carrier: usize, month: Month, name: String },
    /// A sheet gets a column that no catalogue knows.
    UnknownColumn { carrier: usize, month: Month },
    /// A sheet of instructions beside the tables.
    Instructions { carrier: usize, month: Month },
}

impl Extra {
    /// The project whose row it repeats or spoils.
    pub fn project(&self) -> Option<usize> {
        match self {
            Self::RepeatedInSheet { project }
            | Self::RepeatedNextMonth { project }
            | Self::ShiftedCopy { project }
            | Self::NamelessCopy { project }
            | Self::WithoutDateBefore { project } => Some(*project),
            Self::NameOnly { .. } | Self::UnknownColumn { .. } | Self::Instructions { .. } => None,
        }
    }
}

/// Plans the extra rows, columns and sheets.
pub(super) fn extras(plan: &Plan, makers: &mut Makers, draw: &mut Draw, taken: &mut Vec<usize>) -> Vec<Extra> {
    let mut extras = Vec::new();
    let domestic = |project: &Project| project.investor.place.kind != SourceKind::Abroad;
    let now = |project: &Project| project.signed.is_some_and(|signed| signed.month >= Month::FIRST_OF_2022);
    for project in choose(plan, draw, taken, SheetKind::Signed, 2, now) {
        extras.push(Extra::RepeatedInSheet { project });
    }
    for project in choose(plan, draw, taken, SheetKind::Signed, 2, |project| !now(project)) {
        extras.push(Extra::RepeatedInSheet { project });
    }
    let has_next = |project: &Project| project.signed.is_some_and(|signed| signed.month.after(1).is_some());
    for project in choose(plan, draw, taken, SheetKind::Signed, 3, has_next) {
        extras.push(Extra::RepeatedNextMonth { project });
    }
    // A shift shows best where numbers and dates fall under headers of text.
    let wide = |project: &Project| {
        domestic(project)
            && !project.investor.address.is_empty()
            && STYLES[project.carrier].columns_of(SheetKind::Signed).contains(&Column::PlannedFixed)
    };
    for project in choose(plan, draw, taken, SheetKind::Signed, 2, wide) {
        extras.push(Extra::ShiftedCopy { project });
    }
    for project in choose(plan, draw, taken, SheetKind::Signed, 1, domestic) {
        extras.push(Extra::NamelessCopy { project });
    }
    if let Some(project) = reserved(plan, "suixi", 8) {
        extras.push(Extra::WithoutDateBefore { project });
    }
    let quirks = [("lieshan", 13u8), ("xiangshan", 4)];
    for month in Month::all() {
        for (id, position) in quirks {
            if month.position() == usize::from(position)
                && let Some(carrier) = carrier_at(id)
            {
                extras.push(Extra::UnknownColumn { carrier, month });
            }
        }
        if matches!(month.position(), 0 | 12)
            && let Some(carrier) = carrier_at("gaoxin")
        {
            extras.push(Extra::Instructions { carrier, month });
        }
        if month.position() == 10
            && let Some(carrier) = carrier_at("suixi")
        {
            let chain = draw.weighted(&CARRIERS[carrier].chain_weights);
            let name = Work::draw(draw, chain, &mut makers.names).name;
            extras.push(Extra::NameOnly { carrier, month, name });
        }
    }
    extras
}
