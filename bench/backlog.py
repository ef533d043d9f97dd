"""The folder after three days without us: thousands of waiting snapshots of several feeds, five million rows in all.

The newest of each feed has to reach the shop first and alone; the others are superseded, each with its books closed. What is held
against a limit is the memory, whatever the number of files.
"""
import argparse
import csv
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import time

from bench import Stage, measure, verdict
from generate_stock import HEADER, row

LIMIT = 150
INTERVAL = 300


def feed_name(feed):
    return f"stock{feed:02}"


def fill(erp, feeds, files, rows):
    """Each feed has products of its own, and each of its files other figures; the names are in no order of time."""
    newest = time.time() - 600
    for feed in range(feeds):
        lines = [row(feed * rows + number) for number in range(rows)]
        for file in range(files):
            path = erp / f"{feed_name(feed)}-{(file * 7919) % 100_003:06}.csv"
            with open(path, "w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out, lineterminator="\r\n")
                writer.writerow(HEADER)
                for line in lines:
                    writer.writerow(line[:3] + [line[3] + file, 0] + line[5:])
            moment = newest - (files - 1 - file) * INTERVAL
            os.utime(path, (moment, moment))


def settings(stage, feeds):
    path = stage.settings("backlog")
    head = path.read_text().split("flows:")[0]
    flows = "".join(
        f"  {feed_name(feed)}:\n"
        f"    pull: {{endpoint: erp, folder: {stage.folder}/erp, files: '{feed_name(feed)}-*.csv', settle: 0s, then: {{move: {stage.folder}/archive}}}}\n"
        "    profile: generic/stock\n"
        "    stock: {warehouses: {MAIN: MAIN, EAST: EAST, WEST: WEST, DC-03: DC-03, STORE 7: STORE7}}\n"
        "    gates: {row_drop: off, to_zero: off}\n"
        for feed in range(feeds)
    )
    path.write_text(f"{head}flows:\n{flows}")
    return path


def check(ledger, feeds, files, rows, sent):
    """Ends the measurement where the books do not say what they must."""
    with sqlite3.connect(ledger) as books:
        unbalanced = books.execute("SELECT count(*) FROM books WHERE NOT balanced").fetchone()[0]
        read, applied, superseded = books.execute(
            "SELECT sum(read), sum(applied + unchanged), sum(superseded) FROM tally").fetchone()
        open_runs = books.execute("SELECT count(*) FROM run WHERE state <> 'finished'").fetchone()[0]
        wrong = [
            flow for flow, first, newest in books.execute(
                "SELECT r.flow, min(r.id), (SELECT r2.id FROM run r2 JOIN delivery d2 ON d2.id = r2.delivery WHERE r2.flow = r.flow "
                "ORDER BY d2.modified DESC LIMIT 1) FROM run r GROUP BY r.flow") if first != newest]
    expected = (feeds * files * rows, feeds * rows, feeds * (files - 1) * rows)
    if (read, applied, superseded) != expected or unbalanced or open_runs or wrong or sent != feeds * rows:
        sys.exit(
            f"read, applied, superseded: {(read, applied, superseded)}, expected {expected}; {unbalanced} books do not balance, "
            f"{open_runs} runs are open, {wrong} did not begin with their newest file, {sent} rows were sent")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tallyman", required=True, type=pathlib.Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--feeds", type=int, default=10)
    parser.add_argument("--rows", type=int, default=500, help="rows of a file")
    options = parser.parse_args()
    if options.files % options.feeds:
        parser.error("--files must be a multiple of --feeds")
    files = options.files // options.feeds
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tallyman-backlog-"))
    stage = None
    try:
        stage = Stage(folder / "stage", options.tallyman.resolve())
        fill(stage.folder / "erp", options.feeds, files, options.rows)
        path = settings(stage, options.feeds)
        environment = dict(os.environ, BENCH_TOKEN="x")
        runs = [
            measure([stage.tallyman, "run", feed_name(feed), "-s", path], stage.folder, (0,), environment) for feed in range(options.feeds)]
        sent = stage.count()["items"]
        check(stage.folder / "backlog/ledger.db", options.feeds, files, options.rows, sent)
        left, archived = (len(list((stage.folder / name).iterdir())) for name in ("erp", "archive"))
        if (left, archived) != (0, options.files):
            sys.exit(f"{left} files are left in the folder, {archived} of {options.files} are in the archive")
        cpu, wall, peak = sum(run["cpu"] for run in runs), sum(run["wall"] for run in runs), max(run["peak"] for run in runs)
        held = sum(file.stat().st_size for file in (stage.folder / "backlog").glob("ledger.db*")) / 2**20
        print(
            f"\n{options.files:,} waiting files of {options.feeds} feeds, {options.files * options.rows:,} rows\n"
            f"  {cpu:.1f} CPU s, {wall:.1f} s wall ({wall / options.files * 1000:.1f} ms a file), ledger {held:.0f} MB, {sent:,} rows sent")
        verdict("peak MB", peak, LIMIT)
    finally:
        if stage:
            stage.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
