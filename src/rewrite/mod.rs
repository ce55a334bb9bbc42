//! Manifest rewrites to byte edits of a document, counted. Pure.
//!
//! Structured, never text replace: a rule finds published data source references, database connections or parameters by
//! what they are, and changes the values of attributes in every copy that the document holds, on both sides of every
//! feature (`_.fcp.X.false...` and `...true...`). Everything else keeps its bytes. Doing it twice changes nothing more.

mod connection;
mod parameter;
mod published;

use crate::content::Document;
use crate::content::edit::escape_attribute;
use crate::content::model::Datasource;
use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::{Edit, Span};
use crate::manifest::raw::{Match, Replacement};

/// A rewrite of the manifest, made ready for one target.
#[derive(Debug, Clone)]
pub struct Rule<'m> {
    /// Its place under `rewrite:`, from 0.
    pub number: usize,
    pub matching: &'m Match,
    pub to: &'m Replacement,
    /// Of a published data source: where it is on the target.
    pub published: Option<PublishedTarget>,
}

/// Where a published data source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTarget {
    pub host: String,
    pub port: String,
    /// `http` or `https`.
    pub channel: String,
    /// Content URL of the site; empty for the Default site.
    pub site: String,
    pub content_url: String,
    pub name: String,
}

/// One value that a rule changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub rule: usize,
    /// In words: `server of data source "Orders"`.
    pub what: String,
    pub old: String,
    pub new: String,
    /// In how many places of the document.
    pub count: usize,
}

/// What rules do to a document.
#[derive(Debug, Clone, Default)]
pub struct Rewritten {
    pub edits: Vec<Edit>,
    pub hits: Vec<Hit>,
    /// Rules that found what they look for, whether or not something was left to change.
    pub matched: Vec<usize>,
}

/// Applies the rules to a document.
pub fn document(document: &Document, rules: &[Rule<'_>]) -> Rewritten {
    let mut changes = Changes {
        tree: &document.tree,
        rule: 0,
        result: Rewritten::default(),
    };
    for rule in rules {
        changes.rule = rule.number;
        if rule.matching.published.is_some() {
            published::apply(document, rule, &mut changes);
        } else if rule.matching.parameter.is_some() {
            parameter::apply(document, rule, &mut changes);
        } else {
            connection::apply(document, rule, &mut changes);
        }
    }
    changes.result
}

/// Whose value it is, in words. A data source file has no name of its own: what it is called is said when it is published.
fn label(document: &Document, datasource: &Datasource) -> String {
    if document.tree.local(document.tree.root()) == "datasource" {
        return "of the data source".to_owned();
    }
    format!("of data source \"{}\"", datasource.display_name())
}

/// Collects the edits of all rules.
struct Changes<'d> {
    tree: &'d Tree,
    rule: usize,
    result: Rewritten,
}

impl Changes<'_> {
    fn matched(&mut self) {
        if !self.result.matched.contains(&self.rule) {
            self.result.matched.push(self.rule);
        }
    }

    /// Sets an attribute of an element, on every side of every feature, where it is there. `what` names it in words.
    fn set(&mut self, node: NodeId, attribute: &str, new: &str, what: &str) {
        let found: Vec<(Span, String)> = self
            .tree
            .attributes(node)
            .filter(|a| a.name.local == attribute)
            .map(|a| (a.span, a.value.into_owned()))
            .collect();
        for (span, old) in found {
            self.replace(span, &old, new, what);
        }
    }

    /// Sets it, and adds it where it is not there.
    fn set_or_add(&mut self, node: NodeId, attribute: &str, new: &str, what: &str) {
        if self
            .tree
            .attributes(node)
            .any(|a| a.name.local == attribute)
        {
            self.set(node, attribute, new, what);
            return;
        }
        // Tableau writes attributes in the order of their names.
        let before = self
            .tree
            .attributes(node)
            .find(|a| a.name.full.as_str() > attribute);
        let at = match before {
            // `name='`: the name begins as many bytes before the value.
            Some(next) => next.span.start - next.name.full.len() as u32 - 2,
            None => {
                let tag = self.tree.tag(node);
                let text = self.tree.source().slice(tag);
                let tail = if text.ends_with(" />") {
                    3
                } else if text.ends_with("/>") {
                    2
                } else {
                    1
                };
                tag.end - tail
            }
        };
        let (lead, trail) = if self
            .tree
            .attributes(node)
            .any(|a| a.name.full.as_str() > attribute)
        {
            ("", " ")
        } else {
            (" ", "")
        };
        let text = format!("{lead}{attribute}='{}'{trail}", escape_attribute(new));
        self.push(Span::new(at, at), text, "", new, what);
    }

    /// Takes an attribute away, with the space before it.
    fn remove(&mut self, node: NodeId, attribute: &str, what: &str) {
        let found: Vec<(Span, String, usize)> = self
            .tree
            .attributes(node)
            .filter(|a| a.name.local == attribute)
            .map(|a| (a.span, a.value.into_owned(), a.name.full.len()))
            .collect();
        for (span, old, name) in found {
            // ` name='value'`
            let whole = Span::new(span.start.saturating_sub(name as u32 + 3), span.end + 1);
            self.push(whole, String::new(), &old, "", what);
        }
    }

    fn replace(&mut self, span: Span, old: &str, new: &str, what: &str) {
        if old != new {
            self.push(span, escape_attribute(new), old, new, what);
        }
    }

    fn push(&mut self, span: Span, text: String, old: &str, new: &str, what: &str) {
        let edit = Edit { span, text };
        if self.result.edits.contains(&edit) {
            return;
        }
        self.result.edits.push(edit);
        let rule = self.rule;
        match self
            .result
            .hits
            .iter_mut()
            .find(|h| h.rule == rule && h.what == what && h.old == old && h.new == new)
        {
            Some(hit) => hit.count += 1,
            None => self.result.hits.push(Hit {
                rule,
                what: what.to_owned(),
                old: old.to_owned(),
                new: new.to_owned(),
                count: 1,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::edit;

    fn apply(text: &str, rules: &[Rule<'_>]) -> (String, Rewritten) {
        let before = Document::parse(text.to_owned()).unwrap();
        let rewritten = document(&before, rules);
        (edit::apply(text, &rewritten.edits).unwrap(), rewritten)
    }

    fn target(site: &str) -> PublishedTarget {
        PublishedTarget {
            host: "prod.example".into(),
            port: "443".into(),
            channel: "https".into(),
            site: site.into(),
            content_url: "Sales_1".into(),
            name: "Sales".into(),
        }
    }

    const PUBLISHED: &str = "<workbook><datasources><datasource caption='My Sales' name='sqlproxy.0'>\
        <repository-location derived-from='http://dev/x' id='Sales' path='/t/dev/datasources' revision='1.0' site='dev' />\
        <connection channel='http' class='sqlproxy' dbname='Sales' directory='dataserver' port='80' server='dev.example' server-ds-friendly-name='Sales'>\
        <relation name='sqlproxy' /></connection></datasource></datasources></workbook>";

    #[test]
    fn a_published_reference_is_rewritten_in_every_place() {
        let matching = Match {
            published: Some("Sales".into()),
            ..Match::default()
        };
        let to = Replacement::default();
        let rule = Rule {
            number: 0,
            matching: &matching,
            to: &to,
            published: Some(target("prod")),
        };
        let (text, rewritten) = apply(PUBLISHED, std::slice::from_ref(&rule));
        assert!(
            text.contains("id='Sales_1' path='/t/prod/datasources' revision='1.0' site='prod'"),
            "{text}"
        );
        assert!(text.contains("channel='https' class='sqlproxy' dbname='Sales_1' directory='dataserver' port='443' server='prod.example' server-ds-friendly-name='Sales'"), "{text}");
        assert_eq!(rewritten.matched, [0]);
        assert!(
            rewritten
                .hits
                .iter()
                .any(|h| h.what == "server of published data source \"My Sales\""
                    && h.new == "prod.example"),
            "{:?}",
            rewritten.hits
        );
    }

    #[test]
    fn the_default_site_has_no_site_attribute_and_back() {
        let matching = Match {
            published: Some("Sales".into()),
            ..Match::default()
        };
        let to = Replacement::default();
        let (on_default, _) = apply(
            PUBLISHED,
            &[Rule {
                number: 0,
                matching: &matching,
                to: &to,
                published: Some(target("")),
            }],
        );
        assert!(
            on_default.contains("path='/datasources' revision='1.0' />"),
            "{on_default}"
        );
        let by_url = Match {
            published: Some("Sales_1".into()),
            ..Match::default()
        };
        let (back, _) = apply(
            &on_default,
            &[Rule {
                number: 0,
                matching: &by_url,
                to: &to,
                published: Some(target("prod")),
            }],
        );
        assert!(
            back.contains("path='/t/prod/datasources' revision='1.0' site='prod' />"),
            "{back}"
        );
    }

    const DATABASE: &str = "<workbook><document-format-change-manifest><_.fcp.F.true...F /></document-format-change-manifest><datasources><datasource caption='Orders' name='federated.1'>\
        <connection class='federated'><named-connections><named-connection caption='pg-dev' name='postgres.1'>\
        <connection class='postgres' dbname='sales' port='5432' schema='dev' server='pg-dev' username='u' /></named-connection></named-connections>\
        <_.fcp.F.false...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
        <_.fcp.F.true...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
        <relation connection='postgres.1' name='sql' type='text'>select * from dev.orders where a &lt;&lt; 1</relation></connection></datasource></datasources></workbook>";

    #[test]
    fn a_connection_is_rewritten_with_the_tables_of_its_schema() {
        let matching = Match {
            class: Some("postgres".into()),
            server: Some("PG-DEV".into()),
            ..Match::default()
        };
        let to = Replacement {
            server: Some("pg'prod".into()),
            schema: Some("public".into()),
            ..Replacement::default()
        };
        let rule = Rule {
            number: 3,
            matching: &matching,
            to: &to,
            published: None,
        };
        let (text, rewritten) = apply(DATABASE, &[rule]);
        assert!(
            text.contains("caption='pg&apos;prod' name='postgres.1'"),
            "{text}"
        );
        assert!(
            text.contains("schema='public' server='pg&apos;prod' username='u'"),
            "{text}"
        );
        assert_eq!(
            text.matches("table='[public].[orders]'").count(),
            2,
            "{text}"
        );
        assert!(
            text.contains("from dev.orders where a &lt;&lt; 1"),
            "custom SQL is not touched unless asked"
        );
        let tables = rewritten
            .hits
            .iter()
            .find(|h| h.what.starts_with("table"))
            .unwrap();
        assert_eq!((tables.count, tables.rule), (2, 3));
        let again = Document::parse(text).unwrap();
        let renamed = Match {
            server: Some("pg'prod".into()),
            ..matching
        };
        assert!(
            document(
                &again,
                &[Rule {
                    number: 3,
                    matching: &renamed,
                    to: &to,
                    published: None
                }]
            )
            .edits
            .is_empty()
        );
    }

    #[test]
    fn custom_sql_is_rewritten_where_asked() {
        let matching = Match {
            class: Some("postgres".into()),
            ..Match::default()
        };
        let to = Replacement {
            schema: Some("public".into()),
            custom_sql: true,
            ..Replacement::default()
        };
        let (text, _) = apply(
            DATABASE,
            &[Rule {
                number: 0,
                matching: &matching,
                to: &to,
                published: None,
            }],
        );
        assert!(
            text.contains("select * from public.orders where a &lt;&lt; 1"),
            "{text}"
        );
    }

    #[test]
    fn a_parameter_has_its_value_in_two_places() {
        let text = "<workbook><datasources><datasource name='Parameters'><column caption='Environment' name='[Parameter 1]' param-domain-type='any' value='&quot;Dev&quot;'><calculation class='tableau' formula='&quot;Dev&quot;' /></column></datasource></datasources></workbook>";
        let matching = Match {
            parameter: Some("Environment".into()),
            ..Match::default()
        };
        let to = Replacement {
            value: Some("\"Production\"".into()),
            ..Replacement::default()
        };
        let (text, rewritten) = apply(
            text,
            &[Rule {
                number: 0,
                matching: &matching,
                to: &to,
                published: None,
            }],
        );
        assert_eq!(text.matches("&quot;Production&quot;").count(), 2, "{text}");
        assert_eq!(rewritten.hits[0].count, 2);
    }

    #[test]
    fn what_is_not_there_is_not_matched() {
        let matching = Match {
            class: Some("mysql".into()),
            ..Match::default()
        };
        let to = Replacement {
            server: Some("x".into()),
            ..Replacement::default()
        };
        let (_, rewritten) = apply(
            DATABASE,
            &[Rule {
                number: 0,
                matching: &matching,
                to: &to,
                published: None,
            }],
        );
        assert!(rewritten.matched.is_empty() && rewritten.edits.is_empty());
    }
}
