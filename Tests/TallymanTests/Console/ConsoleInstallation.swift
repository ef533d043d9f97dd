import Foundation
import Glibc
import MagentoSandbox
import StateStore
import TestKit

/// An installation with a console: a user `ann`, and what a test needs of both.
extension Installation {
    /// The settings of a console on a free port of this machine.
    func writeConsole(adding lines: String = "") throws -> Int {
        let port = try Self.freePort()
        try write(
            "listen: 127.0.0.1:\(port)\nshops: [\(folder)/tallyman.yaml]\nstate: \(folder)/console\nsecond_factor: off\n\(lines)", to: "console.yaml")
        return port
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw NothingSaved() }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Adds a person and answers the link by which they come in at once.
    func link(for name: String, _ rights: String...) async throws -> String {
        let ending = try await program.run(["user", "add", name, "--settings", "\(folder)/console.yaml", "--sign-in-link", "--json"] + rights)
        guard let line = ending.output.firstMatch(of: /"link" : "([^"]+)"/) else { throw NeverSaid(text: "link", log: ending.all) }
        return String(line.1)
    }

    /// Plays `steps` in Python as a browser without JavaScript: `get(path)` and `post(path, form)` keep cookies and follow what they are told;
    /// `form(page, n)` answers the hidden fields of the n-th form. What it prints comes back.
    func browse(_ link: String, _ steps: String) async throws -> String {
        let script = """
            import http.cookiejar, html, re, sys, time, urllib.error, urllib.parse, urllib.request
            link = sys.argv[1]; base = link.split('/welcome')[0]
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
            seen = []
            def send(path, data=None):
                request = urllib.request.Request(path if path.startswith('http') else base + path, data=data)
                if data is not None: request.add_header('Sec-Fetch-Site', 'same-origin')
                try: answer = opener.open(request, timeout=20)
                except urllib.error.HTTPError as error: answer = error
                text = answer.read().decode(); seen.append(text)
                return answer.geturl(), answer.status, text
            def get(path): return send(path)
            def post(path, form): return send(path, urllib.parse.urlencode(form).encode())
            def upload(path, form, name, content):
                parts = [f'--b0\\r\\nContent-Disposition: form-data; name="{n}"\\r\\n\\r\\n{v}\\r\\n' for n, v in form.items()]
                parts.append(f'--b0\\r\\nContent-Disposition: form-data; name="file"; filename="{name}"\\r\\n\\r\\n')
                data = ''.join(parts).encode() + content + b'\\r\\n--b0--\\r\\n'
                request = urllib.request.Request(base + path, data=data, headers={'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'multipart/form-data; boundary=b0'})
                try: answer = opener.open(request, timeout=20)
                except urllib.error.HTTPError as error: answer = error
                return answer.geturl(), answer.status, answer.read().decode()
            def form(page, action):
                body = page.split(f'action="{action}"', 1)[1].split('</form>', 1)[0]
                return {n: html.unescape(v) for n, v in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', body)}
            url, status, page = get(link)
            post('/welcome', form(page, '/welcome'))
            \(steps)
            """
        return try await Python.run(script, [link])
    }
}
