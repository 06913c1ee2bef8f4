//! What an API token is good for (令牌范围): never more than its owner's own rights.

use super::Right;

/// One thing a token was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenScope {
    /// Figures and rows, as JSON or files.
    Read,
    /// Filing for the owner's carrier.
    File,
    /// Statements of the owner's own.
    Sql,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::File, Self::Sql];

    /// The name in the books and in forms.
    pub fn id(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::File => "file",
            Self::Sql => "sql",
        }
    }

    /// Reads [`TokenScope::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.id() == id)
    }

    /// The rights that it lets through.
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Read => &[Right::SeeFigures, Right::SeeProjects, Right::Export],
            Self::File => &[Right::File],
            Self::Sql => &[Right::AskSql],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_scope_lets_administration_or_review_through() {
        for scope in TokenScope::ALL {
            assert_eq!(TokenScope::from_id(scope.id()), Some(scope));
            for right in [Right::Review, Right::Decide, Right::Unmask, Right::RunJobs, Right::ManageAccounts, Right::GrantRoles] {
                assert!(!scope.rights().contains(&right), "{scope:?} {right:?}");
            }
        }
    }
}
