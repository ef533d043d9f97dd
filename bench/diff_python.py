"""What differs from yesterday's file, by a dictionary."""
import csv
import sys


def load(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {line["sku"]: line for line in csv.DictReader(file)}


yesterday = load(sys.argv[1])
print(sum(1 for sku, line in load(sys.argv[2]).items() if yesterday.get(sku) != line))
