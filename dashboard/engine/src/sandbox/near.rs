//! What a mistyped name may have meant (近似名称).

/// The known name that is nearest to a mistyped one, if any is near enough to be meant.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let name = name.to_lowercase();
    let allowed = (name.chars().count() / 3).max(1);
    let holds = |candidate: &str| name.len() > 3 && (candidate.contains(&name) || name.contains(candidate));
    let rank = |candidate: &'n str| (!holds(candidate), distance(&name, candidate), candidate);
    let (apart, edits, best) = known.into_iter().map(rank).min()?;
    (!apart || edits <= allowed).then(|| best.to_owned())
}

/// Edits (insert, delete, replace a character) between two names.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, from) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (to, wanted) in other.iter().enumerate() {
            let above = row[to + 1];
            let replace = diagonal + usize::from(from != *wanted);
            row[to + 1] = replace.min(above + 1).min(row[to] + 1);
            diagonal = above;
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_are_offered() {
        let tables = ["projects", "milestones", "investments", "carriers"];
        let check = |typed: &str, expect: Option<&str>| assert_eq!(nearest(typed, tables).as_deref(), expect, "{typed}");
        check("project", Some("projects"));
        check("mile_stones", Some("milestones"));
        check("Carrier", Some("carriers"));
        check("invest", Some("investments"));
        check("users", None);
        check("x", None);
    }
}
