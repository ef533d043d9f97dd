"""SFTP from near and from far: one big file, and a backlog of small ones, beside OpenSSH's own client.

The far server stands behind `relay.py`, for both alike. Everything lies in memory where the machine offers it: the disk is not
what is measured, though ours flushes what it takes. The files are no stock files, so that the run ends where the fetching does.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request

from bench import HERE, Stage, await_port, free_port, measure, ssh_reference, verdict

ROUND_TRIP = 30


class Relay:
    """The server of a stage, far away."""

    def __init__(self, stage):
        self.port, self.teller = free_port(), free_port()
        self.process = subprocess.Popen(
            [sys.executable, HERE / "relay.py", *map(str, (self.port, self.teller, stage.sftp_port, ROUND_TRIP))]
        )
        await_port(self.teller)

    def passage(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.teller}/") as answer:
            return json.load(answer)

    def close(self):
        self.process.terminate()
        self.process.wait()


def openssh(stage, port, target):
    """Fetches everything of the ERP's folder."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (stage.folder / "batch").write_text(f"get {stage.folder}/erp/stock* {target}\n")
    return measure(
        ["sftp", "-q", "-P", port, "-i", stage.key, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
         "-b", stage.folder / "batch", f"{stage.user}@127.0.0.1"], stage.folder)


class Ours:
    """A flow with a state of its own, so that each round takes the files anew."""

    def __init__(self, stage, port, transport="libssh2"):
        self.stage, self.port, self.transport, self.rounds = stage, port, transport, 0

    def fetch(self):
        self.rounds += 1
        name = f"far-{self.transport}-{self.port}-{self.rounds}"
        settings = self.stage.settings(name)
        settings.write_text(settings.read_text().replace(f"port: {self.stage.sftp_port}", f"port: {self.port}, transport: {self.transport}"))
        environment = dict(os.environ, BENCH_TOKEN="x")
        result = measure([self.stage.tallyman, "run", "stock", "-s", settings], self.stage.folder, (0, 1, 2, 3, 4, 5), environment)
        held, wanted = (len(list(folder.iterdir())) for folder in (self.stage.folder / name / "spool", self.stage.folder / "erp"))
        if held != wanted:
            sys.exit(f"{held} of {wanted} files arrived:\n{result['output']}")
        shutil.rmtree(self.stage.folder / name)
        return result


def fill(stage, count, size):
    erp = stage.folder / "erp"
    shutil.rmtree(erp)
    erp.mkdir()
    for number in range(count):
        with open(erp / f"stock-{number:04}.csv", "wb") as file:
            for piece in range(0, size, 1 << 20):
                file.write(os.urandom(min(1 << 20, size - piece)))


def library(stage, program, target):
    """The same by libssh2 in C, which neither hashes nor flushes."""
    file = next((stage.folder / "erp").iterdir())
    return measure([program, stage.sftp_port, stage.user, stage.key, "get", file, target / "copy"], stage.folder)


def compare(name, target, rounds, runs, more=None):
    """`rounds`: ours and theirs, each answering seconds. Prints how many times as fast ours is. `more` is another one beside them, for orientation."""
    ours, theirs, others = [], [], []
    for _ in range(runs):
        theirs.append(rounds[1]())
        ours.append(rounds[0]())
        if more:
            others.append(more[1]())
    mine, other = statistics.median(ours), statistics.median(theirs)
    orientation = f", {more[0]} {statistics.median(others):.2f} s" if more else ""
    print(f"\n{name}\n  OpenSSH {other:.2f} s, tallyman {mine:.2f} s wall{orientation}")
    verdict("time / OpenSSH's", mine / other, round(1 / target, 3))
    print(f"  that is {other / mine:.2f} x its speed (target {target:g})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tallyman", required=True, type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--near", type=int, default=500, help="MB of the big file on the loopback")
    parser.add_argument("--far", type=int, default=100, help="MB of the big file from afar")
    parser.add_argument("--backlog", type=int, default=200)
    options = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tallyman-bench-", dir=memory))
    stage = relay = None
    try:
        stage = Stage(folder / "stage", options.tallyman.resolve())
        relay = Relay(stage)
        target = folder / "got"

        def seconds_far(fetch):
            relay.passage()
            fetch()
            return relay.passage()["seconds"]

        fill(stage, 1, options.near << 20)
        program = ssh_reference(folder)
        near = Ours(stage, stage.sftp_port)
        compare(f"One file of {options.near} MB over the loopback", 0.95,
                (lambda: near.fetch()["wall"], lambda: openssh(stage, stage.sftp_port, target)["wall"]), options.runs,
                ("libssh2 in C", lambda: library(stage, program, target)["wall"]))

        far = Ours(stage, relay.port)
        fill(stage, 1, options.far << 20)
        compare(f"One file of {options.far} MB at {ROUND_TRIP} ms", 1.25,
                (lambda: seconds_far(far.fetch), lambda: seconds_far(lambda: openssh(stage, relay.port, target))), options.runs)
        second = Ours(stage, relay.port, "openssh")
        compare(f"One file of {options.far} MB at {ROUND_TRIP} ms, transport: openssh", 0.95,
                (lambda: seconds_far(second.fetch), lambda: seconds_far(lambda: openssh(stage, relay.port, target))), options.runs)

        fill(stage, options.backlog, 20_000)
        for name, ours in (("", far), (", transport: openssh", second)):
            compare(f"{options.backlog} files of 20 KB at {ROUND_TRIP} ms{name}", 4,
                    (lambda: seconds_far(ours.fetch), lambda: seconds_far(lambda: openssh(stage, relay.port, target))), options.runs)
    finally:
        for part in (relay, stage):
            if part:
                part.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
