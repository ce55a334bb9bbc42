"""tableauserverclient over all that it can do with the sandbox.

usage: tsc_all.py URL WORKBOOK.twbx DATASOURCE.tds FLOW.tfl WORKBOOK_WITH_EXTRACT.twbx
"""

import base64
import hashlib
import hmac
import http.server
import io
import json
import os
import sys
import tempfile
import threading
import time
import uuid

import tableauserverclient as TSC

CLIENT = "5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec001"
SECRET_ID = "5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec002"
SECRET = b"sandbox-connected-app-secret"


def refused(code, call, *arguments, **named):
    """The call must be refused with that code."""
    try:
        call(*arguments, **named)
    except TSC.ServerResponseError as error:
        assert error.code == code, f"{error.code} instead of {code}: {error}"
        return
    raise AssertionError(f"{call} was not refused")


def jwt(scopes):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    head = {"alg": "HS256", "typ": "JWT", "kid": SECRET_ID, "iss": CLIENT}
    claims = {"iss": CLIENT, "sub": "admin", "aud": "tableau", "jti": str(uuid.uuid4()),
              "exp": int(time.time()) + 300, "scp": scopes}
    body = part(head) + b"." + part(claims)
    signature = base64.urlsafe_b64encode(hmac.new(SECRET, body, hashlib.sha256).digest()).rstrip(b"=")
    return (body + b"." + signature).decode()


def sign_ins(url):
    server = TSC.Server(url, use_server_version=True)
    with server.auth.sign_in(TSC.TableauAuth("admin", "admin", site_id="prod")):
        assert server.version == "3.29", server.version
        assert server.sites.get_by_name("prod").content_url == "prod"
        server.auth.switch_site(TSC.SiteItem("staging", "staging"))
        assert server.sites.get_by_name("staging").content_url == "staging"
    with server.auth.sign_in(TSC.JWTAuth(jwt(["tableau:content:read"]), site_id="dev")):
        server.projects.get()
        try:
            server.users.get()
            raise AssertionError("outside the scopes")
        except TSC.server.endpoint.exceptions.NotSignedInError as error:
            assert error.code == "401002", error.code
    try:
        server.auth.sign_in(TSC.PersonalAccessTokenAuth("sandbox", "wrong", site_id="dev"))
        raise AssertionError("a wrong secret")
    except TSC.FailedSignInError as error:
        assert error.code == "401001", error.code


def projects(server):
    outer = server.projects.create(TSC.ProjectItem("Outer", description="d"))
    inner = server.projects.create(TSC.ProjectItem("Inner", parent_id=outer.id))
    assert inner.parent_id == outer.id
    refused("409006", server.projects.create, TSC.ProjectItem("OUTER"))
    inner.name = "Renamed"
    assert server.projects.update(inner).name == "Renamed"
    assert [p.name for p in server.projects.filter(parent_project_id=outer.id)] == ["Renamed"]
    return outer, inner


def workbooks(server, project, path):
    item = TSC.WorkbookItem(project.id, "Sales", show_tabs=False)
    item = server.workbooks.publish(item, path, "CreateNew")
    refused("403130", server.workbooks.publish, TSC.WorkbookItem(project.id, "Sales"), path, "CreateNew")
    server.workbooks.populate_views(item)
    first = item.views[0]
    hiding = TSC.WorkbookItem(project.id, "Sales")
    hiding.hidden_views = [first.name]
    hidden = server.workbooks.publish(hiding, path, "Overwrite")
    assert hidden.id == item.id
    server.workbooks.populate_views(hidden)
    assert first.name not in [view.name for view in hidden.views]
    job = server.workbooks.publish(TSC.WorkbookItem(project.id, "Sales"), path, "Overwrite", as_job=True)
    assert server.jobs.wait_for_job(job).finish_code == 0
    with open(path, "rb") as file:
        again = TSC.WorkbookItem(project.id, "From a stream")
        server.workbooks.publish(again, io.BytesIO(file.read()), "CreateNew")
    item = server.workbooks.get_by_id(item.id)
    server.workbooks.populate_connections(item)
    assert item.connections, "no connections"
    server.workbooks.populate_preview_image(item)
    assert item.preview_image.startswith(b"\x89PNG")
    server.workbooks.populate_revisions(item)
    assert [r.revision_number for r in item.revisions] == ["1", "2", "3"], item.revisions
    with tempfile.TemporaryDirectory() as folder:
        old = server.workbooks.download_revision(item.id, "1", filepath=os.path.join(folder, "old"))
        with open(old, "rb") as got, open(path, "rb") as sent:
            assert got.read() == sent.read()
        server.workbooks.download(item.id, filepath=os.path.join(folder, "bare"), include_extract=False)
    server.workbooks.delete_revision(item.id, "1")
    item.tags = {"gold", "two words"}
    server.workbooks.update(item)
    assert server.workbooks.get_by_id(item.id).tags == {"gold", "two words"}
    assert [w.name for w in server.workbooks.filter(tags="gold")] == ["Sales"]
    server.workbooks.delete_tags(item, ["two words"])
    server.workbooks.add_tags(item, ["more"])
    item = server.workbooks.get_by_id(item.id)
    assert item.tags == {"gold", "more"}, item.tags
    item.name = "Renamed"
    item.show_tabs = True
    item = server.workbooks.update(item)
    assert (item.name, item.content_url) == ("Renamed", "Sales")
    names = sorted(w.name for w in TSC.Pager(server.workbooks, TSC.RequestOptions(pagesize=1)))
    assert names == ["From a stream", "Renamed"], names
    return item


def chunked(server, project, path):
    """The upload session that files above 64 MB go by."""
    os.environ["TSC_CHUNK_SIZE_MB"] = "1"
    upload = server.fileuploads.upload(path)
    assert upload.count(":") == 2, upload


def views(server, workbook):
    server.workbooks.populate_views(workbook, usage=True)
    view = server.views.get_by_id(workbook.views[0].id)
    server.views.populate_image(view)
    assert view.image.startswith(b"\x89PNG")
    server.views.populate_preview_image(view)
    server.views.populate_pdf(view)
    assert view.pdf.startswith(b"%PDF")
    server.views.populate_csv(view)
    assert b"".join(view.csv)
    assert server.views.get_by_id(view.id, usage=True).total_views >= 1
    view.tags = {"seen"}
    server.views.update(view)
    assert server.views.get_by_id(view.id).tags == {"seen"}
    server.views.populate_permissions(view)
    assert len(list(TSC.Pager(server.views))) >= 2


def datasources(server, project, path):
    item = TSC.DatasourceItem(project.id, name="Orders")
    credentials = TSC.ConnectionCredentials("svc", "secret", embed=True)
    item = server.datasources.publish(item, path, "CreateNew", connection_credentials=credentials)
    server.datasources.populate_connections(item)
    connection = item.connections[0]
    assert connection.embed_password is True
    server.datasources.publish(TSC.DatasourceItem(project.id, name="Orders"), path, "Overwrite")
    job = server.datasources.publish(TSC.DatasourceItem(project.id, name="Orders"), path, "Overwrite", as_job=True)
    assert server.jobs.wait_for_job(job).finish_code == 0
    connection.username, connection.password, connection.embed_password = "svc", "again", True
    server.datasources.populate_connections(item)
    connection._id = item.connections[0].id
    server.datasources.update_connection(item, connection)
    item = server.datasources.get_by_id(item.id)
    item.certified, item.certification_note = True, "checked"
    item = server.datasources.update(item)
    assert item.certified
    refused("403180", server.datasources.refresh, item)
    server.datasources.populate_revisions(item)
    warning = TSC.DQWItem("WARNING", "old", True, False)
    server.datasources.add_dqw(item, warning)
    server.datasources.populate_dqw(item)
    assert [dqw.message for dqw in item.dqws] == ["old"]
    server.datasources.delete_dqw(item)
    with tempfile.TemporaryDirectory() as folder:
        server.datasources.download(item.id, filepath=os.path.join(folder, "back"))
    return item


def flows(server, project, path):
    item = server.flows.publish(TSC.FlowItem(project.id, name="Prep"), path, "CreateNew")
    server.flows.publish(TSC.FlowItem(project.id, name="Prep"), path, "Overwrite")
    server.flows.populate_connections(item)
    server.flows.populate_permissions(item)
    job = server.flows.refresh(item)
    assert server.jobs.wait_for_job(job.id).finish_code == 0
    runs = server.flow_runs.get()
    assert runs[0].flow_id == item.id
    with tempfile.TemporaryDirectory() as folder:
        server.flows.download(item.id, filepath=os.path.join(folder, "back"))
    server.flows.delete(item.id)


def people(server):
    user = server.users.add(TSC.UserItem("anna", "Creator"))
    refused("409017", server.users.add, TSC.UserItem("ANNA", "Viewer"))
    user.fullname, user.email = "Anna", "anna@example.com"
    server.users.update(user)
    assert server.users.get_by_id(user.id).name == "anna"
    group = server.groups.create(TSC.GroupItem("Analysts"))
    server.groups.add_user(group, user.id)
    server.groups.populate_users(group)
    assert [u.name for u in group.users] == ["anna"]
    server.users.populate_groups(user)
    assert {g.name for g in user.groups} == {"All Users", "Analysts"}
    assert [u.name for u in server.users.filter(name="anna")] == ["anna"]
    group.name = "Renamed"
    server.groups.update(group)
    return user, group


def permissions(server, project, workbook, group):
    rule = TSC.PermissionsRule(group, {"Write": "Deny"})
    server.workbooks.update_permissions(workbook, [rule])
    server.workbooks.populate_permissions(workbook)
    assert any(r.grantee.id == group.id for r in workbook.permissions)
    server.workbooks.delete_permission(workbook, rule)
    server.projects.update_permissions(project, [TSC.PermissionsRule(group, {"ProjectLeader": "Allow"})])
    server.projects.populate_permissions(project)
    for kind, name in [("workbook", "ExportXml"), ("datasource", "Connect"), ("flow", "Execute")]:
        rule = TSC.PermissionsRule(group, {name: "Allow"})
        getattr(server.projects, f"update_{kind}_default_permissions")(project, [rule])
        getattr(server.projects, f"populate_{kind}_default_permissions")(project)
        assert any(r.grantee.id == group.id for r in getattr(project, f"default_{kind}_permissions"))
        getattr(server.projects, f"delete_{kind}_default_permissions")(project, rule)


def schedules(server, workbook, user):
    daily = TSC.DailyInterval(start_time=__import__("datetime").time(2, 30))
    schedule = TSC.ScheduleItem("Nightly", 50, "Extract", "Parallel", daily)
    schedule = server.schedules.create(schedule)
    assert [s.name for s in TSC.Pager(server.schedules)] == ["Nightly"]
    assert server.schedules.get_by_id(schedule.id).interval_item.start_time.hour == 2
    results = server.schedules.add_to_schedule(schedule.id, workbook=workbook)
    assert all(result.task_created for result in results), results
    tasks, _ = server.tasks.get()
    assert tasks[0].target.id == workbook.id
    extracts, _ = server.schedules.get_extract_refresh_tasks(schedule.id)
    assert extracts[0].workbook_id == workbook.id
    server.tasks.delete(tasks[0].id)
    hourly = TSC.HourlyInterval(start_time=__import__("datetime").time(2, 0), end_time=__import__("datetime").time(23, 0), interval_value=2)
    mail = server.schedules.create(TSC.ScheduleItem("Mail", 50, "Subscription", "Parallel", hourly))
    target = TSC.Target(workbook.id, "workbook")
    subscription = server.subscriptions.create(TSC.SubscriptionItem("Monday", mail.id, user.id, target))
    subscription.subject = "Tuesday"
    server.subscriptions.update(subscription)
    assert server.subscriptions.get_by_id(subscription.id).subject == "Tuesday"
    server.subscriptions.delete(subscription.id)
    schedule.name = "Later"
    server.schedules.update(schedule)
    server.schedules.delete(schedule.id)
    server.schedules.delete(mail.id)


def webhooks(server):
    hook = TSC.WebhookItem()
    hook.name, hook.url, hook.event = "h", "https://example.com/hook", "workbook-updated"
    hook = server.webhooks.create(hook)
    assert server.webhooks.get_by_id(hook.id).event == "workbook-updated"
    assert len(server.webhooks.get()[0]) == 1
    server.webhooks.delete(hook.id)


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes the posts of webhooks."""

    bodies = []

    def do_POST(self):
        self.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def delivery(server, project, path):
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    hook = TSC.WebhookItem()
    hook.name, hook.event = "delivered", "workbook-created"
    hook.url = f"http://127.0.0.1:{receiver.server_port}/hook"
    hook = server.webhooks.create(hook)
    server.webhooks.test(hook.id)
    item = server.workbooks.publish(TSC.WorkbookItem(project.id, "Announced"), path, "CreateNew")
    for _ in range(100):
        if len(Receiver.bodies) == 2:
            break
        time.sleep(0.05)
    test, event = Receiver.bodies
    assert test["event_type"] == event["event_type"] == "WorkbookCreated", Receiver.bodies
    assert event["resource_luid"] == item.id, event
    server.workbooks.delete(item.id)
    server.webhooks.delete(hook.id)
    receiver.shutdown()


def group_sets(server, group, workbook):
    readers = server.group_sets.create(TSC.GroupSetItem("Readers"))
    refused("409121", server.group_sets.create, TSC.GroupSetItem("READERS"))
    server.group_sets.add_group(readers, group)
    got = server.group_sets.get_by_id(readers.id)
    assert ([g.name for g in got.groups], got.group_count) == ([group.name], 1)
    assert [g.name for g in server.group_sets.get(result_level="members")[0]] == ["Readers"]
    assert [g.name for g in server.group_sets.filter(name="Readers")] == ["Readers"]
    rule = TSC.PermissionsRule(readers.to_reference(), {"ExportXml": "Deny"})
    server.workbooks.update_permissions(workbook, [rule])
    server.workbooks.populate_permissions(workbook)
    assert any(r.grantee.id == readers.id for r in workbook.permissions)
    server.workbooks.delete_permission(workbook, rule)
    readers.name = "Renamed"
    assert server.group_sets.update(readers).name == "Renamed"
    server.group_sets.remove_group(readers, group)
    server.group_sets.delete(readers)


def many_users(server):
    people = [TSC.UserItem("bulk1", "Creator"), TSC.UserItem("bulk2", "ExplorerCanPublish"),
              TSC.UserItem("bulk3", "SiteAdministratorExplorer")]
    job = server.users.bulk_add(people)
    assert server.jobs.wait_for_job(job.id).finish_code == 0
    roles = {u.name: u.site_role for u in TSC.Pager(server.users) if u.name.startswith("bulk")}
    assert roles == {p.name: p.site_role for p in people}, roles
    server.users.bulk_remove(people)
    assert not [u for u in TSC.Pager(server.users) if u.name.startswith("bulk")]


def pages_filters_and_sorting(server, project, path):
    for number in range(5):
        server.workbooks.publish(TSC.WorkbookItem(project.id, f"Page {number}"), path, "CreateNew")
    options = TSC.RequestOptions(pagesize=2)
    options.sort.add(TSC.Sort(TSC.RequestOptions.Field.Name, TSC.RequestOptions.Direction.Desc))
    names = [w.name for w in TSC.Pager(server.workbooks, options) if w.name.startswith("Page ")]
    assert names == [f"Page {n}" for n in (4, 3, 2, 1, 0)], names
    options = TSC.RequestOptions()
    options.filter.add(TSC.Filter("name", TSC.RequestOptions.Operator.In, ["Page 1", "Page 3", "nothing"]))
    assert {w.name for w in server.workbooks.get(options)[0]} == {"Page 1", "Page 3"}
    assert len(server.workbooks.filter(name__in=["Page 0", "Page 4"])) == 2
    names = [w.name for w in server.workbooks.filter(page_size=2).order_by("-name")]
    assert names == sorted(names, reverse=True) and len(names) > 5, names
    refused("400006", server.workbooks.get, TSC.RequestOptions(pagenumber=99))
    refused("403014", server.workbooks.get, TSC.RequestOptions(pagesize=5000))
    for workbook in server.workbooks.filter(name__in=[f"Page {n}" for n in range(5)]):
        server.workbooks.delete(workbook.id)


def refreshes(server, project, path):
    """A workbook over a spreadsheet needs no credentials, so its extract can be refreshed."""
    item = server.workbooks.publish(TSC.WorkbookItem(project.id, "Refreshed"), path, "CreateNew")
    job = server.workbooks.refresh(item)
    assert server.jobs.wait_for_job(job).finish_code == 0
    assert server.jobs.get_by_id(job.id).workbook_id == item.id
    server.workbooks.delete_extract(item)
    refused("403180", server.workbooks.refresh, item)
    job = server.workbooks.create_extract(item)
    assert server.jobs.wait_for_job(job).finish_code == 0
    server.workbooks.populate_pdf(item)
    assert item.pdf.startswith(b"%PDF")
    server.workbooks.delete(item.id)


def custom_views(server, workbook):
    item = TSC.CustomViewItem(name="Mine")
    item.workbook = workbook
    item.owner = server.users.get_by_id(server.user_id)
    created = server.custom_views.publish(item, io.BytesIO(b'{"layout": []}'))
    got = server.custom_views.get_by_id(created.id)
    assert got.name == "Mine"
    out = io.BytesIO()
    server.custom_views.download(created, out)
    assert out.getvalue() == b'{"layout": []}'
    server.custom_views.populate_image(got)
    got.name = "Ours"
    server.custom_views.update(got)
    assert [c.name for c in TSC.Pager(server.custom_views)] == ["Ours"]
    server.custom_views.delete(got.id)


def favorites(server, project, workbook, datasource):
    me = server.users.get_by_id(server.user_id)
    server.workbooks.populate_views(workbook)
    view = workbook.views[0]
    server.favorites.add_favorite_workbook(me, workbook)
    server.favorites.add_favorite_view(me, view)
    server.favorites.add_favorite_datasource(me, datasource)
    server.favorites.add_favorite_project(me, project)
    server.favorites.get(me)
    got = {kind: [item.id for item in items] for kind, items in me.favorites.items() if items}
    assert got == {"workbooks": [workbook.id], "views": [view.id], "datasources": [datasource.id],
                   "projects": [project.id]}, got
    server.favorites.delete_favorite_view(me, view)
    server.favorites.delete_favorite_datasource(me, datasource)
    server.favorites.delete_favorite_project(me, project)
    server.favorites.delete_favorite(me, TSC.Resource.Workbook, workbook)
    server.favorites.get(me)
    assert not any(me.favorites.values()), me.favorites


def hyper_data(server, project):
    with tempfile.TemporaryDirectory() as folder:
        rows = os.path.join(folder, "rows.hyper")
        with open(rows, "wb") as file:
            file.write(b"HyPe, and more")
        item = server.datasources.publish(TSC.DatasourceItem(project.id, name="Rows"), rows, "CreateNew")
        actions = [{"action": "insert", "source-table": "a", "target-table": "b"}]
        job = server.datasources.update_hyper_data(item, request_id="1", actions=actions, payload=rows)
    assert server.jobs.wait_for_job(job).finish_code == 0
    server.datasources.populate_connections(item)
    if item.connections:
        server.datasources.update_hyper_data(item.connections[0], request_id="2", actions=actions)
    server.datasources.delete(item.id)


def sites(url):
    server = TSC.Server(url, use_server_version=True)
    with server.auth.sign_in(TSC.TableauAuth("admin", "admin")):
        made = server.sites.create(TSC.SiteItem("Made", "made", user_quota=5))
        refused("409001", server.sites.create, TSC.SiteItem("MADE", "other"))
    with server.auth.sign_in(TSC.TableauAuth("admin", "admin", site_id="made")):
        site = server.sites.get_by_id(server.site_id)
        assert (site.id, site.user_quota) == (made.id, 5), site
        site.name = "Changed"
        assert server.sites.update(site).name == "Changed"
        server.sites.delete(site.id)


def metadata(server, workbook):
    query = "{ workbooksConnection(first: 100) { nodes { luid name upstreamDatasources { luid } sheets { name luid } } } }"
    answer = server.metadata.query(query)
    nodes = answer["data"]["workbooksConnection"]["nodes"]
    assert workbook.id in [node["luid"] for node in nodes], answer
    query = """query paged($first:Int, $afterToken:String) {
      workbooksConnection(first: $first, after:$afterToken) {
        nodes { luid name projectName description } totalCount pageInfo { endCursor hasNextPage } } }"""
    pages = server.metadata.paginated_query(query, variables={"first": 1})["pages"]
    found = [node["luid"] for page in pages for node in page["data"]["workbooksConnection"]["nodes"]]
    assert len(pages) > 1 and sorted(found) == sorted(node["luid"] for node in nodes), pages


def updates(server, workbook, datasource):
    """As the library's samples do it: connections, one and all, and how fresh a workbook's data is to be."""
    for endpoint, item in [(server.workbooks, workbook), (server.datasources, datasource)]:
        item = endpoint.get_by_id(item.id)
        endpoint.populate_connections(item)
        connection = item.connections[0]
        connection.username, connection.password, connection.embed_password = "svc", "secret", True
        assert endpoint.update_connection(item, connection).username == "svc"
        connection.auth_type = "UserNamePassword"
        endpoint.update_connection(item, connection)
        luids = [each.id for each in item.connections]
        changed = endpoint.update_connections(item, connection_luids=luids, authentication_type="UserNamePassword",
                                              username="other", password="secret", embed_password=True)
        assert {each.username for each in changed} == {"other"}, changed
    policy = TSC.DataFreshnessPolicyItem
    every = policy.FreshEvery(policy.FreshEvery.Frequency.Hours, 10)
    at = policy.FreshAt(policy.FreshAt.Frequency.Week, "10:00:00", "America/Los_Angeles", ["Monday", "Sunday"])
    for option in [policy.Option.AlwaysLive, policy.Option.FreshEvery, policy.Option.FreshAt, policy.Option.SiteDefault]:
        workbook.data_freshness_policy = policy(option)
        workbook.data_freshness_policy.fresh_every_schedule = every
        workbook.data_freshness_policy.fresh_at_schedule = at
        assert server.workbooks.update(workbook).data_freshness_policy.option == option


def main(url, workbook_path, datasource_path, flow_path, extract_path):
    sign_ins(url)
    sites(url)
    server = TSC.Server(url, use_server_version=True)
    with server.auth.sign_in(TSC.PersonalAccessTokenAuth("sandbox", "sandbox-secret", site_id="dev")):
        outer, inner = projects(server)
        workbook = workbooks(server, inner, workbook_path)
        chunked(server, inner, workbook_path)
        views(server, workbook)
        datasource = datasources(server, inner, datasource_path)
        favorites(server, inner, workbook, datasource)
        hyper_data(server, inner)
        flows(server, inner, flow_path)
        user, group = people(server)
        permissions(server, inner, workbook, group)
        schedules(server, workbook, user)
        webhooks(server)
        delivery(server, inner, workbook_path)
        group_sets(server, group, workbook)
        many_users(server)
        pages_filters_and_sorting(server, inner, workbook_path)
        refreshes(server, inner, extract_path)
        custom_views(server, workbook)
        metadata(server, workbook)
        updates(server, workbook, datasource)
        workbook.owner_id = user.id
        assert server.workbooks.update(workbook).owner_id == user.id
        refused("409003", server.users.remove, user.id)
        server.users.remove(user.id, map_assets_to=server.user_id)
        server.groups.delete(group.id)
        jobs, _ = server.jobs.get()
        assert jobs, "no jobs"
        server.workbooks.delete(workbook.id)
        server.projects.delete(outer.id)
        assert [p.name for p in TSC.Pager(server.projects)] == ["Default"]
    print("ok")


main(*sys.argv[1:])
