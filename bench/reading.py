"""The reader alone, and a plan alone: beside DuckDB on one thread, an anti-join, and a dictionary in Python."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

from bench import HERE, Stage, measure, median, show, verdict


def read_cells(options, source):
    """Every cell delimited and unquoted, one column added up. DuckDB tells its own time, without its start."""
    cells = options.folder / "cells"
    subprocess.run([HERE / "cells/build.sh", cells], check=True)
    reader = [cells / "cells", HERE.parent / "Schemas/profiles", source]
    ours, theirs = [], []
    for _ in range(options.runs):
        theirs.append(measure([sys.executable, HERE / "read_duckdb.py", source], options.folder))
        theirs[-1]["cpu"] = float(theirs[-1]["output"].split()[0])
        ours.append(measure(reader, options.folder))
    ours, theirs = median(ours), median(theirs)
    show(f"All cells of {options.rows:,} rows, one column added up", [("DuckDB, one thread", theirs, ""), ("our reader alone", ours, "")])
    verdict("cells, CPU / DuckDB on one thread", ours["cpu"] / theirs["cpu"], 0.5)


def plan(options, first, second, shuffled):
    stage = Stage(options.folder / "stage", options.tallyman.resolve())
    try:
        settings = stage.settings("state")
        stage.deliver(first)
        stage.run(settings)
        database = options.folder / "stage/yesterday.duckdb"
        measure([sys.executable, HERE / "diff_duckdb.py", "load", database, first], stage.folder)
        environment = dict(os.environ, BENCH_TOKEN="x")

        def ours(file):
            return measure([stage.tallyman, "plan", "stock", "-s", settings, "--file", file], stage.folder, (0, 4), environment)

        runs = {"DuckDB anti-join": [], "Python dictionary": [], "tallyman plan": [], "tallyman plan, shuffled": []}
        for _ in range(options.runs):
            runs["DuckDB anti-join"].append(measure([sys.executable, HERE / "diff_duckdb.py", "diff", database, second], stage.folder))
            runs["Python dictionary"].append(measure([sys.executable, HERE / "diff_python.py", first, second], stage.folder))
            runs["tallyman plan"].append(ours(second))
            runs["tallyman plan, shuffled"].append(ours(shuffled))
        medians = {name: median(each) for name, each in runs.items()}
        show(f"Diff and plan of {options.rows:,} rows, 2 % changed, durable", [(name, each, "") for name, each in medians.items()])
        for name in ("tallyman plan", "tallyman plan, shuffled"):
            mine = medians[name]
            verdict(f"{name}, CPU / DuckDB anti-join", mine["cpu"] / medians["DuckDB anti-join"]["cpu"], 1.0)
            verdict(f"{name}, CPU / Python dictionary", mine["cpu"] / medians["Python dictionary"]["cpu"], 1 / 8)
            verdict(f"{name}, peak MB", mine["peak"], 80)
    finally:
        stage.close()
        shutil.rmtree(options.folder / "stage", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tallyman", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    data = options.folder / "data"
    data.mkdir(parents=True, exist_ok=True)

    def file(changed, order=""):
        path = data / f"stock-{options.rows}-{changed:g}{order}.csv"
        if not path.exists():
            arguments = [str(options.rows), "--changed", str(changed)] + ([f"--{order[1:]}"] if order else [])
            subprocess.run([sys.executable, HERE / "generate_stock.py", path, *arguments], check=True)
        return path

    read_cells(options, file(0.0))
    plan(options, file(0.0), file(0.02), file(0.02, "-shuffled"))


if __name__ == "__main__":
    main()
