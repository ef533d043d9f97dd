import Domain
import Foundation
import Glibc
import MagentoSandbox
import StateStore
import TestKit
import Testing

/// The console killed between a click and its row, and the service killed between the row and its effect.
@Suite(.enabled(if: Python.isPresent, "python3 plays the browser"))
struct ConsoleKillTests {
    private static let settings: SettingsText = {
        var settings = SettingsText()
        settings.gates = "{rejected: 100%, to_zero: 100%}"
        return settings
    }()

    private static let served: SettingsText = {
        var served = settings
        served.flowLines = Installation.hourly
        return served
    }()

    @Test func `kill -9 of the console at each step of a click: the same form sent again is one order, one correction and one effect (G1, J3)`()
        async throws
    {
        try await Installation.with(settings: Self.settings) { installation in
            _ = try installation.writeConsole()
            let keys = "ABCDEFGHIJ".map(String.init)
            try installation.drop("1.csv", keys.map { Installation.line($0, "1O") }, minute: 1)
            _ = try await installation.tallyman("run", "stock")
            let link = try await installation.link(for: "ann", "--role", "operator")
            // The browser starts the console itself, to end at the n-th step, and once more when it has.
            let said = try await Python.run(
                """
                import http.cookiejar, html, os, re, subprocess, sys, time, urllib.error, urllib.parse, urllib.request
                program, link = sys.argv[1], sys.argv[2]; base = link.split('/welcome')[0]
                opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
                def start(**more):
                    process = subprocess.Popen([program, 'console', '--settings', '\(installation.folder)/console.yaml'], stdout=subprocess.PIPE, env={**os.environ, **more})
                    assert b'console at' in process.stdout.readline()
                    return process
                def send(path, form=None):
                    data = None if form is None else urllib.parse.urlencode(form).encode()
                    request = urllib.request.Request(path if path.startswith('http') else base + path, data=data, headers={'Sec-Fetch-Site': 'same-origin'} if form else {})
                    answer = opener.open(request, timeout=20)
                    return answer.geturl(), answer.read().decode()
                def form(page, action):
                    body = page.split(f'action="{action}"', 1)[1].split('</form>', 1)[0]
                    return {n: html.unescape(v) for n, v in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', body)}
                process = start()
                page = send(link)[1]
                send('/welcome', form(page, '/welcome'))
                process.kill(); process.wait()
                killed = 0
                for n in range(1, 11):
                    process = start(TALLYMAN_STOP_AT=str(n))
                    action = f'/s/test/errors/{n}'
                    fields = form(send(action)[1], action)
                    cell = [name for name, value in fields.items() if value == '1O'][0]
                    fields = {**fields, cell: '10', 'do': 'retry'}
                    try: url = send(action, fields)[0]
                    except Exception: url = None
                    if url is None:
                        assert process.wait(20) == -9, process.returncode
                        killed += 1
                        process = start()
                        url = send(action, fields)[0]
                    assert '/do/' in url, url
                    assert send(action, fields)[0] == url
                    process.kill(); process.wait()
                print(killed)
                """, [Program.file, link])
            #expect((Int(said.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) >= 3, "\(said)")
            for _ in 0..<2 { #expect(try await installation.tallyman("act").exit == 0) }
            #expect(keys.allSatisfy { installation.quantity($0) == "10" })
            let rows = try await LedgerDump.rows(
                of: [
                    "SELECT count(*) FROM instruction WHERE state = 'done'", "SELECT action, count(*) FROM audit GROUP BY action ORDER BY action",
                    "SELECT count(*) FROM run WHERE cause = 'retry'", LedgerDump.unbalanced,
                ], in: "\(installation.folder)/state/ledger.db")
            #expect(rows[0] == ["(10,)"])
            #expect(rows[1] == ["('edit', 10)", "('retry', 10)"])
            #expect(rows[2] == ["(10,)"])
            #expect(rows[3].isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `kill -9 of the service on the way of an order: one effect, one entry of the audit, balanced books (G1, J3)`() async throws {
        try await Installation.with(settings: Self.served) { original in
            try original.drop("1.csv", [Installation.line("A", "1O"), Installation.line("B", "7")], minute: 1)
            _ = try await original.tallyman("run", "stock")
            _ = try await original.tallyman("errors", "edit", "1", "--line", Installation.line("A", "10"))
            let ledger = try Ledger(path: "\(original.folder)/state/ledger.db")
            let order = Instruction(
                token: "token", at: UTCInstant(seconds: 1_795_240_900), who: "ann (console, 10.0.0.7)", action: .retry, flow: "stock",
                subject: .errors([1]), seen: "")
            _ = try ledger.write(.operators) { try $0.order(order) }
            let before = original.shop.withState { $0 }
            let wrong = try await withThrowingTaskGroup(of: String?.self) { group in
                for point in stride(from: 4, through: 46, by: 6) {
                    group.addTask {
                        try await Installation.with(before, settings: Self.served, copyOf: original.folder) { installation in
                            let served = try installation.program.start(["serve"], adding: ["TALLYMAN_STOP_AT": "\(point)"])
                            _ = await served.ending()
                            for _ in 0..<2 { _ = try await installation.tallyman("act") }
                            _ = try await installation.runToRest()
                            let rows = try await LedgerDump.rows(
                                of: [
                                    "SELECT state FROM instruction", "SELECT action FROM audit ORDER BY id",
                                    "SELECT count(*) FROM run WHERE cause = 'retry'", LedgerDump.unbalanced,
                                ], in: "\(installation.folder)/state/ledger.db")
                            let isRight =
                                rows == [["('done',)"], ["('edit',)", "('retry',)"], ["(1,)"], []] && installation.quantity("A") == "10"
                            return isRight ? nil : "killed at \(point): \(rows), \(installation.quantity("A") ?? "")"
                        }
                    }
                }
                return try await group.reduce(into: [String]()) { found, text in if let text { found.append(text) } }
            }
            #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
        }
    }
}
