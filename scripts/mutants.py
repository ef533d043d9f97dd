#!/usr/bin/env python3
"""Takes the guards of scripts/mutants.toml away one at a time and asks whether a test notices.

Works on a copy of the last commit below .build-mutants, so the working tree stays as it is. Words given as arguments choose the rows whose
names hold one of them. The last line counts; the exit code is 1 where a row was not noticed, could not be built or is out of date.
"""
import os
import pathlib
import re
import subprocess
import sys
import tomllib

PROJECT = pathlib.Path(__file__).resolve().parent.parent
COPY = PROJECT / ".build-mutants"
LANES = 2


class Stale(Exception):
    pass


def copy_of_last_commit():
    """A clone that keeps its build folder from one time to the next."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout.strip()
    if not (COPY / ".git").exists():
        subprocess.run(["git", "clone", "-q", "--no-checkout", str(PROJECT), str(COPY)], check=True)
    subprocess.run(["git", "fetch", "-q", "origin"], cwd=COPY, check=True)
    subprocess.run(["git", "checkout", "-q", "-f", "--detach", head], cwd=COPY, check=True)


def body(text, start):
    """From `start` to the end of the first block in braces behind it; strings, comments and what parentheses hold are passed over."""
    braces = parentheses = 0
    for match in re.finditer(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*|[{}()]', text[start:]):
        token = match.group()
        if braces == 0 and token in "()":
            parentheses += 1 if token == "(" else -1
        elif token == "{" and parentheses == 0:
            braces += 1
        elif token == "}" and parentheses == 0:
            braces -= 1
            if braces == 0:
                return start, start + match.end()
    raise Stale("its end was not found")


def find(mutant):
    """The file and the span of the one function that the row means."""
    kind, name = mutant["function"].split(".")
    declares = re.compile(rf"\b(?:struct|enum|class|actor|extension|protocol) {kind}\b")
    function = re.compile(rf"^[ \t]*[\w@()\t ]*\b(?:func {name}\b|var {name}\s*:)", re.MULTILINE)
    found = []
    for path in sorted((COPY / "Sources").rglob("*.swift")):
        text = path.read_text()
        if not declares.search(text):
            continue
        for match in function.finditer(text):
            start, end = body(text, match.start())
            if mutant.get("from", "") in text[start:end]:
                found.append((path, text, start, end))
    if len(found) != 1:
        raise Stale(f"{len(found)} functions fit")
    return found[0]


def mutate(mutant):
    path, text, start, end = find(mutant)
    inside = text[start:end]
    if "returns" in mutant:
        # The body's brace stands at the end of a line; those of default arguments do not.
        brace = re.search(r"\{[ \t]*\n", inside).end()
        # A condition that the compiler cannot know: what is never reached would be an error.
        inside = f"{inside[:brace]}if CommandLine.argc > 0 {{ return {mutant['returns']} }}\n{inside[brace:]}"
    else:
        inside = inside.replace(mutant["from"], mutant["to"], 1)
    path.write_text(text[:start] + inside + text[end:])
    return path


def run(command, log, **options):
    with open(log, "w") as file:
        return subprocess.run(command, cwd=COPY, stdout=file, stderr=subprocess.STDOUT, **options).returncode


def noticed_by_tests(mutant, log):
    """The first test that fails; `None` where all pass."""
    if run(["swift", "build", "--build-tests"], log) != 0:
        raise Stale(f"it does not build: {log}")
    try:
        code = run(["swift", "test", "--skip-build", "--filter", mutant["tests"]], log, timeout=600)
    except subprocess.TimeoutExpired:
        return "it stands still"
    failed = re.search(r'✘ Test (".*?")', log.read_text())
    return None if code == 0 else failed.group(1) if failed else f"exit {code}"


def noticed_by_histories(mutant, log):
    """The first finding; `None` where no history breaks a promise."""
    if run(["swift", "build", "--product", "simulation"], log) != 0:
        raise Stale(f"it does not build: {log}")
    program = COPY / ".build/debug/simulation"
    part = 100
    played = 0
    while played < mutant["histories"]:
        lanes = [
            subprocess.Popen(
                [str(program), "--from", str(1 + played + lane), "--stride", str(LANES), "--count", str(part), "--most", "1"],
                cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"})
            for lane in range(LANES)
        ]
        said = [lane.communicate()[0] for lane in lanes]
        for text in said:
            if finding := re.search(r"^seed \d+: .*", text, re.MULTILINE):
                return finding.group()[:200]
        if any(lane.returncode != 0 for lane in lanes):
            return f"the player died within seeds {1 + played} to {played + part}"
        played += part
    return None


def main(words):
    with open(PROJECT / "scripts/mutants.toml", "rb") as file:
        mutants = [m for m in tomllib.load(file)["mutant"] if not words or any(word in m["name"] for word in words)]
    copy_of_last_commit()
    log = COPY / "mutant.log"
    lived = 0
    for mutant in mutants:
        try:
            path = mutate(mutant)
            try:
                sign = (noticed_by_histories if "histories" in mutant else noticed_by_tests)(mutant, log)
            finally:
                subprocess.run(["git", "checkout", "-q", "--", str(path)], cwd=COPY, check=True)
        except Stale as reason:
            print(f"STALE    {mutant['name']}: {mutant['function']}: {reason}", flush=True)
            lived += 1
            continue
        lived += sign is None
        print(f"{'SURVIVED' if sign is None else 'noticed ':8} {mutant['name']}{'' if sign is None else ': ' + sign}", flush=True)
    print(f"mutants {len(mutants)}, not noticed {lived}")
    return 1 if lived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
