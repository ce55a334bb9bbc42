//! Which elements and attributes a request may have: the real server checks requests against its schema, so a
//! misspelt attribute is refused there and must not be swallowed here. Order is not checked, as it is not there.

use super::node::Node;
use crate::error::ApiError;

/// Element, its attributes (comma-separated; `*` for those that are not looked at), its children likewise.
const ELEMENTS: &[(&str, &str, &str)] = &[
    ("capabilities", "", "capability"),
    ("capability", "name,mode", ""),
    (
        "connection",
        "id,type,serverAddress,serverPort,userName,password,embedPassword,authenticationType,queryTaggingEnabled",
        "connectionCredentials",
    ),
    ("connectionCredentials", "name,password,embed,oAuth", ""),
    ("connectionLUID", "", ""),
    ("connectionLUIDs", "", "connectionLUID"),
    ("connectionLuid", "", ""),
    ("connectionLuids", "", "connectionLuid"),
    ("connections", "", "connection"),
    ("content", "id,type,contentType,sendIfViewEmpty", ""),
    ("contents", "", "content"),
    (
        "credentials",
        "name,password,personalAccessTokenName,personalAccessTokenSecret,jwt,isUat",
        "site,user",
    ),
    ("customView", "id,name,shared", "owner,workbook,view"),
    ("dataAccelerationConfig", "*", "*"),
    ("dataFreshnessPolicy", "*", "*"),
    ("dataQualityWarning", "type,isActive,isSevere,message", ""),
    (
        "datasource",
        "id,name,description,isCertified,certificationNote,useRemoteQueryAgent,encryptExtracts,queryTaggingEnabled,type",
        "project,owner,connections,connectionCredentials,askData,parentDataSourceUrls,tags",
    ),
    ("askData", "enablement", ""),
    ("datasources", "includeAll", "datasource"),
    ("domain", "name", ""),
    (
        "extractRefresh",
        "id,type,incremental,priority",
        "workbook,datasource,schedule",
    ),
    (
        "flow",
        "id,name,description",
        "project,owner,connections,connectionCredentials,tags",
    ),
    ("flowRun", "id,type", "flow,schedule"),
    ("favorite", "label", "workbook,view,datasource,flow,project"),
    ("frequencyDetails", "start,end", "intervals"),
    (
        "granteeCapabilities",
        "",
        "user,group,groupSet,capabilities",
    ),
    ("group", "id,name,minimumSiteRole,siteRole", "domain,import"),
    ("groupSet", "id,name", ""),
    ("import", "source,domainName,siteRole,grantLicenseMode", ""),
    ("interval", "hours,minutes,weekDay,monthDay", ""),
    ("intervals", "", "interval"),
    ("owner", "id", ""),
    ("parent", "type,id", ""),
    ("parentDataSourceUrls", "", ""),
    (
        "permissions",
        "",
        "parent,workbook,datasource,flow,view,project,granteeCapabilities",
    ),
    (
        "project",
        "id,name,description,contentPermissions,parentProjectId",
        "owner",
    ),
    ("runFlow", "id,type", "flow,schedule"),
    (
        "schedule",
        "id,name,priority,type,frequency,executionOrder,state,nextRunAt,endScheduleAt",
        "frequencyDetails",
    ),
    ("site", "*", ""),
    (
        "subscription",
        "id,subject,message,attachImage,attachPdf,pageOrientation,pageSizeOption,suspended",
        "content,schedule,user",
    ),
    ("tag", "label", ""),
    ("tagBatch", "", "tags,contents"),
    ("tags", "", "tag"),
    ("task", "id", "extractRefresh,flowRun,runFlow,schedule"),
    (
        "user",
        "id,name,siteRole,authSetting,idpConfigurationId,fullName,email,password,language,locale",
        "domain",
    ),
    ("view", "id,name,hidden", "tags"),
    ("views", "", "view"),
    (
        "webhook",
        "id,name,event,isEnabled,statusChangeReason",
        "webhook-source,webhook-destination",
    ),
    ("webhook-destination", "", "webhook-destination-http"),
    ("webhook-destination-http", "method,url", ""),
    ("webhook-source", "", "*"),
    (
        "workbook",
        "id,name,description,showTabs,thumbnailsUserId,thumbnailsGroupId,encryptExtracts,recentlyViewed,generateThumbnailsAsUser",
        "project,owner,connections,connectionCredentials,views,tags,dataAccelerationConfig,dataFreshnessPolicy",
    ),
];

/// Elements that may stand at the top of a request.
const TOP: &str = "connection,connectionLUIDs,connectionLuids,connections,credentials,customView,dataQualityWarning,\
                   datasource,datasources,extractRefresh,favorite,flow,group,groupSet,permissions,project,schedule,site,subscription,tagBatch,\
                   tags,task,user,webhook,workbook";

fn lists(list: &str, name: &str) -> bool {
    list == "*" || list.split(',').any(|known| known == name)
}

/// 400000 for what the schema does not have.
pub(super) fn check(root: &Node) -> Result<(), ApiError> {
    if let Some((name, _)) = root.attributes.first() {
        // In JSON: a bare value beside the elements.
        return Err(unknown("attribute", name, "tsRequest"));
    }
    for child in &root.children {
        if !lists(TOP, &child.name) {
            return Err(unknown("element", &child.name, "tsRequest"));
        }
        element(child)?;
    }
    Ok(())
}

fn element(node: &Node) -> Result<(), ApiError> {
    let Some((_, attributes, children)) = ELEMENTS.iter().find(|(name, ..)| *name == node.name)
    else {
        return Ok(()); // Its parent takes anything.
    };
    if let Some((name, _)) = node
        .attributes
        .iter()
        .find(|(name, _)| !lists(attributes, name))
    {
        return Err(unknown("attribute", name, &node.name));
    }
    for child in &node.children {
        if !lists(children, &child.name) {
            return Err(unknown("element", &child.name, &node.name));
        }
        element(child)?;
    }
    Ok(())
}

fn unknown(what: &str, name: &str, within: &str) -> ApiError {
    ApiError::bad_request(format!(
        "Payload is either malformed or incomplete: the {what} '{name}' is not allowed in '{within}'."
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    #[test]
    fn misspelt_names_are_refused_in_both_forms() {
        let xml = |inner: &str| {
            Format::Xml
                .parse(format!("<tsRequest>{inner}</tsRequest>").as_bytes())
                .map(|_| ())
        };
        xml("<workbook name='a'><project id='p'/><views><view name='v' hidden='true'/></views></workbook>").unwrap();
        for bad in [
            "<workbook nmae='a'/>",
            "<wokrbook name='a'/>",
            "<workbook name='a'><projekt id='p'/></workbook>",
            "<connection serverAdress='x'/>",
            "<project name='a' contentpermissions='x'/>",
        ] {
            assert_eq!(xml(bad).unwrap_err().code, 400_000, "{bad}");
        }
        let json = |text: &str| Format::Json.parse(text.as_bytes()).map(|_| ());
        json(r#"{"connectionLuids":["1","2"],"connection":{"userName":"u"}}"#).unwrap();
        json(r#"{"connectionLuids":"1","connection":{"userName":"u"}}"#).unwrap_err();
        json(r#"{"workbook":{"showTab":"true"}}"#).unwrap_err();
    }

    #[test]
    fn every_child_that_is_named_is_described() {
        for (name, _, children) in ELEMENTS {
            for child in children
                .split(',')
                .filter(|child| !child.is_empty() && *child != "*")
            {
                assert!(
                    ELEMENTS.iter().any(|(known, ..)| *known == child),
                    "{child} in {name}"
                );
            }
        }
        for name in TOP.split(',') {
            assert!(ELEMENTS.iter().any(|(known, ..)| *known == name), "{name}");
        }
    }
}
