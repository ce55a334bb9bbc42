//! The bytes that are sent.

use std::collections::HashMap;

use crate::api::endpoint::content::FileType;
use crate::content::Content;
use crate::content::splice::{self, Segment};
use crate::plan::{Key, Planned};
use crate::publish::payload::{Payload, Piece};
use crate::publish::run::Payloads;

use super::{Assembly, Origin};

impl Payloads for Assembly<'_> {
    fn payload(
        &self,
        item: &Planned,
        content_urls: &HashMap<Key, String>,
    ) -> Result<Payload, String> {
        let place = self.places.get(&item.key());
        let origin = place
            .and_then(|place| self.origins.get(*place))
            .ok_or_else(|| format!("nothing in the repository is {}", item.title()))?;
        let file_type = FileType::of(&format!("x.{}", origin.profile.extension))
            .ok_or("it is no file that can be published")?;
        let rules = self.target.rules(&origin.shown, content_urls);
        let known = origin.profile.fingerprint.as_str();
        let (fingerprint, pieces) = if rules.is_empty() {
            (origin.digest(known), whole(origin, origin.profile.bytes))
        } else {
            let content = origin.open()?;
            let (text, fingerprint) = self.target.sent(&content, &rules, known)?;
            (origin.digest(&fingerprint), pieces(origin, &content, text)?)
        };
        let payload = Payload::new(file_type, fingerprint, pieces);
        Ok(payload.from_commit(origin.promoted.as_ref().map(|p| p.commit.clone())))
    }
}

/// The file, with the document in it that the rewrites made.
fn pieces(origin: &Origin, content: &Content, text: Option<String>) -> Result<Vec<Piece>, String> {
    let Some(text) = text.map(|text| content.written(text).into_owned()) else {
        return Ok(whole(origin, content.bytes));
    };
    let Some(package) = &content.package else {
        return Ok(vec![Piece::Bytes(text.into())]);
    };
    let segments = splice::replace(&origin.path, package, &text).map_err(|e| e.to_string())?;
    Ok(segments
        .into_iter()
        .map(|segment| match segment {
            Segment::File(range) => Piece::File {
                path: origin.path.clone(),
                range,
            },
            Segment::Bytes(bytes) => Piece::Bytes(bytes.into()),
        })
        .collect())
}

/// The file as it is.
fn whole(origin: &Origin, bytes: u64) -> Vec<Piece> {
    vec![Piece::File {
        path: origin.path.clone(),
        range: 0..bytes,
    }]
}
