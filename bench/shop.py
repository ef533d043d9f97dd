"""How soon the shop is right: against the sandbox with the recorded times of a live shop on two cores, beside the ideal that the same times
allow and beside a script as one would write it.

Never a test: read the ratios. Wall seconds, because people wait for the shop and not for a processor.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPConnection

from bench import await_port, free_port, measure

SOURCES = ["main", "north"]
WAREHOUSES = ["LDS", "NCL"]
HEADER = "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\n"
LATEST = time.time() - 200_000


def sku(number):
    return f"P{number:07d}"


def level(number, source, day):
    """What lies there; each row changes every day that its product changes."""
    return 100 + (number * 7 + source * 3) % 800 + day


class Shop:
    """The sandbox with its own process, filled with products that have `stock` at both sources, and orders."""

    def __init__(self, sandbox, folder, products, orders=0):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "erp/out").mkdir(parents=True)
        (folder / "erp/in").mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        seed = folder / "seed.json"
        with open(seed, "w") as out:
            out.write('{"sources":[{"source_code":"main"},{"source_code":"north"}],"products":[')
            for number in range(products):
                out.write("," if number else "")
                stock = ",".join(f'"{name}":{level(number, place, 0)}' for place, name in enumerate(SOURCES))
                out.write(f'{{"sku":"{sku(number)}","price":"9.50","stock":{{{stock}}}}}')
            out.write('],"orders":[')
            for number in range(orders):
                out.write("," if number else "")
                out.write(f'{{"placed":{int(time.time()) - 3600},"items":[{{"sku":"{sku(number)}","qty":1,"price":9.5}}]}}')
            out.write("]}")
        self.process = subprocess.Popen(
            [sandbox, "--port", str(self.port), "--seed", seed, "--control"], stdout=subprocess.PIPE, text=True)
        self.keys = {}
        for line in self.process.stdout:
            if "=" in line:
                name, value = line.strip().split("=", 1)
                self.keys[name] = value
            if "admin user" in line:
                break
        await_port(self.port)
        seed.unlink()
        self.environment = dict(os.environ, **self.keys)

    def close(self):
        self.process.terminate()
        self.process.wait()

    def control(self, name, body):
        request = urllib.request.Request(
            f"{self.url}/__sandbox/{name}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def ideal(self, *stages):
        """The least seconds in which the recorded shop can do the calls of each stage, whatever the number in flight."""
        return sum(min(self.control("reckon", {"calls": calls, "in_flight": number}) for number in (1, 2, 3, 4, 8)) for calls in stages)

    def token(self):
        body = json.dumps({"username": "admin", "password": "sandbox-admin-1"}).encode()
        request = urllib.request.Request(
            f"{self.url}/rest/V1/integration/admin/token", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def calls(method, path, rows, size):
    """Calls of `size` rows each for all of `rows`."""
    return [{"method": method, "path": path, "rows": min(size, rows - start)} for start in range(0, rows, size)]


class Installation:
    def __init__(self, tallyman, shop, options="pace: full"):
        self.tallyman, self.shop = tallyman, shop
        self.settings = shop.folder / "tallyman.yaml"
        self.settings.write_text(
            f"shop: bench\nstate: state\nmagento:\n  url: '{shop.url}'\n  {options}\n"
            "  oauth1: {consumer_key: {env: MAGENTO_CONSUMER_KEY}, consumer_secret: {env: MAGENTO_CONSUMER_SECRET},\n"
            "    access_token: {env: MAGENTO_ACCESS_TOKEN}, access_token_secret: {env: MAGENTO_ACCESS_TOKEN_SECRET}}\n"
            f"endpoints: {{erp: {{local: {{root: {shop.folder}/erp}}}}}}\n"
            "flows:\n"
            "  stock:\n    pull: {endpoint: erp, folder: out, files: '*.csv', settle: 0s}\n    profile: generic/stock\n"
            "    stock: {warehouses: {LDS: main, NCL: north}, reservations: off}\n    gates: {row_drop: off, to_zero: off}\n"
            "  orders:\n    push: {endpoint: erp, folder: in, name: 'ORD_{batch}.csv', batch: 100}\n    profile: generic/orders\n"
            "    select: {states: {'*': new}, since: '2026-01-01'}\n")

    def deliver(self, products, moved, day, others):
        """A full file in which the first `moved` products are as they are on `day`, the rest as on the day `others`."""
        global LATEST
        target = self.shop.folder / "erp/out/stock.csv"
        with open(f"{target}.tmp", "w", newline="") as out:
            out.write(HEADER)
            for number in range(products):
                for place, warehouse in enumerate(WAREHOUSES):
                    today = day if number < moved else others
                    out.write(f"{sku(number)},thing,{warehouse},{level(number, place, today)},0,0,9.50,\r\n")
        LATEST += 60
        os.utime(f"{target}.tmp", (LATEST, LATEST))
        os.replace(f"{target}.tmp", target)

    def run(self, *command):
        return measure([self.tallyman, *command, "-s", self.settings], self.shop.folder, (0,), self.shop.environment)


def script(shop, changed, day):
    """What one would write: the changed rows by 500, one call after the other, asking nothing."""
    token = shop.token()
    rows = [
        {"sku": sku(number), "source_code": SOURCES[place], "quantity": level(number, place, day), "status": 1}
        for number in range(changed) for place in range(2)
    ]
    connection = HTTPConnection("127.0.0.1", shop.port)
    started = time.monotonic()
    for start in range(0, len(rows), 500):
        connection.request(
            "POST", "/rest/all/V1/inventory/source-items", json.dumps({"sourceItems": rows[start:start + 500]}),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"the script was answered {answer.status}")
    return time.monotonic() - started


def row(what, ours, ideal, limit, beside=""):
    ratio = ours["wall"] / ideal
    verdict = "" if limit is None else (": met" if ratio <= limit else ": MISSED")
    target = "" if limit is None else f"{limit}"
    print(
        f"| {what} | {ours['wall']:.1f} s, CPU {ours['cpu']:.1f} s, {ours['peak']:.0f} MB | {ideal:.1f} s | {ratio:.2f} | {target}{verdict} | {beside} |",
        flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tallyman", required=True, type=pathlib.Path)
    parser.add_argument("--sandbox", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--products", type=int, default=6000)
    parser.add_argument("--large", type=int, default=1_000_000, help="the large catalogue; 0 leaves it out")
    parser.add_argument("--changed", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=100_000, help="the first load of the large kind; 0 leaves it out")
    parser.add_argument("--orders", type=int, default=1000)
    given = parser.parse_args()
    folder = given.folder.resolve()
    print("| what | ours | the ideal of the same times | ratio | target | beside |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    stock(given, folder, given.products, given.products, 1.15, first=given.products)
    if given.first:
        stock(given, folder, given.first, 0, None, first=given.first, limit=1.2)
    if given.large:
        stock(given, folder, given.large, given.changed, 1.1)
    if given.orders:
        orders(given, folder)


def stock(given, folder, products, changed, target, first=0, limit=None):
    """A first load of `first` products where it is measured, then a day on which `changed` of them are others."""
    shop = Shop(given.sandbox.resolve(), folder / "shop", products)
    try:
        ours = Installation(given.tallyman.resolve(), shop)
        # On the first day everything is another figure than the shop has, so that all of it was sent by us before the day that counts.
        ours.deliver(products, products, day=1, others=1)
        if first:
            shop.control("times", {"times": "recorded"})
        began = ours.run("run", "stock")
        if first:
            ideal = shop.ideal(
                calls("GET", "inventory/source-items", 2 * products, 5000), calls("GET", "products", products, 300),
                calls("POST", "inventory/source-items", 2 * products, 1000))
            row(f"first load of {products:,} products", began, ideal, limit)
        if not changed:
            return
        shop.control("times", {"times": "recorded"})
        ours.deliver(products, changed, day=2, others=1)
        today = ours.run("run", "stock")
        ideal = shop.ideal(
            calls("POST", "products/base-prices-information", changed, 500), calls("POST", "inventory/source-items", 2 * changed, 1000))
        compared = ours.run("reconcile", "stock")
        beside = script(shop, changed, 3)
        row(f"{changed:,} of {products:,} products changed", today, ideal, target, f"a script, 500 rows at a time: {beside:.1f} s")
        ideal = shop.ideal(
            calls("GET", "inventory/source-items", 2 * products, 5000),
            calls("GET", "inventory/dump-stock-index-data/website/base", products, products))
        row(f"reconcile stock, {products:,} products", compared, ideal, 1.2 if products > given.products else None)
    finally:
        shop.close()


def orders(given, folder):
    shop = Shop(given.sandbox.resolve(), folder / "shop", given.orders, given.orders)
    try:
        shop.control("times", {"times": "recorded"})
        ours = Installation(given.tallyman.resolve(), shop)
        left = ours.run("run", "orders")
        ideal = shop.ideal(calls("GET", "orders", given.orders, 100))
        files = len(list((shop.folder / "erp/in").iterdir()))
        row(f"{given.orders:,} waiting orders leave", left, ideal, None, f"{files} files")
    finally:
        shop.close()


if __name__ == "__main__":
    main()
