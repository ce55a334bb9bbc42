//! Extracts that are published by themselves.

use std::io::Read;

use super::{ReadError, Reading, Source, SourceConnection};

pub(super) fn only(class: &str) -> Reading {
    let connection = SourceConnection {
        class: class.to_owned(),
        ..SourceConnection::default()
    };
    let source = Source {
        has_extract: true,
        connections: vec![connection],
        ..Source::default()
    };
    Reading {
        sources: vec![source],
        ..Reading::default()
    }
}

pub(super) fn hyper(mut file: impl Read) -> Result<Reading, ReadError> {
    let mut magic = [0; 4];
    file.read_exact(&mut magic)
        .map_err(|_| ReadError::NotHyper)?;
    if &magic != b"HyPe" {
        return Err(ReadError::NotHyper);
    }
    Ok(only("hyper"))
}
