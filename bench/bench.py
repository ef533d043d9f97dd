"""Measures tallyman beside the scripts one would write instead. Prints CPU seconds, peak memory and their ratios.

Never a test: machines differ, ratios in one run are what to read. Each measured command is a process of its own; CPU
is user plus system time of that process, memory its peak resident set.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens at {port}")


def measure(command, cwd, allowed=(0,), env=None):
    """CPU seconds, peak MB and wall seconds of one run."""
    started = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in allowed:
        sys.exit(f"{command} ended with {code}:\n{output}")
    return {
        "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024, "wall": time.monotonic() - started,
        "output": output,
    }


def median(runs):
    return {key: statistics.median(run[key] for run in runs) for key in ("cpu", "peak", "wall")}


class Stage:
    """An SFTP server, a sink and a settings file, in a folder of their own."""

    def __init__(self, folder, tallyman):
        self.folder = folder
        self.tallyman = tallyman
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("erp", "ssh", "settings/secrets", "scripts"):
            (folder / name).mkdir(parents=True)
        for key in (folder / "ssh/host", folder / "settings/secrets/id"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        self.key = folder / "settings/secrets/id"
        self.user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self.sftp_port, self.shop_port = free_port(), free_port()
        self.shop = f"http://127.0.0.1:{self.shop_port}"
        (folder / "ssh/config").write_text(
            f"ListenAddress 127.0.0.1\nPort {self.sftp_port}\nHostKey {folder}/ssh/host\nPidFile none\n"
            f"AuthorizedKeysFile {self.key}.pub\nStrictModes no\nSubsystem sftp internal-sftp\n"
        )
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        self.processes = [
            subprocess.Popen([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", folder / "ssh/config", "-E", folder / "ssh/log"]),
            subprocess.Popen([sys.executable, HERE / "sink.py", str(self.shop_port)]),
        ]
        await_port(self.sftp_port)
        await_port(self.shop_port)
        scanned = subprocess.run(["ssh-keygen", "-lf", folder / "ssh/host.pub"], capture_output=True, text=True, check=True)
        self.fingerprint = scanned.stdout.split()[1]

    def close(self):
        for process in self.processes:
            process.terminate()

    def settings(self, state):
        path = self.folder / "settings" / f"{state}.yaml"
        path.write_text(
            f"shop: bench\nstate: {self.folder}/{state}\nmagento: {{url: '{self.shop}', bearer: {{env: BENCH_TOKEN}}, concurrency: 2}}\n"
            f"endpoints:\n  erp:\n    sftp: {{host: 127.0.0.1, port: {self.sftp_port}, user: {self.user}, "
            f"identity: {{file: id}}, host_keys: ['{self.fingerprint}']}}\n"
            f"flows:\n  stock:\n    pull: {{endpoint: erp, folder: {self.folder}/erp, files: 'stock*.csv', settle: 0s}}\n"
            "    profile: generic/stock\n"
            "    stock: {warehouses: {MAIN: MAIN, EAST: EAST, WEST: WEST, DC-03: DC-03, STORE 7: STORE7}}\n"
            "    gates: {row_drop: off, to_zero: off}\n"
        )
        return path

    def deliver(self, source):
        """Puts a file at the endpoint as the ERP would: complete at once, with a time of its own."""
        target = self.folder / "erp/stock.csv"
        temporary = self.folder / "erp/.stock.tmp"
        shutil.copy(source, temporary)
        self.clock = getattr(self, "clock", time.time() - 100_000) + 60
        os.utime(temporary, (self.clock, self.clock))
        os.replace(temporary, target)
        return target

    def run(self, settings, allowed=(0,)):
        environment = dict(os.environ, BENCH_TOKEN="x")
        result = measure([self.tallyman, "run", "stock", "-s", settings, "--json"], self.folder, allowed, environment)
        # What is told to people follows the report.
        result["report"], _ = json.JSONDecoder().raw_decode(result["output"], result["output"].index("{"))
        return result

    def count(self):
        with urllib.request.urlopen(f"{self.shop}/count") as answer:
            return json.load(answer)

    def script(self, name, previous, source):
        remote = self.deliver(source)
        return measure(
            [sys.executable, HERE / name, self.sftp_port, self.key, self.user, remote, previous, self.shop],
            self.folder / "scripts",
        )


def show(title, rows):
    """`rows`: name, measurement, note. Ratios are against the first."""
    print(f"\n{title}")
    base = rows[0][1]
    for name, run, note in rows:
        print(
            f"  {name:<34} {run['cpu']:7.2f} CPU s  {run['peak']:7.0f} MB  {run['wall']:7.2f} s wall"
            f"   CPU x{run['cpu'] / base['cpu']:.2f}  memory x{run['peak'] / base['peak']:.2f}  {note}"
        )


def verdict(name, ratio, target):
    print(f"  {'meets ' if ratio <= target else 'MISSES'} {name}: {ratio:.2f} (target {target:g})")


def read_xml(options, data, tallyman):
    """XML beside the library's own parser in C and beside lxml; memory by size."""
    reference = options.folder / "xml_reference"
    flags = subprocess.run(["xml2-config", "--cflags", "--libs"], capture_output=True, text=True, check=True).stdout.split()
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run([compiler, "-O2", "-o", reference, HERE / "xml_reference.c", *flags], check=True)
    schema = HERE.parent / "Schemas/xsd/generic/stock.xsd"

    def file(rows):
        path = data / f"stock-{rows}.xml"
        if not path.exists():
            subprocess.run([sys.executable, HERE / "generate_stock.py", path, str(rows), "--xml"], check=True)
        return path

    def check(rows):
        return measure([tallyman, "check", file(rows), "--profile", "generic/stock-xml", "--profiles", HERE.parent / "Schemas/profiles"], options.folder)

    source = file(options.rows)
    plain, validated, lxml, ours = [], [], [], []
    for _ in range(options.runs):
        plain.append(measure([reference, source], options.folder))
        validated.append(measure([reference, source, schema], options.folder))
        lxml.append(measure([sys.executable, HERE / "read_lxml.py", source], options.folder))
        ours.append(check(options.rows))
    plain, validated, lxml, ours = median(plain), median(validated), median(lxml), median(ours)
    show(
        f"Reading {options.rows:,} XML records to typed, validated records",
        [("libxml2 SAX2 and schema, in C", validated, ""), ("libxml2 SAX2 alone, in C", plain, "no schema"),
         ("Python lxml", lxml, "no schema"), ("tallyman check", ours, "")],
    )
    verdict("XML, CPU / SAX2 and schema in C", ours["cpu"] / validated["cpu"], 1.5)
    verdict("XML, CPU / lxml without schema", ours["cpu"] / lxml["cpu"], 0.5)
    sizes = [int(size) for size in options.sizes.split(",")]
    peaks = {size: check(size)["peak"] for size in sizes}
    print("  memory: " + ", ".join(f"{size:,} records {peak:.0f} MB" for size, peak in peaks.items()))
    verdict("XML, largest / smallest peak", max(peaks.values()) / min(peaks.values()), 1.2)


def ssh_reference(folder):
    """The program in C that does with libssh2 what is measured, and nothing else."""
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run([compiler, "-O2", "-o", folder / "ssh_reference", HERE / "ssh_reference.c", "-lssh2"], check=True)
    return folder / "ssh_reference"


def poll(options, stage, settings):
    """A look that finds nothing, beside the same look in C. The reference's memory is not told: a child's peak begins with ours."""
    reference = ssh_reference(options.folder)
    theirs, ours = [], []
    for _ in range(9):
        theirs.append(measure([reference, stage.sftp_port, stage.user, stage.key, "list", stage.folder / "erp"], stage.folder))
        ours.append(stage.run(settings, allowed=(0, 4)))
    theirs, ours = median(theirs), median(ours)
    show("A poll that finds nothing", [("libssh2 in C", theirs, ""), ("tallyman run", ours, "")])
    verdict("CPU ms", ours["cpu"] * 1000, 40)
    verdict("peak MB", ours["peak"], 35)
    verdict("wall / libssh2 in C", ours["wall"] / theirs["wall"], 1.4)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tallyman", required=True, type=pathlib.Path)
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", default="10000,100000,1000000,5000000", help="rows for the memory table")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    data = options.folder / "data"
    data.mkdir(parents=True, exist_ok=True)

    def file(rows, changed=0.0):
        path = data / f"stock-{rows}-{changed:g}.csv"
        if not path.exists():
            subprocess.run(
                [sys.executable, HERE / "generate_stock.py", path, str(rows), "--changed", str(changed)], check=True
            )
        return path

    stage = Stage(options.folder / "stage", options.tallyman.resolve())
    try:
        rows = options.rows
        first, second, all_changed = file(rows), file(rows, 0.02), file(rows, 1.0)

        # Reading alone.
        reading = median([measure([stage.tallyman, "check", first, "--profile", "generic/stock"], stage.folder) for _ in range(options.runs)])
        plain = median([measure([sys.executable, HERE / "read_polars.py", first], stage.folder) for _ in range(options.runs)])
        show(f"Reading {rows:,} rows to validated, typed records", [("polars, plain read", plain, ""), ("tallyman check", reading, "")])
        verdict("reading, CPU / polars", reading["cpu"] / plain["cpu"], 0.8)

        read_xml(options, data, stage.tallyman)

        # The whole job.
        settings = stage.settings("state")
        stage.deliver(first)
        everything = stage.run(settings)
        stage.count()
        ours = []
        python = []
        polars = []
        for number in range(options.runs):
            # Day by day between the two files, so that each run has the same 2 % to do.
            today, yesterday = (second, first) if number % 2 == 0 else (first, second)
            stage.deliver(today)
            ours.append(stage.run(settings))
            counted = stage.count()
            python.append(stage.script("script_python.py", yesterday, today))
            polars.append(stage.script("script_polars.py", yesterday, today))
            stage.count()
        tally = ours[-1]["report"]["runs"][0]["tallies"][0]
        mine, script, frame = median(ours), median(python), median(polars)
        show(
            f"The whole job, {rows:,} rows, 2 % changed, SFTP to accounted",
            [("Python script", script, ""), ("polars script", frame, ""), ("tallyman run", mine, f"{tally['outcomes']}, {counted}")],
        )
        verdict("CPU / Python script", mine["cpu"] / script["cpu"], 0.25)
        verdict("CPU / polars script", mine["cpu"] / frame["cpu"], 1.1)
        verdict("peak MB", mine["peak"], 100)

        today, yesterday = (all_changed, second if options.runs % 2 == 1 else first)
        all_python = stage.script("script_python.py", yesterday, today)
        stage.deliver(all_changed)
        all_mine = stage.run(settings)
        show(
            "Everything changed: a durable plan and outcome per row",
            [("Python script", all_python, ""), ("tallyman run", all_mine, ""), ("tallyman's very first run", everything, "asks the shop for every product")],
        )
        verdict("CPU / Python script", all_mine["cpu"] / all_python["cpu"], 1.0)

        # Nothing changed.
        current = all_changed
        stage.count()
        stage.deliver(current)
        identical = stage.run(settings)
        requests = stage.count()["requests"]
        get = measure(
            ["sftp", "-q", "-P", stage.sftp_port, "-i", stage.key, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
             f"{stage.user}@127.0.0.1:{stage.folder}/erp/stock.csv", stage.folder / "got.csv"], stage.folder)
        digest = measure(["sha256sum", stage.folder / "got.csv"], stage.folder)
        both = {key: get[key] + digest[key] for key in ("cpu", "wall")} | {"peak": max(get["peak"], digest["peak"])}
        show("The identical file again", [("sftp get, then sha256sum", both, ""), ("tallyman run", identical, f"{requests} requests to the shop")])
        verdict("CPU / fetching and hashing", identical["cpu"] / both["cpu"], 1.3)
        verdict("requests to the shop", requests, 0)
        same_rows = options.folder / "data/same.csv"
        # Only the header differs. Copied piece by piece: a child's peak memory begins with what this process holds.
        with open(current, "rb") as source, open(same_rows, "wb") as target:
            target.write(source.readline().replace(b"on_order", b"ON_ORDER"))
            shutil.copyfileobj(source, target, 1 << 20)
        ledger = stage.folder / "state/ledger.db"
        subprocess.run(["sqlite3", ledger, "PRAGMA wal_checkpoint(TRUNCATE)"], check=True, capture_output=True)
        before = ledger.stat().st_size
        stage.deliver(same_rows)
        unchanged = stage.run(settings, allowed=(0, 4))
        subprocess.run(["sqlite3", ledger, "PRAGMA wal_checkpoint(TRUNCATE)"], check=True, capture_output=True)
        growth = (ledger.stat().st_size - before) / 1024
        show("Another file with the same figures", [("tallyman run", unchanged, f"ledger grew by {growth:.0f} KB")])
        verdict("ledger growth, KB", growth, 64)
        (stage.folder / "erp/stock.csv").unlink()
        poll(options, stage, settings)

        # Memory and CPU by size.
        print("\nMemory by size (first run and 2 % changed)")
        sizes = [int(size) for size in options.sizes.split(",")]
        peaks = {}
        per_row = {}
        for size in sizes:
            settings = stage.settings(f"state-{size}")
            stage.deliver(file(size))
            start = stage.run(settings)
            stage.deliver(file(size, 0.02))
            next_day = stage.run(settings)
            peaks[size] = max(start["peak"], next_day["peak"])
            per_row[size] = next_day["cpu"] / size
            print(f"  {size:>9,} rows: {start['peak']:5.0f} MB first, {next_day['peak']:5.0f} MB next; {next_day['cpu']:6.2f} CPU s next day")
        verdict("largest / smallest peak", max(peaks.values()) / min(peaks.values()), 1.2)
        if 100_000 in per_row:
            verdict("CPU per row, largest / 100,000", per_row[sizes[-1]] / per_row[100_000], 1.3)
    finally:
        stage.close()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    main()
