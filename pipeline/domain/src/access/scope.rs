//! Whose rows an account may see (数据范围), by its roles and the carriers granted to it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Right, Role, Roles, RowScope};
use crate::carriers::Carriers;

/// The scope of an account on a day, from its roles and the carriers they are granted for: the whole city when a role that
/// sees projects is for no carrier, else the carriers with all below them, or nothing at all. Roles that may not stand
/// together give nothing.
pub fn row_scope<'a>(grants: impl IntoIterator<Item = (Role, Option<&'a str>)>, carriers: &Carriers, today: NaiveDate) -> RowScope {
    let grants: Vec<(Role, Option<&str>)> = grants.into_iter().collect();
    if Roles::new(grants.iter().map(|(role, _)| *role)).is_err() {
        return RowScope::Nothing;
    }
    let seeing = grants.iter().filter(|(role, _)| role.rights().contains(&Right::SeeProjects)).map(|(_, carrier)| *carrier);
    let Some(granted) = seeing.collect::<Option<Vec<&str>>>() else { return RowScope::City };
    if granted.is_empty() {
        return RowScope::Nothing;
    }
    RowScope::Carriers(granted.into_iter().flat_map(|id| carriers.subtree(id, today)).collect::<BTreeSet<String>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_from_roles() {
        let day = NaiveDate::from_ymd_opt(2022, 5, 31).unwrap();
        let of = |ids: &[&str]| RowScope::Carriers(ids.iter().map(|id| (*id).to_owned()).collect());
        let check = |grants: &[(Role, Option<&str>)], expect: RowScope| {
            assert_eq!(row_scope(grants.iter().copied(), &Carriers::default(), day), expect, "{grants:?}");
        };
        check(&[(Role::Leader, None)], RowScope::City);
        check(&[(Role::Clerk, Some("suixi"))], of(&["suixi"]));
        check(&[(Role::Clerk, Some("suixi")), (Role::Analyst, None)], RowScope::City);
        check(&[(Role::Analyst, Some("suixi"))], of(&["suixi"]));
        check(&[(Role::Analyst, Some("suixi")), (Role::Analyst, Some("duji"))], of(&["suixi", "duji"]));
        check(&[(Role::Clerk, Some("suixi")), (Role::Analyst, Some("duji"))], of(&["suixi", "duji"]));
        check(&[(Role::SystemAdministrator, None)], RowScope::Nothing);
        check(&[(Role::SystemAdministrator, None), (Role::AuditAdministrator, None)], RowScope::Nothing);
        check(&[], RowScope::Nothing);
    }
}
