//! Whose rows an account may see (数据范围), by its roles and the carriers granted to it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Right, Roles, RowScope};
use crate::carriers::Carriers;

/// The scope of an account on a day: the granted carriers with all below them when nothing but clerk's work sees
/// projects, else the whole city, or nothing at all.
pub fn row_scope<'a>(roles: &Roles, granted: impl IntoIterator<Item = &'a str>, carriers: &Carriers, today: NaiveDate) -> RowScope {
    if roles.is_scoped() {
        let subtrees = granted.into_iter().flat_map(|id| carriers.subtree(id, today));
        return RowScope::Carriers(subtrees.collect::<BTreeSet<String>>());
    }
    if roles.may(Right::SeeProjects) { RowScope::City } else { RowScope::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;

    #[test]
    fn rows_follow_from_roles() {
        let day = NaiveDate::from_ymd_opt(2022, 5, 31).unwrap();
        let check = |roles: &[Role], expect: RowScope| {
            let roles = Roles::new(roles.iter().copied()).unwrap();
            assert_eq!(row_scope(&roles, ["suixi"], &Carriers::default(), day), expect, "{roles:?}");
        };
        check(&[Role::Leader], RowScope::City);
        check(&[Role::Clerk], RowScope::Carriers(BTreeSet::from(["suixi".to_owned()])));
        check(&[Role::Clerk, Role::Analyst], RowScope::City);
        check(&[Role::SystemAdministrator], RowScope::Nothing);
        check(&[], RowScope::Nothing);
    }
}
