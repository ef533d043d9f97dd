"""The console's stories in a real browser: stories.py LINK PASSWORD [--screenshots]. Ends with 1 where one of them does not come out."""
import pathlib, site, sys, time
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

link, password = sys.argv[1:3]
base = link.split("/welcome")[0]
shop = base + "/s/demo"
pictures = pathlib.Path("docs/images")
seen = pathlib.Path(".build/browser/seen")
seen.mkdir(parents=True, exist_ok=True)


# axe finds what people with a screen reader, a keyboard or weak eyes would stumble over.
axe = next((path.read_text() for folder in site.getsitepackages() for path in pathlib.Path(folder).glob("axe_playwright_python/axe.min.js")), None)


def stumbles(driver):
    driver.execute_script(axe)
    found = driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']},"
        " rules: {'target-size': {enabled: true}}}).then(r => done(r.violations.map(v => v.impact + ' ' + v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | '))));")
    return [text for text in found if text.startswith(("critical", "serious"))]


def browser(scripts=True, width=1280, height=900, dark=False):
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", f"--window-size={max(width, 500)},{height}"]:
        options.add_argument(argument)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
    if dark:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    driver.implicitly_wait(20)
    driver.scripts = scripts
    return driver


def sign_in(driver, back="/"):
    driver.get(base + "/sign-in?back=" + back)
    driver.find_element(By.ID, "name").send_keys("clerk")
    driver.find_element(By.ID, "password").send_keys(password)
    driver.find_element(By.CSS_SELECTOR, "main button").click()


def text(driver):
    """What the page says; one that is replaced while it is read is read again."""
    while True:
        try:
            return driver.find_element(By.TAG_NAME, "body").text
        except StaleElementReferenceException:
            time.sleep(0.1)


def await_text(driver, words, refresh=False, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        if any(word in text(driver) for word in words):
            return
        time.sleep(0.5)
        if refresh:
            driver.refresh()
    raise AssertionError(f"{driver.current_url} never said {words}:\n{text(driver)}")


def check(driver, name):
    """What holds for every page: nothing beyond the right edge, nothing that the policy refused."""
    wide = driver.execute_cdp_cmd("Runtime.evaluate", {"expression": "document.documentElement.scrollWidth - document.documentElement.clientWidth"})
    value = wide.get("result", {}).get("value", 0)
    assert value <= 0, f"{name}: {value} px beyond the right edge"
    faults = [entry["message"] for entry in driver.get_log("browser") if "Content Security Policy" in entry["message"] or entry["level"] == "SEVERE" and "422" not in entry["message"]]
    assert not faults, f"{name}: {faults}"
    driver.save_screenshot(str(seen / f"{name}.png"))
    if axe and has_scripts(driver):
        assert not stumbles(driver), f"{name}: {stumbles(driver)}"


def has_scripts(driver):
    return getattr(driver, "scripts", True)


def correct(driver, name, by_keyboard=False):
    """From the link of a mail: the error, the cell, save and retry, applied."""
    began = time.time()
    driver.get(shop + "/errors?cause_flow=stock&cause_entity=stock&cause_code=NUMBER-FORMAT&cause_field=Qty%20In%20Stock")
    if not driver.find_elements(By.CSS_SELECTOR, "td a[href*='/errors/']"):
        driver.get(shop + "/errors")
    driver.find_element(By.CSS_SELECTOR, "td a[href*='/errors/'], .card a.button[href*='/errors/']").click()
    check(driver, name + "-error")
    cell = driver.find_element(By.CSS_SELECTOR, "input[aria-describedby]")
    cell.clear()
    cell.send_keys("ten")
    driver.find_element(By.CSS_SELECTOR, "button[value=retry]").click()
    await_text(driver, ["There is a problem"])
    assert driver.title.startswith("Error:"), driver.title
    check(driver, name + "-refused")
    cell = driver.find_element(By.CSS_SELECTOR, "input[aria-invalid]")
    assert cell.get_attribute("value") == "ten"
    cell.clear()
    cell.send_keys("17.00", Keys.ENTER) if by_keyboard else cell.send_keys("17.00")
    if not by_keyboard:
        driver.find_element(By.CSS_SELECTOR, "button[value=retry]").click()
    # The run may have finished a moment before the order says so.
    await_text(driver, [" done"], refresh=True)
    check(driver, name + "-order")
    assert "applied" in text(driver) or "unchanged" in text(driver), text(driver)
    print(f"{name}: corrected, retried and done in {time.time() - began:.1f} s")


def decide(driver):
    driver.get(shop + "/plans")
    check(driver, "plans")
    driver.find_element(By.PARTIAL_LINK_TEXT, "Approve or discard").click()
    check(driver, "decide")
    driver.find_element(By.ID, "discard").click()
    driver.find_element(By.ID, "because").send_keys("the file was cut off")
    driver.find_element(By.CSS_SELECTOR, "main form.block button[type=submit]").click()
    await_text(driver, ["discarded"], refresh=True)
    check(driver, "decided")
    print("a held plan was looked at and discarded with a reason")


def every_page(driver, name):
    for page in ["", "/errors", "/runs", "/runs/3", "/runs/6", "/plans", "/alarms", "/search?q=CAFE-TBL-60", "/search?q=000000101", "/search"]:
        driver.get(shop + page)
        check(driver, name + (page.replace("/", "-").split("?")[0] + ("-" + page.split("q=")[1] if "q=" in page else "") or "-home"))
    driver.get(base + "/users")
    check(driver, name + "-users")
    print(f"{name}: every page fits and breaks no policy")


def screenshots():
    for name, width, height, page in [("console-home", 1280, 860, ""), ("console-errors", 320, 760, "/errors")]:
        driver = browser(width=width, height=height)
        sign_in(driver)
        driver.get(shop + page)
        driver.save_screenshot(str(pictures / f"{name}.png"))
        driver.quit()
        print(f"docs/images/{name}.png")


def main():
    if "--screenshots" in sys.argv:
        return screenshots()
    first = browser()
    first.get(link)
    first.find_element(By.CSS_SELECTOR, "main button").click()
    every_page(first, "wide")
    correct(first, "two-am")
    decide(first)
    first.quit()
    plain = browser(scripts=False)
    sign_in(plain)
    correct(plain, "without-javascript", by_keyboard=True)
    plain.quit()
    narrow = browser(width=320, height=700)
    sign_in(narrow)
    every_page(narrow, "narrow")
    narrow.quit()
    dark = browser(dark=True)
    sign_in(dark)
    every_page(dark, "dark")
    dark.quit()
    print("browser: all stories came out")


main()
