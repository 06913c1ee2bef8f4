//! Setting up (首次设置): three administrators at once, because no account may be two of them (三员分立).

use axum::Form;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use qunlian_domain::access::Role;
use qunlian_registry::{FirstAccount, RegistryError};
use serde::{Deserialize, Serialize};

use super::account::{password_fault, password_rules};
use super::login::Peer;
use crate::Shared;
use crate::access::see;
use crate::door;
use crate::fault::Fault;
use crate::form::{Troubles, line, page, status_of};
use crate::setup::Door;
use crate::visit::Visit;
use crate::words::Words;

/// Longest name of a person or duty.
pub(crate) const PERSON_CHARACTERS: usize = 40;

/// The three, with the names of their fields.
const THREE: [(Role, [&str; 4]); 3] = [
    (Role::SystemAdministrator, ["system_name", "system_person", "system_password", "system_again"]),
    (Role::SecurityAdministrator, ["security_name", "security_person", "security_password", "security_again"]),
    (Role::AuditAdministrator, ["audit_name", "audit_person", "audit_password", "audit_again"]),
];

#[derive(Serialize)]
struct SetUpView {
    troubles: Troubles,
    token: String,
    rules: String,
    people: Vec<PersonView>,
}

/// One of the three as its part of the form shows it.
#[derive(Serialize)]
struct PersonView {
    title: String,
    about: &'static str,
    fields: [&'static str; 4],
    name: String,
    person: String,
}

/// Names, persons and passwords of the three, in the order of [`THREE`].
#[derive(Deserialize, Default)]
pub(crate) struct SetUpForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    system_name: String,
    #[serde(default)]
    system_person: String,
    #[serde(default)]
    system_password: String,
    #[serde(default)]
    system_again: String,
    #[serde(default)]
    security_name: String,
    #[serde(default)]
    security_person: String,
    #[serde(default)]
    security_password: String,
    #[serde(default)]
    security_again: String,
    #[serde(default)]
    audit_name: String,
    #[serde(default)]
    audit_person: String,
    #[serde(default)]
    audit_password: String,
    #[serde(default)]
    audit_again: String,
}

/// What was typed for one of the three.
struct Typed<'a> {
    name: &'a str,
    person: &'a str,
    password: &'a str,
    again: &'a str,
}

impl SetUpForm {
    fn three(&self) -> [Typed<'_>; 3] {
        let typed = |name, person, password, again| Typed { name, person, password, again };
        [
            typed(self.system_name.trim(), &self.system_person, &self.system_password, &self.system_again),
            typed(self.security_name.trim(), &self.security_person, &self.security_password, &self.security_again),
            typed(self.audit_name.trim(), &self.audit_person, &self.audit_password, &self.audit_again),
        ]
    }
}

/// `GET /setup?token=…`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Peer(peer): Peer, headers: HeaderMap) -> Result<Response, Fault> {
    let token = visit.query.get("token").unwrap_or("").to_owned();
    require_open(&desk, &token, Door { peer, headers: &headers })?;
    view(&desk, &visit, &SetUpForm { token, ..SetUpForm::default() }, Troubles::default())
}

/// `POST /setup`
pub(crate) async fn run(State(desk): State<Shared>, visit: Visit, Peer(peer): Peer, request: Request) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let Form(form) = Form::<SetUpForm>::from_request(request, &()).await.map_err(|_| Fault::NotFound)?;
    require_open(&desk, &form.token, Door { peer, headers: &headers })?;
    let troubles = check(&desk, visit.words(), &form);
    if !troubles.is_empty() {
        return view(&desk, &visit, &form, troubles);
    }
    let (form, outcome) = door::hashing(&desk, move |desk| {
        let outcome = open(desk, &form);
        Ok((form, outcome))
    })
    .await?;
    match outcome {
        Ok(()) => Ok(see("/login?after=setup")),
        Err(Opening::Refused(problem)) => view(&desk, &visit, &form, Troubles::of("system_name", problem)),
        Err(Opening::Fault(fault)) => Err(fault),
    }
}

fn require_open(desk: &Shared, token: &str, door: Door<'_>) -> Result<(), Fault> {
    let Some(set_up) = &desk.app.security.set_up else { return Err(Fault::NotFound) };
    if set_up.opens(desk.app.books.as_ref(), token, &door)? { Ok(()) } else { Err(Fault::NotFound) }
}

fn check(desk: &Shared, words: Words, form: &SetUpForm) -> Troubles {
    let mut troubles = Troubles::default();
    let three = form.three();
    for (place, typed) in three.iter().enumerate() {
        let [name, person, password, again] = THREE[place].1;
        if !qunlian_registry::is_login_name(typed.name) {
            troubles.add(name, words.t("accounts.bad_name"));
        } else if three[..place].iter().any(|other| other.name.eq_ignore_ascii_case(typed.name)) {
            troubles.add(name, words.t("setup.same_name"));
        }
        if line(typed.person, PERSON_CHARACTERS).is_none() {
            troubles.add(person, words.fill("accounts.bad_person", &[("n", &PERSON_CHARACTERS.to_string())]));
        }
        if let Err(fault) = desk.app.security.profile.check(typed.password, &[typed.name, typed.person]) {
            troubles.add(password, password_fault(words, fault));
        } else if three[..place].iter().any(|other| other.password == typed.password) {
            troubles.add(password, words.t("setup.same_password"));
        } else if typed.password != typed.again {
            troubles.add(again, words.t("password.differs"));
        }
    }
    troubles
}

/// Why the three were not opened.
enum Opening {
    /// Somebody else was first, or the books refuse a name.
    Refused(String),
    Fault(Fault),
}

/// All three or none: one transaction, refused when somebody can log in already.
fn open(desk: &Shared, form: &SetUpForm) -> Result<(), Opening> {
    let mut first = Vec::new();
    for (typed, (role, _)) in form.three().into_iter().zip(THREE) {
        let hash = desk.app.security.passwords.hash(typed.password);
        let hash = hash.map_err(|error| Opening::Fault(Fault::Internal(error.to_string())))?;
        let person = line(typed.person, PERSON_CHARACTERS).unwrap_or_default();
        first.push(FirstAccount { name: typed.name.to_owned(), person, hash, role });
    }
    // The books record it.
    desk.app.books.open_first_accounts(&first, "setup", desk.now()).map_err(|error| match error {
        RegistryError::Refused { problem, .. } => Opening::Refused(problem),
        other => Opening::Fault(other.into()),
    })
}

fn view(desk: &Shared, visit: &Visit, form: &SetUpForm, troubles: Troubles) -> Result<Response, Fault> {
    let words = visit.words();
    let person = |(typed, (role, fields)): (Typed<'_>, (Role, [&'static str; 4]))| PersonView {
        title: words.named("role", role.id(), role.name()),
        about: words.t(&format!("role.about.{}", role.id())),
        fields,
        name: typed.name.to_owned(),
        person: typed.person.to_owned(),
    };
    let people = form.three().into_iter().zip(THREE).map(person).collect();
    let view = SetUpView { token: form.token.clone(), rules: password_rules(desk, words), people, troubles };
    let status = status_of(&view.troubles);
    page(
        desk,
        visit,
        "setup.html",
        words.t("setup.title"),
        if status == StatusCode::OK { status } else { StatusCode::UNPROCESSABLE_ENTITY },
        view,
    )
}
