//! Who may do what (角色与权限): roles, what each is for, and the separation of the three administrators (三员分立).
//!
//! Deny by default: whatever a role is not listed for, it may not do.

pub mod lockout;
pub mod password;
pub mod roster;
pub mod scope;
pub mod token;

/// What an account is for (角色). An account may hold several, within [`Roles::new`]'s bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 市领导: sees every figure.
    Leader,
    /// 分析人员: asks anything in SQL, over the whole city or, granted for a carrier, over that carrier's rows (载体分析人员).
    Analyst,
    /// 填报人员: files for one carrier and those below it.
    Clerk,
    /// 审核人员 of the center.
    Reviewer,
    /// 招商队员: plans trips and records visits.
    TeamMember,
    /// 系统管理员: accounts, jobs, backups; sees no project.
    SystemAdministrator,
    /// 安全管理员: gives and takes roles, unlocks, ends sessions; sees no project.
    SecurityAdministrator,
    /// 审计管理员: reads the audit log, changes nothing.
    AuditAdministrator,
}

/// One thing that can be done (权限).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Boards of the whole city: sums, ranks, rates.
    SeeFigures,
    /// Single projects, in the role's scope.
    SeeProjects,
    /// Take rows away in a file.
    Export,
    /// Free SQL.
    AskSql,
    /// File, mend and claim for a carrier.
    File,
    /// Return, approve, dismiss, uphold.
    Review,
    /// Decide a chain or region by hand.
    Decide,
    /// Show a masked contact, with a reason.
    Unmask,
    /// Targets, curves and other things of the center's own.
    EditTargets,
    /// Trips, visits, the reserve list's notes.
    PlanTrips,
    /// Trips of leaders and what came of them.
    SeeTrips,
    /// See and run jobs.
    RunJobs,
    /// Open, close and rename accounts.
    ManageAccounts,
    /// Give and take roles, unlock, end sessions, revoke tokens.
    GrantRoles,
    /// Read and verify the audit log.
    ReadAudit,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Leader,
        Self::Analyst,
        Self::Clerk,
        Self::Reviewer,
        Self::TeamMember,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::AuditAdministrator,
    ];

    /// The name in the books, in addresses and in the front matter of questions.
    pub fn id(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Analyst => "analyst",
            Self::Clerk => "clerk",
            Self::Reviewer => "reviewer",
            Self::TeamMember => "team",
            Self::SystemAdministrator => "system",
            Self::SecurityAdministrator => "security",
            Self::AuditAdministrator => "audit",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leader => "市领导",
            Self::Analyst => "分析人员",
            Self::Clerk => "填报人员",
            Self::Reviewer => "审核人员",
            Self::TeamMember => "招商队员",
            Self::SystemAdministrator => "系统管理员",
            Self::SecurityAdministrator => "安全管理员",
            Self::AuditAdministrator => "审计管理员",
        }
    }

    /// Reads [`Role::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// One of the three administrators (三员).
    pub fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::SecurityAdministrator | Self::AuditAdministrator)
    }

    /// A role that acts for a carrier must name it.
    pub fn needs_carrier(self) -> bool {
        self == Self::Clerk
    }

    /// A role that may be granted for a carrier, and then reaches its rows only.
    pub fn may_have_carrier(self) -> bool {
        matches!(self, Self::Clerk | Self::Analyst)
    }

    /// What the role is for.
    pub fn rights(self) -> &'static [Right] {
        use Right::*;
        match self {
            Self::Leader => &[SeeFigures, SeeProjects, Export, SeeTrips],
            Self::Analyst => &[SeeFigures, SeeProjects, Export, AskSql],
            Self::Clerk => &[SeeFigures, SeeProjects, Export, File, Unmask],
            Self::Reviewer => &[SeeFigures, SeeProjects, Export, Review, Decide, Unmask, EditTargets, SeeTrips],
            Self::TeamMember => &[SeeFigures, SeeProjects, PlanTrips, SeeTrips, Unmask],
            Self::SystemAdministrator => &[RunJobs, ManageAccounts],
            Self::SecurityAdministrator => &[GrantRoles],
            Self::AuditAdministrator => &[ReadAudit],
        }
    }
}

/// Whose projects a reader may see (数据范围).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum RowScope {
    /// Every carrier's.
    City,
    /// Those of these carriers only, already widened to their whole subtrees. Empty: nobody's.
    Carriers(std::collections::BTreeSet<String>),
    /// No single project at all: administrators and the public.
    #[default]
    Nothing,
}

impl RowScope {
    /// True when a row of that carrier may be seen.
    pub fn holds(&self, carrier_id: &str) -> bool {
        match self {
            Self::City => true,
            Self::Carriers(carriers) => carriers.contains(carrier_id),
            Self::Nothing => false,
        }
    }

    /// True when its reader may be told what jobs say (任务说明): it may name any carrier's rows. Others are told how they ended.
    pub fn hears_jobs(&self) -> bool {
        *self == Self::City
    }
}

/// The roles of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles(Vec<Role>);

/// Roles that no account may hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RolesError {
    #[error("{} and {} are separate administrators: no account may be both (三员分立)", .0.name(), .1.name())]
    TwoAdministrators(Role, Role),
    #[error("{} administers and {} works on projects: no account may do both", .0.name(), .1.name())]
    AdministratorAtWork(Role, Role),
    #[error("{} files and {} reviews: no account may do both", .0.name(), .1.name())]
    FilesAndReviews(Role, Role),
}

impl RolesError {
    /// The two that do not stand together.
    pub fn roles(self) -> (Role, Role) {
        match self {
            Self::TwoAdministrators(one, other) | Self::AdministratorAtWork(one, other) | Self::FilesAndReviews(one, other) => (one, other),
        }
    }
}

impl Roles {
    /// Takes roles that may stand together; order and repetition do not matter.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, RolesError> {
        let mut list: Vec<Role> = roles.into_iter().collect();
        list.sort_unstable();
        list.dedup();
        for (at, one) in list.iter().enumerate() {
            for other in &list[at + 1..] {
                apart(*one, *other)?;
            }
        }
        Ok(Self(list))
    }

    /// In the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }

    /// True when one of the roles is for it.
    pub fn may(&self, right: Right) -> bool {
        self.0.iter().any(|role| role.rights().contains(&right))
    }
}

fn apart(one: Role, other: Role) -> Result<(), RolesError> {
    if one.is_administrator() && other.is_administrator() {
        return Err(RolesError::TwoAdministrators(one, other));
    }
    if one.is_administrator() != other.is_administrator() {
        let (administrator, worker) = if one.is_administrator() { (one, other) } else { (other, one) };
        return Err(RolesError::AdministratorAtWork(administrator, worker));
    }
    let files = |role: Role| role.rights().contains(&Right::File);
    let reviews = |role: Role| role.rights().contains(&Right::Review);
    match (files(one) && reviews(other), files(other) && reviews(one)) {
        (true, _) => Err(RolesError::FilesAndReviews(one, other)),
        (_, true) => Err(RolesError::FilesAndReviews(other, one)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_are_separate_and_see_no_project() {
        let administrators: Vec<Role> = Role::ALL.into_iter().filter(|role| role.is_administrator()).collect();
        assert_eq!(administrators.len(), 3);
        for one in &administrators {
            let alone = Roles::new([*one, *one]).unwrap();
            assert!(!alone.may(Right::SeeProjects) && !alone.may(Right::SeeFigures) && !alone.may(Right::AskSql));
            for other in Role::ALL.into_iter().filter(|other| other != one) {
                assert!(Roles::new([*one, other]).is_err(), "{one:?} with {other:?}");
            }
        }
        // What the three may do does not overlap: no one of them can cover up another.
        for right in [Right::ManageAccounts, Right::GrantRoles, Right::ReadAudit] {
            assert_eq!(Role::ALL.iter().filter(|role| role.rights().contains(&right)).count(), 1, "{right:?}");
        }
    }

    #[test]
    fn nobody_reviews_what_they_file() {
        assert!(matches!(Roles::new([Role::Reviewer, Role::Clerk]), Err(RolesError::FilesAndReviews(Role::Clerk, Role::Reviewer))));
        assert!(Roles::new([Role::Reviewer, Role::Analyst]).is_ok());
    }

    #[test]
    fn a_clerk_is_bound_to_carriers_unless_something_else_sees_the_city() {
        assert!(!Roles::default().may(Right::SeeFigures), "no role, no right");
    }

    #[test]
    fn names_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_id(role.id()), Some(role));
        }
        assert_eq!(Role::from_id("root"), None);
    }
}
