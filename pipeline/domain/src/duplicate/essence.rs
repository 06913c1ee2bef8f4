//! What is left of a name when places, legal forms, quantities, phases and filler are taken away (名称要素).

use crate::catalogue::City;
use crate::text::fold;

/// Filler of project names, longest first.
#[rustfmt::skip]
const PROJECT_WORDS: [&str; 16] = [
    "有限责任公司", "股份有限公司", "生产基地", "有限公司", "生产线", "年处理", "年加工", "年生产", "年产", "项目", "工程", "新建", "建设", "投资",
    "生产", "集团",
];
/// Legal forms around a firm's name, longest first.
const FIRM_WORDS: [&str; 12] =
    ["有限责任公司", "股份有限公司", "普通合伙", "有限合伙", "合伙企业", "有限公司", "分公司", "总公司", "集团", "控股", "股份", "公司"];
/// Words that make a project an extension of an earlier one.
const EXTENSION_WORDS: [&str; 6] = ["技术改造", "扩建", "扩能", "扩产", "增资", "技改"];
/// Units of capacities and amounts, longest first.
#[rustfmt::skip]
const UNITS: [&str; 49] = [
    "平方公里", "立方米", "平方米", "吨级", "公斤", "千克", "平米", "公里", "美元", "千瓦", "兆瓦", "gwh", "mwh", "kwh", "mva",
    "kva", "m2", "m3", "m²", "m³", "㎡", "kg", "gw", "mw", "kw", "吨", "台", "套", "件", "只", "个", "条", "辆",
    "元", "米", "亩", "头", "羽", "箱", "瓶", "支", "片", "块", "张", "组", "座", "盒", "袋", "升",
];

/// Which part of a contract's works a name speaks of (期次).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// By number; 1 when the name says nothing.
    Number(u8),
    /// 扩建, 技改, 增资
    Extension,
}

impl Phase {
    /// `二期`, `扩建`.
    pub fn name(self) -> String {
        const NUMERALS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];
        match self {
            Self::Extension => "扩建".to_owned(),
            Self::Number(number) => match usize::from(number).checked_sub(1).and_then(|at| NUMERALS.get(at)) {
                Some(numeral) => format!("{numeral}期"),
                None => format!("{number}期"),
            },
        }
    }
}

/// Places whose names tell nothing apart within a city: itself, its province, its carriers.
#[derive(Debug, Clone, Default)]
pub struct Noise {
    /// Folded, longest first.
    places: Vec<String>,
}

impl Noise {
    /// Takes names of places; those of one character are left out, since they are parts of other words.
    pub fn new<T: AsRef<str>>(places: impl IntoIterator<Item = T>) -> Self {
        let mut places: Vec<String> =
            places.into_iter().map(|place| fold(place.as_ref())).filter(|place| place.chars().count() >= 2).collect();
        places.sort_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
        places.dedup();
        Self { places }
    }

    /// The places of a city's catalogue: the city, what stands before its carriers' names, its carriers.
    pub fn of(city: &City) -> Self {
        let name = city.profile.name.as_str();
        let mut places: Vec<&str> = vec![name, name.trim_end_matches('市')];
        places.extend(city.carriers.name_prefixes());
        for carrier in city.carriers.rows() {
            places.extend([carrier.name.as_str(), carrier.short_name.as_str()]);
        }
        Self::new(places)
    }
}

/// A text as it is compared: what tells it apart, and which phase it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Essence {
    /// Letters, digits and characters only; never empty for a text that has any.
    pub text: String,
    pub phase: Phase,
}

/// The essence of a project's name.
pub(super) fn of_project(name: &str, noise: &Noise) -> Essence {
    let folded = fold(name);
    let (rest, phase) = without_phase(&folded);
    let bare = without_places(&rest, noise);
    let text = essential(&folded, without_words(&without_quantities(&bare), &PROJECT_WORDS));
    Essence { text, phase }
}

/// The essence of an investor's name.
pub(super) fn of_investor(name: &str, noise: &Noise) -> String {
    let folded = fold(name);
    essential(&folded, without_words(&without_places(&folded, noise), &FIRM_WORDS))
}

/// Letters, digits and characters of what was left; of the whole when too little was left to compare.
fn essential(folded: &str, left: String) -> String {
    let keep = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let short = keep(&left);
    if short.chars().count() >= 2 { short } else { keep(folded) }
}

fn without_places(text: &str, noise: &Noise) -> String {
    noise.places.iter().fold(text.to_owned(), |rest, place| if rest.contains(place) { rest.replace(place, "") } else { rest })
}

fn without_words(text: &str, words: &[&str]) -> String {
    words.iter().fold(text.to_owned(), |rest, word| if rest.contains(word) { rest.replace(word, "") } else { rest })
}

/// Takes out `二期`, `(第2期)`, `Ⅱ期`, `(二)` and the words of extensions, and says what they meant.
fn without_phase(folded: &str) -> (String, Phase) {
    let characters: Vec<char> = folded.chars().collect();
    let extension = EXTENSION_WORDS.iter().any(|word| folded.contains(word));
    let mut rest = String::with_capacity(folded.len());
    let mut found: Option<u8> = None;
    let mut at = 0;
    while at < characters.len() {
        match phase_at(&characters, at) {
            Some((number, length)) => {
                found = found.or(Some(number));
                at += length;
            }
            None => {
                rest.push(characters[at]);
                at += 1;
            }
        }
    }
    if extension {
        rest = without_words(&rest, &EXTENSION_WORDS);
    }
    let phase = match found {
        Some(number) => Phase::Number(number),
        None if extension => Phase::Extension,
        None => Phase::Number(1),
    };
    (rest, phase)
}

/// The phase that begins at a place, and how many characters it takes.
fn phase_at(characters: &[char], at: usize) -> Option<(u8, usize)> {
    let opening = usize::from(characters[at] == '(');
    let ordinal = usize::from(characters.get(at + opening) == Some(&'第'));
    let start = at + opening + ordinal;
    let script = Script::of(*characters.get(start)?)?;
    let cut_in_two = start == at && at > 0 && Script::of(characters[at - 1]) == Some(script);
    let run = characters[start..].iter().take_while(|c| Script::of(**c) == Some(script)).count();
    if cut_in_two || run > 3 {
        return None;
    }
    let number = phase_number(script, &characters[start..start + run])?;
    let after = start + run;
    let named = characters.get(after) == Some(&'期');
    // 十四五期间 is no phase.
    if named && characters.get(after + 1) == Some(&'间') {
        return None;
    }
    let end = after + usize::from(named);
    // A bracket that closes later belongs to other words: the phase is then found behind it.
    let closed = characters.get(end) == Some(&')');
    match (opening, named) {
        (0, true) => Some((number, end - at)),
        (1, _) if closed => Some((number, end + 1 - at)),
        _ => None,
    }
}

/// What a number is written in; a phase is written in one script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Digits,
    Chinese,
    /// `ii` as letters.
    Letters,
    /// `ⅱ` as one sign.
    Signs,
}

impl Script {
    fn of(c: char) -> Option<Self> {
        match c {
            '0'..='9' => Some(Self::Digits),
            'i' | 'v' => Some(Self::Letters),
            'ⅰ'..='ⅴ' => Some(Self::Signs),
            _ => numeral(c).map(|_| Self::Chinese),
        }
    }
}

/// `二` is 2, `ii` is 2, `12` is 12; of `一二` (both phases at once) the first.
fn phase_number(script: Script, run: &[char]) -> Option<u8> {
    match script {
        Script::Digits => run.iter().collect::<String>().parse().ok().filter(|number| (1..=20).contains(number)),
        Script::Letters => {
            let roman: String = run.iter().collect();
            let at = ["i", "ii", "iii", "iv", "v"].iter().position(|known| *known == roman)?;
            u8::try_from(at + 1).ok()
        }
        Script::Signs => u8::try_from(u32::from(run[0]) - u32::from('ⅰ') + 1).ok(),
        Script::Chinese => numeral(run[0]),
    }
}

fn numeral(c: char) -> Option<u8> {
    let at = ['一', '二', '三', '四', '五', '六', '七', '八', '九'].iter().position(|known| *known == c)?;
    u8::try_from(at + 1).ok()
}

/// Takes out quantities: `5万吨`, `3,000台套`, `五十万件`, `1.2GWh`, `10万吨/年`.
fn without_quantities(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut tail = text;
    while let Some(first) = tail.chars().next() {
        match quantity(tail) {
            Some(length) => tail = &tail[length..],
            None => {
                // A number without a unit (5g, 304不锈钢) is a name: it goes over whole, so that no part of it
                // is taken for a quantity.
                let number = leading(tail, |c| c.is_ascii_digit() || c == '.');
                let length = number.max(first.len_utf8());
                rest.push_str(&tail[..length]);
                tail = &tail[length..];
            }
        }
    }
    rest
}

/// Bytes of the quantity that a text begins with.
fn quantity(text: &str) -> Option<usize> {
    const MULTIPLIERS: [char; 5] = ['十', '百', '千', '万', '亿'];
    let digits = leading(text, |c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let number = if digits > 0 {
        digits + leading(&text[digits..], |c| MULTIPLIERS.contains(&c) || c == '余')
    } else {
        // 三元 is a material, 三万元 an amount: numerals need a multiplier among them.
        let spelled = leading(text, |c| MULTIPLIERS.contains(&c) || c == '余' || c == '两' || numeral(c).is_some());
        if !text[..spelled].contains(MULTIPLIERS) {
            return None;
        }
        spelled
    };
    let unit = |at: usize| UNITS.iter().find(|unit| text[at..].starts_with(**unit)).map(|unit| unit.len());
    let mut end = number + unit(number)?;
    while let Some(next) = unit(end).filter(|_| text[end..].starts_with(['台', '套', '件', '只', '组'])) {
        end += next;
    }
    if text[end..].starts_with("/年") {
        end += "/年".len();
    }
    Some(end)
}

fn leading(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !belongs(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_tells_nothing_apart() {
        let noise = Noise::new(["淮北市", "淮北", "濉溪县", "安徽", "县"]);
        let check = |name: &str, text: &str, phase: Phase| {
            assert_eq!(of_project(name, &noise), Essence { text: text.to_owned(), phase }, "{name}");
        };
        let first = Phase::Number(1);
        check("年产5万吨铝箔坯料项目", "铝箔坯料", first);
        check("淮北市濉溪县年产１,０００万平方米铝塑膜生产线建设项目（一期）", "铝塑膜", first);
        check("年产五万吨铝箔项目", "铝箔", first);
        check("10万吨/年铝箔项目", "铝箔", first);
        check("1.2GWh储能电池项目", "储能电池", first);
        check("年产200台套矿山机械项目", "矿山机械", first);
        check("总投资12亿元铝箔项目", "总铝箔", first);
        check("三元前驱体项目", "三元前驱体", first);
        check("万向节项目", "万向节", first);
        check("5G基站项目", "5g基站", first);
        check("304不锈钢项目", "304不锈钢", first);
        check("铝箔项目（二期）", "铝箔", Phase::Number(2));
        check("铝箔二期项目", "铝箔", Phase::Number(2));
        check("铝箔项目第三期", "铝箔", Phase::Number(3));
        check("铝箔项目Ⅱ期", "铝箔", Phase::Number(2));
        check("铝箔项目III期", "铝箔", Phase::Number(3));
        check("铝箔项目2期", "铝箔", Phase::Number(2));
        check("铝箔项目（三）", "铝箔", Phase::Number(3));
        check("铝箔项目（二期工程）", "铝箔", Phase::Number(2));
        check("AI二期项目", "ai", Phase::Number(2));
        check("一二期铝箔项目", "铝箔", first);
        check("十四五期间铝箔项目", "十四五期间铝箔", first);
        check("铝箔扩建项目", "铝箔", Phase::Extension);
        check("铝箔（2022）项目", "铝箔2022", first);
        // Too little left: the whole stands.
        check("年产5万吨项目", "年产5万吨项目", first);
        check("（）", "", first);
        check("", "", first);
        assert_eq!(of_investor("安徽示例铝业（集团）股份有限公司", &noise), "示例铝业");
        assert_eq!(of_investor("示例铝业(淮北)有限公司", &noise), "示例铝业");
        assert_eq!(of_investor("集团公司", &noise), "集团公司");
    }

    #[test]
    fn phases_have_names() {
        let names = [Phase::Number(2), Phase::Number(12), Phase::Extension].map(Phase::name);
        assert_eq!(names, ["二期", "12期", "扩建"]);
    }
}
