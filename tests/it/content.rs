//! Real files: every good one is read, every broken one is refused for its reason.

use std::path::Path;

use tabship::content::{self, Limits, Refusal};

use crate::harness::shared;

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn every_real_file_is_read() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    let files = files(&corpus.join("files"));
    let refused: Vec<String> = files
        .iter()
        .filter_map(|path| {
            content::open(path, &Limits::default())
                .err()
                .map(|r| format!("{}: {}", path.display(), r.refusal))
        })
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert_eq!(files.len(), 233);
}

/// The index of the corpus counts what another reader saw.
#[test]
fn the_model_counts_what_the_index_counts() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    let index = std::fs::read_to_string(corpus.join("index.tsv")).unwrap();
    let mut lines = index.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column = |name: &str| names.iter().position(|n| *n == name).unwrap();
    let mut wrong = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        let opened = content::open(&corpus.join(cells[0]), &Limits::default()).unwrap();
        let Some(document) = opened.document() else {
            continue;
        };
        let model = &document.model;
        let calculations: usize = model
            .datasources
            .iter()
            .flat_map(|d| &d.columns)
            .filter(|c| c.formula().is_some())
            .count();
        for (name, found) in [
            ("worksheets", model.worksheets.len()),
            (
                "dashboards",
                model.dashboards.iter().filter(|d| !d.story).count(),
            ),
            (
                "stories",
                model.dashboards.iter().filter(|d| d.story).count(),
            ),
            ("datasources", model.datasources.len()),
            ("calcs", calculations),
            ("params", model.parameters.len()),
        ] {
            let expected: usize = cells[column(name)].parse().unwrap_or(0);
            if expected != found {
                wrong.push(format!(
                    "{}: {found} {name}, the index says {expected}",
                    cells[0]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_broken_file_is_refused_for_its_reason() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    let index = std::fs::read_to_string(corpus.join("broken.tsv")).unwrap();
    let mut count = 0;
    for line in index.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (file, reason) = (cells[0], cells[7]);
        let refused = content::open(&corpus.join(file), &Limits::default()).expect_err(file);
        let fits = match &refused.refusal {
            Refusal::Malformed(m) => {
                reason.contains("before the XML declaration")
                    && m.to_string().contains("before the document")
            }
            Refusal::LfsPointer => reason.contains("LFS"),
            Refusal::Empty => reason.contains("zero bytes") || reason.contains("single newline"),
            Refusal::WrongKind { .. } => reason.contains("bare JSON"),
            Refusal::Encoding { windows, .. } => *windows && reason.contains("windows-1252"),
            Refusal::NotTableau { what } => {
                reason.contains("extension manifest") && what.contains("extension manifest")
            }
            _ => false,
        };
        assert!(
            fits,
            "{file}: refused as {:?}, and the index says: {reason}",
            refused.refusal
        );
        assert!(!refused.refusal.help().is_empty());
        count += 1;
    }
    assert_eq!(count, 13);
}

/// Puts the pieces of a spliced package together.
fn assemble(path: &Path, segments: &[tabship::content::splice::Segment]) -> Vec<u8> {
    use tabship::content::splice::Segment;
    let original = std::fs::read(path).unwrap();
    segments
        .iter()
        .flat_map(|s| match s {
            Segment::File(range) => original[range.start as usize..range.end as usize].to_vec(),
            Segment::Bytes(bytes) => bytes.clone(),
        })
        .collect()
}

#[test]
fn a_package_with_another_document_keeps_every_other_member() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    let mut count = 0;
    for path in files(&corpus.join("files")) {
        let opened = content::open(&path, &Limits::default()).unwrap();
        let (Some(package), Some(document)) = (&opened.package, opened.document()) else {
            continue;
        };
        let text = format!("{}<!-- edited -->", document.source().text());
        let bytes = assemble(
            &path,
            &content::splice::replace(&path, package, &text).unwrap(),
        );
        let again = content::from_bytes(&path, &bytes, &Limits::default())
            .unwrap_or_else(|r| panic!("{}: {}", path.display(), r.refusal));
        assert_eq!(
            again.document().unwrap().source().text(),
            text,
            "{}",
            path.display()
        );
        let new = again.package.as_ref().unwrap();
        assert_eq!(new.members.len(), package.members.len());
        let original = std::fs::read(&path).unwrap();
        for (n, (a, b)) in package.members.iter().zip(&new.members).enumerate() {
            assert_eq!(
                (&a.name, &a.name_raw),
                (&b.name, &b.name_raw),
                "{}",
                path.display()
            );
            if n != package.main {
                assert_eq!((a.size, a.packed, a.crc32), (b.size, b.packed, b.crc32));
                // The local header with its name and extra field, and the packed bytes.
                let raw = |bytes: &[u8], header: u64, packed: u64| {
                    let at = header as usize;
                    let length = |n: usize| {
                        usize::from(bytes[at + n]) + 256 * usize::from(bytes[at + n + 1])
                    };
                    bytes[at..at + 30 + length(26) + length(28) + packed as usize].to_vec()
                };
                assert!(
                    raw(&original, a.header, a.packed) == raw(&bytes, b.header, b.packed),
                    "{} in {}",
                    a.name,
                    path.display()
                );
            }
        }
        count += 1;
    }
    assert!(count > 100, "{count} packages");
}
