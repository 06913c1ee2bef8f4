//! What the subscriptions' page and the jobs' page show (订阅与推送记录): addresses masked, everywhere.

use axum::response::Response;
use qunlian_domain::access::Right;
use qunlian_domain::subscription::{Channel, Topic};
use qunlian_registry::{Message, MessageState, Store, Subscription};
use serde::Serialize;

use super::{Wish, tests_an_hour};
use crate::Shared;
use crate::app::Mode;
use crate::fault::Fault;
use crate::form::{self, Troubles, status_of};
use crate::pages::filings::books::with_books;
use crate::shell::full_time;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

/// Messages that are listed.
const RECENT: usize = 30;

#[derive(Serialize)]
struct SubscriptionsView {
    troubles: Troubles,
    /// What came of the last click.
    notice: &'static str,
    /// Why nothing is sent; empty while delivery is on.
    off: &'static str,
    /// The reader may have subscriptions of their own.
    own: bool,
    channels: Vec<ChoiceView>,
    topics: Vec<ChoiceView>,
    /// Never a webhook: its end is a secret.
    address: String,
    subscriptions: Vec<SubscriptionView>,
    deliveries: Vec<DeliveryView>,
    /// The list is everybody's and names the owners.
    everybody: bool,
    limits: String,
}

#[derive(Serialize)]
struct ChoiceView {
    id: &'static str,
    label: String,
    /// What may be written to, or when it is told.
    about: String,
    chosen: bool,
}

#[derive(Serialize)]
struct SubscriptionView {
    id: i64,
    owner: String,
    channel: String,
    address: String,
    topic: String,
    made: String,
    state: &'static str,
    live: bool,
    may_test: bool,
}

/// A message in a list.
#[derive(Serialize)]
pub(crate) struct DeliveryView {
    at: String,
    owner: String,
    topic: String,
    channel: String,
    address: String,
    state: String,
    tone: &'static str,
    shape: &'static str,
    attempts: u32,
    /// When it is tried again; empty when it is over.
    next: String,
    error: String,
}

/// The page, with what was typed and what is wrong with it.
pub(super) async fn page(desk: &Shared, visit: &Visit, wish: &Wish, troubles: Troubles) -> Result<Response, Fault> {
    let words = visit.words();
    let everybody = visit.who.may(Right::RunJobs);
    let owner = owner_shown(&visit.who);
    let found = with_books(desk, move |books| Ok((books.subscriptions(owner)?, messages(books, owner)?))).await?;
    let own = visit.who.may(Right::SeeFigures) && visit.who.account.is_some();
    let is_on = desk.app.delivery.is_some();
    let view = SubscriptionsView {
        notice: notice(words, visit.query.get("done")),
        off: off(desk, words),
        own,
        channels: channels(desk, words, wish),
        topics: topics(words, wish),
        address: if wish.channel == Channel::Mail.id() { wish.address.clone() } else { String::new() },
        subscriptions: found.0.iter().map(|found| subscription(words, found, own && is_on)).collect(),
        deliveries: listed(words, &found.1, owner),
        everybody,
        limits: words.fill("subscriptions.limits", &[("tests", &tests_an_hour())]),
        troubles,
    };
    let status = status_of(&view.troubles);
    form::page(desk, visit, "subscriptions.html", words.t("subscriptions.title"), status, view)
}

/// Recent messages for the jobs' page: everybody's for who runs jobs, else the reader's own.
pub(crate) async fn deliveries(desk: &Shared, visit: &Visit) -> Result<Vec<DeliveryView>, Fault> {
    let (words, owner) = (visit.words(), owner_shown(&visit.who));
    let found = with_books(desk, move |books| messages(books, owner)).await?;
    Ok(listed(words, &found, owner))
}

/// Whose are shown: all of them to whoever runs jobs; an account that is unknown has none.
fn owner_shown(who: &Who) -> Option<i64> {
    if who.may(Right::RunJobs) { None } else { Some(who.account.unwrap_or(-1)) }
}

fn messages(books: &dyn Store, owner: Option<i64>) -> Result<Vec<Message>, Fault> {
    Ok(books.messages(owner, RECENT)?)
}

fn notice(words: Words, done: Option<&str>) -> &'static str {
    match done {
        Some("made") => words.t("subscriptions.made"),
        Some("tested") => words.t("subscriptions.tested"),
        Some("stopped") => words.t("subscriptions.stopped_now"),
        Some("limit") => words.t("subscriptions.test_limit"),
        _ => "",
    }
}

fn off(desk: &Shared, words: Words) -> &'static str {
    match (&desk.app.delivery, desk.app.mode) {
        (Some(_), _) => "",
        (None, Mode::Demo) => words.t("subscriptions.off_demo"),
        (None, Mode::Serve) => words.t("subscriptions.off"),
    }
}

fn channels(desk: &Shared, words: Words, wish: &Wish) -> Vec<ChoiceView> {
    let Some(reach) = &desk.app.delivery else { return Vec::new() };
    let choice = |channel: Channel| ChoiceView {
        id: channel.id(),
        label: words.named("channel", channel.id(), channel.name()),
        about: reach.listed(channel).join("、"),
        chosen: wish.channel == channel.id(),
    };
    reach.channels().into_iter().map(choice).collect()
}

fn topics(words: Words, wish: &Wish) -> Vec<ChoiceView> {
    let choice = |topic: Topic| ChoiceView {
        id: topic.id(),
        label: words.named("topic", topic.id(), topic.name()),
        about: words.t(&format!("topic.{}.about", topic.id())).to_owned(),
        chosen: wish.topic == topic.id(),
    };
    Topic::ALL.into_iter().map(choice).collect()
}

fn subscription(words: Words, found: &Subscription, may_test: bool) -> SubscriptionView {
    SubscriptionView {
        id: found.id,
        owner: found.owner_name.clone(),
        channel: words.named("channel", found.channel().id(), found.channel().name()),
        address: found.masked(),
        topic: words.named("topic", found.topic.id(), found.topic.name()),
        made: full_time(found.created_at),
        state: words.t(if found.is_live() { "subscriptions.live" } else { "subscriptions.stopped" }),
        live: found.is_live(),
        may_test: may_test && found.is_live(),
    }
}

/// A list of one account's messages need not name it in every line.
fn listed(words: Words, messages: &[Message], owner: Option<i64>) -> Vec<DeliveryView> {
    let line = |message: &Message| match owner {
        None => delivery(words, message),
        Some(_) => DeliveryView { owner: String::new(), ..delivery(words, message) },
    };
    messages.iter().map(line).collect()
}

fn delivery(words: Words, message: &Message) -> DeliveryView {
    let of = &message.subscription;
    let (tone, shape) = match message.state {
        MessageState::Queued => ("soft", "…"),
        MessageState::Sent => ("good", "●"),
        MessageState::Failed => ("warn", "▲"),
        MessageState::GivenUp => ("bad", "■"),
    };
    let topic = words.named("topic", of.topic.id(), of.topic.name());
    DeliveryView {
        at: full_time(message.created_at),
        owner: of.owner_name.clone(),
        topic: if message.is_test() { words.t("subscriptions.test_message").to_owned() } else { topic },
        channel: words.named("channel", of.channel().id(), of.channel().name()),
        address: of.masked(),
        state: words.named("message_state", message.state.id(), message.state.title()),
        tone,
        shape,
        attempts: message.attempts,
        next: message.next_at.filter(|_| message.attempts > 0).map(full_time).unwrap_or_default(),
        error: message.error.clone(),
    }
}
