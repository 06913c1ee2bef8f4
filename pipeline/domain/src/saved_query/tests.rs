//! Who sees what, on which day, within which bounds, and what a hash is made of.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn parameter(name: &str, value: &str) -> Parameter {
    Parameter { name: name.to_owned(), kind: ColumnType::Text, value: value.to_owned() }
}

#[test]
fn days_follow_from_rules() {
    let check = |id: &str, today: &str, expect: Option<&str>| {
        assert_eq!(AsOfRule::from_id(id).unwrap().day(day(today)), expect.map(day), "{id} on {today}");
    };
    check("", "2022-05-30", None);
    check("newest", "2022-05-30", None);
    check("2022-03-31", "2022-05-30", Some("2022-03-31"));
    // May is not over on its 30th, and is on its 31st.
    check("month_end", "2022-05-30", Some("2022-04-30"));
    check("month_end", "2022-05-31", Some("2022-05-31"));
    check("month_end", "2022-01-01", Some("2021-12-31"));
    check("month_end", "2024-03-01", Some("2024-02-29"));
    for rule in [AsOfRule::Newest, AsOfRule::MonthEnd, AsOfRule::Day(day("2022-05-31"))] {
        assert_eq!(AsOfRule::from_id(&rule.id()), Some(rule));
    }
    assert_eq!((AsOfRule::from_id("yesterday"), AsOfRule::from_id("2022-02-30")), (None, None));
}

#[test]
fn a_query_is_its_owners_and_theirs_it_is_shared_with() {
    let viewer = |account, roles: &[Role]| Viewer { account, roles: Roles::new(roles.iter().copied()).unwrap() };
    let analysts = Audience::of([Role::Analyst]);
    let reviewers = Audience::of([Role::Reviewer]);
    let nobody = Audience::default();
    let (owner, other) = (viewer(1, &[Role::Analyst]), viewer(2, &[Role::Analyst]));
    let both = viewer(3, &[Role::Analyst, Role::Reviewer]);
    assert!(owner.may_see(1, &nobody) && owner.may_change(1));
    assert!(!other.may_see(1, &nobody) && !other.may_change(1));
    assert!(other.may_see(1, &analysts) && !other.may_change(1), "seeing is not changing");
    assert!(!other.may_see(1, &reviewers) && both.may_see(1, &reviewers));
    // A reviewer who may not ask SQL sees no statements, whatever was shared, and a demoted owner none of their own.
    assert!(!viewer(4, &[Role::Reviewer]).may_see(1, &reviewers));
    assert!(!viewer(1, &[Role::Leader]).may_see(1, &nobody) && !viewer(1, &[Role::Leader]).may_change(1));
    let cleaned = Audience::of([Role::Reviewer, Role::SystemAdministrator, Role::Analyst, Role::Analyst]);
    assert_eq!(cleaned.iter().collect::<Vec<_>>(), [Role::Analyst, Role::Reviewer]);
    assert!(Audience::of([Role::AuditAdministrator]).is_nobody());
    assert_eq!((cleaned.ids().as_str(), nobody.ids().as_str()), ("analyst,reviewer", ""));
    assert_eq!((Audience::from_ids("reviewer,analyst"), Audience::from_ids("")), (Some(cleaned), Some(nobody)));
    assert_eq!((Audience::from_ids("audit"), Audience::from_ids("root")), (None, None));
}

#[test]
fn what_is_saved_has_bounds() {
    let title = "长".repeat(TITLE_CHARACTERS);
    assert_eq!(check(&title, "", "select 1", &[]), Ok(()));
    assert_eq!(check(&format!("{title}长"), "", "select 1", &[]), Err(SaveFault::Title));
    assert_eq!(check(" ", "", "select 1", &[]), Err(SaveFault::Title));
    assert_eq!(check("a", &"注".repeat(NOTE_CHARACTERS + 1), "select 1", &[]), Err(SaveFault::Note));
    assert_eq!(check("a", "", " \n", &[]), Err(SaveFault::NoSql));
    assert_eq!(check("a", "", &"x".repeat(SQL_BYTES + 1), &[]), Err(SaveFault::LongSql));
    let many: Vec<Parameter> = (0..MOST_PARAMETERS).map(|number| parameter(&number.to_string(), "")).collect();
    assert_eq!(check("a", "", "x", &many), Ok(()));
    for bad in [
        [many.clone(), vec![parameter("x", "")]].concat(),
        vec![parameter("", "1")],
        vec![parameter("a", "1"), parameter("a", "2")],
        vec![parameter("a", &"长".repeat(VALUE_CHARACTERS + 1))],
    ] {
        assert_eq!(check("a", "", "x", &bad), Err(SaveFault::Parameters));
    }
}

#[test]
fn the_canonical_text_is_written_down() {
    // Links with a hash must stay good: 8 bytes of statement, then name, kind and value of each parameter by name.
    let parameters = [parameter("b", "铝"), Parameter { kind: ColumnType::Int, ..parameter("a", "1") }];
    assert_eq!(canonical(" select 1\n", &parameters), "8:select 1\n1:a\n3:int\n1:1\n1:b\n4:text\n3:铝\n");
}

proptest! {
    #[test]
    fn texts_cannot_run_into_each_other(one in "[0-9:\n a]{0,6}", two in "[0-9:\n a]{0,6}", three in "[0-9:\n a]{0,6}", four in "[0-9:\n a]{0,6}") {
        let left = canonical(&one, &[parameter("p", &two)]);
        let right = canonical(&three, &[parameter("p", &four)]);
        prop_assert_eq!(left == right, one.trim() == three.trim() && two == four);
    }
}
