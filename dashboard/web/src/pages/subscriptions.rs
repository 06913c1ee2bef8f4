//! Subscriptions (订阅推送): one's own are made, tried and stopped here; the system administrator sees all and can stop them.

mod view;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use qunlian_domain::access::Right;
use qunlian_domain::subscription::{AddressFault, Channel, Letter, MessageRows, Reach, Topic};
use qunlian_registry::{
    MOST_A_DAY, MOST_LIVE, MOST_TESTS_AN_HOUR, NewMessage, NewSubscription, RegistryError, SigningSecret, Subscription, TEST_KEY,
};
use serde::Deserialize;

use super::filings::books::{doer, with_books};
use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::form::Troubles;
use crate::visit::Visit;
use crate::who::{Via, Who};
use crate::words::Words;

pub(crate) use view::{DeliveryView, deliveries};

/// The job that sends at once what waits.
const SENDING_JOB: &str = "deliver";
/// Characters of a signing secret.
const SECRET_CHARACTERS: std::ops::RangeInclusive<usize> = 8..=128;

/// `GET /subscriptions`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    view::page(&desk, &visit, &Wish::default(), Troubles::default()).await
}

/// What somebody wants to be told, as typed.
#[derive(Default, Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    channel: String,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    secret: String,
}

/// `POST /subscriptions`
pub(crate) async fn make(State(desk): State<Shared>, visit: Visit, Form(wish): Form<Wish>) -> Result<Response, Fault> {
    let owner = own_account(&visit.who)?;
    let words = visit.words();
    let Some(reach) = &desk.app.delivery else { return Err(Fault::bad("bad.delivery_off", "")) };
    let new = match wish.read(reach, owner, words) {
        Ok(new) => new,
        Err(troubles) => return view::page(&desk, &visit, &wish, troubles).await,
    };
    let by = doer(&desk, &visit.who);
    let made = with_books(&desk, move |books| Ok(books.subscribe(&new, &by))).await?;
    let trouble = match made {
        Ok(_) => return Ok(see("/subscriptions?done=made")),
        Err(RegistryError::Conflict { .. }) => words.t("subscriptions.twice").to_owned(),
        Err(RegistryError::Refused { .. }) => {
            words.fill("subscriptions.too_many", &[("live", &MOST_LIVE.to_string()), ("day", &MOST_A_DAY.to_string())])
        }
        Err(error) => return Err(error.into()),
    };
    view::page(&desk, &visit, &wish, Troubles::of("address", trouble)).await
}

/// `POST /subscriptions/{id}/test`: a message that says where it comes from, to one's own subscription.
pub(crate) async fn test(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let owner = own_account(&visit.who)?;
    if desk.app.delivery.is_none() {
        return Err(Fault::bad("bad.delivery_off", ""));
    }
    let now = desk.now();
    let city = desk.app.city.name.clone();
    let queued = with_books(&desk, move |books| {
        let found = books.subscription(id)?.filter(|found| found.owner == owner && found.is_live()).ok_or(Fault::NotFound)?;
        Ok(books.queue_messages(&[test_message(&found, &city, now)?], now))
    });
    match queued.await? {
        Ok(_) => {}
        Err(RegistryError::Refused { .. }) => return Ok(see("/subscriptions?done=limit")),
        Err(error) => return Err(error.into()),
    }
    let (jobs, by) = (desk.app.jobs.clone(), visit.who.name.clone());
    let asked = tokio::task::spawn_blocking(move || jobs.run_now(SENDING_JOB, &by)).await;
    if let Err(error) = asked.map_err(|error| Fault::Internal(error.to_string()))? {
        // The message waits in the books and leaves with the job's next turn.
        tracing::warn!(%error, "sending could not be started at once");
    }
    Ok(see("/subscriptions?done=tested"))
}

fn test_message(to: &Subscription, city: &str, now: chrono::DateTime<chrono::Utc>) -> Result<NewMessage, Fault> {
    let text = format!("这是{city}群链系统的测试消息。收到即表示推送已开通：{}。", to.topic.name());
    let letter = Letter::new("群链推送测试", &text).map_err(|fault| Fault::Internal(fault.to_string()))?;
    let key = format!("{TEST_KEY}{}", now.timestamp_millis());
    Ok(NewMessage { subscription: to.id, key, rows: MessageRows::Sums, letter, attachments: Vec::new() })
}

/// `POST /subscriptions/{id}/stop`
pub(crate) async fn stop(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let owner = own_account(&visit.who)?;
    let stops_all = visit.who.may(Right::RunJobs);
    let by = doer(&desk, &visit.who);
    with_books(&desk, move |books| {
        books.subscription(id)?.filter(|found| stops_all || found.owner == owner).ok_or(Fault::NotFound)?;
        Ok(books.stop_subscription(id, &by)?)
    })
    .await?;
    Ok(see("/subscriptions?done=stopped"))
}

/// The account that acts. A program's token neither subscribes nor stops: what leaves the system is a person's decision.
fn own_account(who: &Who) -> Result<i64, Fault> {
    match who.via {
        Via::Session { .. } | Via::Demo => who.account.ok_or(Fault::Forbidden),
        Via::Token { .. } | Via::Nobody => Err(Fault::Forbidden),
    }
}

impl Wish {
    fn read(&self, reach: &Reach, owner: i64, words: Words) -> Result<NewSubscription, Troubles> {
        let mut troubles = Troubles::default();
        let channel = Channel::from_id(&self.channel).filter(|channel| reach.channels().contains(channel));
        if channel.is_none() {
            troubles.add("channel", words.t("subscriptions.bad_channel"));
        }
        let topic = Topic::from_id(&self.topic);
        if topic.is_none() {
            troubles.add("topic", words.t("subscriptions.bad_topic"));
        }
        let address = channel.and_then(|channel| match reach.check(channel, &self.address) {
            Ok(address) => Some(address),
            Err(fault) => {
                troubles.add("address", fault_words(words, &fault));
                None
            }
        });
        let secret = self.secret.trim();
        let fits =
            secret.is_ascii() && SECRET_CHARACTERS.contains(&secret.len()) && !secret.contains(|c: char| c.is_ascii_control() || c == ' ');
        let is_usable = secret.is_empty() || (fits && channel.is_some_and(Channel::can_sign));
        if !is_usable {
            troubles.add("secret", words.t("subscriptions.bad_secret"));
        }
        match (address, topic, troubles.is_empty()) {
            (Some(address), Some(topic), true) => {
                Ok(NewSubscription { owner, address, secret: (!secret.is_empty()).then(|| SigningSecret::new(secret)), topic })
            }
            _ => Err(troubles),
        }
    }
}

fn fault_words(words: Words, fault: &AddressFault) -> String {
    let named = match fault {
        AddressFault::Foreign(host) => host.clone(),
        AddressFault::Port(port) => port.to_string(),
        _ => String::new(),
    };
    words.fill(&format!("subscriptions.fault.{}", fault.id()), &[("what", &named)])
}

/// How often one may ask for a test message, for the page that says so.
fn tests_an_hour() -> String {
    MOST_TESTS_AN_HOUR.to_string()
}
