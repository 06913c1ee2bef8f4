//! Who asks (访问者): account, roles, rows that may be seen, and by which door they came in.

use std::convert::Infallible;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;
use qunlian_domain::access::scope::row_scope;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::access::{Right, Role, Roles, RowScope};
use qunlian_domain::carriers::Carriers;
use qunlian_registry::Grant;

use crate::fault::Fault;

/// Whoever sent the request. Handlers take it as an argument; [`crate::visit::Visit`] and the reader carry it too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Who {
    /// `None` for the public, and for the demonstration's visitor when the books do not know one.
    pub account: Option<i64>,
    /// Login name; empty for the public.
    pub name: String,
    /// The person's or duty's name, for others to read.
    pub person: String,
    pub roles: Roles,
    /// Whose projects may be seen.
    pub scope: RowScope,
    /// The carriers granted to a clerk, not widened.
    pub carriers: Vec<String>,
    /// The password must be changed before anything else.
    pub must_change: bool,
    pub via: Via,
}

/// The door.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Via {
    #[default]
    Nobody,
    /// Logged in; `key` is what the books keep of the session's secret.
    Session { key: String },
    /// A program with an API token.
    Token { id: i64, scopes: Vec<TokenScope> },
    /// The demonstration's role switch.
    Demo,
}

impl Who {
    /// With the roles as granted. Roles that may not stand together give no rights at all.
    pub(crate) fn with_grants(self, grants: &[Grant], carriers: &Carriers, today: NaiveDate) -> Self {
        let roles = Roles::new(grants.iter().map(|grant| grant.role)).unwrap_or_default();
        let files_for = grants.iter().filter(|grant| grant.role == Role::Clerk).filter_map(|grant| grant.carrier_id.clone());
        let scope = row_scope(grants.iter().map(|grant| (grant.role, grant.carrier_id.as_deref())), carriers, today);
        Self { roles, scope, carriers: files_for.collect(), ..self }
    }

    /// True when one of the roles is for it, and the token too, if that was the door.
    pub fn may(&self, right: Right) -> bool {
        let door = match &self.via {
            Via::Nobody => false,
            Via::Session { .. } | Via::Demo => true,
            Via::Token { scopes, .. } => scopes.iter().any(|scope| scope.rights().contains(&right)),
        };
        door && self.roles.may(right)
    }

    /// Refuses with a page that says so.
    pub fn require(&self, right: Right) -> Result<(), Fault> {
        if self.may(right) { Ok(()) } else { Err(Fault::Forbidden) }
    }

    /// Anybody with an account.
    pub fn is_staff(&self) -> bool {
        self.via != Via::Nobody
    }
}

/// What pages depend on. Kept pages are told apart by it.
impl Hash for Who {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.account, &self.name, &self.person, &self.scope, &self.carriers, self.must_change).hash(state);
        for role in self.roles.iter() {
            role.hash(state);
        }
        match &self.via {
            Via::Nobody => 0u8.hash(state),
            Via::Session { .. } => 1u8.hash(state),
            Via::Token { scopes, .. } => (2u8, scopes).hash(state),
            Via::Demo => 3u8.hash(state),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::clone(&of(&parts.extensions)))
    }
}

/// Who was found to be asking; nobody where the gate has not been passed.
pub(crate) fn of(extensions: &axum::http::Extensions) -> Arc<Who> {
    extensions.get::<Arc<Who>>().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn grant(role: Role, carrier: Option<&str>) -> Grant {
        Grant { role, carrier_id: carrier.map(str::to_owned) }
    }

    fn who(grants: &[Grant], via: Via) -> Who {
        let day = NaiveDate::from_ymd_opt(2022, 5, 31).unwrap();
        Who { via, ..Who::default() }.with_grants(grants, &Carriers::default(), day)
    }

    #[test]
    fn rows_follow_from_roles() {
        let check = |grants: &[Grant], expect: RowScope| assert_eq!(who(grants, Via::Demo).scope, expect, "{grants:?}");
        check(&[grant(Role::Leader, None)], RowScope::City);
        check(&[grant(Role::Clerk, Some("suixi"))], RowScope::Carriers(BTreeSet::from(["suixi".to_owned()])));
        check(&[grant(Role::Clerk, Some("suixi")), grant(Role::Analyst, None)], RowScope::City);
        check(&[grant(Role::Analyst, Some("suixi"))], RowScope::Carriers(BTreeSet::from(["suixi".to_owned()])));
        check(&[grant(Role::AuditAdministrator, None)], RowScope::Nothing);
        check(&[], RowScope::Nothing);
    }

    #[test]
    fn a_token_gives_what_it_was_made_for_and_no_more_than_its_owner_has() {
        let clerk = [grant(Role::Clerk, Some("suixi"))];
        let by = |scopes: &[TokenScope]| who(&clerk, Via::Token { id: 1, scopes: scopes.to_vec() });
        assert!(by(&[TokenScope::File]).may(Right::File) && !by(&[TokenScope::File]).may(Right::SeeProjects));
        assert!(by(&[TokenScope::Read]).may(Right::Export) && !by(&[TokenScope::Read]).may(Right::Unmask));
        assert!(!by(&[TokenScope::Sql]).may(Right::AskSql), "clerks ask no SQL");
        assert!(who(&clerk, Via::Nobody).require(Right::File).is_err());
    }
}
