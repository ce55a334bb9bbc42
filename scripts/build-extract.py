#!/usr/bin/env python3
"""Makes the example's extract, Sales.hyper, from orders.csv.

Needs `pip install tableauhyperapi` (Tableau's own library); run it only when orders.csv changes,
then run build-example.py. The result is committed, because the library is large and a Hyper file
is not the same bytes twice.
"""

import csv
import datetime
import pathlib

from tableauhyperapi import Connection, CreateMode, HyperProcess, Inserter, SqlType, TableDefinition, TableName, Telemetry

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "examples" / "acme-src"
EXTRACT = SOURCE / "datasources" / "Sales.tdsx" / "Data" / "Extracts" / "Sales.hyper"

TYPES = {
    "order_date": (SqlType.date(), datetime.date.fromisoformat),
    "quantity": (SqlType.int(), int),
    "sales": (SqlType.double(), float),
    "profit": (SqlType.double(), float),
}
TEXT = (SqlType.text(), str)


def main():
    with open(SOURCE / "orders.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = [(name, *TYPES.get(name, TEXT)) for name in rows[0]]
    table = TableDefinition(TableName("Extract", "Extract"), [TableDefinition.Column(name, kind) for name, kind, _ in columns])
    EXTRACT.parent.mkdir(parents=True, exist_ok=True)
    settings = {"log_config": ""}
    with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters=settings) as hyper:
        with Connection(hyper.endpoint, EXTRACT, CreateMode.CREATE_AND_REPLACE) as connection:
            connection.catalog.create_schema("Extract")
            connection.catalog.create_table(table)
            with Inserter(connection, table) as inserter:
                inserter.add_rows([[read(row[name]) for name, _, read in columns] for row in rows])
                inserter.execute()
    print(f"{EXTRACT.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
