"""The job as one would script it with a data-frame library."""
import sys

import paramiko
import polars
import requests

port, key, user, remote, previous, shop = sys.argv[1:]
transport = paramiko.Transport(("127.0.0.1", int(port)))
transport.connect(username=user, pkey=paramiko.Ed25519Key.from_private_key_file(key))
paramiko.SFTPClient.from_transport(transport).get(remote, "today.csv")
transport.close()

types = {"unit_price": polars.String}
today = polars.read_csv("today.csv", schema_overrides=types)
if previous != "none":
    today = today.join(polars.read_csv(previous, schema_overrides=types), on=today.columns, how="anti")
free = (polars.col("on_hand") - polars.col("allocated")).clip(0)
changed = today.select("sku", source_code="warehouse", quantity=free, status=(free > 0).cast(polars.Int8))
session = requests.Session()
for part in changed.iter_slices(500):
    session.post(f"{shop}/rest/all/V1/inventory/source-items", json={"sourceItems": part.to_dicts()}).raise_for_status()
print(changed.height)
