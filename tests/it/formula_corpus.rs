//! The calculation language against every calculation of the real documents in the corpus.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use tabship::formula::{functions, normalize, parse, print};

use crate::harness::shared;

/// Formulas that are broken in Tableau too, with the reason.
const EXCEPTIONS: [(&str, &str); 1] = [("", "a calculation that was created and never written")];

/// Returns the documents of a file: the file itself, or those packed in it.
fn documents(path: &Path) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let is_document = |name: &str| {
        [".twb", ".tds"]
            .iter()
            .any(|extension| name.to_lowercase().ends_with(extension))
    };
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(&bytes)) else {
        let name = path.to_string_lossy();
        return is_document(&name)
            .then(|| String::from_utf8_lossy(&bytes).into_owned())
            .into_iter()
            .collect();
    };
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .filter(|name| is_document(name))
        .collect();
    names
        .iter()
        .map(|name| {
            let mut content = Vec::new();
            archive
                .by_name(name)
                .unwrap()
                .read_to_end(&mut content)
                .unwrap();
            String::from_utf8_lossy(&content).into_owned()
        })
        .collect()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).unwrap()?;
    #[expect(
        deprecated,
        reason = "literal line breaks of old files are part of their formulas"
    )]
    let value = attribute.unescape_value().unwrap();
    Some(value.into_owned())
}

/// Returns the formulas of calculated fields, bins and parameters, and of filter conditions.
fn formulas(document: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                found.extend(match element.name().as_ref() {
                    "calculation" => attribute(&element, "formula"),
                    "groupfilter" => attribute(&element, "expression"),
                    _ => None,
                });
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn corpus_formulas() -> BTreeSet<String> {
    let Some(files) = shared("corpus/files") else {
        return BTreeSet::new();
    };
    let formulas: BTreeSet<String> = fs::read_dir(files)
        .unwrap()
        .flat_map(|entry| documents(&entry.unwrap().path()))
        .flat_map(|document| formulas(&document))
        .collect();
    assert!(
        formulas.len() > 900,
        "only {} different formulas",
        formulas.len()
    );
    formulas
}

#[test]
fn every_formula_of_the_corpus_parses() {
    let failures: Vec<String> = corpus_formulas()
        .iter()
        .filter(|text| !EXCEPTIONS.iter().any(|(exception, _)| exception == text))
        .flat_map(|text| {
            let errors = parse(text).errors;
            errors
                .into_iter()
                .map(move |error| format!("{error} at {:?}: {text}", error.span))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{}:\n{}",
        failures.len(),
        failures.join("\n---\n")
    );
}

#[test]
fn printing_a_formula_of_the_corpus_changes_nothing() {
    for text in corpus_formulas() {
        let Some(expression) = parse(&text).expression else {
            continue;
        };
        let printed = print(&expression);
        let again = parse(&printed).expression;
        assert_eq!(
            again.map(|expr| print(&expr)),
            Some(printed.clone()),
            "{text}"
        );
        assert_eq!(normalize(&text, |_| None), Some(printed), "{text}");
    }
}

#[test]
fn every_call_in_the_corpus_is_in_the_function_table() {
    let mut wrong = Vec::new();
    for text in corpus_formulas() {
        for call in parse(&text).calls() {
            match functions::lookup(&call.name) {
                None => wrong.push(format!("unknown {}: {text}", call.name)),
                Some(function) if !function.accepts(call.args.len()) => {
                    wrong.push(format!(
                        "{} with {} arguments: {text}",
                        call.name,
                        call.args.len()
                    ));
                }
                Some(_) => {}
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}:\n{}",
        wrong.len(),
        wrong.join("\n---\n")
    );
}
