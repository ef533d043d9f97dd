"""Measures the console's pages on books of a size that a busy shop reaches. Prints medians and 99th percentiles, memory, and an agency's list of shops.

Never a test: machines differ. The ledger is filled by SQL, in the shapes that runs leave behind.
"""
import argparse
import http.client
import os
import pathlib
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

from bench import await_port, free_port
from shop import Installation, Shop

SETTINGS = """shop: {shop}
timezone: Europe/London
state: {state}
magento:
  url: http://127.0.0.1:1
  oauth1: {{consumer_key: {{env: A}}, consumer_secret: {{env: B}}, access_token: {{env: C}}, access_token_secret: {{env: D}}}}
endpoints: {{erp: {{local: {{root: {state}}}}}}}
flows:
  stock:
    pull: {{endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {{move: archive}}}}
    profile: generic/stock
    schedule: every 15m
    stock: {{warehouses: {{LDS: default}}}}
"""


def make_shop(tallyman, folder, shop):
    state = folder / f"state-{shop}"
    (state / "out").mkdir(parents=True)
    settings = folder / f"{shop}.yaml"
    settings.write_text(SETTINGS.format(shop=shop, state=state))
    # A call makes the ledger, although there is no shop to reach.
    subprocess.run([tallyman, "run", "stock", "--settings", settings], env={**os.environ, "A": "a", "B": "b", "C": "c", "D": "d"}, capture_output=True)
    return settings, state / "ledger.db"


def fill(path, runs, errors, causes, mirror):
    books = sqlite3.connect(path)
    books.execute("PRAGMA synchronous = OFF")
    now = int(time.time() * 1000)
    start = now - runs * 900_000
    with books:
        first = books.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()[0] + 1
        last = first + runs - 1
        waiting = range(max(first, last - 499), last + 1)
        each = errors // len(waiting)
        books.executemany(
            "INSERT INTO delivery (id, flow, hash, size, folder, name, modified, received, origin) VALUES (?, 'stock', ?, 400000, '', ?, ?, ?, 'endpoint')",
            ((10_000 + n, f"{n:064x}", f"STOCK_{n}.csv".encode(), start + n * 900_000, start + n * 900_000) for n in range(runs)))
        books.executemany(
            "INSERT INTO run (id, flow, delivery, cause, started, ended, state, verdict) VALUES (?, 'stock', ?, 'schedule', ?, ?, 'finished', 'done')",
            ((first + n, 10_000 + n, start + n * 900_000, start + n * 900_000 + 40_000) for n in range(runs)))
        books.executemany(
            "INSERT INTO tally (run, entity, read, applied, unchanged, rejected) VALUES (?, 'stock', ?, 0, 5000, ?)",
            ((run, 5000 + (each if run in waiting else 0), each if run in waiting else 0) for run in range(first, last + 1)))
        books.executemany(
            "INSERT INTO record_outcome (run, entity, number, outcome, line, offset, length, key, code, field, value, reason, fix, original, queue)"
            " VALUES (?, 'stock', ?, 'rejected', ?, 0, 40, ?, ?, ?, ?, 'the value cannot be read', 'correct it', ?, 'open')",
            ((run, n + 1, n + 2, f"SKU-{run}-{n}".encode(), f"CODE-{(run * each + n) % causes}", "FREE_STOCK", "1O" if n % 20 else f"x{n}", b"SKU;LDS;1O;\r\n")
             for run in waiting for n in range(each)))
        books.executemany(
            "INSERT OR IGNORE INTO mirror (entity, key_hash, key, value, version) VALUES ('stock', ?, ?, ?, ?)",
            ((n * 7_919, f"SKU-{n}".encode(), b"\x01\x02\x03\x04", now) for n in range(mirror)))
    books.execute("ANALYZE")
    books.commit()
    books.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    books.close()
    return last


class Browser:
    """One who is signed in, with a connection of its own."""

    def __init__(self, base, link):
        self.address = urllib.parse.urlsplit(base).netloc
        self.connection = http.client.HTTPConnection(self.address, timeout=60)
        self.cookie = ""
        path = link.split(self.address, 1)[1]
        page = self.ask("GET", path)[2].decode()
        token = re.search(r'name="link" value="([^"]+)"', page).group(1)
        self.ask("POST", "/welcome", f"link={token}")

    def ask(self, method, path, body=None):
        headers = {"Host": self.address, "Cookie": self.cookie}
        if body is not None:
            headers.update({"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        taken = (time.perf_counter() - began) * 1000
        for value in answer.headers.get_all("Set-Cookie") or []:
            if not value.startswith("tallyman-device"):
                self.cookie = value.split(";")[0]
        return answer.status, taken, content


def serve(tallyman, folder, shops, people):
    port = free_port()
    console = folder / f"console-{port}.yaml"
    console.write_text(f"listen: 127.0.0.1:{port}\nshops: [{', '.join(str(shop) for shop in shops)}]\nstate: {folder}/console-{port}\nsecond_factor: off\n")
    links = []
    for n in range(people):
        out = subprocess.run([tallyman, "user", "add", f"user{n}", "--role", "approver", "--admin", "--people", "--sign-in-link", "--settings", console], capture_output=True, text=True, check=True)
        links.append(out.stdout.strip().splitlines()[-1])
    # As its unit starts it: behind whatever carries files.
    process = subprocess.Popen(
        [tallyman, "console", "--settings", console], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: os.nice(5))
    await_port(port)
    base = f"http://127.0.0.1:{port}"
    return process, [Browser(base, link) for link in links]


def doors(base, people):
    """How long a wrong password takes under a name that somebody has, and under one that nobody has. Each try is from an address of its own, so that none waits."""
    address = urllib.parse.urlsplit(base).netloc
    host, port = address.split(":")
    times = {True: [], False: []}
    for n in range(people):
        for known in (True, False):
            connection = http.client.HTTPConnection(host, int(port), timeout=60, source_address=(f"127.0.{1 + n}.{2 if known else 3}", 0))
            began = time.perf_counter()
            connection.request("POST", "/sign-in", f"name={'user' if known else 'nobody'}{n}&password=not+this+one", {
                "Host": address, "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})
            status = connection.getresponse().status
            times[known].append((time.perf_counter() - began) * 1000)
            if status != 422:
                sys.exit(f"a wrong password was answered {status}")
    known, unknown = (statistics.median(times[which]) for which in (True, False))
    print(f"a wrong password: {known:.0f} ms under a known name, {unknown:.0f} ms under an unknown one", flush=True)


def peak(process):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text()).group(1)) / 1024


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


PAGES = ["", "/errors", "/errors/{error}", "/errors?cause_flow=stock&cause_entity=stock&cause_code=CODE-1&cause_field=FREE_STOCK", "/runs", "/runs/{run}",
         "/plans", "/search?q={key}", "/alarms", "/schedule", "/files", "/orders", "/compare", "/audit", "/settings", "/reports"]


def pages(shop, path, key):
    """The pages of a shop, with numbers that its books have."""
    books = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    error = books.execute("SELECT max(id) FROM record_outcome").fetchone()[0]
    run = books.execute("SELECT max(id) FROM run WHERE state = 'finished'").fetchone()[0]
    books.close()
    return [f"/s/{shop}" + page.format(error=error, run=run, key=key) for page in PAGES]


def each_page(browsers, paths, rounds):
    """How long each page takes one person, the first time included."""
    print(f"{'page':<28}{'first':>9}{'median':>9}{'p95':>9}{'p99':>9}{'KB':>7}")
    for path in paths:
        times, size = [], 0
        for n in range(rounds):
            status, taken, content = browsers[n % len(browsers)].ask("GET", path)
            if status != 200:
                sys.exit(f"{path}: {status}\n{content.decode()[:500]}")
            times.append(taken)
            size = len(content) / 1024
        name = "/" + "/".join(path.split("?")[0].split("/")[3:]) + ("?cause" if "cause_" in path else "")
        print(f"{name:<28}{times[0]:>6.0f} ms{statistics.median(times):>6.0f} ms{percentile(times, 0.95):>6.0f} ms{percentile(times, 0.99):>6.0f} ms{size:>7.0f}", flush=True)


class People:
    """Fifty people, each of whom looks at a page, reads it for two seconds and goes to the next."""

    def __init__(self, browsers, paths, count=50):
        self.times, self.wrong, self.going = [], [], True
        self.locks = [threading.Lock() for _ in browsers]
        self.threads = [threading.Thread(target=self.person, args=(n, browsers, paths)) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def person(self, n, browsers, paths):
        time.sleep(n * 0.04)
        page = n
        while self.going:
            with self.locks[n % len(browsers)]:
                status, taken, content = browsers[n % len(browsers)].ask("GET", paths[page % len(paths)])
            self.times.append(taken)
            if status >= 500:
                self.wrong.append((paths[page % len(paths)], status, content[:200]))
            page += 1
            time.sleep(2)

    def leave(self):
        self.going = False
        for thread in self.threads:
            thread.join()
        return f"{len(self.times):,} pages, median {statistics.median(self.times):.0f} ms, p95 {percentile(self.times, 0.95):.0f} ms, {len(self.wrong)} answers of 5xx {self.wrong[:3] or ''}"


def beside_a_run(options, tallyman, folder):
    """Runs over a file of `--rows` rows in the ledger that fifty people look at, and the same runs alone."""
    products = options.rows // 2
    shop = Shop(options.sandbox.resolve(), folder / "shop", products)
    try:
        ours = Installation(tallyman, shop)
        day = 1
        ours.deliver(products, products, day=day, others=day)
        first = ours.run("run", "stock")
        print(f"a file of {options.rows:,} rows for the first time: {first['wall']:.0f} s")
        ledger = shop.folder / "state/ledger.db"
        fill(ledger, options.runs, options.errors, 40, 0)
        process, browsers = serve(tallyman, folder, [ours.settings], 25)
        try:
            paths = pages("bench", ledger, "P0000007")

            def one():
                nonlocal day
                day += 1
                # A tenth of the products have another figure, the rest is as it was.
                ours.deliver(products, products // 10, day=day, others=1)
                took = ours.run("run", "stock")
                if "LEDGER-BUSY" in took["output"]:
                    sys.exit(took["output"])
                return took

            alone, watched = [], []
            end = time.monotonic() + options.seconds
            people = People(browsers, paths)
            while time.monotonic() < end or len(watched) < 3:
                watched.append(one())
            said = people.leave()
            for _ in watched:
                alone.append(one())
            middle = {name: (statistics.median(run[name] for run in alone), statistics.median(run[name] for run in watched)) for name in ("wall", "cpu")}
            slower = {name: (with_people / by_itself - 1) * 100 for name, (by_itself, with_people) in middle.items()}
            print(f"50 people for {options.seconds} s beside {len(watched)} runs over {options.rows:,} rows: {said}; peak memory {peak(process):.0f} MB")
            print(f"a run alone {middle['wall'][0]:.1f} s (CPU {middle['cpu'][0]:.1f} s), beside them {middle['wall'][1]:.1f} s (CPU {middle['cpu'][1]:.1f} s): {slower['wall']:+.0f} % and {slower['cpu']:+.0f} % of CPU")
        finally:
            process.terminate()
            process.wait()
    finally:
        shop.close()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tallyman", required=True)
    arguments.add_argument("--sandbox", type=pathlib.Path, help="the sandbox's program; without it there is no run beside the people")
    arguments.add_argument("--rows", type=int, default=1_000_000, help="of the file that a run goes over beside fifty people")
    arguments.add_argument("--folder", default=".bench/console")
    arguments.add_argument("--runs", type=int, default=10_000)
    arguments.add_argument("--errors", type=int, default=100_000)
    arguments.add_argument("--mirror", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=30)
    arguments.add_argument("--seconds", type=int, default=60)
    options = arguments.parse_args()
    tallyman = pathlib.Path(options.tallyman).resolve()
    folder = pathlib.Path(options.folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings, ledger = make_shop(tallyman, folder, "busy")
    fill(ledger, options.runs, options.errors, 40, options.mirror)
    print(f"books: {options.runs:,} runs, {options.errors:,} open errors in 40 causes, {options.mirror:,} values")
    process, browsers = serve(tallyman, folder, [settings], 18)
    try:
        paths = pages("busy", ledger, "SKU-77")
        each_page(browsers, paths, options.rounds)
        people = People(browsers, paths)
        time.sleep(options.seconds)
        print(f"50 people for {options.seconds} s: {people.leave()}; peak memory {peak(process):.0f} MB")
        doors(f"http://{browsers[0].address}", len(browsers))
    finally:
        process.terminate()
        process.wait()
    if options.sandbox:
        beside_a_run(options, tallyman, folder)
    # An agency: thirty shops, of which one is damaged and one was written by a newer version.
    small, source = make_shop(tallyman, folder, "shop0")
    shops = [small]
    for n in range(1, 30):
        state = folder / f"state-shop{n}"
        state.mkdir()
        shutil.copy(source, state / "ledger.db")
        path = folder / f"shop{n}.yaml"
        path.write_text(SETTINGS.format(shop=f"shop{n}", state=state))
        shops.append(path)
    (folder / "state-shop7" / "ledger.db").write_bytes(b"this is no ledger" * 1000)
    newer = sqlite3.connect(folder / "state-shop8" / "ledger.db")
    newer.execute("INSERT INTO grdb_migrations VALUES ('99-later')")
    newer.commit()
    newer.close()
    process, browsers = serve(tallyman, folder, shops, 1)
    try:
        cold = browsers[0].ask("GET", "/")
        if cold[0] != 200 or b"shop7" not in cold[2] or b"LEDGER-NEWER" not in cold[2]:
            sys.exit(f"{cold[0]}: {cold[2].decode()[:2000]}")
        warm = [browsers[0].ask("GET", "/")[1] for _ in range(10)]
        print(f"30 shops on one page: {cold[1]:.0f} ms at first, {statistics.median(warm):.0f} ms after, {len(cold[2]) / 1024:.0f} KB")
    finally:
        process.terminate()
        process.wait()


main()
