"""Writes what the program is made of: bill.py VERSION BINARY DEPENDENCIES.json CHECKOUTS COPYRIGHT SBOM

COPYRIGHT is Debian's machine-readable form, SBOM is SPDX 2.3.
"""
import hashlib, json, pathlib, re, subprocess, sys

version, binary, dependencies, checkouts, copyright_file, sbom_file = sys.argv[1:]


def licence(folder):
    for path in sorted(folder.glob("LICENSE*")):
        text = path.read_text(errors="replace")
        if "Apache License" in text:
            return "Apache-2.0"
        if re.search(r"Permission is hereby granted, free of charge", text):
            return "MIT"
    sys.exit(f"{folder.name} has no licence that is known here")


def packages(node, found):
    for child in node["dependencies"]:
        found[child["identity"]] = (child["version"], child["url"])
        packages(child, found)
    return found


parts = packages(json.load(open(dependencies)), {})
rows = [(name, number, url, licence(pathlib.Path(checkouts) / pathlib.Path(url).name.removesuffix(".git"))) for name, (number, url) in sorted(parts.items())]
rows.append(("swift-runtime", subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout.split("version ")[1].split()[0], "https://swift.org", "Apache-2.0"))

with open(copyright_file, "w") as out:
    out.write("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: tallyman\n\n")
    out.write("Files: *\nCopyright: 2026 the owners of Tallyman\nLicense: proprietary\n All rights are reserved by the owners, who decide on the licence.\n")
    for name, number, url, kind in rows:
        out.write(f"\nFiles: {name}\nCopyright: 2016-2026 its authors ({url}, {number})\nLicense: {kind}\n")
    out.write("\nLicense: Apache-2.0\n On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n")
    mit = next(pathlib.Path(checkouts) / pathlib.Path(url).name for _, _, url, kind in rows if kind == "MIT")
    grant = next(mit.glob("LICENSE*")).read_text()
    grant = grant[grant.index("Permission is hereby"):]
    out.write("\nLicense: MIT\n" + "".join(f" {line.rstrip() or '.'}\n" for line in grant.strip().splitlines()))

digest = hashlib.sha256(open(binary, "rb").read()).hexdigest()
entries = [{"SPDXID": "SPDXRef-tallyman", "name": "tallyman", "versionInfo": version, "downloadLocation": "NOASSERTION", "licenseConcluded": "NOASSERTION",
            "checksums": [{"algorithm": "SHA256", "checksumValue": digest}]}]
linked = subprocess.run(["objdump", "-p", binary], capture_output=True, text=True, check=True).stdout
system = {}
for library in re.findall(r"NEEDED\s+(\S+)", linked):
    owner = subprocess.run(["dpkg", "-S", f"*/{library}"], capture_output=True, text=True).stdout.split("\n")[0].split(":")[0]
    if owner:
        system[owner] = subprocess.run(["dpkg-query", "-W", "-f=${Version}", owner], capture_output=True, text=True).stdout
for name, number, url, kind in rows:
    entries.append({"SPDXID": f"SPDXRef-{name}", "name": name, "versionInfo": number, "downloadLocation": url, "licenseConcluded": kind})
for name, number in sorted(system.items()):
    entries.append({"SPDXID": f"SPDXRef-deb-{name.replace('+', 'p')}", "name": name, "versionInfo": number, "downloadLocation": "NOASSERTION", "licenseConcluded": "NOASSERTION",
                    "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:deb/debian/{name}@{number}"}]})
relations = [{"spdxElementId": "SPDXRef-tallyman", "relationshipType": "STATIC_LINK" if not e["SPDXID"].startswith("SPDXRef-deb-") else "DYNAMIC_LINK",
              "relatedSpdxElement": e["SPDXID"]} for e in entries[1:]]
json.dump({"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"tallyman-{version}",
           "documentNamespace": f"https://tallyman.invalid/sbom/{version}/{digest[:16]}", "creationInfo": {"created": "1970-01-01T00:00:00Z", "creators": ["Tool: packaging/bill.py"]},
           "documentDescribes": ["SPDXRef-tallyman"], "packages": entries, "relationships": relations}, open(sbom_file, "w"), indent=1)
