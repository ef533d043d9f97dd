"""Writes the man page from the program's own description of its commands: tallyman --experimental-dump-help | manual.py VERSION"""
import json, sys


def clean(text):
    return (text or "").replace("\\", "\\e").replace("-", "\\-").replace("\n", " ").strip()


def synopsis(argument):
    if argument["kind"] == "positional":
        name = argument.get("valueName", "value")
        text = f"\\fI{clean(name)}\\fR"
    else:
        names = [("\\-\\-" if n["kind"] == "long" else "\\-") + clean(n["name"]) for n in argument.get("names", [])]
        text = ", ".join(f"\\fB{name}\\fR" for name in names)
        if argument["kind"] == "option":
            text += f" \\fI{clean(argument.get('valueName', 'value'))}\\fR"
    return text


def describe(command, path):
    for sub in command.get("subcommands", []):
        if sub["commandName"] == "help" or not sub.get("shouldDisplay", True):
            continue
        name = f"{path} {sub['commandName']}".strip()
        print(f".SS {clean(name)}\n{clean(sub.get('abstract'))}")
        for argument in sub.get("arguments", []):
            if argument.get("shouldDisplay", True) and not any(n["name"] in ("help", "version", "h") for n in argument.get("names", [])):
                print(f".TP\n{synopsis(argument)}\n{clean(argument.get('abstract'))}")
        describe(sub, name)


root = json.load(sys.stdin)["command"]
print(f'.TH TALLYMAN 1 "" "tallyman {sys.argv[1]}" "User Commands"')
print(f".SH NAME\ntallyman \\- {clean(root['abstract'])}")
print(".SH SYNOPSIS\n.B tallyman\n.I command\n[\\fIoptions\\fR]")
print(f".SH DESCRIPTION\n{clean(root['abstract'])}\n.SH COMMANDS")
describe(root, "")
print(".SH EXIT STATUS")
for code, text in ((0, "done"), (1, "failed"), (2, "usage or settings"), (3, "done with rejected records"), (4, "held for a decision"), (75, "try again later")):
    print(f".TP\n.B {code}\n{text}")
print(".SH FILES\n.TP\n.I /etc/tallyman/SHOP.yaml\nThe settings of a shop.\n.TP\n.I /etc/tallyman/SHOP.secrets/\nIts secrets, a file each.\n.TP\n.I /var/lib/tallyman/SHOP/\nLedger, spool and reject files.")
print(".SH SEE ALSO\n.I /usr/share/doc/tallyman/operations.md")
