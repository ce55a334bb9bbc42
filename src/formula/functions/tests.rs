#![allow(clippy::unwrap_used, reason = "tests stop at what is wrong")]

use crate::hash::HashSet;

use super::{Parameter, Presence, all, lookup, suggest};

#[test]
fn the_table_has_every_function_once() {
    let mut seen = HashSet::default();
    for function in all() {
        assert!(
            seen.insert(function.name),
            "{} is there twice",
            function.name
        );
        assert_eq!(function.name, function.name.to_uppercase());
        assert_eq!(lookup(&function.name.to_lowercase()), Some(function));
    }
}

#[test]
fn required_arguments_come_first_and_a_repeated_one_last() {
    for function in all() {
        let of = |presence| move |parameter: &&Parameter| parameter.presence == presence;
        let parameters = function.parameters.iter();
        let rest: Vec<_> = parameters.skip_while(of(Presence::Required)).collect();
        let repeated = rest.iter().copied().skip_while(of(Presence::Optional));
        let repeated: Vec<_> = repeated.map(|parameter| parameter.presence).collect();
        assert!(
            matches!(repeated.as_slice(), [] | [Presence::Repeated]),
            "{}",
            function.name
        );
    }
}

/// The syntax is for people and the parameters are for rules; both say the same.
#[test]
fn the_syntax_agrees_with_the_parameters() {
    for function in all().filter(|function| !matches!(function.name, "MIN" | "MAX")) {
        let open = function.syntax.find('(').unwrap();
        assert_eq!(&function.syntax[..open], function.name);
        let inside = function.syntax[open + 1..].strip_suffix(')').unwrap();
        let (least, greatest) = function.arity();
        let named: Vec<&str> = inside.split(", ").filter(|name| !name.is_empty()).collect();
        assert_eq!(
            inside.contains('…'),
            greatest.is_none(),
            "{}",
            function.name
        );
        if let Some(greatest) = greatest {
            assert_eq!(named.len(), greatest, "{}", function.name);
            let optional = inside
                .find('[')
                .map_or(named.len(), |at| inside[..at].matches(", ").count());
            assert_eq!(optional, least, "{}", function.name);
        }
    }
}

#[test]
fn arity_follows_the_reference() {
    for (name, accepted, refused) in [
        ("PI", vec![0], vec![1]),
        ("LOG", vec![1, 2], vec![0, 3]),
        ("DATEDIFF", vec![3, 4], vec![2, 5]),
        ("IIF", vec![3, 4], vec![2, 5]),
        ("MIN", vec![1, 2], vec![0, 3]),
        ("RAWSQL_STR", vec![1, 2, 30], vec![0]),
        ("MODEL_QUANTILE", vec![3, 4, 9], vec![2]),
    ] {
        let function = lookup(name).unwrap();
        for count in accepted {
            assert!(function.accepts(count), "{name} with {count}");
        }
        for count in refused {
            assert!(!function.accepts(count), "{name} with {count}");
        }
    }
}

#[test]
fn a_slip_or_a_foreign_name_gets_a_suggestion() {
    for (name, expected) in [
        ("ROUDN", Some("ROUND")),
        ("DATETRUCN", Some("DATETRUNC")),
        ("window_summ", Some("WINDOW_SUM")),
        ("COALESCE", Some("IFNULL")),
        ("substring", Some("MID")),
        ("FOO", None),
        ("MY_OWN_THING", None),
    ] {
        assert_eq!(suggest(name), expected, "{name}");
    }
    assert_eq!(suggest(&"A".repeat(100_000)), None);
}

#[test]
fn suggestions_are_functions_for_names_that_are_none() {
    for (theirs, ours) in super::suggestion::FOREIGN {
        assert!(lookup(theirs).is_none(), "{theirs} is a function");
        assert!(lookup(ours).is_some(), "{ours} is none");
    }
}
