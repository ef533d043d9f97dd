"""Writes a stock file as an ERP would, as large as asked for, and the next day's with some rows changed.

Row i is the same in every size, so a small file is the beginning of a large one. Descriptions are awkward on purpose:
commas, quotes and line breaks inside the quotes.
"""
import argparse
import csv
import random
from xml.sax.saxutils import escape

WAREHOUSES = ["MAIN", "EAST", "WEST", "DC-03", "STORE 7"]
FINISHES = ["Galvanised", "Stainless", "Brass", "Heavy duty", "Café", "Größe L", "Ø12 mm", "Matt black", "Soft close", "Flanged"]
THINGS = ["bolt", "hinge", "bracket", "washer set", "drawer runner", "cable tie", "anchor", "corner piece", "door stop", "ball valve"]
HEADER = ["sku", "description", "warehouse", "on_hand", "allocated", "on_order", "unit_price", "updated"]


def row(i):
    r = random.Random(i)
    text = f"{r.choice(FINISHES)} {r.choice(THINGS)} M{r.randrange(3, 43)} x {r.randrange(200)}"
    kind = r.random()
    if kind < 0.08:
        text += f", pack of {r.randrange(2, 50)}"
    elif kind < 0.14:
        text += f' {r.randrange(1, 20)}" thread'
    elif kind < 0.17:
        text += f"\nsee note {r.randrange(1000)}"
    elif kind < 0.20:
        text += ' "A", 2nd line:\r\nfragile, "keep dry"'
    on_hand = int(r.random() * r.random() * 5000)
    allocated = int(on_hand * r.random() * 0.3)
    on_order = r.randrange(900) if r.random() > 0.6 else 0
    price = f"{r.randrange(1, 50000)}.{r.randrange(100):02d}"
    updated = f"{r.randrange(1, 29):02d}/{r.randrange(1, 13):02d}/2026 {r.randrange(24):02d}:{r.randrange(60):02d}"
    # A fixed stride through the codes: the file is in no useful order.
    return [f"SKU-{i * 7919 % 100_000_007:09d}", text, r.choice(WAREHOUSES), on_hand, allocated, on_order, price, updated]


def write_xml(path, count):
    with open(path, "w", newline="", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<stock mode="full" as_at="2026-11-21T06:00:00Z">\n')
        for i in range(count):
            cells = "".join(f"    <{name}>{escape(str(value))}</{name}>\n" for name, value in zip(HEADER, row(i)))
            out.write(f"  <item>\n{cells}  </item>\n")
        out.write("</stock>\n")


def write(path, changed, order):
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(HEADER)
        for i in order:
            cells = row(i)
            if changed and random.Random(-i - 1).random() < changed:
                cells[3] += 1 + i % 90
                cells[7] = "21/11/2026 06:00"
            writer.writerow(cells)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("rows", type=int)
    parser.add_argument("--changed", type=float, default=0.0, help="share of rows that differ from the plain file")
    parser.add_argument("--shuffled", action="store_true", help="the same rows in another order")
    parser.add_argument("--xml", action="store_true", help="elements instead of cells; nothing is changed")
    options = parser.parse_args()
    if options.xml:
        write_xml(options.path, options.rows)
    else:
        order = list(range(options.rows))
        if options.shuffled:
            random.Random(options.rows).shuffle(order)
        write(options.path, options.changed, order)
