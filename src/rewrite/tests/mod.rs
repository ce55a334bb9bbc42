//! What rules do to documents.

mod connections;
mod names;
mod parameters;
mod published;
mod several_rules;
mod sql;

use super::*;
use crate::content::edit;

fn apply(text: &str, rules: &[Rule<'_>]) -> (String, Rewritten) {
    let before = Document::parse(text.to_owned()).unwrap();
    let rewritten = document(&before, rules);
    (edit::apply(text, &rewritten.edits).unwrap(), rewritten)
}

/// One rule, and what it made of the text.
fn one(text: &str, matching: &Match, to: &Replacement) -> (String, Rewritten) {
    let rule = Rule {
        number: 0,
        matching,
        to,
        published: None,
    };
    apply(text, &[rule])
}

fn postgres() -> Match {
    Match {
        class: Some("postgres".into()),
        ..Match::default()
    }
}

fn schema(new: &str) -> Replacement {
    Replacement {
        schema: Some(new.into()),
        ..Replacement::default()
    }
}

const DATABASE: &str = "<workbook><document-format-change-manifest><_.fcp.F.true...F /></document-format-change-manifest><datasources><datasource caption='Orders' name='federated.1'>\
    <connection class='federated'><named-connections><named-connection caption='pg-dev' name='postgres.1'>\
    <connection class='postgres' dbname='sales' port='5432' schema='dev' server='pg-dev' username='u' /></named-connection></named-connections>\
    <_.fcp.F.false...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <_.fcp.F.true...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <relation connection='postgres.1' name='sql' type='text'>select * from dev.orders where a &lt;&lt; 1</relation></connection></datasource></datasources></workbook>";

/// The Postgres of the real files: no `schema` on the connection, the schema only in the names of tables.
const QUALIFIED: &str = "<workbook><document-format-change-manifest><_.fcp.F.true...F /></document-format-change-manifest><datasources><datasource caption='Orders' name='federated.1'>\
    <connection class='federated'><named-connections><named-connection caption='pg-dev' name='postgres.1'>\
    <connection class='postgres' dbname='dev' port='5432' server='pg-dev' username='u' /></named-connection></named-connections>\
    <_.fcp.F.false...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <_.fcp.F.true...relation type='collection'><relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <relation connection='postgres.1' name='dev' table='[dev].[dev].[dev]' type='table' /></_.fcp.F.true...relation>\
    <metadata-records><metadata-record class='column'><parent-name>[dev].[dev].[orders]</parent-name></metadata-record>\
    <metadata-record class='column'><parent-name>[orders]</parent-name></metadata-record></metadata-records></connection>\
    <extract enabled='true'><connection class='hyper' dbname='x.hyper' schema='Extract'><relation name='Extract' table='[Extract].[Extract]' type='table' />\
    <metadata-records><metadata-record class='column'><parent-name>[Extract].[orders]</parent-name></metadata-record></metadata-records></connection></extract>\
    <object-graph><objects><object><properties context=''><relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' /></properties>\
    <properties context='extract'><relation name='orders' table='[Extract].[orders]' type='table' /></properties></object></objects></object-graph>\
    </datasource></datasources></workbook>";
