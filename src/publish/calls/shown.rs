//! One item as the site shows it: when it is asked for by its LUID, and in its answer to a publish.

use crate::api::endpoint::content::ProjectRef;
use crate::api::endpoint::datasources::Datasource;
use crate::api::endpoint::flows::Flow;
use crate::api::endpoint::workbooks::Workbook;
use crate::plan::LiveItem;
use crate::plan::live::LiveView;

use super::super::observe;

/// An item, with what a listing leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::publish) struct Shown {
    pub(in crate::publish) item: LiveItem,
    /// LUID of the project that it is in.
    pub(in crate::publish) project: Option<String>,
    /// Of a workbook, those that are not hidden.
    pub(in crate::publish) views: Vec<LiveView>,
}

impl Shown {
    fn new(item: LiveItem, project: Option<&ProjectRef>, views: Vec<LiveView>) -> Self {
        Self {
            item,
            project: project.map(|p| p.id.to_string()),
            views,
        }
    }
}

impl From<Workbook> for Shown {
    fn from(workbook: Workbook) -> Self {
        let item = observe::from_workbook(&workbook, None);
        Self::new(
            item,
            workbook.project.as_ref(),
            observe::shown(workbook.views),
        )
    }
}

impl From<Datasource> for Shown {
    fn from(datasource: Datasource) -> Self {
        let item = observe::from_datasource(&datasource, None);
        Self::new(item, datasource.project.as_ref(), Vec::new())
    }
}

impl From<Flow> for Shown {
    fn from(flow: Flow) -> Self {
        let item = observe::from_flow(&flow, None);
        Self::new(item, flow.project.as_ref(), Vec::new())
    }
}
