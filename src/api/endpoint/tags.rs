//! Tags.

use std::borrow::Cow;

use reqwest::Method;
use serde_json::json;

use super::{
    Endpoint, Path, Reply,
    content::{Item, gone_is_done},
};
use crate::api::{
    body::Body,
    error::Error,
    json::{self, Unreadable},
    luid::Luid,
    retry::Replay,
    site::Site,
};

/// What can have tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tagged {
    /// A workbook, a data source or a flow.
    Item(Item),
    /// A view.
    View(Luid),
}

impl From<Item> for Tagged {
    fn from(item: Item) -> Self {
        Self::Item(item)
    }
}

impl Tagged {
    fn path(self) -> Path {
        let item = match self {
            Self::Item(item) => item.path(),
            Self::View(view) => Path::site("views").then(view),
        };
        item.then("tags")
    }
}

/// The server splits a label at white space and commas, except within double quotes, which it takes off: so does
/// tableauserverclient 0.42 tell (`_encode_tag_label`), and quote. No client tells of a way to send a quote that stays, so
/// that a label's own are left out: otherwise it would be split where one of them stands.
fn quoted(label: &str) -> Cow<'_, str> {
    if label.contains('"') {
        let label = label.replace('"', "");
        return Cow::Owned(quoted(&label).into_owned());
    }
    if label.contains(|c: char| c.is_whitespace() || c == ',') {
        Cow::Owned(format!("\"{label}\""))
    } else {
        Cow::Borrowed(label)
    }
}

/// `PUT /sites/{site}/{kind}/{id}/tags`: adds, and never removes. Who can read can add.
pub struct AddTags {
    /// To what.
    pub to: Tagged,
    /// One label each; a comma in it is a part of it. Double quotes in it are left out.
    pub labels: Vec<String>,
}

impl Endpoint for AddTags {
    /// All labels that are on it now.
    type Answer = Vec<String>;
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        self.to.path()
    }

    fn body(&self) -> Body {
        let tags: Vec<_> = self
            .labels
            .iter()
            .map(|label| json!({ "label": quoted(label) }))
            .collect();
        Body::json(&json!({ "tags": { "tag": tags } }))
    }

    fn parse(&self, reply: &Reply) -> Result<Vec<String>, Unreadable> {
        Ok(json::tags(reply.document()?.root()))
    }
}

/// `DELETE /sites/{site}/{kind}/{id}/tags/{label}`: for administrators, the owner, project leaders
/// and whoever added the tag.
pub struct DeleteTag {
    /// From what.
    pub from: Tagged,
    /// Which.
    pub label: String,
}

impl Endpoint for DeleteTag {
    type Answer = ();
    const METHOD: Method = Method::DELETE;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        self.from.path().then(&self.label)
    }

    fn parse(&self, _: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}

impl Site {
    /// Adds tags; gives all that are there now.
    pub async fn add_tags(
        &self,
        to: impl Into<Tagged>,
        labels: Vec<String>,
    ) -> Result<Vec<String>, Error> {
        self.run(&AddTags {
            to: to.into(),
            labels,
        })
        .await
    }

    /// Removes a tag. One that is not there is as good.
    pub async fn delete_tag(
        &self,
        from: impl Into<Tagged>,
        label: impl Into<String>,
    ) -> Result<(), Error> {
        gone_is_done(
            self.run(&DeleteTag {
                from: from.into(),
                label: label.into(),
            })
            .await,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply, sent};

    #[test]
    fn adds_one_label_a_tag() {
        let call = AddTags {
            to: Item::datasource(luid(1)).into(),
            labels: ["a,b", "a\tb", "say \"a b\"", "tabship:fp=1/2"]
                .map(String::from)
                .into(),
        };
        assert_eq!(
            sent(&call),
            r#"{"tags":{"tag":[{"label":"\"a,b\""},{"label":"\"a\tb\""},{"label":"\"say a b\""},{"label":"tabship:fp=1/2"}]}}"#
        );
        let all = call.parse(&reply(
            200,
            r#"{"tags":{"tag":[{"label":"x"},{"label":"a,b"}]}}"#,
        ));
        assert_eq!(all.unwrap(), ["x", "a,b"]);
    }

    #[test]
    fn a_label_is_one_part_of_the_path() {
        let call = DeleteTag {
            from: Tagged::View(luid(1)),
            label: "a/b c".into(),
        };
        assert!(
            address(&call).ends_with("/tags/a%2Fb%20c"),
            "{}",
            address(&call)
        );
    }
}
