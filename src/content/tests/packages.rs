//! Hostile and broken packages: each is refused, soon, and says why.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::content::{self, Content, Limits, Refusal};

use super::zip::{Part, WORKBOOK, Zip, deflate, part, workbook, zip};

fn read(bytes: &[u8]) -> Result<Content, Refusal> {
    let started = Instant::now();
    let result = content::from_bytes(Path::new("a.twbx"), bytes, &Limits::default());
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "it took too long"
    );
    result.map_err(|refused| {
        assert!(!refused.refusal.help().is_empty());
        refused.refusal
    })
}

fn said(zip: &Zip) -> String {
    read(&zip.bytes()).map(|_| ()).unwrap_err().to_string()
}

fn unsafe_because(zip: &Zip, why: &str) {
    let refusal = read(&zip.bytes()).unwrap_err();
    assert!(
        matches!(&refusal, Refusal::Unsafe(said) if said.contains(why)),
        "{refusal:?}, not {why}"
    );
}

fn damaged_because(zip: &Zip, why: &str) {
    let refusal = read(&zip.bytes()).unwrap_err();
    assert!(
        matches!(&refusal, Refusal::Package(said) if said.contains(why)),
        "{refusal:?}, not {why}"
    );
}

#[test]
fn a_package_in_order_is_read() {
    let mut zip = zip(vec![
        part("Data/x.csv", "a,b"),
        Part {
            deflated: true,
            descriptor: true,
            ..part("é.twb", WORKBOOK)
        },
    ]);
    zip.comment = b"a comment with PK\x05\x06 in it".to_vec();
    let content = read(&zip.bytes()).unwrap();
    assert_eq!(content.member(), Some("é.twb"));
    let package = content.package.unwrap();
    assert_eq!(package.comment, zip.comment);
    assert_eq!(package.member("Data/x.csv").unwrap().size, 3);
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; 40 << 20];
    unsafe_because(&workbook(&zeros), "expands more than 1000 times");
    let mut large = workbook(WORKBOOK);
    large.parts[0].size = Some(u32::MAX - 1);
    assert!(said(&large).contains("and 536870912 is the limit"));
    // What is packed in a member is not looked into.
    let nested = zip(vec![
        part("inner.twbx", workbook(&zeros).bytes()),
        part("a.twb", WORKBOOK),
    ]);
    assert!(read(&nested.bytes()).is_ok());
}

#[test]
fn members_that_share_bytes_are_refused() {
    let mut quine = workbook(WORKBOOK);
    quine.parts.push(Part {
        header: Some(0),
        ..part("Data/b.csv", "")
    });
    unsafe_because(&quine, "share bytes");
    let mut inside = zip(vec![part("a.twb", WORKBOOK), part("b.csv", "x")]);
    inside.parts[0].packed = Some(WORKBOOK.len() as u32 + 10);
    unsafe_because(&inside, "share bytes");
}

#[test]
fn two_members_of_one_name_are_refused() {
    for (first, second) in [
        ("a.twb", "a.twb"),
        ("Data/x.csv", "Data/x.csv"),
        ("Data/x.csv", "data/X.CSV"),
        ("Data/x.csv", "Data\\x.csv"),
        ("Data/x.csv", "./Data//x.csv"),
        ("Data/x.csv", "Data/x.csv. "),
        ("Data/Umsätze.csv", "Data/Umsa\u{308}tze.csv"),
        ("Data/Å.csv", "Data/\u{212b}.csv"),
    ] {
        let mut parts = vec![part(first, WORKBOOK), part(second, WORKBOOK)];
        if first != "a.twb" {
            parts.push(part("a.twb", WORKBOOK));
        }
        unsafe_because(&zip(parts), "two members");
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../x",
        "Data/../../x",
        "..\\x",
        "/etc/passwd",
        "\\\\host\\x",
        "C:\\x",
        "c:x",
    ] {
        let zip = zip(vec![part("a.twb", WORKBOOK), part(name, "x")]);
        unsafe_because(&zip, "would leave the package");
    }
    let escape = said(&zip(vec![part("a.twb", WORKBOOK), part("\x1b[2J", "x")]));
    assert!(
        escape.contains("\\u{1b}[2J") && !escape.contains('\x1b'),
        "{escape}"
    );
    unsafe_because(
        &zip(vec![part("a.twb\0.csv", WORKBOOK)]),
        "control character",
    );
}

#[test]
fn encryption_is_refused() {
    let mut zip = workbook(WORKBOOK);
    zip.parts[0].flags = 1;
    unsafe_because(&zip, "encrypted");
}

#[test]
fn wrong_sizes_and_checksums_are_found_out() {
    let lie = |change: fn(&mut Part)| {
        let mut zip = workbook(WORKBOOK);
        change(&mut zip.parts[0]);
        zip
    };
    damaged_because(&lie(|p| p.size = Some(10)), "larger than its declared");
    damaged_because(&lie(|p| p.size = Some(1000)), "its size is not");
    damaged_because(&lie(|p| p.crc = Some(1)), "a.twb");
    damaged_because(&lie(|p| p.packed = Some(10)), "a.twb");
    unsafe_because(&lie(|p| p.packed = Some(5000)), "share bytes");
    damaged_because(&lie(|p| p.header = Some(1)), "");
}

#[test]
fn a_package_that_is_cut_off_is_refused() {
    // Noise, so that it is large when it is packed.
    let mut noise = 1_u32;
    let text: String = (0..40_000)
        .map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + (noise >> 24) as u8 % 26)
        })
        .collect();
    let whole = workbook(format!("<workbook a='{text}'/>")).bytes();
    assert!(read(&whole).is_ok() && whole.len() > 20_000);
    for length in (0..whole.len()).step_by(1024).chain([whole.len() - 1]) {
        let refusal = read(&whole[..length]).map(|_| ()).unwrap_err();
        let fits = matches!(refusal, Refusal::Package(_) | Refusal::Empty);
        assert!(fits, "{length}: {refusal:?}");
    }
}

#[test]
fn bytes_before_the_package_are_refused() {
    // The directory says where things are without what stands before them: another reader would take the other document.
    let package = workbook(WORKBOOK).bytes();
    let refusal = read(&[package.clone(), package].concat()).map(|_| ());
    assert!(
        matches!(&refusal, Err(Refusal::Unsafe(why)) if why.contains("before its first member")),
        "{refusal:?}"
    );
}

#[test]
fn a_directory_that_claims_more_than_there_is_ends_early() {
    let mut zip = workbook(WORKBOOK);
    zip.count = Some(60_000);
    assert!(matches!(read(&zip.bytes()), Err(Refusal::Package(_))));
    for (count, size, start) in [
        (10_000_000, 460_000_000, 0),
        (10_000_000, 460_000_000, 1 << 40),
        (u64::MAX, u64::MAX, u64::MAX),
        (1 << 40, 1 << 60, 1 << 50),
        (1, u64::MAX, 60),
    ] {
        let mut zip = workbook(WORKBOOK);
        zip.count = Some(u16::MAX);
        zip.directory = Some((u32::MAX, u32::MAX));
        zip.zip64 = Some((count, size, start));
        let refusal = read(&zip.bytes()).map(|_| ()).unwrap_err();
        assert!(
            matches!(refusal, Refusal::Package(_) | Refusal::Unsafe(_)),
            "{refusal:?}"
        );
    }
}

#[test]
fn a_directory_of_very_many_members_is_refused() {
    let members = |count: usize| {
        let mut parts: Vec<Part> = (0..count).map(|n| part(&format!("Data/{n}"), "")).collect();
        parts.push(part("a.twb", WORKBOOK));
        zip(parts)
    };
    unsafe_because(&members(20_000), "20001 members, and 20000 is the limit");
    let mut wide = members(60_000);
    for part in &mut wide.parts {
        part.comment = vec![b'x'; 300];
    }
    unsafe_because(&wide, "its directory has more than");
}

#[test]
fn what_is_no_package_of_content_says_so() {
    let of = |parts: Vec<Part>| read(&zip(parts).bytes()).map(|_| ()).unwrap_err();
    assert!(matches!(of(vec![]), Refusal::NoInnerDocument { .. }));
    assert!(matches!(
        of(vec![part("Data/a.twb", WORKBOOK)]),
        Refusal::NoInnerDocument { .. }
    ));
    assert!(matches!(
        of(vec![part("a.twb", WORKBOOK), part("b.tds", "")]),
        Refusal::TwoInnerDocuments(names) if names == ["a.twb", "b.tds"]
    ));
    assert!(matches!(of(vec![part("flow", "{")]), Refusal::Flow(_)));
    assert!(matches!(of(vec![part("flow", "{}")]), Refusal::Flow(why) if why.contains("nodes")));
    let stored_as_something = Part {
        data: deflate(b"x"),
        ..part("a.twb", "")
    };
    assert!(matches!(
        of(vec![stored_as_something]),
        Refusal::Encoding { .. }
            | Refusal::NotTableau { .. }
            | Refusal::Malformed(_)
            | Refusal::Empty
    ));
}
