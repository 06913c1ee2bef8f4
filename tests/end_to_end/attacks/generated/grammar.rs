//! A small grammar of SQL with odd literals, driven by a seed.

mod words;

use words::{AGGREGATES, DAYS, FUNCTIONS, HOSTILE, NUMBERS, OF_NUMBERS, OPERATORS, SCHEMAS, TABLES, TEXTS, TYPES, WINDOWS};

/// Makes one statement.
pub struct Grammar {
    state: u64,
    /// Columns of the tables in FROM, with their aliases.
    columns: Vec<(u8, String)>,
}

impl Grammar {
    pub fn new(seed: u64) -> Self {
        Self { state: seed, columns: Vec::new() }
    }

    pub fn statement(&mut self) -> String {
        let mut sql = match self.below(12) {
            0 => format!("explain {}", self.query(2)),
            1 => format!("with c as ({}) select * from c", self.query(2)),
            2 => format!("select * from ({}) as t limit 5", self.query(2)),
            3 => format!("{} union all {}", self.query(1), self.query(1)),
            _ => self.query(3),
        };
        // One in sixteen is broken in one place.
        if self.below(16) == 0 {
            let places: Vec<usize> = sql.char_indices().map(|(at, _)| at).collect();
            let at = places[self.below(places.len())];
            sql.insert_str(at, HOSTILE[self.below(HOSTILE.len())]);
        }
        sql
    }

    fn query(&mut self, depth: usize) -> String {
        let before = std::mem::take(&mut self.columns);
        let from = self.from();
        let mut sql = match self.below(4) {
            0 => {
                let (key, measure) = (self.column(), self.aggregate(depth.min(2)));
                format!("select {key}, {measure} from {from} group by {key}")
            }
            1 => format!("select {}, {} from {from}", self.window(depth), self.any(depth)),
            _ => {
                let list: Vec<String> = (0..=self.below(3)).map(|_| self.any(depth)).collect();
                let condition = if self.below(2) == 0 { format!(" where {}", self.truth(depth)) } else { String::new() };
                format!("select {} from {from}{condition}", list.join(", "))
            }
        };
        match self.below(5) {
            0 => sql += " order by 1",
            1 => sql += &format!(" order by 1 limit {}", NUMBERS[self.below(4)]),
            _ => {}
        }
        self.columns = before;
        sql
    }

    fn from(&mut self) -> String {
        let first = self.relation("a");
        match self.below(6) {
            0 => format!("{first}, {}", self.relation("b")),
            1 => {
                let second = self.relation("b");
                let kind = ["join", "left join", "full join"][self.below(3)];
                format!("{first} {kind} {second} on {} = {}", self.column_of(b't'), self.column_of(b't'))
            }
            _ => first,
        }
    }

    fn relation(&mut self, alias: &str) -> String {
        let (table, columns) = TABLES[self.below(TABLES.len())];
        self.columns.extend(columns.iter().map(|column| (column.as_bytes()[0], format!("{alias}.{}", &column[2..]))));
        format!("{}{table} {alias}", SCHEMAS[self.below(SCHEMAS.len())])
    }

    fn column(&mut self) -> String {
        let at = self.below(self.columns.len());
        self.columns[at].1.clone()
    }

    /// A column of that kind; any when there is none.
    fn column_of(&mut self, kind: u8) -> String {
        let fitting: Vec<String> = self.columns.iter().filter(|(of, _)| *of == kind).map(|(_, column)| column.clone()).collect();
        if fitting.is_empty() { self.column() } else { fitting[self.below(fitting.len())].clone() }
    }

    fn any(&mut self, depth: usize) -> String {
        let kinds = [b'n', b't', b'd', b'l'];
        let kind = kinds[self.below(kinds.len())];
        self.value(kind, depth)
    }

    /// A value of that kind, and sometimes of another.
    fn value(&mut self, kind: u8, depth: usize) -> String {
        let kind = if self.below(24) == 0 { b"ntdl"[self.below(4)] } else { kind };
        if depth > 0 {
            match self.below(8) {
                0..3 => return self.call(kind, depth - 1),
                3 if kind == b'n' => {
                    let (one, other) = (self.value(kind, depth - 1), self.value(kind, depth - 1));
                    return format!("({one} {} {other})", OF_NUMBERS[self.below(OF_NUMBERS.len())]);
                }
                4 if self.below(4) == 0 => {
                    return format!("({} {} {})", self.any(depth - 1), OPERATORS[self.below(OPERATORS.len())], self.any(depth - 1));
                }
                5 if self.below(2) == 0 => return format!("cast({} as {})", self.any(depth - 1), TYPES[self.below(TYPES.len())]),
                6 => {
                    let (one, other) = (self.value(kind, depth - 1), self.value(kind, depth - 1));
                    return format!("case when {} then {one} else {other} end", self.truth(depth - 1));
                }
                _ => {}
            }
        }
        match (kind, self.below(3)) {
            (b'l', _) => format!("[{}, {}]", NUMBERS[self.below(4)], NUMBERS[self.below(NUMBERS.len())]),
            (kind, 0) => self.column_of(kind),
            (b'n', _) => NUMBERS[self.below(NUMBERS.len())].to_owned(),
            (b't', _) => TEXTS[self.below(TEXTS.len())].to_owned(),
            (_, 1) => format!("{} + interval '{} months'", DAYS[self.below(DAYS.len())], self.below(30_000)),
            _ => DAYS[self.below(DAYS.len())].to_owned(),
        }
    }

    /// A function, if one of the first that come gives that kind by its first argument's.
    fn call(&mut self, kind: u8, depth: usize) -> String {
        let mut chosen = ("abs", "n");
        for _ in 0..6 {
            chosen = FUNCTIONS[self.below(FUNCTIONS.len())].split_once(' ').unwrap_or(chosen);
            if chosen.1.as_bytes()[0] == kind {
                break;
            }
        }
        let arguments: Vec<String> = chosen.1.bytes().map(|kind| self.value(if kind == b'x' { b't' } else { kind }, depth)).collect();
        format!("{}({})", chosen.0, arguments.join(", "))
    }

    fn truth(&mut self, depth: usize) -> String {
        match self.below(6) {
            0 => format!("{} is not null", self.any(depth.min(1))),
            1 => format!("{} in ({}, {})", self.column_of(b't'), TEXTS[self.below(TEXTS.len())], TEXTS[self.below(TEXTS.len())]),
            2 => format!("{} like {}", self.column_of(b't'), TEXTS[self.below(TEXTS.len())]),
            3 => format!("{} in (select z.name from projects z)", self.column_of(b't')),
            4 => format!("not ({} between {} and {})", self.column_of(b'n'), self.value(b'n', 0), self.value(b'n', 0)),
            _ => format!("{} = {}", self.value(b'n', depth.min(2)), self.value(b'n', depth.min(2))),
        }
    }

    fn aggregate(&mut self, depth: usize) -> String {
        let name = AGGREGATES[self.below(AGGREGATES.len())];
        let value = self.value(b'n', depth);
        match name.split_once(' ') {
            Some((name, distinct)) => format!("{name}({distinct} {value})"),
            None => format!("{name}({value})"),
        }
    }

    fn window(&mut self, depth: usize) -> String {
        let call = WINDOWS[self.below(WINDOWS.len())].replace('N', NUMBERS[self.below(NUMBERS.len())]).replace('C', &self.column());
        let frame = ["", " rows between 1 preceding and unbounded following", " range between 1 preceding and current row"][self.below(3)];
        format!("{call} over (partition by {} order by {}{frame})", self.column(), self.value(b'n', depth.min(1)))
    }

    /// The next number below `bound`: splitmix64, so that a seed tells the whole statement.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or(0)
    }
}

#[test]
fn a_seed_tells_the_whole_statement() {
    let made = |seed| Grammar::new(seed).statement();
    assert_eq!(made(7), made(7));
    let different: std::collections::BTreeSet<String> = (0..500).map(made).collect();
    assert!(different.len() > 450, "{} of 500 differ", different.len());
}
