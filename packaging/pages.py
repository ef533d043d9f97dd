"""Copies all pages into a folder as a package has them: pages.py PROJECT TARGET. What a page points at and the package does not hold is left as plain text."""
import pathlib, re, shutil, sys

project, target = map(pathlib.Path, sys.argv[1:3])
pages = [pathlib.Path(name) for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Schemas/profiles/README.md")]
pages += [path.relative_to(project) for path in sorted((project / "docs").rglob("*")) if path.is_file() and path.suffix in (".md", ".png")]
for page in pages:
    (target / page).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(project / page, target / page)


def link(page, match):
    text, place = match.group(1), match.group(2)
    file = place.split("#")[0]
    if not file or "://" in place or place.startswith("mailto:") or (target / page.parent / file).exists():
        return match.group(0)
    return text


for page in pages:
    if page.suffix == ".md":
        content = (target / page).read_text(encoding="utf-8")
        (target / page).write_text(re.sub(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)", lambda match: link(page, match), content), encoding="utf-8")
