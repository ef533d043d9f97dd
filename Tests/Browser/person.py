"""Somebody at a browser: what they do is counted, and done again where the page loads itself anew under their hands."""
import time
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By


def steadily(work, seconds=20):
    """Does something with a page that may be replaced meanwhile: every few seconds the console asks for its lists anew, and an order's page loads itself
    when the order has ended. The driver tells of it in many ways; whatever it says, the page is looked at again. A page that stays wrong says so."""
    end = time.time() + seconds
    while True:
        try:
            return work()
        except WebDriverException:
            if time.time() > end:
                raise
            time.sleep(0.1)


def browser(scripts=True, width=1280, height=900, dark=False, scale=1):
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", f"--window-size={max(width, 500)},{height}"]:
        options.add_argument(argument)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False})
    if dark:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    driver.implicitly_wait(20)
    driver.scripts = scripts
    driver.clicks = 0
    return driver


def click(driver, by, what):
    steadily(lambda: driver.find_element(by, what).click())
    driver.clicks += 1


def fill(driver, by, what, words):
    def write():
        field = driver.find_element(by, what)
        if field.get_attribute("type") != "file":
            field.clear()
        field.send_keys(words)
    steadily(write)


def value(driver, by, what, name):
    return steadily(lambda: driver.find_element(by, what).get_attribute(name))


def text(driver):
    """What the page says."""
    return steadily(lambda: driver.find_element(By.TAG_NAME, "body").text)


def await_text(driver, words, refresh=False, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        if any(word in text(driver) for word in words):
            return
        time.sleep(0.3)
        if refresh:
            steadily(driver.refresh)
    raise AssertionError(f"{driver.current_url} never said {words}:\n{text(driver)}")
