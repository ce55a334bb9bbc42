"""What tableauserverclient does on Tableau Cloud only: refreshes with schedules of their own.

usage: tsc_cloud.py URL EXTRACT.twbx DATASOURCE.tds
"""

import sys
from datetime import time

import tableauserverclient as TSC


def main(url, workbook_path, datasource_path):
    server = TSC.Server(url, use_server_version=True)
    with server.auth.sign_in(TSC.PersonalAccessTokenAuth("sandbox", "sandbox-secret", site_id="dev")):
        project = server.projects.get()[0][0].id
        workbook = server.workbooks.publish(TSC.WorkbookItem(project, "Sales"), workbook_path, "CreateNew")
        datasource = server.datasources.publish(TSC.DatasourceItem(project, "Orders"), datasource_path, "CreateNew",
                                                connection_credentials=TSC.ConnectionCredentials("svc", "secret"))
        server.jobs.wait_for_job(server.workbooks.refresh(workbook))
        server.jobs.wait_for_job(server.datasources.create_extract(datasource))
        monthly = TSC.ScheduleItem(None, None, None, None, TSC.MonthlyInterval(start_time=time(23, 30), interval_value=15))
        for item, kind in [(workbook, "workbook"), (datasource, "datasource")]:
            task = TSC.TaskItem(None, "FullRefresh", None, None, None, monthly, None, TSC.Target(item.id, kind))
            assert b"<extractRefresh" in server.tasks.create(task)
        tasks, _ = server.tasks.get()
        assert {task.target.id for task in tasks} == {workbook.id, datasource.id}, tasks
        assert all(task.schedule_item.interval_item.start_time == time(23, 30) for task in tasks), tasks
        for task in tasks:
            assert b"RefreshExtract" in server.tasks.run(task)
            server.tasks.delete(task.id)
        for call in [server.schedules.get, server.sites.get]:
            try:
                call()
                raise AssertionError("Cloud has none to show")
            except TSC.ServerResponseError as error:
                assert error.code in ("404008", "403069"), error
    print("ok")


main(*sys.argv[1:])
