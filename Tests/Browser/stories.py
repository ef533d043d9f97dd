"""The console's stories in a real browser: stories.py LINK PASSWORD [--screenshots | --only STORY …]. Ends with 1 where one of them does not come out."""
import base64, email, os, pathlib, re, sys, time
from email import policy
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from checks import check, check_html, counts, keep_source, seen
from person import await_text, browser, click, fill, steadily, text, value

link, password = sys.argv[1:3]
base = link.split("/welcome")[0]
shop = base + "/s/demo"
pictures = pathlib.Path("docs/images")
SUBMIT = "main form.block button[type=submit]"


def sign_in(driver, back="/", name="clerk"):
    driver.get(base + "/sign-in?back=" + back)
    fill(driver, By.ID, "name", name)
    fill(driver, By.ID, "password", password)
    click(driver, By.CSS_SELECTOR, "main button")
    # Whoever goes on before the answer is there has not signed in.
    await_text(driver, ["Sign out"])
    driver.clicks = 0


def mailed_link(code):
    """The link to the records of a cause, as the mail of the run has it."""
    end = time.time() + 60
    while time.time() < end:
        for path in sorted(pathlib.Path(os.environ["CONSOLE_MAILS"]).glob("*.eml"), reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            words = message.get_body(("plain",)).get_content()
            for found in re.findall(re.escape(shop) + r"/errors\S*", words):
                if code in found:
                    return found.rstrip(".>)")
        time.sleep(0.5)
    raise AssertionError(f"no mail in {os.environ['CONSOLE_MAILS']} links to {code}")


def refused(driver, name):
    """What the reader would reject comes back with the reason, and nothing of it is lost."""
    driver.get(mailed_link("NUMBER-FORMAT"))
    click(driver, By.CSS_SELECTOR, "td a[href*='/errors/']")
    check(driver, name + "-error")
    fill(driver, By.CSS_SELECTOR, "input[aria-describedby]", "ten")
    click(driver, By.CSS_SELECTOR, "button[value=retry]")
    await_text(driver, ["There is a problem"])
    assert driver.title.startswith("Error:"), driver.title
    check(driver, name + "-refused")
    assert value(driver, By.CSS_SELECTOR, "input[aria-invalid]", "value") == "ten"


def correct(driver, name, by_keyboard=False):
    """From the link of the mail: the error, the cell, save and retry, applied. Three clicks, half a minute, and begun within five seconds."""
    address = mailed_link("NUMBER-FORMAT")
    began = time.time()
    driver.get(address)
    driver.clicks = 1
    click(driver, By.CSS_SELECTOR, "td a[href*='/errors/'], .card a.button[href*='/errors/']")
    fill(driver, By.CSS_SELECTOR, "input[aria-describedby]", "17.00")
    ordered = time.time()
    if by_keyboard:
        steadily(lambda: driver.find_element(By.CSS_SELECTOR, "input[aria-describedby]").send_keys(Keys.ENTER))
    else:
        click(driver, By.CSS_SELECTOR, "button[value=retry]")
    await_text(driver, ["at work", " done"], refresh=not driver.scripts)
    taken = time.time() - ordered
    # The run may have finished a moment before the order says so.
    await_text(driver, [" done"], refresh=True)
    lasted = time.time() - began
    said = text(driver)
    assert "applied" in said or "unchanged" in said, said
    assert driver.clicks <= 3, f"{name}: {driver.clicks} clicks"
    assert lasted <= 30 and taken <= 5, f"{name}: {lasted:.1f} s, begun after {taken:.1f} s"
    check(driver, name + "-order")
    print(f"{name}: {driver.clicks} clicks from the mail to the applied value, {lasted:.1f} s in all, begun {taken:.1f} s after the click")


def decide(driver):
    driver.get(shop + "/plans")
    check(driver, "plans")
    click(driver, By.PARTIAL_LINK_TEXT, "Approve or discard")
    check(driver, "decide")
    click(driver, By.ID, "discard")
    fill(driver, By.ID, "because", "the file was cut off <img src=x onerror=alert(1)>")
    click(driver, By.CSS_SELECTOR, SUBMIT)
    await_text(driver, ["discarded"], refresh=True)
    check(driver, "decided")
    print("a held plan was looked at and discarded with a reason")


def tab_to(driver, wanted):
    """Presses the tabulator until what has the focus is wanted, as somebody does who has no mouse."""
    for _ in range(250):
        # What has the focus is never replaced under somebody's hands; what had it a moment ago may be.
        if steadily(lambda: wanted(driver.switch_to.active_element)):
            return driver.switch_to.active_element
        steadily(lambda: driver.switch_to.active_element.send_keys(Keys.TAB))
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
    fill(first, By.ID, "file", str(slipped.resolve()))
    fill(first, By.ID, "because", "the ERP is down for the night")
    click(first, By.CSS_SELECTOR, SUBMIT)
    await_text(first, [" done"], refresh=True)
    check(first, "upload-order")
    first.get(shop + "/plans")
    decide = steadily(lambda: next(a.get_attribute("href") for a in first.find_elements(By.CSS_SELECTOR, "a[href$='/decide']") if "by hand" in a.find_element(By.XPATH, "./ancestor::section").text))
    first.get(decide)
    assert "brought its file" in text(first) and not first.find_elements(By.ID, "approve"), text(first)
    check(first, "four-eyes")
    first.quit()
    second = browser()
    sign_in(second, name="dora")
    second.get(decide)
    rows = steadily(lambda: [row.text for row in second.find_elements(By.XPATH, "//h3[starts-with(., 'Jump')]/following-sibling::ul[1]/li")])
    moves = [max(float(a), float(b)) / min(float(a), float(b)) for a, b in (row.split(" ", 1)[1].replace(" → ", "|").split("|") for row in rows)]
    assert len(moves) >= 2 and moves == sorted(moves, reverse=True), rows
    check(second, "price-plan")
    click(second, By.ID, "approve")
    fill(second, By.ID, "because", "agreed with the trade desk")
    click(second, By.CSS_SELECTOR, SUBMIT)
    await_text(second, [" done"], refresh=True)
    check(second, "price-order")
    run = value(second, By.CSS_SELECTOR, "a[href*='/runs/']", "href")
    second.get(run)
    assert "finished" in text(second), text(second)
    second.get(run + "/undo")
    numbers = steadily(lambda: second.find_element(By.CSS_SELECTOR, "label[for='entity-prices']").text).split(": ", 1)[1]
    check(second, "undo")
    fill(second, By.ID, "typed", run.rsplit("/", 1)[1])
    fill(second, By.ID, "because", "it was the list of last year")
    click(second, By.CSS_SELECTOR, SUBMIT)
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
    click(driver, By.PARTIAL_LINK_TEXT, "Send the value again")
    check(driver, "resend")
    fill(driver, By.ID, "because", "the product page shows another figure")
    click(driver, By.CSS_SELECTOR, SUBMIT)
    await_text(driver, [" done"], refresh=True)
    check(driver, "resent")
    driver.quit()
    print("a value was found by its key and sent to the shop once more")


PAGES = ["", "/errors", "/runs", "/runs/3", "/runs/6", "/plans", "/alarms", "/search?q=CAFE-TBL-60", "/search?q=000000101", "/search", "/schedule", "/files",
         "/orders", "/compare", "/training", "/reports", "/errors/1", "/search?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"]


def name_of(page):
    return page.replace("/", "-").split("?")[0] + ("-" + page.split("q=")[1].replace("%", "") if "q=" in page else "") or "-home"


def every_page(driver, name, person="clerk", keeps=False):
    pages = [(shop + page, name_of(page)) for page in PAGES]
    pages += [(base + "/", "-shops"), (base + "/help", "-help"), (base + "/help/FILE-OVERDUE", "-help-code"), (base + "/nothing", "-nothing")]
    if person == "clerk":
        pages += [(base + "/users", "-users"), (base + "/users/vera", "-user"), (shop + "/audit?verify=1", "-audit"), (shop + "/settings", "-settings")]
    if person in ("clerk", "dora"):
        pages += [(shop + "/compare/adopt?flow=stock&what=adopt", "-adopt"), (shop + "/runs/3/undo", "-undo"), (shop + "/resend?entity=prices&key=AB%2F1000", "-resend")]
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


def zoomed():
    """A window of 1280 pixels at 400 %: 320 pixels of the page's own, each four wide."""
    driver = browser(width=320, height=256, scale=4)
    sign_in(driver)
    for url, page in [(shop + page, name_of(page)) for page in PAGES] + [(base + "/users", "-users"), (shop + "/audit", "-audit"), (shop + "/settings", "-settings")]:
        driver.get(url)
        check(driver, "zoomed" + page, pictures=page == "-home")
    driver.quit()
    print("at 400 % every page fits without scrolling to the side")


def printed():
    """A run, a held plan or its decision, and a report on paper: without the frame, with every row, with the addresses of links, within the sheet."""
    driver = browser(width=794, height=1123, dark=True)
    sign_in(driver)
    for page in ["/runs/3", "/runs/6", "/reports"]:
        driver.get(shop + page)
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "light"}]})
        for gone in ["nav", ".account", ".skip"]:
            assert not any(part.is_displayed() for part in driver.find_elements(By.CSS_SELECTOR, gone)), f"{page}: {gone} is printed"
        heads = driver.execute_script("return [...document.querySelectorAll('thead')].map(e => getComputedStyle(e).display)")
        assert heads and all(head == "table-header-group" for head in heads), f"{page}: heads of tables are not repeated: {heads}"
        hidden = driver.execute_script("return [...document.querySelectorAll('details tr')].filter(e => e.getBoundingClientRect().height == 0).length")
        assert hidden == 0, f"{page}: {hidden} folded rows are not printed"
        check(driver, "printed" + name_of(page))
        sheet = driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})["data"]
        (seen / f"printed{name_of(page)}.pdf").write_bytes(base64.b64decode(sheet))
    driver.quit()
    print("a run, a plan and a report print whole")


def tabs():
    """Eight tabs on Home, each of which asks anew every few seconds: the ninth is there as soon as the first was."""
    driver = browser()
    sign_in(driver)
    for _ in range(8):
        driver.switch_to.new_window("tab")
        driver.get(shop)
    time.sleep(6)
    driver.switch_to.new_window("tab")
    began = time.time()
    driver.get(shop)
    lasted = time.time() - began
    assert "Nothing needs you" in text(driver) or "need" in text(driver), text(driver)
    held = driver.execute_script("return performance.getEntriesByType('resource').filter(e => e.responseEnd === 0).length")
    # A connection that is held would keep the ninth waiting until one of the others is closed: for ever.
    assert held == 0 and lasted < 10, f"{held} requests are open, {lasted:.1f} s"
    driver.quit()
    print(f"with eight tabs open on Home the ninth took {lasted:.2f} s")


def signed_out():
    """After the sign-out the back button shows nothing of the shop, and a lock ends a session at the next click."""
    driver = browser()
    sign_in(driver, name="vera")
    driver.get(shop + "/errors")
    driver.get(shop + "/runs")
    click(driver, By.CSS_SELECTOR, "form.account button")
    await_text(driver, ["Sign in"])
    for _ in range(3):
        driver.back()
        await_text(driver, ["Sign in"])
        assert not driver.find_elements(By.CSS_SELECTOR, "nav a[href*='/s/demo']"), text(driver)
    driver.quit()
    print("after the sign-out the back button shows nothing")


def training():
    """The list of tasks, worked through by the stories before and by what is left here; nothing is asked of any address but this machine's."""
    driver = browser()
    sign_in(driver, name="otto")
    driver.get(shop + "/schedule")
    click(driver, By.XPATH, "//form[contains(@action, '/flows/prices/pause')]/ancestor::details/summary")
    fill(driver, By.CSS_SELECTOR, "form[action$='/flows/prices/pause'] input[name='because-prices']", "to learn")
    click(driver, By.CSS_SELECTOR, "form[action$='/flows/prices/pause'] button")
    await_text(driver, ["to learn"])
    click(driver, By.CSS_SELECTOR, "form[action$='/flows/prices/resume'] button")
    await_text(driver, ["Schedule"])
    driver.get(shop + "/training")
    await_text(driver, ["All 7 tasks are done"], seconds=20)
    check(driver, "training")
    driver.quit()
    print("training: every task was ticked off by the books")


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
    if "--only" in sys.argv:
        return [globals()[name]() for name in sys.argv[sys.argv.index("--only") + 1:]]
    first = browser()
    first.get(link)
    click(first, By.CSS_SELECTOR, "main button")
    await_text(first, ["Sign out"])
    refused(first, "two-am")
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
    training()
    tabs()
    signed_out()
    zoomed()
    printed()
    every_role()
    how = check_html()
    print(f"{counts['pages']} pages looked at, {counts['axe']} of them with axe, {counts['html']} read by {how}")
    print("browser: all stories came out")


main()
