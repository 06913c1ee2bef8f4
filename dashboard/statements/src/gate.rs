//! Waiting for one's turn: the turnstile with tasks behind it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use qunlian_queries::{ATTENDED, FailureKind, SqlFailure};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::aside::{Others, Process, RECENT};
use crate::turnstile::{Entry, Lane, Turns, Turnstile};

/// Lets statements through one after another.
#[derive(Clone)]
pub(crate) struct Gate {
    state: Arc<Mutex<State>>,
    patience: Duration,
    /// Whether anybody is served.
    others: Arc<watch::Sender<bool>>,
}

struct State {
    turnstile: Turnstile,
    waiting: BTreeMap<u64, (String, oneshot::Sender<Turn>)>,
    /// When somebody's short statement last ended, for a while.
    recent: BTreeMap<String, Instant>,
    /// Requests that are being served.
    attended: usize,
    /// Until when a request among them is one that asked a long statement: it must not halt what it waits for.
    own: Vec<Instant>,
    /// Workers of long statements.
    aside: Vec<Weak<Process>>,
}

/// A statement that has run so long is a long one: it lets the others go first.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// The right to run one statement; the next may begin when it is dropped.
pub(crate) struct Turn {
    gate: Gate,
    who: String,
    lane: Lane,
    begun: Instant,
    is_answered: bool,
}

/// One who is served; dropping it ends that.
pub(crate) struct Attended(Gate);

/// One who waits; dropping it gives up the place.
struct Place {
    gate: Gate,
    who: String,
    ticket: u64,
}

impl Gate {
    /// A gate at which nobody waits longer than `patience`.
    pub(crate) fn new(turns: Turns, patience: Duration) -> Self {
        let state = State {
            turnstile: Turnstile::new(turns),
            waiting: BTreeMap::new(),
            recent: BTreeMap::new(),
            attended: 0,
            own: Vec::new(),
            aside: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), patience, others: Arc::default() }
    }

    /// Waits for a turn of `who` for statement `ticket`; later statements have greater tickets.
    ///
    /// # Errors
    /// Too many wait, or it takes too long: come back later.
    pub(crate) async fn enter(&self, who: &str, ticket: u64) -> Result<Turn, SqlFailure> {
        let (place, turn) = {
            let mut state = self.lock();
            match state.turnstile.enter(who, ticket) {
                Entry::Go(lane) => {
                    if lane == Lane::Long {
                        state.own.retain(|until| *until > Instant::now());
                        state.own.push(Instant::now() + ATTENDED);
                    }
                    self.tell(&state);
                    return Ok(self.turn(who.to_owned(), lane));
                }
                Entry::Full => return Err(busy(self.patience)),
                Entry::Wait => {
                    let (send, turn) = oneshot::channel();
                    state.waiting.insert(ticket, (who.to_owned(), send));
                    (Place { gate: self.clone(), who: who.to_owned(), ticket }, turn)
                }
            }
        };
        let came = tokio::time::timeout(self.patience, turn).await;
        drop(place);
        match came {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(busy(self.patience)),
        }
    }

    /// How many that came before it still wait; persons take turns, so some of them may begin later.
    pub(crate) fn ahead(&self, ticket: u64) -> u32 {
        u32::try_from(self.lock().waiting.range(..ticket).count()).unwrap_or(u32::MAX)
    }

    /// Whoever is here, for what is nobody's.
    pub(crate) fn others(&self) -> Others {
        Others { gate: self.clone(), who: String::new() }
    }

    fn turn(&self, who: String, lane: Lane) -> Turn {
        Turn { gate: self.clone(), who, lane, begun: Instant::now(), is_answered: false }
    }

    /// Somebody is being served for as long as this lives.
    pub(crate) fn attend(&self) -> Attended {
        let mut state = self.lock();
        state.attended += 1;
        self.tell(&state);
        Attended(self.clone())
    }

    /// Has a process be halted by whoever comes, and gives what says whether anybody is served.
    pub(crate) fn halted_by_whoever_comes(&self, process: &Arc<Process>) -> watch::Receiver<bool> {
        let mut state = self.lock();
        state.aside.retain(|aside| aside.strong_count() > 0);
        state.aside.push(Arc::downgrade(process));
        if state.is_serving() {
            process.halt();
        }
        self.others.subscribe()
    }

    /// True when somebody but `who` asks short statements, or has of late.
    pub(crate) fn is_crowded_for(&self, who: &str) -> bool {
        let state = self.lock();
        let mut recent = state.recent.iter();
        state.turnstile.has_short_of_others(who) || recent.any(|(other, at)| other != who && at.elapsed() < RECENT)
    }

    fn tell(&self, state: &State) {
        let come = state.is_serving();
        let is_new = self.others.send_if_modified(|known| std::mem::replace(known, come) != come);
        if come && is_new {
            state.aside.iter().filter_map(Weak::upgrade).for_each(|process| process.halt());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// True when it is taken for a long one.
    pub(crate) fn is_long(&self) -> bool {
        self.lane == Lane::Long
    }

    /// The statement has turned out long: others may have its place, if there is room beside them.
    pub(crate) fn lengthen(&mut self) {
        let mut state = self.gate.lock();
        let tickets = state.turnstile.lengthen(&self.who);
        self.lane = Lane::Long;
        let begun = state.begun(tickets);
        self.gate.tell(&state);
        drop(state);
        self.gate.call(begun);
    }

    /// The statement has been answered: who asks such ones quickly is trusted. Refusals are quick, whatever they would have been.
    pub(crate) fn answered(&mut self) {
        self.is_answered = true;
    }

    /// True when the same person has other statements under way.
    pub(crate) fn is_another(&self) -> bool {
        self.gate.lock().turnstile.running_of(&self.who) > 1
    }

    /// Whoever else is here.
    pub(crate) fn others(&self) -> Others {
        Others { gate: self.gate.clone(), who: self.who.clone() }
    }
}

/// One whose turn it is, and how.
type Called = (String, Lane, oneshot::Sender<Turn>);

impl State {
    /// True when anybody is served: short statements run, or requests have come.
    fn is_serving(&self) -> bool {
        let now = Instant::now();
        self.attended > self.own.iter().filter(|until| **until > now).count() || self.turnstile.has_short()
    }

    fn begun(&mut self, tickets: Vec<(u64, Lane)>) -> Vec<Called> {
        let called = |(ticket, lane)| self.waiting.remove(&ticket).map(|(who, sender)| (who, lane, sender));
        tickets.into_iter().filter_map(called).collect()
    }
}

impl Gate {
    /// Tells those whose turn it is. The lock must not be held: whoever gave up in this moment hands the turn on, because what
    /// cannot be sent is dropped here.
    fn call(&self, begun: Vec<Called>) {
        for (who, lane, sender) in begun {
            drop(sender.send(self.turn(who, lane)));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        if self.lane == Lane::Short {
            state.recent.retain(|_, at| at.elapsed() < RECENT);
            state.recent.insert(self.who.clone(), Instant::now());
        }
        let tickets = state.turnstile.leave(&self.who, self.lane, self.is_answered && self.begun.elapsed() < SHORT);
        let begun = state.begun(tickets);
        self.gate.tell(&state);
        drop(state);
        self.gate.call(begun);
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.attended -= 1;
        self.0.tell(&state);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        // Gone already when the turn has come.
        if state.waiting.remove(&self.ticket).is_some() {
            state.turnstile.give_up(&self.who, self.ticket);
        }
    }
}

fn busy(patience: Duration) -> SqlFailure {
    let failure = SqlFailure::new(FailureKind::Busy, "too many statements are running", "正在运行的查询较多", "请稍后重试");
    SqlFailure { retry_after: Some(u32::try_from(patience.as_secs() / 2).unwrap_or(u32::MAX).max(1)), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Turns = Turns { at_once: 1, long: 1, of_one: 1, waiting_of_one: 1, waiting: 2 };

    #[tokio::test]
    async fn turns_are_handed_on() {
        let gate = Gate::new(ONE, Duration::from_secs(5));
        let first = gate.enter("a", 1).await.unwrap();
        let waits = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter("b", 2).await.map(drop) }
        });
        tokio::task::yield_now().await;
        // Gives up at once, and its place is free again.
        let gone = gate.clone();
        assert!(tokio::time::timeout(Duration::from_millis(1), gone.enter("c", 3)).await.is_err());
        assert_eq!((gate.ahead(2), gate.ahead(4)), (0, 1));
        drop(first);
        waits.await.unwrap().unwrap();
        gate.enter("c", 4).await.unwrap();
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let gate = Gate::new(ONE, Duration::from_millis(20));
        let _first = gate.enter("a", 1).await.unwrap();
        let failure = gate.enter("b", 2).await.map(drop).unwrap_err();
        assert_eq!((failure.kind, failure.retry_after), (FailureKind::Busy, Some(1)));
        let full = Gate::new(Turns { waiting: 0, ..ONE }, Duration::from_secs(60));
        let _first = full.enter("a", 1).await.unwrap();
        assert_eq!(full.enter("b", 2).await.map(drop).unwrap_err().retry_after, Some(30));
    }

    #[tokio::test]
    async fn whoever_asked_something_long_does_not_halt_it() {
        let gate = Gate::new(Turns { at_once: 2, long: 2, ..ONE }, Duration::from_secs(5));
        gate.enter("a", 1).await.unwrap().lengthen();
        let served = gate.others.subscribe();
        let own = gate.attend();
        assert!(*served.borrow());
        let _long = gate.enter("a", 2).await.unwrap();
        assert!(!*served.borrow(), "its own request");
        let other = gate.attend();
        assert!(*served.borrow());
        drop((own, other));
        assert!(!*served.borrow());
    }

    #[tokio::test]
    async fn whoever_asked_something_long_is_trusted_after_quick_answers_not_after_refusals() {
        let gate = Gate::new(ONE, Duration::from_secs(5));
        gate.enter("a", 1).await.unwrap().lengthen();
        for ticket in 2..99 {
            assert!(gate.enter("a", ticket).await.unwrap().is_long(), "{ticket}");
        }
        for ticket in 99..200 {
            gate.enter("a", ticket).await.unwrap().answered();
        }
        assert!(!gate.enter("a", 200).await.unwrap().is_long());
    }

    #[tokio::test]
    async fn a_long_statement_gives_its_place_away() {
        let gate = Gate::new(ONE, Duration::from_secs(5));
        let mut first = gate.enter("a", 1).await.unwrap();
        let waits = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter("b", 2).await }
        });
        tokio::task::yield_now().await;
        first.lengthen();
        let others = first.others();
        let served = gate.others.subscribe();
        let second = waits.await.unwrap().unwrap();
        assert!(*served.borrow() && others.are_a_crowd(), "the second");
        drop(second);
        assert!(!*served.borrow() && others.are_a_crowd(), "a moment ago");
        let (one, another) = (gate.attend(), gate.attend());
        drop(one);
        assert!(*served.borrow(), "another request");
        drop(another);
        assert!(!*served.borrow());
        drop(first);
        gate.enter("a", 3).await.unwrap();
    }
}
