"""The job as one would script it with the standard library: fetch, compare with yesterday's file, post what changed."""
import csv
import shutil
import sys

import paramiko
import requests

port, key, user, remote, previous, shop = sys.argv[1:]
transport = paramiko.Transport(("127.0.0.1", int(port)))
transport.connect(username=user, pkey=paramiko.Ed25519Key.from_private_key_file(key))
paramiko.SFTPClient.from_transport(transport).get(remote, "today.csv")
transport.close()


def load(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {line["sku"]: line for line in csv.DictReader(file)}


yesterday = load(previous) if previous != "none" else {}
changed = [line for sku, line in load("today.csv").items() if yesterday.get(sku) != line]
session = requests.Session()
for start in range(0, len(changed), 500):
    items = []
    for line in changed[start:start + 500]:
        free = max(0, int(line["on_hand"]) - int(line["allocated"]))
        items.append({"sku": line["sku"], "source_code": line["warehouse"], "quantity": free, "status": int(free > 0)})
    session.post(f"{shop}/rest/all/V1/inventory/source-items", json={"sourceItems": items}).raise_for_status()
shutil.move("today.csv", "yesterday.csv")
print(len(changed))
