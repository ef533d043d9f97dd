"""What differs from yesterday, by an anti-join: yesterday's rows are in the database, today's in the file, the difference is durable after.

Usage: diff_duckdb.py load DATABASE FILE, then diff_duckdb.py diff DATABASE FILE.
"""
import sys

import duckdb

step, database, path = sys.argv[1:]
connection = duckdb.connect(database)
source = "read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
if step == "load":
    connection.execute(f"CREATE TABLE yesterday AS SELECT * FROM {source}", [path])
else:
    connection.execute("DROP TABLE IF EXISTS changed")
    columns = "sku, description, warehouse, on_hand, allocated, on_order, unit_price, updated"
    connection.execute(f"CREATE TABLE changed AS SELECT * FROM {source} ANTI JOIN yesterday USING ({columns})", [path])
    print(connection.execute("SELECT count(*) FROM changed").fetchone()[0])
