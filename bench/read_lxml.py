"""Reads an XML file as one would with lxml: element by element, values converted, memory given back. No schema."""
import sys
from decimal import Decimal

from lxml import etree

NUMBERS = {"on_hand", "allocated", "free"}
items, total = 0, Decimal(0)
for _, item in etree.iterparse(sys.argv[1], tag="item", no_network=True, resolve_entities=False):
    record = {child.tag: Decimal(child.text) if child.tag in NUMBERS else child.text for child in item}
    items += 1
    total += record["on_hand"]
    item.clear()
    while item.getprevious() is not None:
        del item.getparent()[0]
print(f"{items} items, sum {total}")
