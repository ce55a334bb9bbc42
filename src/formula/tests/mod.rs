//! Tests over the whole language: what parses into what, and what is said when it does not.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "tests stop at what is wrong; a table is as long as its rows"
)]

mod properties;
mod robustness;

use super::{Expr, ExprKind, Parsed, normalize, parse, print};

fn printed(text: &str) -> String {
    let parsed = parse(text);
    assert_eq!(parsed.errors, [], "{text}");
    print(&parsed.expression.unwrap())
}

/// Writes every operator with its own parentheses, so that a table can show what binds tighter.
fn grouped(text: &str) -> String {
    fn show(expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Chain(chain) => chain
                .rest
                .iter()
                .fold(show(&chain.first), |left, (op, right)| {
                    format!("({left} {} {})", op.symbol(), show(right))
                }),
            ExprKind::Unary { op, operand } => format!("({op:?} {})", show(operand)),
            _ => print(expr),
        }
    }
    let parsed = parse(text);
    assert_eq!(parsed.errors, [], "{text}");
    show(&parsed.expression.unwrap())
}

fn failure(text: &str) -> (String, String, String) {
    let parsed = parse(text);
    assert!(parsed.expression.is_none(), "{text}");
    let [error] = parsed.errors.as_slice() else {
        panic!("{text}: {:?}", parsed.errors);
    };
    (
        error.span.of(text).to_owned(),
        error.message.clone(),
        error.help.clone().unwrap_or_default(),
    )
}

#[rustfmt::skip] // A table: one row, one line.
#[test]
fn operators_bind_as_tableau_says() {
    for (text, expected) in [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("1 / 2 * 3 % 4", "(((1 / 2) * 3) % 4)"),
        ("2 ^ 3 ^ 4", "((2 ^ 3) ^ 4)"),
        ("-2 ^ 2", "((Negate 2) ^ 2)"),
        ("2 ^ -2", "(2 ^ (Negate 2))"),
        ("2 * 3 ^ 2", "(2 * (3 ^ 2))"),
        ("1 - -1", "(1 - (Negate 1))"),
        ("[a] = 1 OR [b] = 2 AND [c] = 3", "(([a] = 1) OR (([b] = 2) AND ([c] = 3)))"),
        ("NOT [a] = 1 AND [b]", "((Not ([a] = 1)) AND [b])"),
        ("NOT NOT [a]", "(Not (Not [a]))"),
        ("[a] = NOT [b]", "([a] = (Not [b]))"),
        ("NOT [a] IN (1, 2)", "(Not ([a] IN (1, 2)))"),
        ("[a] + 1 >= [b] * 2", "(([a] + 1) >= ([b] * 2))"),
        ("([a] OR [b]) AND [c]", "(([a] OR [b]) AND [c])"),
        ("([a] + 1) + 2", "(([a] + 1) + 2)"),
        ("[a] + (1 + 2)", "([a] + (1 + 2))"),
        ("[a] == 1", "([a] = 1)"),
        ("[a] != 1", "([a] <> 1)"),
        ("[a]<=1", "([a] <= 1)"),
        ("[a]<>-1", "([a] <> (Negate 1))"),
    ] {
        assert_eq!(grouped(text), expected, "{text}");
    }
}

#[rustfmt::skip] // A table: one row, one line.
#[test]
fn every_form_of_the_language_is_read() {
    for (text, expected) in [
        ("1.", "1."),
        (".5", ".5"),
        ("1E-3", "1e-3"),
        ("true", "TRUE"),
        ("Null", "NULL"),
        ("'it''s'", "\"it's\""),
        ("\"say \"\"x\"\"\"", "'say \"x\"'"),
        ("'\\'", "'\\'"),
        ("''", "''"),
        ("'a\nb'", "'a\nb'"),
        ("#2020-01-01#", "#2020-01-01#"),
        ("# April 15, 2004 07:59:00 #", "#April 15, 2004 07:59:00#"),
        ("[a]]b]", "[a]]b]"),
        ("[Parameters].[Parameter 1]", "[Parameters].[Parameter 1]"),
        ("[ds].[__tableau_internal_object_id__].[cnt:x:qk]", "[ds].[__tableau_internal_object_id__].[cnt:x:qk]"),
        ("sum(Sales)", "SUM([Sales])"),
        ("Sum ([Größe])", "SUM([Größe])"),
        ("SUM(Überschuß_1)", "SUM([Überschuß_1])"),
        ("PI( )", "PI()"),
        ("if [a] then 1 end", "IF [a] THEN 1 END"),
        ("IF [a]=1 THEN 'x'\nELSEIF [a]=2 THEN 'y' ELSE 'z' END", "IF [a] = 1 THEN 'x' ELSEIF [a] = 2 THEN 'y' ELSE 'z' END"),
        ("IF([a])THEN(1)ELSE(2)END", "IF [a] THEN 1 ELSE 2 END"),
        ("IF [a] THEN 1 ELSE IF [b] THEN 2 END END", "IF [a] THEN 1 ELSE IF [b] THEN 2 END END"),
        ("IF [a] THEN 1 END + 1", "IF [a] THEN 1 END + 1"),
        ("CASE [a] WHEN 1 THEN 'x' ELSE 'y' END", "CASE [a] WHEN 1 THEN 'x' ELSE 'y' END"),
        ("CASE [a] WHEN IN [Set] THEN 1 WHEN IN ('p', 'q') THEN 2 END", "CASE [a] WHEN IN [Set] THEN 1 WHEN IN ('p', 'q') THEN 2 END"),
        ("[a] in ('x','y')", "[a] IN ('x', 'y')"),
        ("[a] IN [Set]", "[a] IN [Set]"),
        ("{fixed [a],YEAR([d]):sum([x])}", "{ FIXED [a], YEAR([d]) : SUM([x]) }"),
        ("{ FIXED ([a]) : MAX([b]) }", "{ FIXED [a] : MAX([b]) }"),
        ("{FIXED : MAX([d])}", "{ FIXED : MAX([d]) }"),
        ("{MAX([d])}", "{ MAX([d]) }"),
        ("{EXCLUDE [a] : AVG({INCLUDE [b] : SUM([x])})}", "{ EXCLUDE [a] : AVG({ INCLUDE [b] : SUM([x]) }) }"),
        ("DATETRUNC(quarter, [d])", "DATETRUNC([quarter], [d])"),
        ("WINDOW_SUM(SUM([x]), FIRST(), 0)", "WINDOW_SUM(SUM([x]), FIRST(), 0)"),
        ("SCRIPT_REAL('# // not a comment', SUM([x]))", "SCRIPT_REAL('# // not a comment', SUM([x]))"),
        ("1 // one\n+ /* two // */ 2", "1 + 2"),
        ("1 // the end", "1"),
        ("\u{feff}\u{a0}1\u{200b}", "1"),
    ] {
        assert_eq!(printed(text), expected, "{text}");
        assert_eq!(printed(expected), expected, "{text}");
    }
}

#[rustfmt::skip] // A table: one row, one line.
#[test]
fn the_usual_mistakes_are_named() {
    for (text, at, message, help) in [
        ("", "", "the formula is empty", ""),
        ("// nothing", "", "the formula is empty", ""),
        ("IF [a] THEN 1", "IF", "has no `END`", "close every `IF` with `END`"),
        ("IF [a] THEN 1 ELSE IF [b] THEN 2 END", "IF", "has no `END`", "write `ELSEIF`"),
        ("(IF [a] THEN 1)", ")", "expected `END` for the `IF` on line 1", "close every `IF`"),
        ("IF [a] 1 END", "1", "expected `THEN` after the condition of `IF`, found `1`", "operator"),
        ("IF [a] ELSE 1 END", "ELSE", "expected `THEN`", "IF condition THEN result"),
        ("CASE [a] WHEN 1 'x' END", "'x'", "expected `THEN` after the condition of `WHEN`, found a string", ""),
        ("CASE WHEN [a] = 1 THEN 2 END", "WHEN", "what `CASE` compares", "ELSEIF"),
        ("CASE [a] ELSE 1 END", "ELSE", "expected `WHEN`", "WHEN value"),
        ("IF [a] THEN 1 END END", "END", "`END` closes nothing", "exactly one `END`"),
        ("IF [a] THEN ELSE 1 END", "ELSE", "expected a value after `THEN`, found `ELSE`", "NULL"),
        ("SUM([x]", "(", "the `(` that opens here is never closed", "close it with `)`"),
        ("SUM([x]))", ")", "`)` closes nothing", "remove it"),
        ("SUM([x],)", ")", "expected a value after `,`, found `)`", "remove"),
        ("{FIXED [a] : SUM([x])", "{", "the `{` that opens here is never closed", "`}`"),
        ("{FIXED [a] SUM([x])}", "SUM", "expected `,` or `:`", "{ FIXED"),
        ("FIXED [a] : SUM([x])", "[a]", "found `[a]`", "stands in braces: `{ FIXED"),
        ("SUM([x) + 1", "[", "the field name that opens here is never closed", "`]`"),
        ("'it's'", "'", "the string that opens here is never closed", "written twice"),
        ("1 /* x", "/", "the comment that opens here is never closed", "*/"),
        ("#2020-01-01", "#", "the date that opens here is never closed", "#"),
        ("[a] => 1", "=>", "`=>` is not an operator of Tableau", "write `>=`"),
        ("[a] && [b]", "&&", "`&&` is not an operator", "`AND`"),
        ("LEFT(“x”, 1)", "“", "typographic quote", "straight quotes"),
        ("[a] – 1", "–", "typographic dash", "`-`"),
        ("[a] NOT IN (1)", "NOT", "found `NOT`", "no `NOT IN`"),
        ("[a] IN ()", ")", "the list after `IN` is empty", "at least one"),
        ("[a] IN 'x'", "'x'", "expected a list or a set after `IN`", "[Field] IN"),
        ("SUM(Order Date)", "Date", "found `Date`", "`[Order Date]`"),
        ("Parameters.[P]", ".", "found `.`", "[Parameters].[…]"),
        ("SUM [x]", "[x]", "found `[x]`", "SUM(…)"),
        ("[a] [b]", "[b]", "expected an operator", "operator or a comma"),
        ("1 +", "", "expected a value after `+`, found the end of the formula", ""),
        ("* 2", "*", "expected a value, found `*`", ""),
        ("[]", "[]", "cannot be empty", ""),
        ("SUM([x]; 1)", ";", "`;` is not an operator", "commas"),
        ("[a] @ 1", "@", "`@` means nothing in a formula", ""),
    ] {
        let found = failure(text);
        assert_eq!(found.0, at, "{text}: {found:?}");
        assert!(found.1.contains(message), "{text}: {found:?}");
        assert!(found.2.contains(help), "{text}: {found:?}");
    }
}

#[test]
fn spans_are_bytes_of_the_formula() {
    let text = "SUM([Größe]) + [Parameters].[P]";
    let parsed = parse(text);
    let spans: Vec<_> = parsed
        .references()
        .map(|field| field.span.of(text))
        .collect();
    assert_eq!(spans, ["[Größe]", "[Parameters].[P]"]);
    let call = parsed.calls().next().unwrap();
    assert_eq!(
        (call.name_span.of(text), call.span.of(text)),
        ("SUM", "SUM([Größe])")
    );
    assert_eq!(parsed.expression.as_ref().unwrap().span.of(text), text);
}

#[test]
fn a_broken_formula_still_names_its_fields() {
    let parsed = parse("IF [a] THEN SUM([Parameters].[P 1]) // [c]");
    assert!(parsed.expression.is_none());
    let names: Vec<_> = parsed.references().map(super::FieldRef::quoted).collect();
    assert_eq!(names, ["[a]", "[Parameters].[P 1]"]);
    assert!(parsed.references().nth(1).unwrap().is_parameter());
}

#[test]
fn comments_and_length_are_kept_apart() {
    let parsed = parse("1 // é\n+ 2 /* x */");
    let comments: Vec<_> = parsed
        .comments
        .iter()
        .map(|comment| comment.text.as_str())
        .collect();
    assert_eq!(comments, ["// é", "/* x */"]);
    assert_eq!(parsed.length, "1 \n+ 2 ".len());
}

#[test]
fn facts_about_a_formula() {
    let facts = |text: &str| {
        let parsed: Parsed = parse(text);
        (
            parsed.is_aggregate(),
            parsed.is_table_calculation(),
            parsed.uses_user_function(),
        )
    };
    for (text, expected) in [
        ("[x] + 1", (false, false, false)),
        ("SUM([x]) / 2", (true, false, false)),
        ("MIN([x], [y])", (false, false, false)),
        ("MIN([x])", (true, false, false)),
        ("{FIXED [a] : SUM([x])}", (false, false, false)),
        ("AVG({FIXED [a] : SUM([x])})", (true, false, false)),
        ("INDEX()", (true, true, false)),
        ("RAWSQLAGG_REAL('sum(%1)', [x])", (true, false, false)),
        ("'USERNAME()' // USERNAME()", (false, false, false)),
        ("[m] = username()", (false, false, true)),
    ] {
        assert_eq!(facts(text), expected, "{text}");
    }
    let depths = |text: &str| {
        let parsed = parse(text);
        (parsed.lod_depth(), parsed.lod_count())
    };
    assert_eq!(depths("'{' + '{'"), (0, 0));
    assert_eq!(depths("{SUM({FIXED [a] : SUM([x])})} + {MAX([x])}"), (2, 3));
}

#[test]
fn formulas_are_compared_by_what_they_mean() {
    let resolve = |field: &super::FieldRef| match field.name() {
        "Calculation_1" => Some(super::quote(["Net ] Sales"])),
        "Parameter 1" => Some(super::quote(["Parameters", "Rate"])),
        _ => None,
    };
    let ours = normalize(
        "sum( [Calculation_1] ) * [Parameters].[Parameter 1] // net",
        resolve,
    );
    let theirs = normalize("SUM([Net ]] Sales])\n* [Parameters].[Rate]", |_| None);
    assert!(ours.is_some());
    assert_eq!(ours, theirs);
    assert_ne!(
        normalize("SUM(\"a  b\")", |_| None),
        normalize("SUM(\"a b\")", |_| None)
    );
    assert_eq!(normalize("SUM(", |_| None), None);
}
