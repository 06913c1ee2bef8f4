//! Who may run next (排队): so many statements at once, so many of one person, and the waiting take turns by person.

use std::collections::{BTreeMap, VecDeque};

/// How many may run and wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// Statements that run at once, not counting those that have turned out long.
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

/// What becomes of one who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Go,
    Wait,
    /// Too many wait already.
    Full,
}

/// What a running statement has turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Short,
    Long,
}

/// The state of the queue, without clocks or tasks.
#[derive(Debug)]
pub(crate) struct Turnstile {
    turns: Turns,
    short: usize,
    /// Those for which there is no room beside the short ones hold a place among them.
    long: usize,
    /// All kinds by person.
    running: BTreeMap<String, usize>,
    waiting: BTreeMap<String, VecDeque<u64>>,
    /// Who waits, in the order in which they are next.
    order: VecDeque<String>,
}

impl Turnstile {
    pub(crate) fn new(turns: Turns) -> Self {
        Self { turns, short: 0, long: 0, running: BTreeMap::new(), waiting: BTreeMap::new(), order: VecDeque::new() }
    }

    /// True while a short statement runs.
    pub(crate) fn has_short(&self) -> bool {
        self.short > 0
    }

    /// Statement `ticket` of `who` comes.
    pub(crate) fn enter(&mut self, who: &str, ticket: u64) -> Entry {
        let mine = self.waiting.get(who).map_or(0, VecDeque::len);
        if mine == 0 && self.has_room(who) && self.next().is_none() {
            self.begin(who);
            return Entry::Go;
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

    /// A running statement has turned out long. If there is room beside the short ones, its place is free: gives the tickets
    /// that may begin.
    pub(crate) fn lengthen(&mut self) -> Vec<u64> {
        self.short -= 1;
        self.long += 1;
        self.begun()
    }

    /// A running statement of `who` has ended; gives the tickets that may begin now.
    pub(crate) fn leave(&mut self, who: &str, lane: Lane) -> Vec<u64> {
        match lane {
            Lane::Short => self.short -= 1,
            Lane::Long => self.long -= 1,
        }
        if let Some(count) = self.running.get_mut(who) {
            *count -= 1;
            if *count == 0 {
                self.running.remove(who);
            }
        }
        self.begun()
    }

    fn begun(&mut self) -> Vec<u64> {
        let mut begun = Vec::new();
        while let Some(at) = self.next() {
            let Some(who) = self.order.remove(at) else { break };
            let Some(queue) = self.waiting.get_mut(&who) else { continue };
            begun.extend(queue.pop_front());
            if queue.is_empty() {
                self.waiting.remove(&who);
            } else {
                self.order.push_back(who.clone());
            }
            self.begin(&who);
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
        let places = self.short + self.long.saturating_sub(self.turns.long);
        places < self.turns.at_once && self.running.get(who).is_none_or(|mine| *mine < self.turns.of_one)
    }

    fn begin(&mut self, who: &str) {
        self.short += 1;
        *self.running.entry(who.to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURNS: Turns = Turns { at_once: 2, long: 1, of_one: 2, waiting_of_one: 3, waiting: 5 };

    #[test]
    fn the_waiting_take_turns_by_person() {
        let mut gate = Turnstile::new(TURNS);
        assert_eq!([gate.enter("a", 1), gate.enter("a", 2)], [Entry::Go, Entry::Go]);
        assert_eq!([gate.enter("a", 3), gate.enter("a", 4), gate.enter("b", 5), gate.enter("c", 6)], [Entry::Wait; 4]);
        // a came first, then b and c have their turns before a's second.
        assert_eq!(gate.leave("a", Lane::Short), [3]);
        assert_eq!(gate.leave("a", Lane::Short), [5]);
        assert_eq!(gate.leave("a", Lane::Short), [6]);
        assert_eq!(gate.leave("b", Lane::Short), [4]);
        assert_eq!(gate.leave("c", Lane::Short), Vec::<u64>::new());
        assert_eq!(gate.leave("a", Lane::Short), Vec::<u64>::new());
        assert_eq!(gate.enter("a", 7), Entry::Go);
    }

    #[test]
    fn one_person_cannot_fill_the_house() {
        let mut gate = Turnstile::new(Turns { at_once: 4, ..TURNS });
        assert_eq!([gate.enter("a", 1), gate.enter("a", 2), gate.enter("a", 3)], [Entry::Go, Entry::Go, Entry::Wait]);
        assert_eq!(gate.enter("b", 4), Entry::Go, "a waits for itself only");
        assert_eq!([gate.enter("a", 5), gate.enter("a", 6), gate.enter("a", 7)], [Entry::Wait, Entry::Wait, Entry::Full]);
        assert_eq!(gate.enter("b", 8), Entry::Go);
        assert_eq!([gate.enter("c", 9), gate.enter("c", 10), gate.enter("c", 11)], [Entry::Wait, Entry::Wait, Entry::Full], "five wait");
        gate.give_up("c", 9);
        assert_eq!(gate.enter("d", 12), Entry::Wait);
        assert_eq!(gate.leave("b", Lane::Short), [10], "a is at its bound");
        assert_eq!(gate.leave("a", Lane::Short), [3], "once a may, it was before d");
        assert_eq!(gate.leave("c", Lane::Short), [12]);
    }

    #[test]
    fn long_statements_hold_nobodys_place() {
        let mut gate = Turnstile::new(TURNS);
        assert_eq!([gate.enter("a", 1), gate.enter("a", 2)], [Entry::Go, Entry::Go]);
        assert_eq!([gate.enter("a", 3), gate.enter("b", 4)], [Entry::Wait, Entry::Wait]);
        assert_eq!(gate.lengthen(), [4], "a is at its bound, long or not");
        assert!(gate.has_short());
        assert_eq!(gate.lengthen(), Vec::<u64>::new(), "one long statement beside the others");
        assert!(gate.has_short(), "one of two");
        assert_eq!(gate.enter("c", 5), Entry::Wait);
        assert_eq!(gate.leave("a", Lane::Long), [3], "the other long one is beside the others now, and leaves its place");
        assert_eq!(gate.leave("b", Lane::Short), [5]);
        assert_eq!([gate.leave("a", Lane::Short), gate.leave("c", Lane::Short)], [const { Vec::<u64>::new() }; 2]);
        assert!(!gate.has_short(), "only the long one runs");
        assert_eq!(gate.leave("a", Lane::Long), Vec::<u64>::new());
    }
}
