"""Prints which functions of the program a poll that finds nothing calls, then those that reading calls besides: the names the linker knows them by.

Recorded with valgrind, which sees every call, however short. The order within the two is of no account: what counts is that they stand together.
"""
import argparse
import os
import pathlib
import re
import resource
import subprocess
import sys

from bench import HERE, Stage, measure

# What one poll leaves out, because a thread came late, another takes.
POLLS = 3

HEADER = """# The functions that a poll and reading call, for the linker to put side by side (docs/decisions/0062-what-a-poll-calls-stands-side-by-side.md).
# Written by scripts/order.sh. What is no longer called by these names is passed over; what is missing costs memory."""


def called(profile, program):
    """The functions of `program` itself, not those of the libraries that it loads."""
    names, inside = set(), False
    for line in profile.read_text().splitlines():
        if line.startswith("ob="):
            inside = line.endswith(f"/{program}")
        elif inside and line.startswith("fn="):
            # A function that called itself is listed once more, with a number.
            names.add(re.sub(r"'\d+$", "", line[3:]))
    return names


def record(command, program, folder):
    """The functions that a command calls, as nm knows them."""
    profile = folder / "calls"
    measure(
        ["valgrind", "-q", "--tool=callgrind", "--demangle=no", "--compress-strings=no", "--compress-pos=no",
         f"--callgrind-out-file={profile}", program, *command],
        folder, (0, 4), dict(os.environ, BENCH_TOKEN="x"),
    )
    return called(profile, program.name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tallyman", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    options = parser.parse_args()
    folder = options.folder.resolve()
    stage = Stage(folder, options.tallyman.resolve())
    try:
        rows, document = folder / "sample.csv", folder / "sample.xml"
        subprocess.run([sys.executable, HERE / "generate_stock.py", rows, "1000"], check=True)
        subprocess.run([sys.executable, HERE / "generate_stock.py", document, "1000", "--xml"], check=True)
        settings = stage.settings("state")
        stage.deliver(rows)
        stage.run(settings)
        (folder / "erp/stock.csv").unlink()
        # Valgrind of Debian 12 cannot read the debugging information of this compiler.
        program = folder / "recorded"
        subprocess.run(["strip", "-g", "-o", program, stage.tallyman], check=True)
        poll = set().union(*(record(["run", "stock", "-s", settings, "--json"], program, folder) for _ in range(POLLS)))
        reading = record(["check", rows, "--profile", "generic/stock"], program, folder)
        reading |= record(["check", document, "--profile", "generic/stock-xml"], program, folder)
    finally:
        stage.close()
    table = subprocess.run(["nm", "--defined-only", stage.tallyman], capture_output=True, text=True, check=True).stdout
    known = {line.split(None, 2)[2] for line in table.splitlines()}
    print("\n".join([HEADER, *sorted(poll & known), *sorted((reading - poll) & known)]))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    main()
