"""Asks the console through the web server before it: proxies.py SERVER LINK PORT BACKEND CERTIFICATE."""
import http.client, re, socket, ssl, sys, time, urllib.parse

server, link, port, backend, certificate = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
name = "console.acme.example"
authority = f"{name}:{port}"
origin = f"https://{authority}"
context = ssl.create_default_context(cafile=certificate)
cookies = {}


class Connection(http.client.HTTPSConnection):
    """To the name of the certificate, wherever that is here."""
    def connect(self):
        self.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname=name)


def ask(method, path, body=None, kind="application/x-www-form-urlencoded", **more):
    connection = Connection(name, port)
    headers = {"Host": authority, **more}
    if cookies:
        headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in cookies.items())
    if body is not None:
        headers["Content-Type"] = kind
        headers.setdefault("Sec-Fetch-Site", "same-origin")
        headers.setdefault("Origin", origin)
    connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
    answer = connection.getresponse()
    for value in answer.headers.get_all("Set-Cookie") or []:
        pair = value.split(";")[0].split("=", 1)
        cookies[pair[0]] = pair[1]
        assert "Secure" in value and "HttpOnly" in value and pair[0].startswith("__Host-"), value
    return answer.status, answer.headers, answer.read().decode(errors="replace")


def fields(page, action):
    body = page.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    return dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', body))


for _ in range(200):
    try:
        if ask("GET", "/health")[0] == 200:
            break
    except OSError:
        pass
    time.sleep(0.05)
status, headers, page = ask("GET", "/sign-in")
assert status == 200 and headers["Strict-Transport-Security"] and "unsafe" not in headers["Content-Security-Policy"], (status, page)
# What a web server could say of who asks is not believed.
for forged in ["X-Auth-Request-Email", "X-Forwarded-User", "Remote-User", "X-Remote-User"]:
    status, headers, _ = ask("GET", "/s/acme", **{forged: "ann"})
    assert status == 303 and headers["Location"].startswith("/sign-in"), (forged, status)
path = link.split(authority, 1)[1]
status, headers, page = ask("GET", path)
assert status == 200, page
form = {**fields(page, "/welcome"), "password": "seven grey herons wade", "again": "seven grey herons wade"}
assert ask("POST", "/welcome", urllib.parse.urlencode(form), Origin="https://evil.example", Sec_Fetch_Site="cross-site")[0] == 403
status, headers, page = ask("POST", "/welcome", urllib.parse.urlencode(form))
assert status == 303 and "__Host-tallyman" in cookies, (status, page)
status, headers, page = ask("GET", "/s/acme/schedule")
assert status == 200 and "stock" in page, page
# A file larger than what web servers let through by themselves.
action = "/s/acme/flows/stock/upload"
form = {**fields(ask("GET", action)[2], action), "because": "by hand"}
parts = "".join(f'--b0\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in form.items())
body = (parts + '--b0\r\nContent-Disposition: form-data; name="file"; filename="STOCK.csv"\r\n\r\n').encode() + b"x" * (5 << 20) + b"\r\n--b0--\r\n"
status, headers, page = ask("POST", action, body, "multipart/form-data; boundary=b0")
assert status == 303 and "/do/" in headers["Location"], (status, page[:500])
# Past the web server, by another name: nothing.
direct = http.client.HTTPConnection("127.0.0.1", backend)
direct.request("GET", "/sign-in", headers={"Host": "evil.example"})
assert direct.getresponse().status == 421
print(f"proxies: {server} before the console: sign-in, headers, foreign forms and a file of 5 MiB")
