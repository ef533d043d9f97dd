"""Asks frictionless which rows of every delimited fixture are invalid: a line `fixture<TAB>row` for each, `fixture<TAB>read` at the end.

What Table Schema cannot say is put into the schema of the file at hand: captions by alias, columns side by side, the words of a mapping,
a cell that must not be blank. Columns that no field takes are free, as they are for the program.
"""

import csv
import io
import json
import pathlib

from frictionless import Dialect, Resource, Schema, formats

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = {"windows-1252": "cp1252", "cp850": "cp850", "utf-16le": "utf-16", "utf-16be": "utf-16"}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def same(left, right):
    return " ".join(left.split()).lower() == " ".join(right.split()).lower()


def field_for(label, fields, aliases, pivots):
    """The declared field that a caption stands for; a plain text field for any other caption."""
    for field in fields:
        if any(same(label, name) for name in [field["name"]] + aliases.get(field["name"], [])):
            return {**field, "name": label}
    for field in fields:
        if field["name"] in pivots:
            before, behind = (part.lower() for part in field["name"].split("{}"))
            if label.lower().startswith(before) and label.lower().endswith(behind):
                return {**field, "name": label}
    return {"name": label, "type": "string"}


def schema_for(labels, profile, schema):
    aliases = profile.get("header", {}).get("aliases", {})
    pivots = list(profile.get("pivot", {}).get("columns", {}).values())
    mappings = [m for m in profile["fields"].values() if "column" in m]
    taken = {m["column"] for m in mappings} | set(pivots) | set(profile.get("checked", []))
    event = profile.get("event_time", {})
    taken |= {event["column"]} if event.get("source") == "column" else set()
    words = {m["column"]: list(m["values"]) for m in mappings if "values" in m}
    blank = {m["column"] for m in mappings if m.get("blank") == "reject"}
    fields = []
    for field in schema["fields"]:
        if field["name"] not in taken:
            field = {"name": field["name"], "type": "string"}
        elif field["name"] in blank:
            field = {**field, "constraints": {**field.get("constraints", {}), "required": True}}
        if field["name"] in words:
            field = {**field, "constraints": {**field.get("constraints", {}), "enum": words[field["name"]]}}
        fields.append(field)
    if labels is not None:
        fields = [field_for(label, fields, aliases, pivots) for label in labels]
    return Schema.from_descriptor({"fields": fields, "missingValues": schema.get("missingValues", [""])})


def main():
    for path in sorted((ROOT / "Schemas/profiles").glob("*/*/dialect.json")):
        folder, name = path.parent, str(path.parent.relative_to(ROOT / "Schemas/profiles"))
        profile, given = load(folder / "profile.json"), load(path)
        if profile.get("format", "csv") != "csv":
            continue
        file = next((ROOT / "Fixtures/profiles" / name).glob("input.*"))
        text = file.read_bytes().decode(PAGES.get(profile["encoding"], "utf-8-sig"))
        quote = given.get("quoteChar", '"')
        control = formats.CsvControl(delimiter=given["delimiter"], quote_char=quote or "\x00")
        has_header = given.get("header", True)
        dialect = Dialect(header=has_header, controls=[control])
        labels = None
        if has_header:
            quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
            labels = next(csv.reader(io.StringIO(text, newline=""), delimiter=given["delimiter"], quotechar=quote or None, quoting=quoting))
            extra = profile.get("layout", {}).get("extra_header_rows", 0)
            dialect.comment_rows = list(range(2, 2 + extra))
        resource = Resource(
            data=text.encode("utf-8"), format="csv", encoding="utf-8", dialect=dialect, schema=schema_for(labels, profile, load(folder / "schema.json")))
        report = resource.validate()
        for row, kind, note in report.flatten(["rowNumber", "type", "note"]):
            print(name, row if row is not None else f"{kind}: {note}", sep="\t")
        print(name, "read", sep="\t")


main()
