//! Lists: filters, pages, and all of them as one.

use std::{collections::HashSet, fmt};

use futures_util::{StreamExt, TryStreamExt, future, stream};

use super::{
    endpoint::{Endpoint, Query, Reply},
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    site::Site,
};

/// The most items of a page that a site gives.
const PAGE_SIZE: u32 = 1000;

/// How many pages are asked for at once.
const AT_ONCE: usize = 4;

/// What is to be listed.
///
/// A site's search index lags: what was created a moment ago may be missing from a filtered list.
#[derive(Clone, Debug, Default)]
pub struct Filter(Vec<String>);

impl Filter {
    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only what has exactly this value, upper and lower case told apart. A second condition on the
    /// same field takes the place of the first, on the site.
    pub fn eq(self, field: &str, value: impl fmt::Display) -> Result<Self, Error> {
        self.with(field, "eq", &value.to_string())
    }

    /// Only what has one of these values.
    pub fn one_of<V: fmt::Display>(
        self,
        field: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, Error> {
        let values = values.into_iter().map(|value| writable(&value.to_string()));
        let values: Vec<String> = values.collect::<Result<_, _>>()?;
        Ok(self.push(format!("{field}:in:[{}]", values.join(","))))
    }

    /// Only what compares so: `gt`, `gte`, `lt`, `lte`; `has` on the titles of jobs.
    pub fn with(self, field: &str, operator: &str, value: &str) -> Result<Self, Error> {
        let value = writable(value)?;
        Ok(self.push(format!("{field}:{operator}:{value}")))
    }

    fn push(mut self, condition: String) -> Self {
        self.0.push(condition);
        self
    }
}

/// A comma or an ampersand cannot be in a value, not even encoded.
///
/// Source: REST API help, "Filtering and Sorting" (read 2026-11).
fn writable(value: &str) -> Result<String, Error> {
    if value.contains([',', '&']) {
        return Err(Error::Invalid {
            what: format!("filter value `{value}`"),
            why: "a site cannot filter by a value with a comma or an ampersand".into(),
        });
    }
    Ok(value.to_owned())
}

/// The parameters that all lists share.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What.
    pub filter: Filter,
    /// The page, from 1.
    pub page: u32,
    /// Items of a page: 1 to 1000.
    pub page_size: u32,
}

impl Listing {
    /// The first page of what the filter lets through.
    pub fn of(filter: Filter) -> Self {
        Self {
            filter,
            page: 1,
            page_size: PAGE_SIZE,
        }
    }

    /// The page `page`, from 1, of the same.
    pub(crate) fn at(&self, page: u32) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    pub(crate) fn write(&self, query: &mut Query) {
        query.set("pageSize", self.page_size);
        query.set("pageNumber", self.page);
        if !self.filter.0.is_empty() {
            query.set("filter", self.filter.0.join(","));
        }
    }
}

impl Default for Listing {
    fn default() -> Self {
        Self::of(Filter::all())
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// How many items a page has, but for the last.
    pub size: u64,
    /// How many items there are on all pages, at the moment of the answer.
    pub total: u64,
}

impl<T> Page<T> {
    pub(crate) fn parse(
        reply: &Reply,
        (outer, inner): (&str, &str),
        read: impl Fn(Node<'_>) -> Result<T, Unreadable>,
    ) -> Result<Self, Unreadable> {
        let document = reply.document()?;
        let root = document.root();
        let items: Vec<T> = root
            .list(outer, inner)
            .into_iter()
            .map(read)
            .collect::<Result<_, _>>()?;
        let count = items.len() as u64;
        // Lists that are never cut into pages say nothing about pages.
        let pages = root.child("pagination");
        let size = pages
            .and_then(|pages| pages.number("pageSize"))
            .unwrap_or(count);
        let total = pages
            .and_then(|pages| pages.number("totalAvailable"))
            .unwrap_or(count);
        Ok(Self {
            items,
            size: size.max(1),
            total,
        })
    }
}

/// Something with an identity.
pub trait Identified {
    /// Its LUID.
    fn id(&self) -> Luid;
}

/// A call that gives one page of a list.
pub trait Paged: Endpoint<Answer = Page<Self::Item>> + Send {
    /// What is listed.
    type Item: Identified + Send;

    /// The same call for another page, from 1.
    #[must_use]
    fn at(&self, page: u32) -> Self;
}

impl Site {
    /// All pages of a list as one, each item once, in the site's order.
    ///
    /// A list can change between two pages: an item that moved to another page is not given twice,
    /// and pages that came into being meanwhile are read too.
    pub async fn all<P: Paged>(&self, listing: &P) -> Result<Vec<P::Item>, Error> {
        let first = self.run(&listing.at(1)).await?;
        let (size, mut total) = (first.size, first.total);
        let mut seen = HashSet::new();
        let mut items = Vec::new();
        let mut keep = |page: Page<P::Item>| {
            items.extend(page.items.into_iter().filter(|item| seen.insert(item.id())));
        };
        keep(first);
        let mut next = 2;
        loop {
            let last = u32::try_from(total.div_ceil(size)).unwrap_or(u32::MAX);
            if next > last {
                return Ok(items);
            }
            // A page with nothing on it is the end, whatever the answer says of a total.
            let pages: Vec<Page<P::Item>> = stream::iter(next..=last)
                .map(|number| self.later_page(listing, number))
                .buffered(AT_ONCE)
                .try_take_while(|page| future::ready(Ok(!page.items.is_empty())))
                .try_collect()
                .await?;
            total = pages.last().map_or(0, |page| page.total);
            pages.into_iter().for_each(&mut keep);
            next = last.saturating_add(1);
        }
    }

    async fn later_page<P: Paged>(&self, listing: &P, number: u32) -> Result<Page<P::Item>, Error> {
        match self.run(&listing.at(number)).await {
            // The list became shorter since its length was read.
            Err(error) if error.is(400_006) => Ok(Page {
                items: Vec::new(),
                size: 1,
                total: 0,
            }),
            outcome => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_and_bad_values_refused() {
        let filter = Filter::all()
            .eq("name", "A:B")
            .unwrap()
            .one_of("tags", ["x", "y"])
            .unwrap();
        let mut query = Query::default();
        Listing::of(filter).write(&mut query);
        let mut url = url::Url::parse("https://t/").unwrap();
        query.write(&mut url);
        assert_eq!(
            url.query(),
            Some("pageSize=1000&pageNumber=1&filter=name%3Aeq%3AA%3AB%2Ctags%3Ain%3A%5Bx%2Cy%5D")
        );
        for value in ["a,b", "a&b"] {
            assert!(Filter::all().eq("name", value).is_err());
            assert!(Filter::all().one_of("name", [value]).is_err());
        }
    }
}
