//! Small files of our own.

/// Two worksheets and a dashboard over a live database and a published data source's place.
pub(super) const WORKBOOK: &str = "<?xml version='1.0' encoding='utf-8' ?>\n<workbook version='18.1'><datasources>\
    <datasource name='federated.1' caption='Orders'><connection class='federated'><named-connections>\
    <named-connection name='n'><connection class='postgres' server='db.example.com' port='5432' dbname='sales' username='svc'/>\
    </named-connection></named-connections></connection></datasource></datasources>\
    <worksheets><worksheet name='Map'/><worksheet name='Trend'/></worksheets>\
    <dashboards><dashboard name='Overview'/></dashboards></workbook>";

/// As [`WORKBOOK`], with an extract, without the sheet `Trend`, with a new one.
pub(super) const WORKBOOK_V2: &str = "<?xml version='1.0' encoding='utf-8' ?>\n<workbook version='18.1'><datasources>\
    <datasource name='federated.1' caption='Orders'><connection class='federated'><named-connections>\
    <named-connection name='n'><connection class='postgres' server='db.example.com' port='5432' dbname='sales' username='svc'/>\
    </named-connection></named-connections></connection><extract enabled='true'/></datasource></datasources>\
    <worksheets><worksheet name='Map'/><worksheet name='Costs'/></worksheets>\
    <dashboards><dashboard name='Overview'/></dashboards></workbook>";

pub(super) const DATASOURCE: &str = "<?xml version='1.0' encoding='utf-8' ?>\n<datasource version='18.1' formatted-name='f'>\
    <connection class='postgres' server='db.example.com' port='5432' dbname='sales' username='svc'/></datasource>";

/// A workbook on the published data source of that content URL.
pub(super) fn on_published(content_url: &str) -> String {
    format!(
        "<workbook version='18.1'><datasources><datasource name='sqlproxy.1' caption='P'>\
         <connection class='sqlproxy' dbname='{content_url}' server='localhost'/></datasource></datasources>\
         <worksheets><worksheet name='S'/></worksheets></workbook>"
    )
}
