//! What servers answer, made fit for people and logs (脱敏): one bounded line, no address and no key in it.

use qunlian_domain::subscription::{Address, Channel};

/// Characters that are kept.
const CHARACTERS: usize = 160;

/// A server's words about a message to `address`.
pub(crate) fn scrub(words: &str, address: &Address) -> String {
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.replace(address.exposed(), &address.masked());
    let hidden: Vec<String> = line.split_whitespace().map(|word| hide(word, address)).collect();
    hidden.join(" ").chars().take(CHARACTERS).collect()
}

/// A mail address of anybody, and whatever of a webhook's secret part is repeated, disappears.
fn hide(word: &str, address: &Address) -> String {
    if word.contains('@') && !word.contains("***@") {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        return word.replace(bare, &Address::kept(Channel::Mail, bare).masked());
    }
    let secret = address.exposed().split_once(address.host()).map_or("", |(_, rest)| rest);
    let parts = secret.split(['/', '?', '&', '=']).filter(|part| part.len() >= 12);
    parts.fold(word.to_owned(), |word, part| word.replace(part, "***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_name_nobody() {
        let mail = Address::kept(Channel::Mail, "zhang.san@huaibei.example");
        let check = |words: &str, expect: &str| assert_eq!(scrub(words, &mail), expect);
        check("550 5.1.1 <zhang.san@huaibei.example>: no such user\r\n", "550 5.1.1 <z***@huaibei.example>: no such user");
        check("554 from <no-reply@city.example> refused", "554 from <n***@city.example> refused");
        assert_eq!(scrub(&"长".repeat(900), &mail).chars().count(), 160);
        let robot = Address::kept(Channel::WeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-0000-4bc4");
        let said =
            scrub("invalid key 693a91f6-0000-4bc4 of https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-0000-4bc4", &robot);
        assert!(!said.contains("693a91f6") && said.starts_with("invalid key *** of qyapi.weixin.qq.com …"), "{said}");
    }
}
