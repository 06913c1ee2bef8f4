//! The form of a target (目标表单): what was typed, what may be chosen, and what stands now to begin from.

use qunlian_domain::figures::print;
use qunlian_domain::target::{Metric, Scope, Target, TargetKey, TargetKind, TypedTarget, bearers, target_by, target_on};
use serde::Serialize;

use crate::app::Desk;
use crate::visit::Visit;
use crate::words::Words;

/// What was sent, or asked for in the address.
pub(super) struct Sent {
    pairs: Vec<(String, String)>,
    /// False when the address only names the target: its value stands as it is now.
    typed: bool,
}

/// The same for the template.
#[derive(Serialize)]
pub(super) struct SentView {
    year: String,
    metric: String,
    whom: String,
    band: String,
    kind: String,
    value: String,
    issuer: String,
    curve: String,
    shares: Vec<String>,
    reason: String,
    from: String,
}

/// What may be chosen.
#[derive(Serialize)]
pub(super) struct Choices {
    years: Vec<String>,
    metrics: Vec<Choice>,
    /// The city, the assessed carriers, the chains and their teams.
    whom: Vec<Group>,
    bands: Vec<Choice>,
    kinds: Vec<Choice>,
    issuers: Vec<String>,
    months: Vec<String>,
    /// The earliest day from which a target may count.
    today: String,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

#[derive(Serialize)]
struct Group {
    label: &'static str,
    choices: Vec<Choice>,
}

/// Fields that an address may fill.
const NAMED: [&str; 6] = ["year", "metric", "whom", "band", "kind", "issuer"];
/// Names of the twelve shares.
const SHARES: [&str; 12] =
    ["share1", "share2", "share3", "share4", "share5", "share6", "share7", "share8", "share9", "share10", "share11", "share12"];

impl Sent {
    pub fn of_form(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, typed: true }
    }

    pub fn of_address(visit: &Visit) -> Self {
        let named = visit.query.pairs().filter(|(key, _)| NAMED.contains(key));
        Self { pairs: named.map(|(key, value)| (key.to_owned(), value.chars().take(80).collect())).collect(), typed: false }
    }

    fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    pub fn seen(&self) -> i64 {
        self.get("seen").parse().unwrap_or(0)
    }

    pub fn typed(&self) -> TypedTarget<'_> {
        TypedTarget {
            year: self.get("year"),
            metric: self.get("metric"),
            whom: self.get("whom"),
            band: self.get("band"),
            kind: self.get("kind"),
            value: self.get("value"),
            issuer: self.get("issuer"),
            curve: self.get("curve"),
            shares: SHARES.map(|name| self.get(name)),
            reason: self.get("reason"),
            from: self.get("from"),
        }
    }

    /// As it was typed; a target that the address only names is shown as it stands today.
    pub fn view(&self, desk: &Desk, issued: &[Target]) -> SentView {
        let text = |name: &str| self.get(name).to_owned();
        let mut view = SentView {
            year: text("year"),
            metric: text("metric"),
            whom: text("whom"),
            band: text("band"),
            kind: text("kind"),
            value: text("value"),
            issuer: text("issuer"),
            curve: text("curve"),
            shares: SHARES.map(text).into(),
            reason: text("reason"),
            from: text("from"),
        };
        if self.typed {
            return view;
        }
        view.curve = "linear".to_owned();
        view.from = desk.today().to_string();
        if let Some(now) = self.stands(desk, issued) {
            view.value = now.value.map_or_else(|| "-".to_owned(), |value| typed_value(now.kind, value));
            view.issuer.clone_from(&now.issuer);
            if !now.curve.is_linear() {
                view.curve = "own".to_owned();
                view.shares = now.curve.shares().map(|share| share.to_string()).into();
            }
        }
        view
    }

    /// The target that the address names, as it stands today.
    fn stands<'t>(&self, desk: &Desk, issued: &'t [Target]) -> Option<&'t Target> {
        let (scope, scope_id) = self.get("whom").split_once(':')?;
        let key = TargetKey {
            year: self.get("year").parse().ok()?,
            metric: Metric::from_id(self.get("metric"))?,
            band: Some(self.get("band")).filter(|band| !band.is_empty()),
            scope: Scope::from_id(scope)?,
            scope_id,
            kind: TargetKind::from_id(self.get("kind"))?,
        };
        match self.get("issuer") {
            "" => target_on(issued, &key, desk.today()),
            issuer => target_by(issued, &key, issuer, desk.today()),
        }
    }
}

/// A value as one would type it: projects, 亿元, percent.
fn typed_value(kind: TargetKind, value: i64) -> String {
    let trimmed = |number: f64, decimals: usize| {
        let text = print(Some(number), decimals).replace(',', "");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    match kind {
        TargetKind::Count => value.to_string(),
        TargetKind::Amount => trimmed(value as f64 / 1e8, 8),
        TargetKind::Growth => trimmed(value as f64 / 100.0, 2),
    }
}

impl Choices {
    pub fn of(desk: &Desk, words: Words, issued: &[Target]) -> Self {
        let (city, today) = (&desk.app.rules.city, desk.today());
        let year = chrono::Datelike::year(&today);
        let group = |scope: Scope| {
            let named = |name: &str| {
                if scope == Scope::Team { words.fill("targets.team", &[("chain", name)]) } else { name.to_owned() }
            };
            let borne = bearers(scope, &city.carriers, &city.chains, today).into_iter();
            let choices = borne.map(|(id, name)| Choice { value: format!("{}:{id}", scope.id()), label: named(name) });
            Group { label: words.t(&format!("targets.scope.{}", scope.id())), choices: choices.collect() }
        };
        let whole = words.t("targets.scope.city");
        let of_city = Choice { value: format!("city:{}", city.profile.id), label: whole.to_owned() };
        let mut issuers: Vec<String> = Vec::new();
        for target in issued.iter().filter(|target| target.year >= year - 1) {
            if !issuers.contains(&target.issuer) {
                issuers.push(target.issuer.clone());
            }
        }
        Self {
            years: vec![year.to_string(), (year + 1).to_string()],
            metrics: Metric::ALL.map(|metric| Choice { value: metric.id().to_owned(), label: words.metric(metric).to_owned() }).into(),
            whom: vec![Group { label: whole, choices: vec![of_city] }, group(Scope::Carrier), group(Scope::Chain), group(Scope::Team)],
            bands: city
                .bands
                .nested()
                .iter()
                .map(|band| Choice { value: band.id.clone(), label: words.band(&band.name, band.least) })
                .collect(),
            kinds: ["count", "amount", "growth"]
                .map(|kind| Choice { value: kind.to_owned(), label: words.t(&format!("targets.form.kind.{kind}")).to_owned() })
                .into(),
            issuers,
            months: words.months(),
            today: today.to_string(),
        }
    }
}
