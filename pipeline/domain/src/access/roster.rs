//! The three administrators must all be there (三员齐备): no act may leave one of their roles without a holder.

use super::Role;

/// The administrators' roles that none of these accounts holds. Give the roles of open accounts only.
pub fn vacant(roles_of_accounts: impl IntoIterator<Item = Vec<Role>>) -> Vec<Role> {
    let held: Vec<Role> = roles_of_accounts.into_iter().flatten().collect();
    Role::ALL.into_iter().filter(|role| role.is_administrator() && !held.contains(role)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_three_is_missed() {
        let check = |roles: &[Role], expect: &[Role]| assert_eq!(vacant(roles.iter().map(|role| vec![*role])), expect);
        let three = [Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator];
        check(&three, &[]);
        check(&three[..2], &[Role::AuditAdministrator]);
        check(&[Role::Leader], &three);
    }
}
