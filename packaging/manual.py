"""Writes a man page from a program's own description of its commands: PROGRAM --experimental-dump-help | manual.py PROGRAM VERSION"""
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


def discussion(text):
    """Paragraphs, and examples as they are typed."""
    text, _, examples = (text or "").partition("EXAMPLES:\n")
    for paragraph in filter(str.strip, text.split("\n\n")):
        print(f".PP\n{clean(paragraph)}")
    if examples.strip():
        print(".PP\nExamples:\n.nf")
        for line in examples.rstrip().split("\n"):
            print("\\&" + line.replace("\\", "\\e").replace("-", "\\-"))
        print(".fi")


def describe(command, path):
    for sub in command.get("subcommands", []):
        if sub["commandName"] == "help" or not sub.get("shouldDisplay", True):
            continue
        name = f"{path} {sub['commandName']}".strip()
        print(f".SS {clean(name)}\n{clean(sub.get('abstract'))}")
        for argument in sub.get("arguments", []):
            if argument.get("shouldDisplay", True) and not any(n["name"] in ("help", "version", "h") for n in argument.get("names", [])):
                print(f".TP\n{synopsis(argument)}\n{clean(argument.get('abstract'))}")
        discussion(sub.get("discussion"))
        describe(sub, name)


program, version = sys.argv[1], sys.argv[2]
root = json.load(sys.stdin)["command"]
print(f'.TH {program.upper()} 1 "" "tallyman {version}" "User Commands"')
print(f".SH NAME\n{clean(program)} \\- {clean(root['abstract'])}")
print(f".SH SYNOPSIS\n.B {clean(program)}\n.I command\n[\\fIoptions\\fR]")
print(f".SH DESCRIPTION\n{clean(root['abstract'])}\n.SH COMMANDS")
describe(root, "")
if program == "tallyman":
    print(".SH EXIT STATUS")
    for code, text in ((0, "done"), (1, "failed"), (2, "usage or settings"), (3, "done with rejected records"), (4, "held for a decision"), (75, "try again later")):
        print(f".TP\n.B {code}\n{text}")
    print(".SH FILES")
    for path, text in (
        ("/etc/tallyman/SHOP.yaml", "The settings of a shop."),
        ("/etc/tallyman/SHOP.secrets/", "Its secrets, a file each with mode 0600, owned by the user tallyman."),
        ("/var/lib/tallyman/SHOP/", "Ledger, spool and reject files."),
        ("/usr/share/doc/tallyman/docs/", "All pages; quickstart.md first."),
    ):
        print(f".TP\n.I {clean(path)}\n{text}")
    print(".SH ENVIRONMENT\n.TP\n.B TALLYMAN_SETTINGS\nThe settings file, where \\-\\-settings names none.")
    print(".TP\n.B NO_COLOR\nWrites no colours.")
    print(".SH SEE ALSO\n.BR tallyman\\-settings (5),\n.BR magento\\-sandbox (1),\n.I /usr/share/doc/tallyman/docs/operations.md")
else:
    print(".SH SEE ALSO\n.BR tallyman (1),\n.I /usr/share/doc/tallyman/docs/quickstart.md")
