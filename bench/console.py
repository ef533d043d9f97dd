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
    process = subprocess.Popen([tallyman, "console", "--settings", console], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    await_port(port)
    base = f"http://127.0.0.1:{port}"
    return process, [Browser(base, link) for link in links]


def peak(process):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text()).group(1)) / 1024


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tallyman", required=True)
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
    last = fill(ledger, options.runs, options.errors, 40, options.mirror)
    print(f"books: {options.runs:,} runs, {options.errors:,} open errors in 40 causes, {options.mirror:,} values")
    process, browsers = serve(tallyman, folder, [settings], 18)
    try:
        pages = ["", "/errors", "/errors/1", "/errors?cause_flow=stock&cause_entity=stock&cause_code=CODE-1&cause_field=FREE_STOCK", "/runs", f"/runs/{last}", "/plans",
                 "/search?q=SKU-77", "/alarms", "/schedule", "/files", "/orders", "/compare", "/audit", "/settings", "/reports"]
        print(f"{'page':<28}{'median':>9}{'p99':>9}{'KB':>7}")
        for page in pages:
            times, size = [], 0
            for n in range(options.rounds):
                status, taken, content = browsers[n % len(browsers)].ask("GET", f"/s/busy{page}")
                if status != 200:
                    sys.exit(f"{page}: {status}\n{content.decode()[:500]}")
                times.append(taken)
                size = len(content) / 1024
            print(f"{page.split('?')[0] + ('?cause' if 'cause_' in page else '') or '/':<28}{statistics.median(times):>6.0f} ms{percentile(times, 0.99):>6.0f} ms{size:>7.0f}")
        # Fifty people, each of whom looks at something every second or so.
        times, wrong = [], []
        end = time.monotonic() + options.seconds

        def person(n):
            browser, lock = browsers[n % len(browsers)], locks[n % len(browsers)]
            while time.monotonic() < end:
                with lock:
                    status, taken, _ = browser.ask("GET", f"/s/busy{pages[n % len(pages)]}")
                times.append(taken)
                if status >= 500:
                    wrong.append(status)
                time.sleep(2)

        locks = [threading.Lock() for _ in browsers]
        people = [threading.Thread(target=person, args=(n,)) for n in range(50)]
        for thread in people:
            thread.start()
        for thread in people:
            thread.join()
        print(f"50 people for {options.seconds} s: {len(times)} pages, p95 {percentile(times, 0.95):.0f} ms, {len(wrong)} of them 5xx; peak memory {peak(process):.0f} MB")
    finally:
        process.terminate()
        process.wait()
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
