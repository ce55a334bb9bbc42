//! The API on one page: every call, its minimum version, its scope, its endpoint.

use super::{BodyKind, Endpoint, Route};
use crate::endpoint::{
    connections, content, custom_views, default_permissions, downloads, extracts, favorites,
    flow_runs, group_sets, groups, hyper_data, jobs, permissions, projects, publish,
    quality_warnings, recycle_bin, renderings, revisions, schedules, server, sessions, sites,
    subscriptions, tags, tasks, uploads, user_files, users, validations, views, webhooks,
};
use crate::multipart::Strictness;

const fn get(pattern: &'static str, endpoint: Endpoint) -> Route {
    Route::new("GET", pattern, BodyKind::Ignored, endpoint)
}

const fn post(pattern: &'static str, endpoint: Endpoint) -> Route {
    Route::new("POST", pattern, BodyKind::Form, endpoint)
}

const fn put(pattern: &'static str, endpoint: Endpoint) -> Route {
    Route::new("PUT", pattern, BodyKind::Form, endpoint)
}

const fn delete(pattern: &'static str, endpoint: Endpoint) -> Route {
    Route::new("DELETE", pattern, BodyKind::Ignored, endpoint)
}

const fn patch(pattern: &'static str, endpoint: Endpoint) -> Route {
    Route::new("PATCH", pattern, BodyKind::Json, endpoint)
}

const READ: &str = "tableau:content:read";
const MIXED: Strictness = Strictness::MixedOnly;

#[rustfmt::skip]
pub(crate) static ROUTES: &[Route] = &[
    // Server and sessions
    get("/serverinfo", server::info).since(2, 4).public(),
    post("/auth/signin", sessions::sign_in).public(),
    post("/auth/signout", sessions::sign_out).no_body().scope(""),
    post("/auth/switchSite", sessions::switch_site).since(2, 6),
    get("/sessions/current", sessions::current).since(3, 1).scope(""),

    // Sites
    get("/sites", sites::list),
    post("/sites", sites::create),
    get("/sites/{site}", sites::get),
    put("/sites/{site}", sites::update),
    delete("/sites/{site}", sites::delete),

    // Projects
    get("/sites/{site}/projects", projects::list).scope(READ),
    post("/sites/{site}/projects", projects::create).scope("tableau:projects:create"),
    put("/sites/{site}/projects/{project}", projects::update).scope("tableau:projects:update"),
    delete("/sites/{site}/projects/{project}", projects::delete).scope("tableau:projects:delete"),

    // Uploads
    post("/sites/{site}/fileUploads", uploads::open).no_body().scope("tableau:file_uploads:create"),
    put("/sites/{site}/fileUploads/{upload}", uploads::append).multipart(MIXED).scope("tableau:file_uploads:create"),

    // Workbooks
    get("/sites/{site}/workbooks", content::list_workbooks).scope(READ),
    post("/sites/{site}/workbooks", publish::workbook).multipart(MIXED).scope("tableau:workbooks:create"),
    get("/sites/{site}/workbooks/{workbook}", content::get_workbook).scope(READ),
    put("/sites/{site}/workbooks/{workbook}", content::update::workbook).scope("tableau:workbooks:update"),
    delete("/sites/{site}/workbooks/{workbook}", content::delete_workbook).scope("tableau:workbooks:delete"),
    get("/sites/{site}/workbooks/{workbook}/content", downloads::workbook).scope("tableau:workbooks:download"),
    get("/sites/{site}/workbooks/{workbook}/connections", connections::list_workbook).scope(READ),
    put("/sites/{site}/workbooks/{workbook}/connections", connections::update_several_workbook).since(3, 27).scope("tableau:workbooks:update"),
    put("/sites/{site}/workbooks/{workbook}/connections/{connection}", connections::update_workbook).since(2, 3).scope("tableau:workbooks:update"),
    get("/sites/{site}/workbooks/{workbook}/views", views::of_workbook).scope(READ),
    put("/sites/{site}/workbooks/{workbook}/tags", tags::add_workbook).scope("tableau:workbook_tags:update"),
    delete("/sites/{site}/workbooks/{workbook}/tags/{tag}", tags::delete_workbook).scope("tableau:workbook_tags:update"),
    get("/sites/{site}/workbooks/{workbook}/revisions", revisions::list_workbook).since(2, 3).scope(READ),
    get("/sites/{site}/workbooks/{workbook}/revisions/{revision}/content", revisions::download_workbook).since(2, 3).scope("tableau:workbooks:download"),
    delete("/sites/{site}/workbooks/{workbook}/revisions/{revision}", revisions::delete_workbook).since(2, 3).scope("tableau:workbooks:delete"),
    post("/sites/{site}/workbooks/validateWorkbook", validations::validate).since(3, 29).multipart(Strictness::FormDataToo).scope("tableau:workbooks:read"),
    post("/sites/{site}/workbooks/validateWorkbookAndUpload", validations::validate_and_upload).since(3, 29).multipart(Strictness::FormDataToo).scope("tableau:workbooks:create"),
    post("/sites/{site}/workbooks/validateUploadedWorkbook", validations::validate_uploaded).since(3, 29).no_body().scope("tableau:workbooks:create"),
    get("/sites/{site}/workbooks/{workbook}/previewImage", renderings::workbook_preview).scope("tableau:views:download"),
    get("/sites/{site}/workbooks/{workbook}/pdf", renderings::workbook_pdf).since(3, 4).scope("tableau:views:download"),
    get("/sites/{site}/workbooks/{workbook}/views/{view}/previewImage", renderings::view_preview).scope("tableau:views:download"),
    get("/sites/{site}/users/{user}/workbooks", content::workbooks_of_user).scope(READ),

    // Data sources
    get("/sites/{site}/datasources", content::list_datasources).scope(READ),
    post("/sites/{site}/datasources", publish::datasource).multipart(MIXED).scope("tableau:datasources:create"),
    get("/sites/{site}/datasources/{datasource}", content::get_datasource).scope(READ),
    put("/sites/{site}/datasources/{datasource}", content::update::datasource).scope("tableau:datasources:update"),
    delete("/sites/{site}/datasources/{datasource}", content::delete_datasource).scope("tableau:datasources:delete"),
    get("/sites/{site}/datasources/{datasource}/content", downloads::datasource).scope("tableau:datasources:download"),
    get("/sites/{site}/datasources/{datasource}/connections", connections::list_datasource).scope(READ),
    put("/sites/{site}/datasources/{datasource}/connections", connections::update_several_datasource).since(3, 27).scope("tableau:datasources:update"),
    put("/sites/{site}/datasources/{datasource}/connections/{connection}", connections::update_datasource).since(2, 3).scope("tableau:datasources:update"),
    put("/sites/{site}/datasources/{datasource}/tags", tags::add_datasource).since(2, 6).scope("tableau:datasource_tags:update"),
    delete("/sites/{site}/datasources/{datasource}/tags/{tag}", tags::delete_datasource).since(2, 6).scope("tableau:datasource_tags:update"),
    get("/sites/{site}/datasources/{datasource}/revisions", revisions::list_datasource).since(2, 3).scope(READ),
    get("/sites/{site}/datasources/{datasource}/revisions/{revision}/content", revisions::download_datasource).since(2, 3).scope("tableau:datasources:download"),
    delete("/sites/{site}/datasources/{datasource}/revisions/{revision}", revisions::delete_datasource).since(2, 3).scope("tableau:datasources:delete"),

    patch("/sites/{site}/datasources/{datasource}/data", hyper_data::update).since(3, 13).scope("tableau:hyper_data:update"),
    patch("/sites/{site}/datasources/{datasource}/connections/{connection}/data", hyper_data::update).since(3, 13).scope("tableau:hyper_data:update"),

    // Flows
    get("/sites/{site}/flows", content::list_flows).since(3, 3).scope("tableau:flows:read"),
    post("/sites/{site}/flows", publish::flow).since(3, 3).multipart(MIXED).scope("tableau:flows:create"),
    get("/sites/{site}/flows/{flow}", content::get_flow).since(3, 3).scope("tableau:flows:read"),
    put("/sites/{site}/flows/{flow}", content::update::flow).since(3, 3).scope("tableau:flows:update"),
    delete("/sites/{site}/flows/{flow}", content::delete_flow).since(3, 3).scope("tableau:flows:delete"),
    get("/sites/{site}/flows/{flow}/content", downloads::flow).since(3, 3).scope("tableau:flows:download"),
    get("/sites/{site}/flows/{flow}/connections", connections::list_flow).since(3, 3).scope("tableau:flow_connections:read"),
    put("/sites/{site}/flows/{flow}/connections/{connection}", connections::update_flow).since(3, 3).scope("tableau:flow_connections:update"),
    put("/sites/{site}/flows/{flow}/tags", tags::add_flow).since(3, 3).scope("tableau:flow_tags:update"),
    delete("/sites/{site}/flows/{flow}/tags/{tag}", tags::delete_flow).since(3, 3).scope("tableau:flow_tags:update"),

    // Views
    get("/sites/{site}/views", views::list).since(2, 2).scope(READ),
    get("/sites/{site}/views/{view}", views::get).since(3, 1).scope(READ),
    delete("/sites/{site}/views/{view}", views::delete).since(3, 27).scope("tableau:views:delete"),
    get("/sites/{site}/views/{view}/image", renderings::view_image).since(2, 5).scope("tableau:views:download"),
    get("/sites/{site}/views/{view}/pdf", renderings::view_pdf).since(2, 8).scope("tableau:views:download"),
    get("/sites/{site}/views/{view}/data", renderings::view_data).since(2, 8).scope("tableau:views:download"),
    put("/sites/{site}/views/{view}/tags", tags::add_view).scope("tableau:view_tags:update"),
    delete("/sites/{site}/views/{view}/tags/{tag}", tags::delete_view).scope("tableau:view_tags:update"),

    // Custom views, subscriptions, webhooks, data quality warnings
    get("/sites/{site}/customviews", custom_views::list).since(3, 18).scope(READ),
    post("/sites/{site}/customviews", custom_views::create).since(3, 21).multipart(MIXED),
    get("/sites/{site}/customviews/{custom}", custom_views::get).since(3, 18).scope(READ),
    put("/sites/{site}/customviews/{custom}", custom_views::update).since(3, 18),
    delete("/sites/{site}/customviews/{custom}", custom_views::delete).since(3, 19),
    get("/sites/{site}/customviews/{custom}/content", custom_views::download).since(3, 21),
    get("/sites/{site}/customviews/{custom}/image", custom_views::image).since(3, 18),
    get("/sites/{site}/subscriptions", subscriptions::list).since(2, 3),
    post("/sites/{site}/subscriptions", subscriptions::create).since(2, 3),
    get("/sites/{site}/subscriptions/{subscription}", subscriptions::get).since(2, 3),
    put("/sites/{site}/subscriptions/{subscription}", subscriptions::update).since(2, 3),
    delete("/sites/{site}/subscriptions/{subscription}", subscriptions::delete).since(2, 3),
    get("/sites/{site}/webhooks", webhooks::list).since(3, 6),
    post("/sites/{site}/webhooks", webhooks::create).since(3, 6),
    get("/sites/{site}/webhooks/{webhook}", webhooks::get).since(3, 6),
    put("/sites/{site}/webhooks/{webhook}", webhooks::update).since(3, 6),
    delete("/sites/{site}/webhooks/{webhook}", webhooks::delete).since(3, 6),
    get("/sites/{site}/webhooks/{webhook}/test", webhooks::test).since(3, 6),
    get("/sites/{site}/dataQualityWarnings/{content}/{id}", quality_warnings::list).since(3, 5).scope(READ),
    post("/sites/{site}/dataQualityWarnings/{content}/{id}", quality_warnings::add).since(3, 5),
    put("/sites/{site}/dataQualityWarnings/{content}/{id}", quality_warnings::update).since(3, 5),
    delete("/sites/{site}/dataQualityWarnings/{content}/{id}", quality_warnings::clear).since(3, 5),
    get("/sites/{site}/dataQualityWarnings/{warning}", quality_warnings::get_one).since(3, 5).scope(READ),
    put("/sites/{site}/dataQualityWarnings/{warning}", quality_warnings::update_one).since(3, 5),
    delete("/sites/{site}/dataQualityWarnings/{warning}", quality_warnings::delete_one).since(3, 5),

    // Favorites
    get("/sites/{site}/favorites/{user}", favorites::list).since(2, 5).scope("tableau:favorites:read"),
    put("/sites/{site}/favorites/{user}", favorites::add).scope("tableau:favorites:update"),
    delete("/sites/{site}/favorites/{user}/{content}/{id}", favorites::delete).scope("tableau:favorites:delete"),

    // Many tags at once
    put("/sites/{site}/tags:batchCreate", tags::batch_create).since(3, 9).scope("tableau:tags:batch_create"),
    put("/sites/{site}/tags:batchDelete", tags::batch_delete_echoed).since(3, 9).scope("tableau:tags:batch_delete"),
    Route::new("DELETE", "/sites/{site}/tags:BatchDelete", BodyKind::Form, tags::batch_delete).since(3, 9).scope("tableau:tags:batch_delete"),

    // The recycle bin
    delete("/sites/{site}/recyclebin", recycle_bin::purge_all).since(3, 29).scope("tableau:recyclebin_content:delete"),
    get("/sites/{site}/recyclebin/{content}", recycle_bin::list).since(3, 29).scope("tableau:recyclebin_content:read"),
    get("/sites/{site}/recyclebin/{content}/{id}", recycle_bin::get).since(3, 29).scope("tableau:recyclebin_content:read"),
    delete("/sites/{site}/recyclebin/{content}/{id}", recycle_bin::purge).since(3, 29).scope("tableau:recyclebin_content:delete"),
    post("/sites/{site}/recyclebin/{content}/{id}/restore", recycle_bin::restore).since(3, 29).no_body().scope("tableau:recyclebin_content:update"),

    // Permissions (of workbooks, datasources, flows, views and projects)
    get("/sites/{site}/{content}/{id}/permissions", permissions::get).scope("tableau:permissions:read"),
    put("/sites/{site}/{content}/{id}/permissions", permissions::add).scope("tableau:permissions:update"),
    post("/sites/{site}/{content}/{id}/permissions", permissions::replace).since(3, 23).scope("tableau:permissions:update"),
    delete("/sites/{site}/{content}/{id}/permissions/{grantees}/{grantee}/{capability}/{mode}", permissions::delete).scope("tableau:permissions:delete"),
    get("/sites/{site}/projects/{project}/default-permissions/{content}", default_permissions::get).since(2, 1).scope("tableau:permissions:read"),
    put("/sites/{site}/projects/{project}/default-permissions/{content}", default_permissions::add).since(2, 1).scope("tableau:permissions:update"),
    post("/sites/{site}/projects/{project}/default-permissions/{content}", default_permissions::replace).since(3, 23).scope("tableau:permissions:update"),
    delete("/sites/{site}/projects/{project}/default-permissions/{content}/{grantees}/{grantee}/{capability}/{mode}", default_permissions::delete).since(2, 1).scope("tableau:permissions:delete"),

    // Extracts, refreshes, tasks
    post("/sites/{site}/workbooks/{workbook}/refresh", tasks::refresh_workbook).since(2, 8).scope("tableau:tasks:run"),
    post("/sites/{site}/datasources/{datasource}/refresh", tasks::refresh_datasource).since(2, 8).scope("tableau:tasks:run"),
    post("/sites/{site}/{content}/{id}/createExtract", extracts::create).since(3, 5).no_body().scope("tableau:extracts:create"),
    post("/sites/{site}/{content}/{id}/deleteExtract", extracts::delete).since(3, 3).no_body().scope("tableau:extracts:delete"),
    put("/sites/{site}/workbooks/{workbook}/refreshThumbnails", extracts::refresh_thumbnails).since(3, 27).no_body().scope("tableau:workbooks:update"),
    get("/sites/{site}/tasks/{tasks}", tasks::list).since(2, 6).scope("tableau:tasks:read"),
    post("/sites/{site}/tasks/{tasks}", tasks::create).since(3, 20).scope("tableau:tasks:create"),
    get("/sites/{site}/tasks/{tasks}/{task}", tasks::get).since(2, 6).scope("tableau:tasks:read"),
    post("/sites/{site}/tasks/{tasks}/{task}", tasks::update).since(3, 20).scope("tableau:tasks:create"),
    delete("/sites/{site}/tasks/{tasks}/{task}", tasks::delete).since(3, 6).scope("tableau:tasks:delete"),
    post("/sites/{site}/tasks/{tasks}/{task}/runNow", tasks::run_now).since(2, 6).scope("tableau:tasks:run"),
    post("/sites/{site}/flows/{flow}/run", tasks::run_flow).since(3, 3).no_body().scope("tableau:flow_runs:create"),
    get("/sites/{site}/flows/runs", flow_runs::list).since(3, 10).scope("tableau:flow_runs:read"),
    get("/sites/{site}/flows/runs/{run}", flow_runs::get).since(3, 10).scope("tableau:flow_runs:read"),
    put("/sites/{site}/flows/runs/{run}", flow_runs::cancel).since(3, 10).no_body().scope("tableau:flow_runs:update"),

    // Schedules of the server
    get("/schedules", schedules::list).since(2, 3),
    post("/schedules", schedules::create).since(2, 3),
    get("/schedules/{schedule}", schedules::get).since(3, 8),
    put("/schedules/{schedule}", schedules::update).since(2, 3),
    delete("/schedules/{schedule}", schedules::delete).since(2, 3),
    put("/sites/{site}/schedules/{schedule}/workbooks", schedules::add_workbook).since(2, 8),
    put("/sites/{site}/schedules/{schedule}/datasources", schedules::add_datasource).since(2, 8),
    put("/sites/{site}/schedules/{schedule}/flows", schedules::add_flow).since(3, 3),
    get("/sites/{site}/schedules/{schedule}/extracts", schedules::extracts).since(2, 3),

    // Jobs
    get("/sites/{site}/jobs", jobs::list).since(3, 1).scope("tableau:jobs:read"),
    get("/sites/{site}/jobs/{job}", jobs::get).scope("tableau:jobs:read"),
    put("/sites/{site}/jobs/{job}", jobs::cancel).since(3, 1).no_body().scope("tableau:jobs:update"),

    // Users and groups
    get("/sites/{site}/users", users::list).scope("tableau:users:read"),
    post("/sites/{site}/users", users::create).scope("tableau:users:create"),
    post("/sites/{site}/users/import", user_files::import).since(3, 15).multipart(Strictness::FormDataToo),
    post("/sites/{site}/users/delete", user_files::remove).since(3, 15).multipart(Strictness::FormDataToo),
    get("/sites/{site}/users/{user}", users::get).scope("tableau:users:read"),
    put("/sites/{site}/users/{user}", users::update).scope("tableau:users:update"),
    delete("/sites/{site}/users/{user}", users::delete).scope("tableau:users:delete"),
    get("/sites/{site}/users/{user}/groups", groups::of_user).since(3, 7).scope("tableau:users:read"),
    get("/sites/{site}/groups", groups::list).scope("tableau:groups:read"),
    post("/sites/{site}/groups", groups::create).scope("tableau:groups:create"),
    put("/sites/{site}/groups/{group}", groups::update).scope("tableau:groups:update"),
    delete("/sites/{site}/groups/{group}", groups::delete).scope("tableau:groups:delete"),
    get("/sites/{site}/groups/{group}/users", groups::members).scope("tableau:groups:read"),
    post("/sites/{site}/groups/{group}/users", groups::add_member).scope("tableau:groups:update"),
    delete("/sites/{site}/groups/{group}/users/{user}", groups::remove_member).scope("tableau:groups:update"),
    get("/sites/{site}/groupsets", group_sets::list).since(3, 22),
    post("/sites/{site}/groupsets", group_sets::create).since(3, 22),
    get("/sites/{site}/groupsets/{groupset}", group_sets::get).since(3, 22),
    put("/sites/{site}/groupsets/{groupset}", group_sets::update).since(3, 22),
    delete("/sites/{site}/groupsets/{groupset}", group_sets::delete).since(3, 22),
    put("/sites/{site}/groupsets/{groupset}/groups/{group}", group_sets::add_group).since(3, 22).no_body(),
    delete("/sites/{site}/groupsets/{groupset}/groups/{group}", group_sets::remove_group).since(3, 22),
];
