//! The engine's usual words as a Chinese sentence (引擎用语的中文说法), with the names, types and values that stand in them.

/// What the engine said, for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// In Chinese, without a full stop.
    pub said: String,
    /// What can be done, where that is known better than from the kind of the failure.
    pub hint: Option<&'static str>,
}

/// The engine's words in Chinese; `None` when they are not among the usual ones.
pub(super) fn in_chinese(words: &str) -> Option<Told> {
    let words = without_leads(words);
    // First what may end in a full stop of its own.
    unexpected(words).or_else(|| {
        let words = words.trim_end().trim_end_matches('.');
        unreadable_pattern(words).or_else(|| no_such_form(words)).or_else(|| known(words))
    })
}

/// What the engine sets before its words, once or again and again.
const LEADS: &[&str] = &[
    "sql parser error: ",
    "SQL error: ",
    "Error during planning: ",
    "This feature is not implemented: ",
    "Execution error: ",
    "Internal error: ",
    "External error: ",
    "Schema error: ",
    "Invalid or Unsupported Configuration: ",
    "Arrow error: ",
    "Invalid argument error: ",
    "Cast error: ",
    "Compute error: ",
    "Parser error: ",
    "Not yet implemented: ",
];

fn without_leads(words: &str) -> &str {
    let mut words = words.trim_start();
    while let Some(rest) = LEADS.iter().find_map(|lead| words.strip_prefix(*lead)) {
        words = rest;
    }
    words
}

/// A text shown longer than this is cut: the whole stands in the English words.
const MOST: usize = 200;

/// A text of the engine's as it is, on one line and not too long.
fn clipped(text: &str) -> String {
    let cut = text.char_indices().nth(MOST).map(|(end, _)| format!("{}…", &text[..end]));
    cut.unwrap_or_else(|| text.to_owned()).replace(['\n', '\r', '\t'], " ")
}

/// Adds a part, with a space where Chinese and Latin characters meet.
fn push(said: &mut String, part: &str) {
    let is_han = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
    let meet = |one: char, other: char| is_han(one) && other.is_ascii_graphic();
    if let (Some(before), Some(after)) = (said.chars().next_back(), part.chars().next())
        && (meet(before, after) || meet(after, before))
    {
        said.push(' ');
    }
    said.push_str(part);
}

/// `甲、乙或丙`
fn either(options: &[String]) -> String {
    let mut said = String::new();
    for (at, option) in options.iter().enumerate() {
        let joint = match at {
            0 => "",
            _ if at + 1 == options.len() => "或",
            _ => "、",
        };
        push(&mut said, joint);
        push(&mut said, option);
    }
    said
}

// What the reader of SQL expected.

/// `Expected: an expression, found: EOF`
fn unexpected(words: &str) -> Option<Told> {
    let (expected, found) = words.strip_prefix("Expected: ")?.split_once(", found: ")?;
    let is_quoted = found.starts_with(['\'', '"']);
    let hint = (!is_quoted && found.contains(FULL_WIDTH)).then_some("其中有全角符号，请改为半角");
    let found = clipped(found);
    if expected.starts_with("end of statement") {
        return Some(Told { said: format!("语句到此应已结束，却还有“{found}”"), hint });
    }
    let mut said = wanted(expected)?;
    said.push_str(&if found == "EOF" { "，而语句已结束".to_owned() } else { format!("，而写的是“{found}”") });
    Some(Told { said, hint })
}

/// Typed by an input method for Chinese, they are parts of names to the engine.
const FULL_WIDTH: [char; 18] =
    ['，', '；', '：', '。', '（', '）', '“', '”', '‘', '’', '＝', '＞', '＜', '＋', '－', '＊', '／', '\u{3000}'];

/// `IN or BETWEEN after NOT`, `one of FROM or TO`, `an expression`
fn wanted(expected: &str) -> Option<String> {
    if expected.len() > MOST {
        return None;
    }
    let (options, before) = match phrase(expected) {
        Some(said) => return Some(lead_in("此处应为", said)),
        None => expected.split_once(" after ").map_or((expected, None), |(options, before)| (options, Some(before))),
    };
    let options = options.strip_prefix("one of ").unwrap_or(options).replace(", or ", ", ").replace(" or ", ", ");
    let options: Vec<String> = options.split(", ").map(option).collect::<Option<_>>()?;
    let lead = match before {
        Some(before) => lead_in(&option(before)?, "之后应为"),
        None => "此处应为".to_owned(),
    };
    Some(lead_in(&lead, &either(&options)))
}

/// Two parts as one text.
fn lead_in(lead: &str, rest: &str) -> String {
    let mut said = lead.to_owned();
    push(&mut said, rest);
    said
}

/// One thing that may stand here: a phrase of the reader's, a keyword as it is, or a sign.
fn option(text: &str) -> Option<String> {
    let text = text.trim_matches(['\'', '`']);
    match phrase(text) {
        Some(said) => Some(said.to_owned()),
        None if text.is_empty() || text.contains(|character: char| character.is_ascii_lowercase()) => None,
        None if text.contains(char::is_alphanumeric) => Some(text.to_owned()),
        None => Some(format!("“{text}”")),
    }
}

fn phrase(text: &str) -> Option<&'static str> {
    PHRASES.iter().find(|(phrases, _)| phrases.contains(&text)).map(|(_, said)| *said)
}

const PHRASES: &[(&[&str], &str)] = &[
    (&["an SQL statement"], "语句（如 SELECT）"),
    (&["statement", "a QUERY statement"], "查询语句"),
    (&["an expression"], "表达式"),
    (&["identifier", "an identifier"], "名称"),
    (&["wildcard or identifier"], "* 或名称"),
    (&["an identifier or a '*' after '.'"], "名称或 *"),
    (&["an identifier or value"], "名称或取值"),
    (&["a name or type"], "名称或类型"),
    (&["a data type name"], "类型名"),
    (&["a value", "a concrete value"], "取值"),
    (&["at least one value"], "至少一个取值"),
    (&["string", "a string", "a string value", "string literal", "literal string"], "文本"),
    (&["number", "literal number", "literal int"], "数"),
    (&["placeholder", "? placeholder"], "参数"),
    (&["joined table"], "要连接的表"),
    (&["table name", "Table name", "a table name"], "表名"),
    (&["a list of columns in parentheses"], "括号中的列名"),
    (&["a function identifier"], "函数名"),
    (&["a subquery in the query body"], "子查询"),
    (&["date/time field"], "时间单位（如 YEAR、MONTH、DAY）"),
    (&["[NOT] NULL | TRUE | FALSE | DISTINCT | [form] NORMALIZED FROM after IS"], "NULL、TRUE、FALSE 或 DISTINCT FROM"),
    (&["expected one of: ')', ','"], "“)”或“,”"),
    (&["} or upper bound"], "“}”或上界"),
    (&["trim_where field"], "BOTH、LEADING 或 TRAILING"),
    (&["an explain format such as TREE"], "格式名（如 TREE）"),
    (&["equals sign"], "等号"),
    (&["an object type"], "对象类型"),
];

// Regular expressions.

/// A pattern that does not read is printed with a mark below it; what is wrong with it comes last.
fn unreadable_pattern(words: &str) -> Option<Told> {
    let leads = ["regex parse error:", "Regular expression did not compile: Syntax("];
    if !leads.iter().any(|lead| words.starts_with(*lead)) {
        return None;
    }
    let why = words.rsplit_once("error: ").and_then(|(_, why)| why.lines().next()).unwrap_or("");
    let fault = PATTERN_FAULTS.iter().find(|(fault, _)| why.starts_with(*fault));
    let said = fault.map_or_else(|| "正则表达式有误".to_owned(), |(_, said)| format!("正则表达式有误：{said}"));
    Some(Told { said, hint: Some(PATTERN_HINT) })
}

const PATTERN_HINT: &str = r"正则表达式的括号须成对；符号本身写作 \. \( \[ 等；不支持前后查找与反向引用";

const PATTERN_FAULTS: &[(&str, &str)] = &[
    ("unclosed group", "圆括号没有结尾"),
    ("unopened group", "圆括号没有开头"),
    ("unclosed character class", "方括号没有结尾"),
    ("unclosed counted repetition", "花括号没有结尾"),
    ("unclosed capture group name", "组名没有结尾"),
    ("repetition operator missing expression", "*、+、? 之前缺少内容"),
    ("repetition quantifier expects a valid decimal", "花括号中须为次数"),
    ("invalid repetition count range", "花括号中的次数前大后小"),
    ("invalid character class range", "方括号中的范围前大后小"),
    ("invalid range boundary", "方括号中的范围须以单个字符为界"),
    ("invalid escape sequence found in character class", r"方括号中有不能识别的 \ 写法"),
    ("incomplete escape sequence", r"结尾的 \ 之后缺少字符"),
    ("unrecognized escape sequence", r"有不能识别的 \ 写法"),
    ("unrecognized flag", "有不能识别的标志"),
    ("backreferences are not supported", "不支持反向引用"),
    ("look-around", "不支持前后查找"),
    ("Unicode property not found", "没有这个字符类别"),
    ("exceed", "嵌套过深或组过多"),
];

// Calls of functions.

/// What is wrong with a call, the call, and the forms that the function has.
fn no_such_form(words: &str) -> Option<Told> {
    let (reason, rest) = words.split_once("No function matches the given name and argument types '")?;
    let (call, rest) = rest.split_once("'. You might need to add explicit type casts")?;
    let (function, given) = call.strip_suffix(')')?.split_once('(')?;
    let reason = known(without_leads(reason.trim_end().trim_end_matches('.')));
    let mut said = match reason {
        Some(reason) => reason.said,
        None if given.is_empty() => format!("函数 {} 须有参数", clipped(function)),
        None => format!("函数 {} 的参数个数或类型不符，所给为（{}）", clipped(function), types_in_chinese(given, "、")),
    };
    let mut forms: Vec<String> = Vec::new();
    for shown in rest.lines().take(MOST_FORMS).filter_map(form) {
        if !forms.contains(&shown) {
            forms.push(shown);
        }
    }
    if !forms.is_empty() {
        said.push_str("；可用形式：");
        said.push_str(&forms.join("、"));
    }
    Some(Told { said, hint: Some(FUNCTION_HINT) })
}

const FUNCTION_HINT: &str = "请核对函数名、参数的个数与类型";

/// Forms of one function that are looked at, many of which are one in Chinese.
const MOST_FORMS: usize = 24;

/// `round(Float64, Int64)` as `round(小数, 整数)`; nothing when the function reads its arguments on its own.
fn form(line: &str) -> Option<String> {
    let (function, taken) = line.trim().strip_suffix(')')?.split_once('(')?;
    (taken != "UserDefined").then(|| format!("{}({})", clipped(function), types_in_chinese(taken, ", ")))
}

// Types.

/// The types that Arrow and DataFusion name, alone or with their own particulars in brackets.
const TYPES: &[(&[&str], &str)] = &[
    (&["Utf8", "Utf8View", "LargeUtf8", "String"], "文本"),
    (&["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Integer"], "整数"),
    (&["Float16", "Float32", "Float64", "Float"], "小数"),
    (&["Decimal32", "Decimal64", "Decimal128", "Decimal256", "Decimal"], "小数"),
    (&["Numeric"], "数"),
    (&["Boolean"], "是否"),
    (&["Date32", "Date64", "Date"], "日期"),
    (&["Timestamp"], "时间"),
    (&["Time32", "Time64", "Time"], "时刻"),
    (&["Interval", "Duration"], "时长"),
    (&["Null"], "空值"),
    (&["List", "LargeList", "FixedSizeList", "ListView", "LargeListView", "array", "recursive_array"], "列表"),
    (&["Struct"], "结构"),
    (&["Map", "map_array"], "映射"),
    (&["Binary", "LargeBinary", "BinaryView", "FixedSizeBinary"], "字节串"),
    (&["Any"], "任意类型"),
    (&["NullAry"], ""),
];

/// A text that is one type as a whole.
fn type_in_chinese(text: &str) -> Option<&'static str> {
    let text = text.trim_matches([' ', '\'', ':', '`']);
    let (name, within) = match text.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')?),
        None => (text, ""),
    };
    // `Decimal128(10, 2) - Decimal128(3, 0)` are two.
    let mut depth = 0_usize;
    for character in within.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    TYPES.iter().find(|(names, _)| names.contains(&name)).map(|(_, said)| *said)
}

/// One type, or those that an argument may have, `exponent: Int64/Float64`; other texts as they are.
fn one_in_chinese(text: &str) -> String {
    if let Some(said) = type_in_chinese(text) {
        return said.to_owned();
    }
    let types = text.split_once(": ").map_or(text, |(_, types)| types);
    match types.split('/').map(type_in_chinese).collect::<Option<Vec<&str>>>() {
        Some(mut types) => {
            types.dedup();
            types.join("/")
        }
        None => clipped(text),
    }
}

/// `Utf8View, Int64` as `文本、整数`.
fn types_in_chinese(text: &str, joint: &str) -> String {
    let types: Vec<String> = outside_brackets(&clipped(text), ',').into_iter().map(|one| one_in_chinese(one.trim())).collect();
    types.join(joint)
}

/// `Utf8View = Boolean` as `文本 = 是否`.
fn operation_in_chinese(text: &str) -> String {
    let text = clipped(text);
    let parts = outside_brackets(&text, ' ');
    match parts.as_slice() {
        [left, operator @ .., right] if !operator.is_empty() => {
            format!("{} {} {}", one_in_chinese(left), operator.join(" "), one_in_chinese(right))
        }
        _ => text.clone(),
    }
}

/// The parts between separators that are not within round brackets.
fn outside_brackets(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut depth) = (0, 0_usize);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if character == separator && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

// All the other words.

/// Holes that hold one word or number, so that words we do not know are not taken for it.
const ONE_WORD: [&str; 7] = ["function", "operator", "part", "wanted", "given", "least", "most"];

/// Words that a row of the table below knows.
///
/// Both sides of a row have `{holes}` with names: `…type` holds a type, `…types` a list of them, `…operation` two with an operator
/// between. What `{_}` holds is not said.
fn known(words: &str) -> Option<Told> {
    GROUPS.iter().find_map(|(hint, rows)| {
        let (said, holes) = rows.lines().filter_map(pair).find_map(|(pattern, said)| Some((said, holes(pattern, words)?)))?;
        Some(Told { said: filled(said, &holes), hint: (!hint.is_empty()).then_some(*hint) })
    })
}

/// Both sides of a row; an empty line has none.
fn pair(row: &'static str) -> Option<(&'static str, &'static str)> {
    row.split_once(" → ")
}

/// What stands in the holes, when the words are those of the pattern.
///
/// Every piece between holes is taken where it is found first, the last one at the end: there is no going back, so the time
/// grows with the words' length only.
fn holes<'w>(pattern: &'static str, words: &'w str) -> Option<Vec<(&'static str, &'w str)>> {
    let mut pieces = pattern.split('{').peekable();
    let mut rest = words.strip_prefix(pieces.next()?)?;
    let mut holes = Vec::new();
    while let Some(piece) = pieces.next() {
        let (name, literal) = piece.split_once('}')?;
        let end = if pieces.peek().is_some() { rest.find(literal)? } else { rest.strip_suffix(literal)?.len() };
        let held = &rest[..end];
        if ONE_WORD.contains(&name) && held.contains(char::is_whitespace) {
            return None;
        }
        holes.push((name, held));
        rest = &rest[end + literal.len()..];
    }
    rest.is_empty().then_some(holes)
}

/// The Chinese with its holes filled.
fn filled(said: &str, holes: &[(&str, &str)]) -> String {
    let mut sentence = String::new();
    let mut pieces = said.split('{');
    sentence.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        let (name, literal) = piece.split_once('}').unwrap_or(("", piece));
        if let Some((_, held)) = holes.iter().find(|(hole, _)| *hole == name) {
            push(&mut sentence, &shown(name, held));
        }
        push(&mut sentence, literal);
    }
    sentence
}

/// What a hole holds as it is said, by the hole's name.
fn shown(name: &str, held: &str) -> String {
    match name {
        "function" => clipped(held.trim_matches(['`', '(', ')'])),
        _ if name.ends_with("operation") => operation_in_chinese(held),
        _ if name.ends_with("types") => types_in_chinese(held, "、"),
        _ if name.ends_with("type") => one_in_chinese(held),
        _ => clipped(held),
    }
}

/// Rows `words → Chinese`, and what can be done about them, where that is known. The more particular rows stand first.
const GROUPS: &[(&str, &str)] = &[
    ("文本用单引号括起，其中的单引号写作两个；双引号只用于名称", QUOTES),
    ("", READER),
    ("参数以 $名称 书写并须给出取值", PARAMETERS),
    ("请写明表名或别名，如 p.列名；同名的列用 AS 另起名称", NAMES),
    ("请把该列加入 GROUP BY 分组，或放进聚合函数，如 max、any_value", GROUPING),
    ("请先在子查询（WITH）中算出里层的结果，再对它筛选或汇总", NESTING),
    ("请在子查询中用聚合函数或 LIMIT 1 使其只得一行，或改写为连接（JOIN）", SUBQUERIES),
    ("请使各部分的列数与类型一一对应", SET_OPERATIONS),
    ("", CLAUSES),
    ("窗口函数写作 函数(…) over (partition by … order by …)，范围写作 rows between 2 preceding and current row", WINDOWS),
    (FUNCTION_HINT, FUNCTIONS),
    ("请先化为同一类型，如 列::bigint、列::text；日期加减写作 日期 + interval '3 days'", OPERATORS),
    ("日期写作 '2022-03-31'，时间写作 '2022-03-31 08:00:00'，时长写作 interval '3 days'", DAYS),
    ("不能转换的取值要得空值，可用 try_cast(列 as 类型)；整数不够大时可用 bigint 或 double", CASTS),
    ("可用 nullif(除数, 0)，除数为零时得空值", ZERO),
    ("可先转换为 double 再计算，如 列::double", OVERFLOW),
    ("", VALUES),
    (PATTERN_HINT, PATTERNS),
    ("", SERVER),
];

/// Texts and names that do not end.
const QUOTES: &str = r"
Unterminated string literal → 文本缺少结尾的单引号
Unterminated encoded string literal → 文本缺少结尾的单引号
Unterminated dollar-quoted string → 以 $ 括起的文本没有结尾
Unterminated dollar-quoted, expected $ → 以 $ 括起的文本没有结尾
Expected close delimiter '{quote}' before EOF → 名称缺少结尾的“{quote}”
";

/// What else the reader of SQL says, and EXPLAIN.
const READER: &str = r"
Unexpected EOF while in a multi-line comment → 注释缺少结尾的 */
Unexpected character '{character}' → 此处不能有“{character}”
Expected a valid binary operator after '{sign}' → “{sign}”之后不是可用的运算符
Expected identifier, found: {found} → 此处应为名称，而写的是“{found}”
Expected an expression, found: {found} → 此处应为表达式，而写的是“{found}”
Expected one of [{_}] as comparison operator, found: {found} → ANY、ALL 之前应为比较运算符，而写的是“{found}”
Expected 'FROM' or ',' → 此处应为 FROM 或逗号
No infix parser for token {_} → 此处有不能识别的运算符
Could not parse '{value}' as {_} → “{value}”不是可用的数
Cannot parse {given} as {_} → “{given}”不是可用的数
recursion limit exceeded → 语句嵌套过深
Cannot specify both ALL and DISTINCT → ALL 与 DISTINCT 不能同时使用
Cannot specify ALL then DISTINCT → ALL 与 DISTINCT 不能同时使用
Cannot specify DISTINCT then ALL → ALL 与 DISTINCT 不能同时使用
Explain must be root of the plan → EXPLAIN 只能写在语句开头
Nested EXPLAINs are not supported → EXPLAIN 不能嵌套
EXPLAIN VERBOSE with FORMAT is not supported → EXPLAIN VERBOSE 不能与 FORMAT 同用
EXPLAIN ANALYZE with FORMAT {format} is not supported → EXPLAIN ANALYZE 不支持格式“{format}”
Invalid explain format. Expected {_}. Got '{format}' → EXPLAIN 没有格式“{format}”，可用 indent、tree、pgjson、graphviz
unknown EXPLAIN option: {option} → EXPLAIN 没有选项“{option}”
";

/// Parameters.
const PARAMETERS: &str = r"
No value found for placeholder with name {name} → 参数 {name} 没有取值
No value found for placeholder with id {name} → 参数 {name} 没有取值
Placeholder '{name}' was not provided a value for execution → 参数 {name} 没有取值
parameter {name} is not declared → 参数 {name} 没有取值
Invalid placeholder, zero is not a valid index: {name} → 参数的序号从 1 开始，所写为 {name}
Unknown placeholder: {name} → 不能识别的参数 {name}
Can't parse placeholder: {name} → 不能识别的参数 {name}
Failed to parse placeholder id: {_} → 参数须以序号书写，如 $1
Expected {wanted} parameters, got {given} → 须有 {wanted} 个参数，给了 {given} 个
";

/// Names that are there not at all, or more than once.
const NAMES: &str = r#"
Ambiguous reference to unqualified field {column} → 有几张表都有列“{column}”，不知用哪一个
Schema contains qualified field name {column} and unqualified field name {other} which would be ambiguous → 列“{column}”与“{other}”不能区分
Schema contains duplicate unqualified field name {column} → 有不止一列名为“{column}”
Schema contains duplicate qualified field name {column} → 有不止一列名为“{column}”
{_} require unique expression names but the expression "{one}" at position {_} and "{other}" at {_} → SELECT 中“{one}”与“{other}”同名
No field named {column}. Did you mean '{near}'?{_} → 没有这一列：{column}，是否为 {near}？
No field named {column}.{_}Valid fields are {columns} → 没有这一列：{column}，可用的列：{columns}
No field named {column} → 没有这一列：{column}
Invalid qualifier {table} → 没有这个表名或别名：{table}
WITH query name "{table}" specified more than once → WITH 中“{table}”定义了不止一次
EXCLUDE or EXCEPT contains duplicate column names → EXCLUDE、EXCEPT 中有重复的列名
Source table contains {wanted} columns but only {given} names given as column alias → 表有 {wanted} 列，而别名只给了 {given} 个
"#;

/// Columns that a grouped result does not have.
const GROUPING: &str = r#"
Column in {clause} must be in {_}, column "{column}" must appear {_} → {clause} 中的“{column}”既不在 GROUP BY 中，也不在聚合函数中
HAVING clause references: {expression} must appear in the GROUP BY {_} → HAVING 中的“{expression}”既不在 GROUP BY 中，也不在聚合函数中
Argument {column} to grouping function is not in grouping columns {_} → grouping 的参数“{column}”须在 GROUP BY 中
"#;

/// Aggregates and windows in the wrong place.
const NESTING: &str = r"
Aggregate functions are not allowed in the WHERE clause{_} → WHERE 中不能用聚合函数，对汇总结果的筛选请写在 HAVING 中
Aggregate function calls cannot be nested: '{inner}' is nested inside '{_}' → 聚合函数不能嵌套：“{inner}”在另一个聚合函数中
Aggregate function calls cannot contain window function calls: '{inner}' is nested inside '{_}' → 聚合函数中不能有窗口函数：“{inner}”
Window function calls cannot be nested: '{inner}' is nested inside '{_}' → 窗口函数不能嵌套：“{inner}”在另一个窗口函数中
Physical plan does not support logical expression WindowFunction({_} → 窗口函数只能写在 SELECT 与 ORDER BY 中
Physical plan does not support logical expression AggregateFunction({_} → 此处不能用聚合函数
";

/// Subqueries.
const SUBQUERIES: &str = r"
Scalar subquery returned more than one row → 用作取值的子查询得出了不止一行
Scalar subquery should only return one column, but found {count}: {columns} → 用作取值的子查询只能有一列，所给为 {count} 列：{columns}
Scalar subquery must return exactly one column, got {count} → 用作取值的子查询只能有一列，所给为 {count} 列
Too many columns! The subquery should only return one column: {columns} → 子查询只能有一列，所给为：{columns}
InSubquery should only return one column, but found {count}: {columns} → IN 的子查询只能有一列，所给为 {count} 列：{columns}
{_} should only return one column, but found {count}: {columns} → 子查询只能有一列，所给为 {count} 列：{columns}
subquery must return exactly one column of data to compare against → 用来比较的子查询须只有一列
Correlated scalar subquery must be aggregated to return at most one row → 引用外层列的子查询须用聚合函数，使其至多得出一行
Correlated scalar subquery in the GROUP BY clause must also be {_} → GROUP BY 中引用外层列的子查询也须写在 SELECT 中
Correlated scalar subquery can only be used in {_} → 引用外层列的子查询只能写在 SELECT、WHERE 与聚合中
A GROUP BY clause in a scalar correlated subquery cannot contain non-correlated columns → 引用外层列的子查询只能按与外层相等的列分组
In/Exist/SetComparison subquery can only be used in {_} → IN、EXISTS、ANY 的子查询不能写在此处
Accessing outer reference columns is not allowed in the plan: {_} → 子查询在此处不能引用外层的列
Physical plan does not support undecorrelated Subquery → 不支持这样引用外层列的子查询
Physical plan does not support logical expression OuterReferenceColumn({_} → 不支持这样引用外层列的子查询
Physical plan does not support logical expression {_} → 此处不能用这样的表达式或子查询
expr type {one_type} can't cast to {other_type} in {_} → 比较的值与子查询的列类型不同：{one_type}、{other_type}
";

/// Results set one below the other.
const SET_OPERATIONS: &str = r"
UNION queries have {_}: left has {left} columns whereas right has {right} columns → UNION 两边的列数不同：左边 {left} 列，右边 {right} 列
{operator} queries have different number of columns → {operator} 两边的列数不同
INTERSECT/EXCEPT query must have {_}. Left is {left} and right is {right} → INTERSECT、EXCEPT 两边的列数不同：{left} 列、{right} 列
Union schemas have {_}: query 1 has {left} fields whereas query {_} has {right} fields → UNION 各部分的列数不同：{left} 列、{right} 列
{_} for Union: {_} type {one_type}, but {_} type {other_type} on column '{column}' → UNION 的列“{column}”类型不同：{one_type}、{other_type}
Inconsistent data length {_}: got {given} values in row {_} but expected {wanted} → VALUES 每行应为 {wanted} 个取值，有一行为 {given} 个
Inconsistent data type {_}. Was {one_type} but found {other_type} → VALUES 同一列的类型不同：{one_type}、{other_type}
Non-recursive term and recursive term must have {_} ({left} != {right}) → 递归查询两部分的列数不同：{left} 列、{right} 列
";

/// Other clauses.
const CLAUSES: &str = r"
Multiple recursive references to the same CTE are not supported → 递归查询只能引用自己一次
Recursive CTEs are not enabled → 不能用递归查询
`VALUE` keyword not supported. Did you mean `VALUES`? → 不支持 VALUE，是否为 VALUES？
SELECT * with no tables specified is not valid → 没有 FROM 就不能用 SELECT *
SELECT list is empty after resolving * expressions, the wildcard expanded to zero columns → SELECT 中没有剩下任何列
Order by index starts at 1 for column indexes → ORDER BY 的列序号从 1 开始
Order by column out of bounds, specified: {given}, max: {most} → ORDER BY 的列序号 {given} 过大，最多为 {most}
Cannot find column with position {given} in SELECT clause. Valid columns: 1 to {most} → 没有第 {given} 列，列序号为 1 至 {most}
For SELECT DISTINCT, ORDER BY expressions {columns} must appear in select list → 用 SELECT DISTINCT 时，ORDER BY 的“{columns}”须在 SELECT 中
SELECT DISTINCT ON expressions must match initial ORDER BY expressions → DISTINCT ON 的列须与 ORDER BY 开头的列相同
Expected {operator} to be an integer or null, but got {given_type} → {operator} 须为整数，所给为{given_type}
LIMIT must be >= 0, '{given}' was provided → LIMIT 不能为负，所给为 {given}
OFFSET must be >=0, '{given}' was provided → OFFSET 不能为负，所给为 {given}
Unsupported LIMIT expression: {_} → LIMIT 须为常数
Unsupported OFFSET expression: {_} → OFFSET 须为常数
FETCH clause is not supported yet → 不支持 FETCH，请用 LIMIT
LIMIT BY clause is not supported yet → 不支持 LIMIT BY
Unsupported JOIN operator {_} → 不支持这种连接
Expected identifier in USING clause → USING 中须为列名
LATERAL syntax is not supported for {_} → FULL JOIN、RIGHT JOIN 不能与 LATERAL 同用
QUALIFY clause requires window functions in the SELECT list or QUALIFY clause → QUALIFY 须与窗口函数同用
unnest() can only be applied to array, struct and null → unnest 只能用于列表或结构
unnest() does not support null yet → unnest 不能用于空值
table '{table}' not found → 没有这张表：{table}
could not parse compound identifier from {_} → 不能识别带点的名称
Unsupported binary operator: {_} → 不支持这个运算符
Unsupported SQL unary operator {_} → 不支持这个运算符
Unsupported ast node{_} → 不支持这种写法
";

/// Window functions.
const WINDOWS: &str = r"
Invalid function 'row_number'{_} → 窗口函数 row_number 之后须有 over (…)
Invalid function 'rank'{_} → 窗口函数 rank 之后须有 over (…)
Invalid function 'dense_rank'{_} → 窗口函数 dense_rank 之后须有 over (…)
Invalid function 'percent_rank'{_} → 窗口函数 percent_rank 之后须有 over (…)
Invalid function 'cume_dist'{_} → 窗口函数 cume_dist 之后须有 over (…)
Invalid function 'ntile'{_} → 窗口函数 ntile 之后须有 over (…)
Invalid function 'lag'{_} → 窗口函数 lag 之后须有 over (…)
Invalid function 'lead'{_} → 窗口函数 lead 之后须有 over (…)
There is no window function named {function} → 没有窗口函数 {function}
Invalid window frame: start bound cannot be UNBOUNDED FOLLOWING → 窗口的起点不能为 UNBOUNDED FOLLOWING
Invalid window frame: end bound cannot be UNBOUNDED PRECEDING → 窗口的终点不能为 UNBOUNDED PRECEDING
Invalid window frame: start bound ({start}) cannot be larger than end bound ({end}) → 窗口的起点“{start}”不能在终点“{end}”之后
Invalid window frame: frame offsets for ROWS / GROUPS must be {_} → 窗口 ROWS、GROUPS 的行数须为不小于零的整数
Invalid window frame: frame offsets for RANGE must be {_} → 窗口 RANGE 的距离须为数、文本或时长
RANGE requires exactly one ORDER BY column → 窗口用 RANGE 时 ORDER BY 须恰有一列
GROUPS requires an ORDER BY clause → 窗口用 GROUPS 时须有 ORDER BY
The window {name} is not defined! → 窗口“{name}”没有定义
The window {name} is defined multiple times! → 窗口“{name}”定义了不止一次
FILTER clause can only be used with aggregate window functions. Found in '{_}' → FILTER 只能用于聚合函数
Aggregate ORDER BY is not implemented for window functions → 窗口函数的括号内不能写 ORDER BY
[IGNORE | RESPECT] NULLS are not permitted for {function} → 函数 {function} 不支持 IGNORE NULLS
Aggregate can not be used as a sliding accumulator because {_} is not implemented: {expression} → “{expression}”不能用于滑动的窗口
There is only support Literal types for field at idx: {_} in Window Function → 窗口函数的这个参数须为常数
Expected a signed integer literal for the second argument of nth_value → nth_value 的第二个参数须为整数
NTILE requires a positive integer{_} → ntile 的参数须为正整数
Expected an integer value → 窗口函数的这个参数须为整数
";

/// Functions and their arguments.
const FUNCTIONS: &str = r#"
Invalid function '{function}'.{_}Did you mean '{near}'? → 没有函数 {function}，是否为 {near}？
Invalid function '{function}' → 没有函数 {function}
table function '{function}' not found → 没有表函数 {function}
Array requires at least one argument → 列表须有取值
'{function}' does not support zero arguments{_} → 函数 {function} 须有参数
Function '{function}' has signature {_} which does not support zero arguments → 函数 {function} 须有参数
Function '{function}' expects {wanted} arguments but received {given} → 函数 {function} 须有 {wanted} 个参数，给了 {given} 个
The function {function} expects {wanted} arguments, but {given} were provided → 函数 {function} 须有 {wanted} 个参数，给了 {given} 个
The function '{function}' expected zero argument but received {given} → 函数 {function} 没有参数，给了 {given} 个
The function '{function}' expected at least one argument{_} → 函数 {function} 须有参数
Function '{function}' expected at least one argument{_} → 函数 {function} 须有参数
The function {function} expects at least one argument → 函数 {function} 须有参数
The function '{function}' expected {wanted} argument{_} but received {given} → 函数 {function} 须有 {wanted} 个参数，给了 {given} 个
The function {function} does not accept {given} function arguments → 函数 {function} 不能有 {given} 个参数
{function} function requires 1 or more arguments, got {_} → 函数 {function} 须有参数
{function} function requires {least} or {most} argument{_}, got {given} → 函数 {function} 须有 {least} 或 {most} 个参数，给了 {given} 个
{function} function requires {wanted} argument{_}, got {given} → 函数 {function} 须有 {wanted} 个参数，给了 {given} 个
Expected {function} to have {least} or {most} arguments, got {given} → 函数 {function} 须有 {least} 或 {most} 个参数，给了 {given} 个
{function} expects at least {least} arguments, got {given} → 函数 {function} 至少有 {least} 个参数，给了 {given} 个
{function} requires at least {least} arguments, got {given} → 函数 {function} 至少有 {least} 个参数，给了 {given} 个
{function} was called with {given} {_}least {least} and at most {most} → 函数 {function} 须有 {least} 至 {most} 个参数，给了 {given} 个
{function} was called with {given} {_}least {least} → 函数 {function} 至少有 {least} 个参数，给了 {given} 个
{function} was called with {given} {_}only {wanted} → 函数 {function} 须有 {wanted} 个参数，给了 {given} 个
{function} was called with {given} arguments. It requires {least} or {most} → 函数 {function} 须有 {least} 或 {most} 个参数，给了 {given} 个
{function} must have at least one argument → 函数 {function} 须有参数
{function} requires at least one argument → 函数 {function} 须有参数
{function} expects at least one argument → 函数 {function} 须有参数
{function} requires exactly one argument → 函数 {function} 须有 1 个参数
{function} expects one or two arguments → 函数 {function} 须有 1 或 2 个参数
{function} expects two or three arguments → 函数 {function} 须有 2 或 3 个参数
{function} expects one to three arguments → 函数 {function} 须有 1 至 3 个参数
{function} needs three or four arguments → 函数 {function} 须有 3 或 4 个参数
Failed to coerce {_} '{function}' {_} from {given_types} to the {_} → 函数 {function} 的参数个数或类型不符，所给为（{given_types}）
Function '{function}' requires {wanted_type}, but received {given_type} ({_} → 函数 {function} 的参数须为{wanted_type}，所给为{given_type}
Function '{function}' expects {wanted_type} but received {given_type} → 函数 {function} 的参数须为{wanted_type}，所给为{given_type}
Function '{function}' could not coerce {one_type} and {other_type} to {_} → 函数 {function} 的参数不能都作文本：{one_type}、{other_type}
For function '{function}' {one_type} and {other_type} are not coercible {_} → 函数 {function} 的参数不能都作数：{one_type}、{other_type}
For function '{function}' {one_type} and {other_type} is not comparable → 函数 {function} 的参数不能比较：{one_type}、{other_type}
Failed to unify argument types of {function}: [{given_types}] → 函数 {function} 的参数不能化为同一类型：{given_types}
Cannot find a common type for arguments to {function} → 函数 {function} 的参数不能化为同一类型
The {function} function can only accept strings, but got {given_type} → 函数 {function} 的参数须为文本，所给为{given_type}
The {function} function can only accept strings. Got {given_type} → 函数 {function} 的参数须为文本，所给为{given_type}
Unsupported data type {given_type} for function {function},{_} → 函数 {function} 不支持{given_type}
Unsupported data type {given_type} for function {function} → 函数 {function} 不支持{given_type}
Unsupported data types {_} for function {function} → 函数 {function} 不支持这些类型
{function} does not support types {one_type} and {other_type} → 函数 {function} 不支持{one_type}与{other_type}
{function} does not support type {given_type} → 函数 {function} 不支持{given_type}
{function} does not support type: {given_type} → 函数 {function} 不支持{given_type}
Sum not supported for {_}: {given_type} → 函数 sum 不支持{given_type}
{function} requires numeric input types → 函数 {function} 的参数须为数
{function}(DISTINCT) aggregations are not available → 函数 {function} 不能与 DISTINCT 同用
COUNT DISTINCT with multiple arguments → count(DISTINCT …) 只能有一列
In an aggregate with DISTINCT, ORDER BY expressions must appear in argument list → 聚合函数用 DISTINCT 时，ORDER BY 的列须在参数中
Conflicting ordering requirements in aggregate functions is not supported → 几个聚合函数的 ORDER BY 不能互相矛盾
WITHIN GROUP is only supported for ordered-set aggregate functions → 这个函数不能与 WITHIN GROUP 同用
string_agg delimiter must be a string literal → string_agg 的分隔符须为常数文本
Percentile value must be between 0.0 and 1.0 inclusive, {value} is invalid → 百分位须在 0 与 1 之间，所给为 {value}
Percentile value for '{function}' must be a literal → 函数 {function} 的百分位须为常数
Percentile value for '{function}' must be {_} → 函数 {function} 的百分位须为 0 与 1 之间的小数
{function}() does not support the "global" option → 函数 {function} 不支持标志 g
{function} does not support the global flag → 函数 {function} 不支持标志 g
{function}() requires start to be 1{_}based → 函数 {function} 的起始位置从 1 算起
{function} requires its second argument to be a {_} → 函数 {function} 的第二个参数须为常数文本
field position must not be zero → split_part 的序号不能为 0
negative count not allowed: {value} → substr 的长度不能为负：{value}
invalid Unicode scalar value: {value} → 没有编码为 {value} 的字符
There is no built-in encoding named '{value}', currently supported encodings are: {known} → 没有编码“{value}”，可用：{known}
Failed to decode {_} → 文本不合所给的编码
array_slice got invalid stride: {_} → array_slice 的步长不能为 0
Both arrays must have the same length → 两个列表的长度须相同
map key must be unique, duplicate key found: {key} → map 的键不能重复：{key}
map key cannot be null → map 的键不能为空值
map requires key and value lists to have the same length → map 的键与值须一样多
Field {field} not found in struct → 结构中没有“{field}”
Function '{function}' does not support named arguments → 函数 {function} 不支持按名称给参数
Missing required parameter '{name}' → 缺少参数 {name}
Parameter '{name}' specified multiple times → 参数 {name} 给了不止一次
Unknown parameter name '{name}'. Valid parameters are: [{known}] → 没有参数 {name}，可用：{known}
Unsupported SQL type {type} → 不支持类型 {type}
Unsupported type '{name}'. Must be a supported arrow type name such as {_} → 没有类型“{name}”，arrow_cast 的类型写作 Int64、Utf8、Date32 等
Decimal(precision = {precision}, scale = {scale}) should satisfy {_} → decimal({precision}, {scale}) 不可用：总位数至多 76，小数位数不能更多
"#;

/// Types that do not go together.
const OPERATORS: &str = r"
Cannot infer common argument type for comparison operation {operation} → 两边的类型不能比较：{operation}
Cannot infer common argument type for logical boolean operation {operation} → AND、OR 的两边须为真假：{operation}
Cannot infer common argument type for regex operation {operation} → LIKE 与正则匹配只能用于文本：{operation}
Cannot infer common type for bitwise operation {operation} → 位运算只能用于整数：{operation}
Cannot infer common string type for string concat operation {operation} → 两边的类型不能连接：{operation}
Cannot infer common argument type for {_}operation {operation} → 两边的类型不能这样运算：{operation}
Cannot coerce arithmetic expression {operation} to valid types → 两边的类型不能这样运算：{operation}
Cannot get result type for {_} operation {operation}: {_} → 两边的类型不能这样运算：{operation}
Invalid arithmetic operation: {operation} → 两边的类型不能这样运算：{operation}
Invalid {_} arithmetic operation: {operation} → 两边的类型不能这样运算：{operation}
Invalid comparison operation: {operation} → 两边的类型不能比较：{operation}
Operator {operator} is not yet supported → 不支持运算符 {operator}
There isn't a common type to coerce {one_type} and {other_type} in {operator} {_} → {operator} 两边的类型不能统一：{one_type}、{other_type}
Can not find compatible types to compare {one_type} with [{other_types}] → IN 两边的类型不能比较：{one_type}与（{other_types}）
Failed to coerce types {one_type} and {other_type} in BETWEEN expression → BETWEEN 两边的类型不能比较：{one_type}、{other_type}
Failed to coerce case ({one_type}) and when ({other_types}) to {_} → CASE 与 WHEN 的类型不能比较：{one_type}与（{other_types}）
Failed to coerce then ({one_types}) and else (None) to {_} → CASE 各分支的类型不能统一：（{one_types}）
Failed to coerce then ({one_types}) and else ({other_type}) to {_} → CASE 各分支的类型不能统一：（{one_types}）与{other_type}
CASE expression 'then' values had multiple data types: {types} → CASE 各分支的类型不能统一：{types}
Unary operator 'NOT' requires a boolean expression, got {given_type} → NOT 之后须为真假，所给为{given_type}
Unary operator '{sign}' only supports {_} → “{sign}”之后须为数或时长
Negation only supports numeric, interval and timestamp types → 负号之后须为数或时长
Cannot create filter with non-boolean predicate '{expression}' returning {given_type} → 筛选条件须为真假，而“{expression}”为{given_type}
Join condition must be boolean type, but got {given_type} → 连接条件须为真假，所给为{given_type}
{_} must be boolean type, but got {given_type} → 条件须为真假，所给为{given_type}
Filter predicate must return BOOLEAN values, got {given_type} → 筛选条件须为真假，所给为{given_type}
Unsupported CAST from {one_type} to {other_type} → {one_type}不能转换为{other_type}
Unsupported TRY_CAST from {one_type} to {other_type} → {one_type}不能转换为{other_type}
Casting from {one_type} to {other_type} not supported → {one_type}不能转换为{other_type}
Cannot automatically convert {one_type} to {other_type} → {one_type}不能自动转换为{other_type}
";

/// Days, times and intervals.
const DAYS: &str = r#"
Cannot cast string '{value}' to value of Date32 type → “{value}”不能读作日期
Error parsing timestamp from '{value}' using format '{format}': {_} → “{value}”不合时间格式“{format}”
Error parsing timestamp from '{value}': {_} → “{value}”不能读作日期或时间
Error parsing '{value}' as time. Tried formats: {_} → “{value}”不能读作时刻
Failed to parse '{value}' as time → “{value}”不能读作时刻
{_}he dates that can be represented as nanoseconds have to be between {_} → 时间须在 1677-09-21 与 2262-04-11 之间
Overflow converting {value} to {_} → 时间“{value}”超出所能表示的范围
Date arithmetic overflow: {_} → 日期运算的结果超出所能表示的范围
Timestamp {value} out of range{_} → 时间超出所能表示的范围
Timestamp out of range → 时间超出所能表示的范围
Month value '{value}' is out of range → 没有 {value} 月
Day value '{value}' is out of range → 没有 {value} 日
Hour value '{value}' is out of range → 没有 {value} 时
Minute value '{value}' is out of range → 没有 {value} 分
Second value '{value}' is out of range → 没有 {value} 秒
Unable to parse date from {year}, {month}, {day} → 没有这一天：{year} 年 {month} 月 {day} 日
Unable to parse time from {hour}, {minute}, {second} → 没有这一时刻：{hour} 时 {minute} 分 {second} 秒
Unsupported date_trunc granularity: '{value}'. Supported values are: {known} → date_trunc 不支持“{value}”，可用：{known}
Date part '{value}' not supported → 日期没有“{value}”这一部分
Unknown date part: {value} → 日期没有“{value}”这一部分
{part} does not support: {given_type} → {given_type}没有 {part} 这一部分
Unknown interval type: {value} → 时长没有单位“{value}”
Invalid input syntax for type interval: "{value}". Repeated type '{unit}' → 时长“{value}”中的单位“{unit}”写了不止一次
Invalid input syntax for type interval: "{value}" → “{value}”不能读作时长
Failed to parse {value} as interval amount → “{value}”不能读作时长的数
Unable to represent {_} in a signed 32-bit integer → 时长超出所能表示的范围
Unsupported interval argument. Expected string literal or number, got: {_} → INTERVAL 之后须为文本或数
Unsupported interval operator: {_} → INTERVAL 的文本中不能这样运算
Unsupported Interval Expression with {_} → INTERVAL 不能这样书写
INTERVAL expression cannot be {_} → INTERVAL 之后须为文本
"#;

/// Values that another type cannot hold.
const CASTS: &str = r#"
Cannot cast string '{value}' to value of {to_type} type → “{value}”不能转换为{to_type}
Cannot cast value '{value}' to value of Boolean type → “{value}”不能转换为是否，请写 true 或 false
Can't cast value {value} to type {target} → 取值 {value} 超出 {target} 所能表示的范围
Cannot cast to {target}. Overflowing on {value} → 取值 {value} 超出 {target} 所能表示的范围
Cannot cast to {target}. Value overflows for output scale → 取值超出 {target} 所能表示的范围
Cannot cast {_} value {value} to {to_type}: converted value exceeds the representable i64 range → 取值 {value} 超出{to_type}所能表示的范围
Invalid decimal format: "{value}" → “{value}”不能转换为小数
Cannot parse decimal format: {value} → “{value}”不能转换为小数
can't parse the string value {value} to decimal → “{value}”不能转换为小数
parse decimal overflow ({value}) → “{value}”的位数过多
{value} is too large to store in a {_} of precision {digits}. Max is {most} → 取值 {value} 过大：总位数为 {digits} 的小数至多为 {most}
{value} is too small to store in a {_} of precision {digits}. Min is {least} → 取值 {value} 过小：总位数为 {digits} 的小数至少为 {least}
Cannot cast {given} to {to_type} → 取值 {given} 不能转换为{to_type}
"#;

/// Division by zero.
const ZERO: &str = r"
Divide by zero error → 除数为零
divide by zero → 除数为零
{_}DivideByZero{_} → 除数为零
";

/// Results that are too great.
const OVERFLOW: &str = r"
Overflow happened on FACTORIAL({value}) → {value} 的阶乘超出所能表示的范围
Arithmetic overflow: Overflow happened on: {calculation} → 运算结果超出所能表示的范围：{calculation}
Overflow happened on: {calculation} → 运算结果超出所能表示的范围：{calculation}
Arithmetic overflow in avg: {_} → 求平均时超出所能表示的范围
Arithmetic Overflow in AvgAccumulator → 求平均时超出所能表示的范围
Arithmetic overflow: {_} → 运算结果超出所能表示的范围
Decimal overflow while applying {function} → 函数 {function} 的结果超出所能表示的范围
Decimal overflow: {_} → 运算结果超出所能表示的范围
Overflow while rounding {_} → 舍入的结果超出所能表示的范围
Signed integer overflow{_} → 运算结果超出所能表示的范围
{_} overflow on abs({value}) → {value} 的绝对值超出所能表示的范围
Output scale of {_} would exceed max scale of {most} → 结果的小数位数超过 {most}
";

/// Values that a function cannot take.
const VALUES: &str = r"
factorial of a negative number is undefined → 负数没有阶乘
cannot take square root of a negative number → 负数没有平方根
zero raised to a negative power is undefined → 零没有负数次幂
byte array offset overflow{_} → 文本总长超过上限
Offset overflow error: {_} → 文本总长超过上限
LIKE does not support escape_char other than the backslash (\) → LIKE 的 ESCAPE 只能为反斜杠
SIMILAR TO does not support escape_char yet → SIMILAR TO 不支持 ESCAPE
Invalid escape character in {operator} expression. {_} → {operator} 的 ESCAPE 须为一个字符
TRIM CHARACTERS cannot be empty → TRIM 要去掉的字符不能为空
";

/// Regular expressions, besides what is wrong within them.
const PATTERNS: &str = r"
Regular expression did not compile: CompiledTooBig({_} → 正则表达式过大
Compiled regex exceeds size limit of {_} → 正则表达式过大
Regular expression did not compile: {value} → 正则表达式有误：{value}
";

/// Faults of the server, not of the statement.
const SERVER: &str = r"
a file of a table cannot be read → 有一张表的文件无法读取
table {table}: file {file}: {_} → 表 {table} 的文件 {file} 无法读取
table {table}: {_} → 表 {table} 无法打开
the engine cannot start: {_} → 引擎无法启动
nobody listens → 提问的一方已断开
{_}task {_} was cancelled → 查询已被取消
";

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of words as they are printed, with `\n` and `\t`, and the whole sentence for them.
    fn check(rows: &str) {
        for row in rows.lines().filter(|row| !row.is_empty()) {
            let (words, expect) = row.split_once(" → ").expect(row);
            let words = words.replace(r"\n", "\n").replace(r"\t", "\t");
            assert_eq!(in_chinese(&words).map(|told| told.said).as_deref(), Some(expect), "{words}");
        }
    }

    #[test]
    fn what_the_reader_of_sql_says() {
        check(
            r#"
Expected: an expression, found: EOF → 此处应为表达式，而语句已结束
sql parser error: Expected: an expression, found: from → 此处应为表达式，而写的是“from”
Expected: an SQL statement, found: selec → 此处应为语句（如 SELECT），而写的是“selec”
Expected: end of statement, found: prjects → 语句到此应已结束，却还有“prjects”
Expected: ), found: EOF → 此处应为“)”，而语句已结束
Expected: ,, found: . → 此处应为“,”，而写的是“.”
Expected: BY, found: carrier_id → 此处应为 BY，而写的是“carrier_id”
Expected: identifier, found: , → 此处应为名称，而写的是“,”
Expected: joined table, found: ( → 此处应为要连接的表，而写的是“(”
Expected: one of NULLS or LAST, found: x → 此处应为 NULLS 或 LAST，而写的是“x”
Expected: IN or BETWEEN after NOT, found: x → NOT 之后应为 IN 或 BETWEEN，而写的是“x”
Expected: an identifier after AS, found: 1 → AS 之后应为名称，而写的是“1”
Expected: LEFT, RIGHT, or FULL, found: x → 此处应为 LEFT、RIGHT 或 FULL，而写的是“x”
Expected: SELECT, VALUES, or a subquery in the query body, found: EOF → 此处应为 SELECT、VALUES 或子查询，而语句已结束
Expected: number or string or ? placeholder, found: x → 此处应为数、文本或参数，而写的是“x”
Unterminated string literal → 文本缺少结尾的单引号
Expected close delimiter '"' before EOF. → 名称缺少结尾的“"”
Unexpected EOF while in a multi-line comment → 注释缺少结尾的 */
recursion limit exceeded → 语句嵌套过深
"#,
        );
    }

    #[test]
    fn full_width_signs_are_pointed_out() {
        let hint = |words: &str| in_chinese(words).and_then(|told| told.hint);
        assert_eq!(hint("Expected: end of statement, found: year，name"), Some("其中有全角符号，请改为半角"));
        assert_eq!(hint("Expected: end of statement, found: '甲，乙'"), None);
        assert_eq!(hint("Expected: end of statement, found: x"), None);
    }

    #[test]
    fn what_the_planner_says_of_functions() {
        check(
            r#"
Error during planning: Invalid function 'pase'.\nDid you mean 'pace'? → 没有函数 pase，是否为 pace？
Failed to coerce arguments to satisfy a call to 'completion_rate' function: coercion from Utf8View, Int64 to the signature Exact(Float64, Float64) failed. No function matches the given name and argument types 'completion_rate(Utf8View, Int64)'. You might need to add explicit type casts.\n\tCandidate functions:\n\tcompletion_rate(Float64, Float64) → 函数 completion_rate 的参数个数或类型不符，所给为（文本、整数）；可用形式：completion_rate(小数, 小数)
Function 'sum' failed to match any signature, errors: Error during planning: Function 'sum' requires Decimal, but received String (DataType: Utf8View).,Error during planning: Function 'sum' requires UInt64, but received String (DataType: Utf8View)..\nNo function matches the given name and argument types 'sum(Utf8View)'. You might need to add explicit type casts.\n\tCandidate functions:\n\tsum(Decimal)\n\tsum(UInt64)\n\tsum(Int64)\n\tsum(Float64)\n\tsum(Duration)\n\tsum(Interval) → 函数 sum 的参数个数或类型不符，所给为（文本）；可用形式：sum(小数)、sum(整数)、sum(时长)
Function 'lower' requires String, but received Int64 (DataType: Int64).. No function matches the given name and argument types 'lower(Int64)'. You might need to add explicit type casts.\n\tCandidate functions:\n\tlower(String) → 函数 lower 的参数须为文本，所给为整数；可用形式：lower(文本)
'sum' does not support zero arguments. No function matches the given name and argument types 'sum()'. You might need to add explicit type casts.\n\tCandidate functions:\n\tsum(Decimal) → 函数 sum 须有参数；可用形式：sum(小数)
Execution error: Function 'coalesce' user-defined coercion failed with: Error during planning: coalesce must have at least one argument. No function matches the given name and argument types 'coalesce()'. You might need to add explicit type casts.\n\tCandidate functions:\n\tcoalesce(UserDefined) → 函数 coalesce 须有参数
Function 'power' expects 2 arguments but received 1. No function matches the given name and argument types 'power(Int64)'. You might need to add explicit type casts.\n\tCandidate functions:\n\tpower(base: Float64, exponent: Int64/Float64) → 函数 power 须有 2 个参数，给了 1 个；可用形式：power(小数, 整数/小数)
arrow_cast function requires 2 arguments, got 1 → 函数 arrow_cast 须有 2 个参数，给了 1 个
from_unixtime function requires 1 or 2 argument, got 3 → 函数 from_unixtime 须有 1 或 2 个参数，给了 3 个
`regexp_like` was called with 5 arguments. It requires at least 2 and at most 3. → 函数 regexp_like 须有 2 至 3 个参数，给了 5 个
array_sort does not support type 'List(Struct("a": Int64))'. → 函数 array_sort 不支持列表
regexp_match() does not support the "global" option → 函数 regexp_match 不支持标志 g
APPROX_MEDIAN(DISTINCT) aggregations are not available → 函数 APPROX_MEDIAN 不能与 DISTINCT 同用
"#,
        );
    }

    #[test]
    fn what_the_planner_says_of_types() {
        check(
            r#"
Cannot infer common argument type for comparison operation Utf8View = Boolean → 两边的类型不能比较：文本 = 是否
Cannot infer common argument type for comparison operation Date32 IS DISTINCT FROM List(Int64) → 两边的类型不能比较：日期 IS DISTINCT FROM 列表
Cannot infer common argument type for AtAt operation Int64 @@ Utf8 → 两边的类型不能这样运算：整数 @@ 文本
Cannot coerce arithmetic expression Date32 + Int64 to valid types → 两边的类型不能这样运算：日期 + 整数
Cannot get result type for temporal operation Date32 + Timestamp(ns, "+08:00"): Invalid argument error: Invalid date arithmetic operation: Date32 + Timestamp(ns, "+08:00") → 两边的类型不能这样运算：日期 + 时间
There isn't a common type to coerce Int64 and Utf8 in LIKE expression → LIKE 两边的类型不能统一：整数、文本
Can not find compatible types to compare Boolean with [Utf8, Int64] → IN 两边的类型不能比较：是否与（文本、整数）
Failed to coerce types Date32 and Boolean in BETWEEN expression → BETWEEN 两边的类型不能比较：日期、是否
Failed to coerce then (Utf8, List(Int64)) and else (None) to common types in CASE WHEN expression → CASE 各分支的类型不能统一：（文本、列表）
Cannot create filter with non-boolean predicate 'projects.name' returning Utf8View → 筛选条件须为真假，而“projects.name”为文本
Unary operator 'NOT' requires a boolean expression, got Int64 → NOT 之后须为真假，所给为整数
Unsupported CAST from Decimal128(10, 2) to Date32 → 小数不能转换为日期
Unsupported CAST from Dictionary(Int32, Utf8) to Date32 → Dictionary(Int32, Utf8) 不能转换为日期
"#,
        );
    }

    #[test]
    fn what_the_planner_says_of_columns_and_groups() {
        check(
            r#"
Column in SELECT must be in GROUP BY or an aggregate function: While expanding wildcard, column "projects.carrier_id" must appear in the GROUP BY clause or must be part of an aggregate function, currently only "count(*)" appears in the SELECT clause satisfies this requirement → SELECT 中的“projects.carrier_id”既不在 GROUP BY 中，也不在聚合函数中
Aggregate functions are not allowed in the WHERE clause. Consider using HAVING instead → WHERE 中不能用聚合函数，对汇总结果的筛选请写在 HAVING 中
Aggregate function calls cannot be nested: 'sum(a)' is nested inside 'sum(sum(a))' → 聚合函数不能嵌套：“sum(a)”在另一个聚合函数中
Schema error: Ambiguous reference to unqualified field name → 有几张表都有列“name”，不知用哪一个
Schema contains duplicate qualified field name p.name → 有不止一列名为“p.name”
Projections require unique expression names but the expression "count(*)" at position 0 and "count(*)" at position 1 have the same name. Consider aliasing ("AS") one of them. → SELECT 中“count(*)”与“count(*)”同名
No field named nam. Did you mean 'p.name'?\nValid fields are p.name. → 没有这一列：nam，是否为 p.name？
No field named nam.\nValid fields are p.name, p.year. → 没有这一列：nam，可用的列：p.name, p.year
No field named nam. → 没有这一列：nam
WITH query name "a" specified more than once → WITH 中“a”定义了不止一次
Order by column out of bounds, specified: 3, max: 2 → ORDER BY 的列序号 3 过大，最多为 2
For SELECT DISTINCT, ORDER BY expressions projects.year must appear in select list → 用 SELECT DISTINCT 时，ORDER BY 的“projects.year”须在 SELECT 中
Expected LIMIT to be an integer or null, but got Utf8 → LIMIT 须为整数，所给为文本
LIMIT must be >= 0, '-1' was provided → LIMIT 不能为负，所给为 -1
No value found for placeholder with name $carrier → 参数 $carrier 没有取值
parameter $carrier is not declared → 参数 $carrier 没有取值
"#,
        );
    }

    #[test]
    fn what_the_planner_says_of_subqueries_and_windows() {
        check(
            r#"
Too many columns! The subquery should only return one column: a, b → 子查询只能有一列，所给为：a, b
InSubquery should only return one column, but found 2: a, b → IN 的子查询只能有一列，所给为 2 列：a, b
Correlated scalar subquery must be aggregated to return at most one row → 引用外层列的子查询须用聚合函数，使其至多得出一行
Execution error: Scalar subquery returned more than one row → 用作取值的子查询得出了不止一行
UNION queries have different number of columns → UNION 两边的列数不同
UNION queries have different number of columns: left has 2 columns whereas right has 1 columns → UNION 两边的列数不同：左边 2 列，右边 1 列
Incompatible inputs for Union: Previous inputs were of type Date32, but got incompatible type Boolean on column 'x' → UNION 的列“x”类型不同：日期、是否
Non-recursive term and recursive term must have the same number of columns (2 != 1) → 递归查询两部分的列数不同：2 列、1 列
Physical plan does not support logical expression WindowFunction(WindowFunction { fun: x }) → 窗口函数只能写在 SELECT 与 ORDER BY 中
The window w is not defined! → 窗口“w”没有定义
Invalid function 'row_number'.\nDid you mean 'round'? → 窗口函数 row_number 之后须有 over (…)
RANGE requires exactly one ORDER BY column → 窗口用 RANGE 时 ORDER BY 须恰有一列
"#,
        );
    }

    #[test]
    fn what_running_says() {
        check(
            r#"
Arrow error: Divide by zero error → 除数为零
Execution error: divide by zero → 除数为零
Arrow error: Cast error: Cannot cast string '甲' to value of Int32 type → “甲”不能转换为整数
Cannot cast string '31/3/2022' to value of Date32 type → “31/3/2022”不能读作日期
Cast error: Can't cast value 3000000000 to type Int32 → 取值 3000000000 超出 Int32 所能表示的范围
Cannot cast to Decimal128(4, 2). Overflowing on 12345 → 取值 12345 超出 Decimal128(4, 2) 所能表示的范围
Invalid argument error: 123.45 is too large to store in a Decimal128 of precision 4. Max is 99.99 → 取值 123.45 过大：总位数为 4 的小数至多为 99.99
Arrow error: Arithmetic overflow: Overflow happened on: 2147483647 + 1 → 运算结果超出所能表示的范围：2147483647 + 1
Parser error: Error parsing timestamp from 'x': timestamp must contain at least 10 characters → “x”不能读作日期或时间
Execution error: Error parsing timestamp from '2022/3/1' using format '%Y-%m-%d': input contains invalid characters → “2022/3/1”不合时间格式“%Y-%m-%d”
Parser error: Invalid input syntax for type interval: "3 dayz" → “3 dayz”不能读作时长
Unsupported date_trunc granularity: 'yr'. Supported values are: month, year → date_trunc 不支持“yr”，可用：month, year
Compute error: Hour does not support: Date32 → 日期没有 Hour 这一部分
Unable to parse date from 2022, 2, 30 → 没有这一天：2022 年 2 月 30 日
External error: regex parse error:\n    [\n    ^\nerror: unclosed character class → 正则表达式有误：方括号没有结尾
Regular expression did not compile: Syntax(\n~~~\nregex parse error:\n    (\n    ^\nerror: unclosed group\n~~~\n) → 正则表达式有误：圆括号没有结尾
regex parse error:\n    x\n    ^\nerror: something new → 正则表达式有误
External error: Compiled regex exceeds size limit of 10485760 bytes. → 正则表达式过大
table projects: file part-0.parquet: No such file → 表 projects 的文件 part-0.parquet 无法读取
task 12 was cancelled → 查询已被取消
"#,
        );
    }

    #[test]
    fn hints_fit_what_was_said() {
        let hint = |words: &str| in_chinese(words).and_then(|told| told.hint).unwrap_or_default();
        assert!(hint("Divide by zero error").contains("nullif"));
        assert!(hint("Invalid function 'pase'.\nDid you mean 'pace'?").contains("函数"));
        assert!(hint("No value found for placeholder with name $x").contains("参数"));
        assert_eq!(hint("Order by index starts at 1 for column indexes"), "");
    }

    #[test]
    fn every_row_can_be_met_and_fills_its_sentence() {
        let sample = |name: &str, at: usize| match name {
            _ if name.ends_with("operation") => "Int64 + Utf8".to_owned(),
            _ if name.ends_with("types") => "Int64, Utf8".to_owned(),
            _ if name.ends_with("type") => "Boolean".to_owned(),
            _ => format!("<{at}>"),
        };
        for row in GROUPS.iter().flat_map(|(_, rows)| rows.lines()).filter(|row| !row.is_empty()) {
            let (pattern, said) = pair(row).unwrap_or_else(|| panic!("{row} is no row"));
            let mut pieces = pattern.split('{');
            let mut words = pieces.next().unwrap().to_owned();
            for (at, piece) in pieces.enumerate() {
                let (name, literal) = piece.split_once('}').unwrap();
                words.push_str(&sample(name, at));
                words.push_str(literal);
            }
            assert!(!pattern.contains("}{"), "{pattern}: nothing parts two holes");
            assert_eq!(without_leads(&words), words, "{pattern}: begins with a lead");
            assert_eq!(words.trim_end_matches('.'), words, "{pattern}: ends in a full stop");
            let holes = holes(pattern, &words).unwrap_or_else(|| panic!("{pattern} does not match {words}"));
            for piece in said.split('{').skip(1) {
                let (name, _) = piece.split_once('}').unwrap();
                assert!(holes.iter().any(|(hole, _)| *hole == name), "{pattern} has no {name}");
            }
            assert_eq!(in_chinese(&words).map(|told| told.said), Some(filled(said, &holes)), "{pattern} is hidden by a row before it");
        }
    }

    #[test]
    fn unknown_words_stay_as_they_are() {
        for words in [
            "",
            " ",
            "Something new",
            "Expected: ",
            "Expected: something new, found: x",
            "Expected: , found: ",
            "to_date function requires a few arguments, got 0",
            "the plan of two words does not support type Int64",
            "No function matches the given name and argument types 'x",
        ] {
            assert_eq!(in_chinese(words), None, "{words}");
        }
    }

    #[test]
    fn hostile_words_neither_break_it_nor_take_long() {
        let start = std::time::Instant::now();
        let lead = "No function matches the given name and argument types '";
        for words in [
            "{".repeat(300_000),
            "{}}{_}".repeat(50_000),
            "'\"\n\r\t\0".repeat(50_000),
            "群".repeat(100_000),
            "Execution error: ".repeat(20_000),
            "Expected: ".repeat(30_000),
            format!("Expected: {}, found: {}", "A, ".repeat(50_000), "名".repeat(50_000)),
            format!("Expected: an expression, found: {}", "😀'".repeat(50_000)),
            format!("Cannot cast string '{}' to value of {} type", "' to value of ".repeat(20_000), "(".repeat(50_000)),
            format!("Cannot infer common argument type for comparison operation {}", "List(".repeat(50_000)),
            format!("Cannot infer common argument type for comparison operation {}", " = )".repeat(50_000)),
            format!("Can not find compatible types to compare Int64 with [{}]", "Utf8, ".repeat(50_000)),
            lead.repeat(5_000),
            format!("{lead}f({})'. You might need to add explicit type casts.{}", "Int64, ".repeat(50_000), "\n\tf(Int64)".repeat(50_000)),
            format!("regex parse error:\n{}", "error: ".repeat(50_000)),
            format!("No field named {}", "x. Did you mean '".repeat(20_000)),
        ] {
            if let Some(told) = in_chinese(&words) {
                assert!(told.said.chars().count() < 12 * MOST, "{}", told.said);
            }
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "{:?}", start.elapsed());
    }
}
