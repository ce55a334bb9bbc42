//! The sandbox's multipart bodies: the same parts, however the bytes are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tabship_sandbox::fuzzing::multipart;

fuzz_target!(|bytes: &[u8]| {
    let (step, body) = bytes
        .split_first()
        .map_or((1, bytes), |(first, rest)| (*first as usize, rest));
    let whole = multipart("multipart/mixed; boundary=b", body, usize::MAX);
    let cut = multipart("multipart/mixed; boundary=b", body, step);
    assert_eq!(whole, cut);
    if let Ok(text) = std::str::from_utf8(body) {
        let _ = multipart(text, body, step);
    }
});
