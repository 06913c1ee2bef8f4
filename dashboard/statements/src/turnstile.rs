//! Who may run next (排队): so many statements at once, so many of one person, and the waiting take turns by person.

use std::collections::{BTreeMap, VecDeque};

/// How many may run and wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// Statements that run at once, not counting those that have turned out long. One who runs nothing does not wait for one
    /// who runs several: of so many persons the first statement runs in any case.
    pub at_once: usize,
    /// Long ones beside them: they go last on the processor, so they hold nobody's place.
    pub long: usize,
    /// Statements of one person, short and long.
    pub of_one: usize,
    /// Statements of one person that may wait.
    pub waiting_of_one: usize,
    /// Statements that may wait.
    pub waiting: usize,
}

impl Default for Turns {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        Self { at_once: cores.clamp(2, 8), long: cores.clamp(2, 8), of_one: 2, waiting_of_one: 8, waiting: 64 }
    }
}

/// Quick statements after which somebody is trusted again: who asks in a crowd has quick ones among the long.
const REDEEMS: usize = 20;

/// What becomes of one who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Go(Lane),
    Wait,
    /// Too many wait already.
    Full,
}

/// What a running statement is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Short,
    /// It has turned out long, or one of the same person's did of late.
    Long,
}

/// The state of the queue, without clocks or tasks.
#[derive(Debug)]
pub(crate) struct Turnstile {
    turns: Turns,
    /// By person.
    short: BTreeMap<String, usize>,
    /// Those for which there is no room beside the short ones hold a place among them.
    long: usize,
    /// All kinds by person.
    running: BTreeMap<String, usize>,
    /// Who asked something long: their next statements are taken for long ones, too, until so many have been quick.
    heavy: BTreeMap<String, usize>,
    waiting: BTreeMap<String, VecDeque<u64>>,
    /// Who waits, in the order in which they are next.
    order: VecDeque<String>,
}

impl Turnstile {
    pub(crate) fn new(turns: Turns) -> Self {
        Self {
            turns,
            short: BTreeMap::new(),
            long: 0,
            running: BTreeMap::new(),
            heavy: BTreeMap::new(),
            waiting: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }

    /// True while a short statement runs.
    pub(crate) fn has_short(&self) -> bool {
        !self.short.is_empty()
    }

    /// True while a short statement of somebody else runs.
    pub(crate) fn has_short_of_others(&self, who: &str) -> bool {
        self.short.keys().any(|other| other != who)
    }

    /// Statements of `who` that run.
    pub(crate) fn running_of(&self, who: &str) -> usize {
        self.running.get(who).copied().unwrap_or_default()
    }

    /// Statement `ticket` of `who` comes.
    pub(crate) fn enter(&mut self, who: &str, ticket: u64) -> Entry {
        let mine = self.waiting.get(who).map_or(0, VecDeque::len);
        if mine == 0 && self.has_room(who) && self.next().is_none() {
            return Entry::Go(self.begin(who));
        }
        if mine >= self.turns.waiting_of_one || self.waiting.values().map(VecDeque::len).sum::<usize>() >= self.turns.waiting {
            return Entry::Full;
        }
        if mine == 0 {
            self.order.push_back(who.to_owned());
        }
        self.waiting.entry(who.to_owned()).or_default().push_back(ticket);
        Entry::Wait
    }

    /// A short statement of `who` has turned out long. If there is room beside the short ones, its place is free: gives the
    /// tickets that may begin, and how.
    pub(crate) fn lengthen(&mut self, who: &str) -> Vec<(u64, Lane)> {
        take_one(&mut self.short, who);
        self.long += 1;
        self.heavy.insert(who.to_owned(), REDEEMS);
        self.begun()
    }

    /// A running statement of `who` has ended, `quick` if it took no longer than a short one; gives the tickets that may begin
    /// now, and how.
    pub(crate) fn leave(&mut self, who: &str, lane: Lane, quick: bool) -> Vec<(u64, Lane)> {
        match lane {
            Lane::Short => take_one(&mut self.short, who),
            Lane::Long => self.long -= 1,
        }
        take_one(&mut self.running, who);
        if quick {
            take_one(&mut self.heavy, who);
        }
        self.begun()
    }

    fn begun(&mut self) -> Vec<(u64, Lane)> {
        let mut begun = Vec::new();
        while let Some(at) = self.next() {
            let Some(who) = self.order.remove(at) else { break };
            let Some(queue) = self.waiting.get_mut(&who) else { continue };
            let ticket = queue.pop_front();
            if queue.is_empty() {
                self.waiting.remove(&who);
            } else {
                self.order.push_back(who.clone());
            }
            let lane = self.begin(&who);
            begun.extend(ticket.map(|ticket| (ticket, lane)));
        }
        begun
    }

    /// A waiting statement gives up.
    pub(crate) fn give_up(&mut self, who: &str, ticket: u64) {
        let Some(queue) = self.waiting.get_mut(who) else { return };
        queue.retain(|waiting| *waiting != ticket);
        if queue.is_empty() {
            self.waiting.remove(who);
            self.order.retain(|waiting| waiting != who);
        }
    }

    /// The place in `order` of whoever is next and may run.
    fn next(&self) -> Option<usize> {
        self.order.iter().position(|who| self.has_room(who))
    }

    fn has_room(&self, who: &str) -> bool {
        let mine = self.running.get(who).copied().unwrap_or(0);
        let places = self.short.values().sum::<usize>() + self.long.saturating_sub(self.turns.long);
        let beside = match self.heavy.contains_key(who) {
            true => self.long < self.turns.long,
            false => mine == 0 && self.short.len() < self.turns.at_once,
        };
        mine < self.turns.of_one && (beside || places < self.turns.at_once)
    }

    fn begin(&mut self, who: &str) -> Lane {
        *self.running.entry(who.to_owned()).or_default() += 1;
        if self.heavy.contains_key(who) {
            self.long += 1;
            return Lane::Long;
        }
        *self.short.entry(who.to_owned()).or_default() += 1;
        Lane::Short
    }
}

fn take_one(counts: &mut BTreeMap<String, usize>, who: &str) {
    if let Some(count) = counts.get_mut(who) {
        *count -= 1;
        if *count == 0 {
            counts.remove(who);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURNS: Turns = Turns { at_once: 2, long: 1, of_one: 2, waiting_of_one: 3, waiting: 5 };
    const GO: Entry = Entry::Go(Lane::Short);

    /// A short statement ends in time.
    fn ends(gate: &mut Turnstile, who: &str) -> Vec<u64> {
        tickets(gate.leave(who, Lane::Short, true))
    }

    fn tickets(begun: Vec<(u64, Lane)>) -> Vec<u64> {
        begun.into_iter().map(|(ticket, _)| ticket).collect()
    }

    #[test]
    fn the_waiting_take_turns_by_person() {
        let mut gate = Turnstile::new(TURNS);
        assert_eq!([gate.enter("a", 1), gate.enter("b", 2)], [GO, GO]);
        assert_eq!([gate.enter("a", 3), gate.enter("a", 4), gate.enter("c", 5), gate.enter("d", 6)], [Entry::Wait; 4]);
        // a came first, then c and d have their turns before a's second.
        assert_eq!(ends(&mut gate, "b"), [3, 5], "c runs nothing, so it does not wait for a's");
        assert_eq!(ends(&mut gate, "a"), Vec::<u64>::new(), "two persons run");
        assert_eq!(ends(&mut gate, "a"), [6]);
        assert_eq!(ends(&mut gate, "c"), [4]);
        assert_eq!(ends(&mut gate, "d"), Vec::<u64>::new());
        assert_eq!(gate.enter("a", 7), GO);
    }

    #[test]
    fn one_person_cannot_fill_the_house() {
        let mut gate = Turnstile::new(TURNS);
        assert_eq!([gate.enter("a", 1), gate.enter("a", 2), gate.enter("a", 3)], [GO, GO, Entry::Wait]);
        assert_eq!(gate.enter("b", 4), GO, "a holds all places, and b runs nothing");
        assert_eq!(gate.enter("b", 5), Entry::Wait, "a second one needs a place of its own");
        assert_eq!(gate.enter("c", 6), Entry::Wait, "two persons run");
        assert_eq!([gate.enter("a", 7), gate.enter("a", 8), gate.enter("a", 9)], [Entry::Wait, Entry::Wait, Entry::Full], "five wait");
        gate.give_up("c", 6);
        assert_eq!(gate.enter("d", 10), Entry::Wait);
        assert_eq!(ends(&mut gate, "b"), [5], "it was before d");
        assert_eq!(ends(&mut gate, "a"), Vec::<u64>::new());
        assert_eq!(ends(&mut gate, "b"), [3, 10], "a has a place, and d runs nothing");
        assert_eq!(ends(&mut gate, "d"), Vec::<u64>::new());
        assert_eq!(ends(&mut gate, "a"), [7]);
    }

    #[test]
    fn long_statements_hold_nobodys_place() {
        let mut gate = Turnstile::new(TURNS);
        assert_eq!([gate.enter("a", 1), gate.enter("b", 2)], [GO, GO]);
        assert_eq!([gate.enter("b", 3), gate.enter("c", 4)], [Entry::Wait, Entry::Wait]);
        assert_eq!(tickets(gate.lengthen("a")), [3, 4], "its place is free for b, and c runs nothing");
        assert!(gate.has_short());
        assert_eq!(tickets(gate.lengthen("b")), Vec::<u64>::new(), "one long statement beside the others");
        assert_eq!(gate.enter("a", 5), Entry::Wait, "what comes after a long one is taken for one");
        assert_eq!(gate.leave("b", Lane::Long, false), Vec::new());
        assert_eq!(ends(&mut gate, "b"), [5], "a place is free, long or not");
        assert_eq!([ends(&mut gate, "c"), tickets(gate.leave("a", Lane::Long, false))], [const { Vec::<u64>::new() }; 2]);
        assert!(!gate.has_short(), "only the long one runs");
    }

    #[test]
    fn who_asked_something_long_goes_last_until_many_were_quick() {
        let mut gate = Turnstile::new(TURNS);
        assert_eq!(gate.enter("a", 1), GO);
        assert_eq!(gate.lengthen("a"), Vec::new());
        assert_eq!(gate.leave("a", Lane::Long, false), Vec::new());
        assert_eq!(gate.enter("a", 2), Entry::Go(Lane::Long));
        assert!(!gate.has_short());
        assert_eq!([gate.enter("b", 3), gate.enter("c", 4)], [GO, GO], "it holds no place");
        assert_eq!(gate.leave("a", Lane::Long, true), Vec::new());
        for ticket in 5..4 + REDEEMS as u64 {
            assert_eq!(gate.enter("a", ticket), Entry::Go(Lane::Long), "{ticket}");
            assert_eq!(gate.leave("a", Lane::Long, true), Vec::new());
        }
        assert_eq!(gate.enter("a", 99), Entry::Wait, "trusted again, and without a place");
        assert_eq!(gate.leave("b", Lane::Short, true), [(99, Lane::Short)]);
    }
}
