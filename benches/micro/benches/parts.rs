//! The parser, the formula language, the diff and the package writer, each alone.

use std::fmt::Write;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use tabship::content::{Content, Document, Limits, from_bytes, open};
use tabship::{diff, formula};

fn main() {
    divan::main();
}

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The example's workbook with its sheets repeated, so that time is spent in the parser.
fn workbook(copies: usize) -> String {
    let path = Path::new(ROOT).join("examples/acme/workbooks/finance/Executive Overview.twb");
    let text = std::fs::read_to_string(path).expect("the example is there");
    let start = text.find("<worksheet ").expect("it has sheets");
    let end = text.find("</worksheets>").expect("it has sheets");
    let mut more = String::new();
    for copy in 0..copies {
        let _ = write!(more, "{}", text[start..end].replace("<worksheet name='", &format!("<worksheet name='{copy} ")));
    }
    format!("{}{more}{}", &text[..end], &text[end..])
}

#[divan::bench(args = [0, 20, 200])]
fn parse(bencher: Bencher, copies: usize) {
    let text = workbook(copies);
    bencher.counter(BytesCount::of_str(&text)).with_inputs(|| text.clone()).bench_values(|text| Document::parse(text).expect("it parses"));
}

#[divan::bench]
fn parse_formula(bencher: Bencher) {
    let text = "IF SUM([Sales]) > 0 AND NOT ISNULL([Region]) THEN {FIXED [Customer], [Year] : SUM(IIF([Profit] < 0, 0, [Profit]))} / SUM([Sales]) ELSE ZN(WINDOW_AVG(SUM([Sales]), -2, 0)) END // note";
    bencher.counter(BytesCount::of_str(text)).bench(|| formula::parse(divan::black_box(text)));
}

#[divan::bench(args = [0, 20])]
fn diff_one_formula(bencher: Bencher, copies: usize) {
    let content = |text: &str| -> Content { from_bytes(Path::new("a.twb"), text.as_bytes(), &Limits::default()).expect("it opens") };
    let before = workbook(copies);
    let after = before.replacen("SUM([profit])", "AVG([profit])", 1);
    let (before, after) = (content(&before), content(&after));
    bencher.bench(|| diff::contents(&before, &after));
}

#[divan::bench]
fn open_package(bencher: Bencher) {
    let path = Path::new(ROOT).join("examples/acme/workbooks/finance/Profitability.twbx");
    bencher.bench(|| open(&path, &Limits::default()).expect("it opens"));
}

#[divan::bench]
fn rewrite_package(bencher: Bencher) {
    let path = Path::new(ROOT).join("examples/acme/workbooks/finance/Profitability.twbx");
    let content = open(&path, &Limits::default()).expect("it opens");
    let text = content.source().text().replace("pg-dev", "pg-prod");
    let package = content.package.as_ref().expect("it is a package");
    bencher.bench(|| tabship::content::splice::replace(&path, package, &text).expect("it is written"));
}
