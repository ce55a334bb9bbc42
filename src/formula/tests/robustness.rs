//! No text makes the parser panic, run long, or say something senseless.

use proptest::prelude::*;

use super::super::{Parsed, parse, print};
use super::properties::without_places;

/// Between them they use every token and every form.
const HARD: [&str; 6] = [
    "IF NOT ISNULL([Größe ]] x]) AND [Parameters].[P 1] >= 1.5e-3 THEN 'it''s' // why\nELSEIF [a] IN ('x', \"y\"\"\") THEN NULL ELSE #2020-01-01 12:00:00# END",
    "{ FIXED [a], YEAR([d]) : SUM({ EXCLUDE [b] : MAX(-[c] ^ 2 % 3) }) } / { MIN(TRUE) } /* (* { */ <> .5",
    "CASE DATEPART('month', [ds].[table].[d]) WHEN IN [Set] THEN 1 WHEN 2 THEN IIF(FALSE, +1, 2) ELSE WINDOW_SUM(SUM(Sales), FIRST(), LAST()) END",
    "SCRIPT_REAL('_arg1 # \"not\" [a] comment', SUM([x])) != 3 OR USERNAME() == '\\' OR [a] <= 4 OR [a] < 5",
    "RAWSQL_STR(\"case when %1 then '{' end\", [数量]) + 'naïve 😀'",
    "IF [a] THEN 1 ELSE IF [b] THEN 2 END END * (((1)))",
];

/// What holds for every answer of the parser.
fn check(text: &str) -> Parsed {
    let parsed = parse(text);
    assert_eq!(
        parsed.expression.is_none(),
        parsed.errors.len() == 1,
        "{text}"
    );
    assert!(parsed.errors.len() <= 1, "{text}");
    let of_errors = parsed.errors.iter().map(|error| error.span);
    let of_comments = parsed.comments.iter().map(|comment| comment.span);
    let of_references = parsed.references().map(|field| field.span);
    for span in of_errors.chain(of_comments).chain(of_references) {
        assert!(
            text.get(span.start as usize..span.end as usize).is_some(),
            "{text}: {span:?}"
        );
    }
    if let Some(expr) = &parsed.expression {
        for inner in expr.descendants() {
            assert!(!inner.span.of(text).is_empty(), "{text}: {inner:?}");
        }
        let printed = print(expr);
        let again = parse(&printed).expression.map(without_places);
        let same = again == Some(without_places(expr.clone()));
        assert!(same, "{text:.200} -> {printed:.200}");
    }
    parsed
}

#[test]
fn every_part_of_a_hard_formula_gets_an_answer() {
    for text in HARD {
        assert_eq!(check(text).errors, [], "{text}");
        for (cut, _) in text.char_indices() {
            check(&text[..cut]);
            check(&text[cut..]);
        }
    }
}

#[test]
fn deep_nesting_is_refused_and_not_a_crash() {
    let nested = |open: &str, middle: &str, close: &str, depth: usize| {
        format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
    };
    let forms = [
        ("(", "1", ")"),
        ("-", "1", ""),
        ("NOT ", "[a]", ""),
        ("F(", "1", ")"),
        ("{ ", "MAX(1)", " }"),
        ("{FIXED ", "[a]", " : MAX(1)}"),
        ("IF [a] THEN ", "1", " END"),
        ("IF [a] THEN 1 ELSE ", "1", " END"),
        ("IF ", "[a]", " THEN 1 END"),
        ("CASE [a] WHEN ", "1", " THEN 1 END"),
        ("[a] IN (", "1", ")"),
        ("1 OR 1 AND 1 = 1 + 1 * 1 ^ (", "1", ")"),
    ];
    let deepest = move |(open, middle, close): (&str, &str, &str)| {
        let depths: Vec<usize> = (1..1000).collect();
        let text = |depth| nested(open, middle, close, depth);
        let accepted = depths.partition_point(|depth| parse(&text(*depth)).expression.is_some());
        assert!(accepted > 30, "{open} is refused at {accepted}");
        text(accepted)
    };
    // A thread has 2 MiB unless it asks for more.
    let small = std::thread::Builder::new().stack_size(3 << 19);
    let work = move || {
        for form in forms {
            let expression = parse(&deepest(form)).expression.unwrap();
            assert!(parse(&print(&expression.clone())).expression.is_some());
            let (open, middle, close) = form;
            for text in [nested(open, middle, close, 10_000), open.repeat(10_000)] {
                let error = check(&text).errors.remove(0);
                assert!(
                    error.message.contains("nested too deeply"),
                    "{open}: {error}"
                );
            }
        }
    };
    small.spawn(work).unwrap().join().unwrap();
}

/// Quadratic time would take hours here.
#[test]
fn long_formulas_take_linear_time() {
    let count = 30_000;
    for part in [
        "[a] = 'x' OR ",
        "1 + ",
        "1, ",
        "'",
        "[",
        "]",
        "#",
        "/*",
        "/* */",
        "// x\n",
        "[a].",
        "1.",
        "1e",
        "((",
        "))",
        "{",
        ":",
        "a ",
        "END ",
        "ELSEIF [a] THEN 1 ",
        "NOT ",
        "“",
        "\u{feff}",
        "=>",
        "\\",
        "é",
    ] {
        check(&part.repeat(count));
        check(&format!("F({}1)", part.repeat(count)));
    }
    let branches = "ELSEIF [a] = 'x' THEN 'y' ".repeat(count);
    let parsed = check(&format!("IF [a] THEN 1 {branches} END"));
    assert_eq!(
        (parsed.errors.len(), parsed.references().count()),
        (0, count + 1)
    );
}

fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "IF",
        "THEN",
        "ELSEIF",
        "ELSE",
        "END",
        "CASE",
        "WHEN",
        "IN",
        "AND",
        "OR",
        "NOT",
        "NULL",
        "TRUE",
        "(",
        ")",
        "{",
        "}",
        ",",
        ":",
        ".",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "=",
        "<>",
        "<",
        ">",
        "[a]",
        "[b].[c]",
        "Sales",
        "SUM(",
        "1",
        ".5",
        "'x'",
        "\"",
        "'",
        "#2020-01-01#",
        "#",
        "FIXED",
        "{ FIXED",
        "// c\n",
        "/*",
        "*/",
        "[",
        "]",
        "é",
        "\n",
        "&",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,40}") {
        check(&text);
    }

    #[test]
    fn any_tokens_get_an_answer(tokens in prop::collection::vec(token(), 0..16), glue in "( |)") {
        check(&tokens.join(&glue));
    }

    #[test]
    fn a_formula_with_wrong_bytes_gets_an_answer(
        index in 0..HARD.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
    ) {
        let mut bytes = HARD[index].as_bytes().to_vec();
        for (place, byte, how) in changes {
            let place = place.index(bytes.len());
            match how {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte % 128),
                _ => { bytes.remove(place); }
            }
        }
        check(&String::from_utf8_lossy(&bytes));
    }
}
