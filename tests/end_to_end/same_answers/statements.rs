//! Statements made at random, by a seed, in the part of SQL that analysts write every day.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Type of a column or expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Text,
    Int,
    Date,
    Bool,
}

struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Kind)],
    /// Columns that name one row, for orders that leave nothing open.
    key: &'static [&'static str],
}

use Kind::{Bool, Date, Int, Text};

const PROJECTS: Table = Table {
    name: "projects",
    columns: &[
        ("project_id", Text),
        ("version", Int),
        ("carrier_id", Text),
        ("name", Text),
        ("investor", Text),
        ("chain_id", Text),
        ("region_kind", Text),
        ("province", Text),
        ("city", Text),
        ("chain_confidence", Int),
        ("chain_overridden", Bool),
        ("agreed_yuan", Int),
        ("planned_fixed_yuan", Int),
        ("planned_start_on", Date),
        ("planned_start_moved", Int),
        ("stage", Text),
        ("confidential", Bool),
        ("known_from", Date),
        ("known_until", Date),
    ],
    key: &["project_id", "version"],
};
const MILESTONES: Table = Table {
    name: "milestones",
    columns: &[
        ("project_id", Text),
        ("carrier_id", Text),
        ("milestone", Text),
        ("happened_on", Date),
        ("recognised_on", Date),
        ("revoked_on", Date),
        ("known_from", Date),
        ("year", Int),
    ],
    key: &["project_id", "milestone", "recognised_on", "known_from", "source"],
};
const INVESTMENTS: Table = Table {
    name: "investments",
    columns: &[
        ("project_id", Text),
        ("carrier_id", Text),
        ("kind", Text),
        ("month", Date),
        ("amount_yuan", Int),
        ("recognised_on", Date),
        ("year", Int),
    ],
    key: &["project_id", "kind", "month", "recognised_on", "known_from", "source"],
};
const CARRIERS: Table = Table {
    name: "carriers",
    columns: &[("carrier_id", Text), ("carrier", Text), ("kind", Text), ("assessed", Bool), ("sort", Int), ("valid_from", Date)],
    key: &["carrier_id", "valid_from"],
};
const CHAINS: Table = Table {
    name: "chains",
    columns: &[("chain_id", Text), ("chain", Text), ("cluster", Text), ("documented", Bool), ("sort", Int)],
    key: &["chain_id"],
};
const FACTS: [&Table; 3] = [&PROJECTS, &MILESTONES, &INVESTMENTS];

/// Texts that occur in the tables, parts of them, and some that do not.
const TEXTS: [&str; 16] = [
    "suixi",
    "gaoxin",
    "duji",
    "signed",
    "started",
    "completed",
    "安徽省",
    "江苏省",
    "上海市",
    "铝",
    "新能源",
    "项目",
    "a",
    "",
    "淮北",
    "%_'",
];
const DAYS: [&str; 8] = ["2020-12-31", "2021-02-28", "2021-06-30", "2022-01-01", "2022-03-31", "2022-05-31", "2022-12-31", "1999-01-01"];
const NUMBERS: [i64; 12] = [0, 1, 2, -1, 7, 100, 2021, 2022, 50_000_000, 100_000_000, 1_000_000_000, 5_000_000_000];

/// So many statements of a seed; the same every time.
pub fn statements(seed: u64, count: usize) -> Vec<String> {
    let mut maker = Maker { dice: StdRng::seed_from_u64(seed) };
    (0..count).map(|_| maker.statement()).collect()
}

struct Maker {
    dice: StdRng,
}

/// A column that an expression may name: `alias.column`.
type Named = (String, Kind);

impl Maker {
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.dice.random_range(0..of.len())].clone()
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    fn statement(&mut self) -> String {
        match self.dice.random_range(0..9) {
            0 => self.listed(),
            1 | 2 => self.grouped(),
            3 | 4 => self.joined(),
            5 => self.windowed(),
            6 => self.united(),
            7 => self.nested(),
            _ => self.measured(),
        }
    }

    /// Rows of one table, cut by an order that leaves nothing open.
    fn listed(&mut self) -> String {
        let table = self.one(&FACTS);
        let columns = named("t", table);
        let shown: Vec<String> = (0..self.dice.random_range(1..5)).map(|at| format!("{} as c{at}", self.any(&columns, 2))).collect();
        let order: Vec<String> = table.key.iter().map(|key| format!("t.{key}")).collect();
        let direction = self.one(&["asc nulls first", "desc nulls last"]);
        let limit = if self.chance(60) { format!(" limit {} offset {}", self.one(&[1, 7, 50]), self.one(&[0, 3])) } else { String::new() };
        let condition = self.condition(&columns, 3);
        let order = order.join(&format!(" {direction}, "));
        format!("select {} from {} t where {condition} order by {order} {direction}{limit}", shown.join(", "), table.name)
    }

    fn grouped(&mut self) -> String {
        let table = self.one(&FACTS);
        let columns = named("t", table);
        let by: Vec<String> = (0..self.dice.random_range(1..3)).map(|_| self.grouping(&columns)).collect();
        let aggregates: Vec<String> =
            (0..self.dice.random_range(1..4)).map(|at| format!("{} as a{at}", self.aggregate(&columns))).collect();
        let shown: Vec<String> = by.iter().enumerate().map(|(at, by)| format!("{by} as g{at}")).collect();
        let condition = self.condition(&columns, 2);
        let having = if self.chance(30) { format!(" having count(*) > {}", self.one(&[0, 1, 5])) } else { String::new() };
        let by = match self.dice.random_range(0..10) {
            0 => format!("rollup ({})", by.join(", ")),
            1 => format!("cube ({})", by.join(", ")),
            _ => by.join(", "),
        };
        format!("select {}, {} from {} t where {condition} group by {by}{having}", shown.join(", "), aggregates.join(", "), table.name)
    }

    fn joined(&mut self) -> String {
        let (left, right, on) = match self.dice.random_range(0..5) {
            0 => (&MILESTONES, &PROJECTS, "l.project_id = r.project_id"),
            1 => (&INVESTMENTS, &PROJECTS, "l.project_id = r.project_id and l.carrier_id = r.carrier_id"),
            2 => (&PROJECTS, &CARRIERS, "l.carrier_id = r.carrier_id"),
            3 => (&PROJECTS, &CHAINS, "l.chain_id = r.chain_id"),
            _ => (&MILESTONES, &MILESTONES, "l.project_id = r.project_id and l.milestone < r.milestone"),
        };
        let join = self.one(&["join", "left join", "right join", "full join"]);
        let mut columns = named("l", left);
        columns.extend(named("r", right));
        let condition = self.condition(&columns, 2);
        if self.chance(30) {
            // Rows of both sides under an order: equal names on both sides must not be confused.
            let condition = self.condition(&columns, 2);
            let shown: Vec<String> = (0..3).map(|at| format!("{} as c{at}", self.any(&columns, 1))).collect();
            let direction = self.one(&["asc nulls first", "desc nulls last"]);
            let (shown, left, right) = (shown.join(", "), left.name, right.name);
            let order = format!("1 {direction}, 2 {direction}, 3 {direction}");
            return format!("select distinct {shown} from {left} l {join} {right} r on {on} where {condition} order by {order} limit 20");
        }
        if self.chance(40) {
            let shown = self.any(&columns, 1);
            return format!(
                "select {shown} as c0, count(*) as n from {} l {join} {} r on {on} where {condition} group by 1",
                left.name, right.name
            );
        }
        let aggregates: Vec<String> = (0..2).map(|at| format!("{} as a{at}", self.aggregate(&columns))).collect();
        format!("select count(*) as n, {} from {} l {join} {} r on {on} where {condition}", aggregates.join(", "), left.name, right.name)
    }

    fn windowed(&mut self) -> String {
        let table = self.one(&FACTS);
        let columns = named("t", table);
        let part = self.grouping(&columns);
        let order: Vec<String> = table.key.iter().map(|key| format!("t.{key}")).collect();
        let order = order.join(", ");
        let number = self.number(&columns, 1);
        let function = match self.dice.random_range(0..7) {
            0 => "row_number()".to_owned(),
            1 => format!("sum({number})"),
            2 => format!("count({number})"),
            3 => format!("lag({number}, {})", self.one(&[1, 2])),
            4 => format!("lead({number}, 1)"),
            5 => format!("first_value({number})"),
            _ => format!("max({number})"),
        };
        let frame = match function.split('(').next() {
            Some("sum" | "count" | "max") if self.chance(50) => {
                self.one(&[" rows between 2 preceding and current row", " rows between unbounded preceding and 1 following"])
            }
            _ => "",
        };
        let ranks = self.one(&[
            "rank() over (order by t.carrier_id nulls first)",
            "dense_rank() over (order by t.project_id nulls first)",
            "ntile(4) over (order by t.project_id, t.carrier_id)",
        ]);
        let ranks = if ranks.starts_with("ntile") { format!("ntile(4) over (order by {order})") } else { ranks.to_owned() };
        let condition = self.condition(&columns, 1);
        format!(
            "select t.project_id, {function} over (partition by {part} order by {order}{frame}) as w, {ranks} as k from {} t where {condition}",
            table.name
        )
    }

    fn united(&mut self) -> String {
        let set = self.one(&["union", "union all", "intersect", "except"]);
        let branch = |maker: &mut Self| {
            let table = maker.one(&FACTS);
            let columns = named("t", table);
            let condition = maker.condition(&columns, 2);
            format!("select t.project_id, t.carrier_id from {} t where {condition}", table.name)
        };
        let (one, other) = (branch(self), branch(self));
        format!("select carrier_id, count(*) as n, count(distinct project_id) as d from ({one} {set} {other}) u group by carrier_id")
    }

    fn nested(&mut self) -> String {
        let columns = named("p", &PROJECTS);
        let inner = named("m", &MILESTONES);
        let (outer_condition, inner_condition) = (self.condition(&columns, 2), self.condition(&inner, 2));
        match self.dice.random_range(0..5) {
            0 => format!(
                "select p.carrier_id, count(*) as n from projects p where {outer_condition} and {}exists (select 1 from milestones m where m.project_id = p.project_id and {inner_condition}) group by 1",
                self.one(&["", "not "])
            ),
            1 => format!(
                "select count(*) as n, sum(p.agreed_yuan) as s from projects p where p.project_id in (select m.project_id from milestones m where {inner_condition}) and {outer_condition}"
            ),
            2 => format!(
                "select p.project_id, p.version, (select count(*) from milestones m where m.project_id = p.project_id and {inner_condition}) as n from projects p where {outer_condition}"
            ),
            3 => format!(
                "with m as (select * from milestones m where {inner_condition}), p as (select * from projects p where {outer_condition}) select p.chain_id, m.milestone, count(distinct m.project_id) as n from m join p on m.project_id = p.project_id group by p.chain_id, m.milestone"
            ),
            _ => format!(
                "select n, count(*) as projects from (select m.project_id, count(*) as n from milestones m where {inner_condition} group by m.project_id) c group by n having n >= (select min(year) - 2021 from milestones m where {inner_condition})"
            ),
        }
    }

    /// Expressions over one row each, where engines differ most.
    fn measured(&mut self) -> String {
        let columns = named("t", &PROJECTS);
        let shown: Vec<String> = (0..4).map(|at| format!("{} as c{at}", self.any(&columns, 3))).collect();
        let condition = self.condition(&columns, 1);
        format!("select distinct {} from projects t where {condition}", shown.join(", "))
    }

    fn of(&mut self, columns: &[Named], kind: Kind) -> Option<String> {
        let fitting: Vec<&Named> = columns.iter().filter(|column| column.1 == kind).collect();
        if fitting.is_empty() { None } else { Some(fitting[self.dice.random_range(0..fitting.len())].0.clone()) }
    }

    fn any(&mut self, columns: &[Named], depth: u32) -> String {
        match self.dice.random_range(0..7) {
            0 | 1 => self.text(columns, depth),
            2 | 3 => self.number(columns, depth),
            4 => self.day(columns, depth),
            5 => format!("case when {} then 1 else 0 end", self.condition(columns, depth.min(1))),
            _ => self.condition(columns, depth.min(1)),
        }
    }

    fn grouping(&mut self, columns: &[Named]) -> String {
        match self.dice.random_range(0..5) {
            0 => self.day(columns, 1),
            1 => self.number(columns, 0),
            _ => self.text(columns, 0),
        }
    }

    fn aggregate(&mut self, columns: &[Named]) -> String {
        let number = self.number(columns, 1);
        let text = self.text(columns, 1);
        let filter = if self.chance(25) { format!(" filter (where {})", self.condition(columns, 1)) } else { String::new() };
        let function = match self.dice.random_range(0..11) {
            0 => "count(*)".to_owned(),
            1 => format!("count({text})"),
            2 => format!("count(distinct {text})"),
            3 => format!("sum({number})"),
            4 => format!("min({number})"),
            5 => format!("max({text})"),
            6 => format!("avg({number})"),
            7 => format!("min({})", self.day(columns, 0)),
            8 => format!("stddev_samp({})", self.number(columns, 0)),
            9 => format!("bool_or({})", self.condition(columns, 1)),
            _ => format!("median({number})"),
        };
        format!("{function}{filter}")
    }

    fn text(&mut self, columns: &[Named], depth: u32) -> String {
        let column = self.of(columns, Text).unwrap_or_else(|| "'x'".to_owned());
        if depth == 0 {
            return column;
        }
        let inner = self.text(columns, depth - 1);
        let literal = self.literal();
        match self.dice.random_range(0..16) {
            0 => format!("upper({inner})"),
            1 => format!("substr({inner}, {}, {})", self.one(&[1, 2, 3]), self.one(&[0, 1, 4])),
            2 => format!("replace({inner}, {literal}, 'z')").replace("replace(", if literal == "''" { "concat(" } else { "replace(" }),
            3 => format!("coalesce({inner}, {literal})"),
            4 => format!("{inner} || {literal}"),
            5 => format!("left({inner}, {})", self.one(&[0, 1, 3])),
            6 => format!("right({inner}, {})", self.one(&[1, 2])),
            7 => format!("nullif({inner}, {literal})"),
            8 => format!("trim({inner})"),
            9 => format!("concat({inner}, {literal}, {column})"),
            10 => format!("case when {} then {inner} else {column} end", self.condition(columns, 0)),
            11 => format!("lower({inner})"),
            12 => format!("reverse({inner})"),
            13 => format!("split_part({inner}, 'i', {})", self.one(&[1, 2])),
            14 => format!("translate({inner}, 'abc', 'xyz')"),
            _ => inner,
        }
    }

    fn number(&mut self, columns: &[Named], depth: u32) -> String {
        let column = self.of(columns, Int).unwrap_or_else(|| "3".to_owned());
        if depth == 0 {
            return column;
        }
        let inner = self.number(columns, depth - 1);
        let constant = self.one(&NUMBERS);
        match self.dice.random_range(0..15) {
            0 => format!("({inner} + {constant})"),
            1 => format!("({inner} - {column})"),
            2 => format!("({inner} * {})", self.one(&[2, -1, 3])),
            3 => format!("abs({inner} - {constant})"),
            4 => format!("coalesce({inner}, {constant})"),
            5 => format!("length({})", self.text(columns, depth - 1)),
            6 => format!("extract(year from {})", self.day(columns, 0)),
            7 => format!("extract(month from {})", self.day(columns, 0)),
            8 => format!("greatest({inner}, {constant})"),
            9 => format!("({inner} % {})", self.one(&[7, 100, 9_999])),
            10 => format!("strpos({}, 'i')", self.text(columns, 0)),
            11 => format!("cast({inner} as double) / 100000000"),
            12 => format!("round(cast({inner} as double) / 3, 2)"),
            13 => format!("nullif({inner}, {constant})"),
            _ => inner,
        }
    }

    fn day(&mut self, columns: &[Named], depth: u32) -> String {
        let column = self.of(columns, Date).unwrap_or_else(|| "date '2022-05-31'".to_owned());
        if depth == 0 {
            return column;
        }
        match self.dice.random_range(0..5) {
            0 => format!("cast(date_trunc('month', {column}) as date)"),
            1 => format!("cast(date_trunc('year', {column}) as date)"),
            2 => format!("coalesce({column}, date '{}')", self.one(&DAYS)),
            3 => format!("cast({column} + interval '{}' as date)", self.one(&["1 month", "10 days", "1 year"])),
            _ => column,
        }
    }

    fn condition(&mut self, columns: &[Named], depth: u32) -> String {
        if depth > 0 && self.chance(45) {
            let (one, other) = (self.condition(columns, depth - 1), self.condition(columns, depth - 1));
            return match self.dice.random_range(0..3) {
                0 => format!("({one} and {other})"),
                1 => format!("({one} or {other})"),
                _ => format!("not ({one})"),
            };
        }
        let compare = self.one(&["=", "<>", "<", "<=", ">", ">="]);
        match self.dice.random_range(0..10) {
            0 => format!("{} {compare} {}", self.number(columns, 1), self.one(&NUMBERS)),
            1 => format!("{} {compare} {}", self.text(columns, 1), self.literal()),
            2 => format!("{} {compare} date '{}'", self.day(columns, 1), self.one(&DAYS)),
            3 => format!("{} is {}null", self.text(columns, 0), self.one(&["", "not "])),
            4 => format!("{} like '%{}%'", self.text(columns, 0), self.one(&["铝", "i", "ed", "项目"])),
            5 => format!("{} between {} and {}", self.number(columns, 0), self.one(&[0, 2021]), self.one(&[2022, 900_000_000])),
            6 => format!("{} in ({}, {}, {})", self.text(columns, 0), self.literal(), self.literal(), self.literal()),
            7 => format!("{} not in ({}, {})", self.number(columns, 0), self.one(&NUMBERS), self.one(&NUMBERS)),
            8 => format!("({} is not distinct from {})", self.text(columns, 0), self.literal()),
            _ => self.of(columns, Bool).unwrap_or_else(|| "true".to_owned()),
        }
    }

    fn literal(&mut self) -> String {
        format!("'{}'", self.one(&TEXTS).replace('\'', "''"))
    }
}

fn named(alias: &str, table: &Table) -> Vec<Named> {
    table.columns.iter().map(|(column, kind)| (format!("{alias}.{column}"), *kind)).collect()
}
