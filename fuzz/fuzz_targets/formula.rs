//! The calculation language: what parses is printed and parsed again to the same tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tabship::formula::{normalize, parse, print};

fuzz_target!(|text: &str| {
    let parsed = parse(text);
    for error in &parsed.errors {
        assert!(error.span.start <= error.span.end && error.span.end as usize <= text.len());
    }
    let _ = normalize(text, |_| None);
    if !parsed.errors.is_empty() {
        return;
    }
    let Some(expression) = &parsed.expression else { return };
    let printed = print(expression);
    let again = parse(&printed);
    assert!(again.errors.is_empty(), "{printed:?}: {:?}", again.errors);
    assert_eq!(again.expression.as_ref().map(print), Some(printed));
});
