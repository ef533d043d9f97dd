"""The console's stories in a real browser: stories.py LINK PASSWORD [--screenshots]. Ends with 1 where one of them does not come out."""
import pathlib, sys, time
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from checks import check, check_html, counts, keep_source, seen

link, password = sys.argv[1:3]
base = link.split("/welcome")[0]
shop = base + "/s/demo"
pictures = pathlib.Path("docs/images")

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


def sign_in(driver, back="/", name="clerk"):
    driver.get(base + "/sign-in?back=" + back)
    driver.find_element(By.ID, "name").send_keys(name)
    driver.find_element(By.ID, "password").send_keys(password)
    driver.find_element(By.CSS_SELECTOR, "main button").click()


def text(driver):
    """What the page says. A page of ours may load itself anew while it is read, which the driver tells in several ways: it is read again."""
    for _ in range(100):
        try:
            return driver.find_element(By.TAG_NAME, "body").text
        except WebDriverException as trouble:
            last = trouble
            time.sleep(0.1)
    raise last


def await_text(driver, words, refresh=False, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        if any(word in text(driver) for word in words):
            return
        time.sleep(0.5)
        if refresh:
            driver.refresh()
    raise AssertionError(f"{driver.current_url} never said {words}:\n{text(driver)}")


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


def tab_to(driver, wanted):
    """Presses the tabulator until what has the focus is wanted, as somebody does who has no mouse."""
    for _ in range(250):
        element = driver.switch_to.active_element
        if wanted(element):
            return element
        element.send_keys(Keys.TAB)
    raise AssertionError(f"{driver.current_url}: the keyboard does not get there")


def by_keyboard(driver):
    """The story of two in the morning without a mouse: each step is a key."""
    driver.get(shop + "/errors")
    tab_to(driver, lambda e: e.tag_name == "a" and "/errors/" in (e.get_attribute("href") or "") and "NUMBER-FORMAT" in driver.execute_script("return arguments[0].closest('section') ? arguments[0].closest('section').innerText : ''", e)).send_keys(Keys.ENTER)
    cell = tab_to(driver, lambda e: e.tag_name == "input" and "hint" in (e.get_attribute("aria-describedby") or ""))
    cell.send_keys(Keys.CONTROL, "a")
    cell.send_keys("17.00")
    tab_to(driver, lambda e: e.tag_name == "button" and e.get_attribute("value") == "retry").send_keys(Keys.ENTER)
    await_text(driver, [" done"], refresh=True)
    check(driver, "by-keyboard-order")
    print("by keyboard alone: corrected, retried and done")


def price_story():
    """A list by hand is held, shown with the worst first, approved by a second person, and taken back with its numbers."""
    slipped = pathlib.Path(".build/browser/PRICES_9.csv")
    lines = pathlib.Path("Fixtures/demo/prices-6-slipped.csv").read_bytes()
    slipped.write_bytes(lines.replace(b"4.15", b"2.05").replace(b"1.70", b"0.86"))
    first = browser()
    sign_in(first)
    first.get(shop + "/flows/prices/upload")
    check(first, "upload")
    first.find_element(By.ID, "file").send_keys(str(slipped.resolve()))
    first.find_element(By.ID, "because").send_keys("the ERP is down for the night")
    first.find_element(By.CSS_SELECTOR, "main form.block button[type=submit]").click()
    await_text(first, [" done"], refresh=True)
    check(first, "upload-order")
    first.get(shop + "/plans")
    decide = next(a.get_attribute("href") for a in first.find_elements(By.CSS_SELECTOR, "a[href$='/decide']") if "by hand" in a.find_element(By.XPATH, "./ancestor::section").text)
    first.get(decide)
    assert "brought its file" in text(first) and not first.find_elements(By.ID, "approve"), text(first)
    check(first, "four-eyes")
    first.quit()
    second = browser()
    sign_in(second, name="dora")
    second.get(decide)
    rows = [row.text for row in second.find_elements(By.XPATH, "//h3[starts-with(., 'Jump')]/following-sibling::ul[1]/li")]
    moves = [max(float(a), float(b)) / min(float(a), float(b)) for a, b in (row.split(" ", 1)[1].replace(" → ", "|").split("|") for row in rows)]
    assert len(moves) >= 2 and moves == sorted(moves, reverse=True), rows
    check(second, "price-plan")
    second.find_element(By.ID, "approve").click()
    second.find_element(By.ID, "because").send_keys("agreed with the trade desk")
    second.find_element(By.CSS_SELECTOR, "main form.block button[type=submit]").click()
    await_text(second, [" done"], refresh=True)
    check(second, "price-order")
    run = next(a.get_attribute("href") for a in second.find_elements(By.CSS_SELECTOR, "a[href*='/runs/']"))
    second.get(run)
    assert "finished" in text(second), text(second)
    second.get(run + "/undo")
    numbers = second.find_element(By.CSS_SELECTOR, "label[for='entity-prices']").text.split(": ", 1)[1]
    check(second, "undo")
    second.find_element(By.ID, "typed").send_keys(run.rsplit("/", 1)[1])
    second.find_element(By.ID, "because").send_keys("it was the list of last year")
    second.find_element(By.CSS_SELECTOR, "main form.block button[type=submit]").click()
    await_text(second, [" done"], refresh=True)
    assert numbers in text(second), (numbers, text(second))
    check(second, "undone")
    second.quit()
    print(f"a price list was held, approved by a second person and taken back: {numbers}")


def resend_story():
    """One value, found by its key, is sent to the shop once more."""
    driver = browser()
    sign_in(driver, name="dora")
    driver.get(shop + "/search?q=CAFE-TBL-60")
    driver.find_element(By.PARTIAL_LINK_TEXT, "Send the value again").click()
    check(driver, "resend")
    driver.find_element(By.ID, "because").send_keys("the product page shows another figure")
    driver.find_element(By.CSS_SELECTOR, "main form.block button[type=submit]").click()
    await_text(driver, [" done"], refresh=True)
    check(driver, "resent")
    driver.quit()
    print("a value was found by its key and sent to the shop once more")


PAGES = ["", "/errors", "/runs", "/runs/3", "/runs/6", "/plans", "/alarms", "/search?q=CAFE-TBL-60", "/search?q=000000101", "/search", "/schedule", "/files",
         "/orders", "/compare", "/reports", "/errors/1"]


def name_of(page):
    return page.replace("/", "-").split("?")[0] + ("-" + page.split("q=")[1] if "q=" in page else "") or "-home"


def every_page(driver, name, person="clerk", keeps=False):
    pages = [(shop + page, name_of(page)) for page in PAGES]
    pages += [(base + "/", "-shops"), (base + "/help", "-help"), (base + "/help/FILE-OVERDUE", "-help-code"), (base + "/nothing", "-nothing")]
    if person == "clerk":
        pages += [(base + "/users", "-users"), (shop + "/audit?verify=1", "-audit"), (shop + "/settings", "-settings")]
    if person in ("clerk", "dora"):
        pages += [(shop + "/runs/3/undo", "-undo"), (shop + "/resend?entity=prices&key=AB%2F1000", "-resend")]
    if person != "vera":
        pages += [(shop + "/flows/stock/upload", "-upload")]
    for url, page in pages:
        driver.get(url)
        check(driver, f"{name}-{person}{page}")
        if keeps and page != "-nothing":
            keep_source(driver, url, f"{name}-{person}{page}")
    print(f"{name}, {person}: {len(pages)} pages fit, break no policy and stop nobody")


def every_role():
    """Each role in both themes and both widths."""
    for person in ["vera", "otto", "dora", "clerk"]:
        for name, width, dark in [("wide", 1280, False), ("narrow-dark", 320, True), ("wide-dark", 1280, True), ("narrow", 320, False)]:
            driver = browser(width=width, height=900 if width > 500 else 700, dark=dark)
            sign_in(driver, name=person)
            every_page(driver, name, person, keeps=name == "wide")
            driver.quit()


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
    correct(first, "two-am")
    decide(first)
    by_keyboard(first)
    first.quit()
    plain = browser(scripts=False)
    sign_in(plain)
    correct(plain, "without-javascript", by_keyboard=True)
    plain.quit()
    narrow = browser(width=320, height=700)
    sign_in(narrow)
    correct(narrow, "two-am-narrow")
    narrow.quit()
    price_story()
    resend_story()
    every_role()
    how = check_html()
    print(f"{counts['pages']} pages looked at, {counts['axe']} of them with axe, {counts['html']} read by {how}")
    print("browser: all stories came out")


main()
