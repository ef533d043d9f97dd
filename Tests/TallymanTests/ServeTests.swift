import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// `tallyman serve` as a process of its own.
@Suite(.serialized)
struct ServeTests {
    private static let scheduled: SettingsText = {
        var settings = SettingsText()
        settings.flowLines = Installation.hourly
        return settings
    }()

    // MARK: Work

    @Test func `H4 a missed slot is made up for at the start, its run is that of a person, and the end is in order`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: "ending=done note=\"run 1 finished\"", from: serve)
            let status = try await installation.tallyman("status")
            let (ending, took) = await installation.end(serve)
            let after = try await installation.tallyman("status", "--json").json()

            #expect(installation.commits.count == 10)
            #expect(ending.exit == 0, "\(ending.all)")
            #expect(took < .seconds(10))
            #expect(status.output.contains("serve is at work"), "\(status.all)")
            #expect(after["service"]?["state"]?.text == "stopped")
            #expect(
                try await installation.query("SELECT state, reason, count FROM slot ORDER BY due") == [
                    "('missed', 'downtime', 2)", "('ended', 'schedule', 1)",
                ])
        }
    }

    @Test func `a file without a schedule is refused with the line to add`() async throws {
        try await Installation.with { installation in
            let serve = try await installation.tallyman("serve")

            #expect(serve.exit == 2)
            #expect(serve.errors.contains("SETTINGS-SCHEDULE"), "\(serve.all)")
        }
    }

    // MARK: Two at once

    @Test func `F100 H1 two services started by mistake do the work of one, and the second says why it goes`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            let first = try installation.program.start(["serve"])
            try await installation.wait(for: "serving", from: first)

            let second = try await installation.tallyman("serve")
            try await installation.wait(for: "run 1 finished", from: first)
            let (ending, _) = await installation.end(first)

            #expect(second.exit == 75, "\(second.all)")
            #expect(second.errors.contains("SERVE-BUSY"))
            #expect(ending.exit == 0)
            #expect(installation.commits.count == 10)
            #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty)
        }
    }

    @Test func `F100 H2 a run by hand while the service works on the flow is told who is busy, and nothing is done twice`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            installation.shop.add(FaultRule(.delay(.seconds(1)), method: "POST", hits: 1...1))
            let serve = try installation.program.start(["serve"])
            try await installation.firstSave()
            // However busy this machine is, it does not come to its end meanwhile.
            serve.end.signal(SIGSTOP)

            let run = try await installation.tallyman("run", "stock")
            serve.end.signal(SIGCONT)
            try await installation.wait(for: "run 1 finished", from: serve)
            _ = await installation.end(serve)

            #expect(run.exit == 75, "\(run.all)")
            #expect(run.errors.contains("FLOW-BUSY"))
            #expect(installation.commits.count == 10)
        }
    }

    // MARK: Ends

    @Test func `F89 J2 asked to end at any crossing a run ends in order, and the next one brings everything to the same end`() async throws {
        let count = try await Installation.with { installation in
            try installation.dropTen()
            try installation.write("", to: "crossings")
            let run = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
            #expect(run.exit == 0, "\(run.all)")
            return try String(contentsOfFile: "\(installation.folder)/crossings", encoding: .utf8).split(separator: "\n").count
        }
        #expect(count > 20)

        for point in stride(from: 1, through: count, by: 3) {
            try await Installation.with { installation in
                try installation.dropTen()
                let start = ContinuousClock.now
                let run = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_TERM_AT": "\(point)"])
                let took = ContinuousClock.now - start
                let rest = try await installation.runToRest()

                #expect([0, 75].contains(run.exit), "at \(point): \(run.all)")
                #expect(took < .seconds(10), "at \(point)")
                #expect(rest.exit == 0, "at \(point): \(rest.all)")
                #expect(installation.quantity("A") == "8" && installation.quantity("J") == "8", "at \(point)")
                #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty, "at \(point)")
                #expect(try await installation.query(LedgerDump.unbalanced) == [], "at \(point)")
            }
        }
    }

    @Test func `F89 J2 a service that is asked to end while the shop is silent ends within ten seconds, and nothing is done twice`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            installation.shop.add(FaultRule(.delay(.seconds(30)), method: "POST", hits: 1...1))
            let serve = try installation.program.start(["serve"])
            try await installation.firstSave()

            let (ending, took) = await installation.end(serve)
            let rest = try await installation.runToRest()

            #expect(ending.exit == 0, "\(ending.all)")
            #expect(took < .seconds(10), "\(took)")
            #expect(rest.exit == 0, "\(rest.all)")
            #expect(installation.quantity("J") == "8")
            #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty)
        }
    }

    @Test func `F89 a request to end in the first moments of a service is not lost`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            for _ in 0..<12 {
                let serve = try installation.program.start(["serve"])
                try await installation.wait(for: "serving", from: serve)
                let (ending, took) = await installation.end(serve)

                #expect(ending.exit == 0, "\(ending.all)")
                #expect(took < .seconds(10), "\(took)")
            }
        }
    }

    @Test func `F89 a request to end and its echo are one`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: "run 1 finished", from: serve)
            serve.end.signal(SIGTERM)
            let (ending, _) = await installation.end(serve)

            #expect(ending.exit == 0, "\(ending.all)")
            #expect(ending.output.contains("stopped left=0"))
        }
    }

    @Test func `F76 F92 killed again and again at its start the service goes on where it was, and does each slot once`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            // The one that comes as far as the slot's end is the last.
            let ended = "SELECT state FROM slot WHERE reason = 'schedule' AND state = 'ended'"
            for point in [3, 9, 15, 21, 27, 33, 45, 60] where try await installation.query(ended).isEmpty {
                let serve = try installation.program.start(["serve"], adding: ["TALLYMAN_STOP_AT": "\(point)"])
                // One that has nothing left to do before its point would serve on.
                try await installation.wait(forEndOf: serve, or: "ended flow=stock")
                serve.end.signal(SIGKILL)
                _ = await serve.ending()
            }
            let isEnded = try await !installation.query(ended).isEmpty
            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: isEnded ? "serving" : "ended flow=stock", from: serve)
            _ = await installation.end(serve)
            let rest = try await installation.runToRest()

            #expect(rest.exit == 0, "\(rest.all)")
            #expect(installation.quantity("A") == "8" && installation.quantity("J") == "8")
            #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty)
            #expect(try await installation.query("SELECT count(*) FROM slot WHERE reason = 'schedule'") == ["(1,)"])
            #expect(try await installation.query("SELECT state FROM slot WHERE state = 'started'") == [])
        }
    }

    // MARK: Settings

    @Test func `F104 J5 on SIGHUP settings with a mistake are told and not taken over, good ones are`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: "serving", from: serve)
            var wrong = installation.settings
            wrong.flowLines = ["schedule: \"every now and then\""]
            try installation.write(wrong)
            serve.end.signal(SIGHUP)
            try await installation.wait(for: "the old settings stay in use code=SETTINGS-VALUE", from: serve)
            try await installation.wait(for: "code=SETTINGS-KEPT", from: serve)
            var right = installation.settings
            right.flowLines = ["schedule: \"every 2h\""]
            try installation.write(right)
            serve.end.signal(SIGHUP)
            try await installation.wait(for: "new settings are in use flows=stock", from: serve)
            var other = right
            other.url = installation.server.url
            try installation.write(other.yaml.replacing("shop: test", with: "shop: another"), to: "tallyman.yaml")
            serve.end.signal(SIGHUP)
            try await installation.wait(for: "code=SETTINGS-RESTART", from: serve)
            let (ending, _) = await installation.end(serve)

            #expect(ending.exit == 0, "\(ending.all)")
            #expect(try await installation.query("SELECT schedule FROM slot_cursor") == ["('every 2h',)"])
        }
    }

    @Test func `F104 on SIGHUP the times of looks and mails are taken over, not only those of flows`() async throws {
        try await Installation.with(
            settings: Self.scheduled, environment: SettingsText.environment().merging(["HEARTBEAT_URL": "http://127.0.0.1:1/none"]) { $1 }
        ) { installation in
            let serve = try installation.program.start(["serve"])
            try await installation.wait(for: "serving", from: serve)
            var with = installation.settings
            with.lines = ["serve: {heartbeat: {url: {env: HEARTBEAT_URL}, every: 1h}}"]
            try installation.write(with)
            kill(serve.id, SIGHUP)
            try await installation.wait(for: "new settings are in use", from: serve)
            try await installation.wait(for: "the heartbeat was not heard", from: serve)
            let (ending, _) = await installation.end(serve)

            #expect(ending.exit == 0, "\(ending.all)")
        }
    }

    @Test func `F89 J2 approve and rollback that are asked to end at any crossing end in order, and again brings the same end`() async throws {
        var settings = SettingsText()
        settings.approve = "always"
        for point in [3, 6, 9, 12, 15] {
            try await Installation.with(settings: settings) { installation in
                try installation.dropTen()
                _ = try await installation.tallyman("run", "stock")
                let approve = try await installation.tallyman("approve", "1", adding: ["TALLYMAN_TERM_AT": "\(point)"])
                if approve.exit == 75 { _ = try await installation.runToRest() }
                // Asked to end before the decision was written down, it is still to be made.
                if try await installation.query("SELECT state FROM run WHERE id = 1") == ["('held',)"] {
                    _ = try await installation.tallyman("approve", "1")
                }
                let approved = installation.quantity("J")
                let rollback = try await installation.tallyman("rollback", "1", adding: ["TALLYMAN_TERM_AT": "\(point)"])
                if rollback.exit == 75 { _ = try await installation.runToRest() }
                let again = try await installation.tallyman("rollback", "1")

                #expect([0, 75].contains(approve.exit) && approved == "8", "at \(point): \(approve.all)")
                #expect([0, 75].contains(rollback.exit), "at \(point): \(rollback.all)")
                #expect(installation.quantity("A") == "5" && installation.quantity("J") == "5", "at \(point): \(rollback.all)\(again.all)")
                #expect(try await installation.query(LedgerDump.unbalanced) == [], "at \(point)")
            }
        }
    }

    // MARK: What others see

    @Test func `health, metrics and the log tell how things stand, to this machine only`() async throws {
        var settings = Self.scheduled
        settings.lines = ["serve: {listen: \"127.0.0.1:0\", heartbeat: {url: {env: HEARTBEAT_URL}}}"]
        try await Installation.with(settings: settings) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            let serve = try installation.program.start(
                ["serve", "--log", "json"], adding: ["HEARTBEAT_URL": "\(installation.server.url)/beat-of-tallyman"]
            )
            try await installation.wait(for: "run 1 finished", from: serve)
            let log = Installation.text(of: serve)
            let port = try #require(log.firstMatch(of: #/"address":"127.0.0.1:(\d+)"/#).map { String($0.1) })
            let script = """
                import sys, urllib.request, urllib.error
                def get(path, host=None):
                    request = urllib.request.Request(f'http://127.0.0.1:{sys.argv[1]}{path}', headers={'Host': host} if host else {})
                    try:
                        answer = urllib.request.urlopen(request)
                        return answer.status, answer.read().decode()
                    except urllib.error.HTTPError as error:
                        return error.code, ''
                print(get('/health')); print(get('/metrics')[1]); print(get('/metrics', 'evil.example')); print(get('/'))
                """
            let seen = try await Python.run(script, [port])
            for line in log.split(separator: "\n") { _ = try JSONParser.parse(Array(line.utf8)) }
            let beats = installation.shop.journal.entries.count { $0.path.contains("beat-of-tallyman") }
            _ = await installation.end(serve)

            #expect(seen.contains("(200, 'ok\\n')"), "\(seen)")
            #expect(seen.contains("tallyman_records_total{flow=\"stock\",entity=\"stock\",outcome=\"applied\"} 10"))
            #expect(seen.contains("tallyman_flow_success_timestamp_seconds{flow=\"stock\"}"))
            #expect(seen.contains("tallyman_landed_to_shop_milliseconds{flow=\"stock\",quantile=\"0.95\"}"), "\(seen)")
            #expect(seen.contains("tallyman_run_time_milliseconds{flow=\"stock\",phase=\"waiting\"}"))
            #expect(!seen.contains("one.csv"))
            #expect(seen.contains("(421, '')") && seen.contains("(404, '')"))
            #expect(beats >= 1)
            #expect(!log.contains("beat-of-tallyman"))
        }
    }

    @Test func `systemd is told when the service is ready, that it lives, and that it ends`() async throws {
        try await Installation.with(settings: Self.scheduled) { installation in
            let socket = "\(installation.folder)/notify"
            let listener = try ChildProcess([
                "python3", "-uc",
                """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); print('bound')
                while True:
                    text = s.recv(4096).decode(); print(text)
                    if 'STOPPING' in text: break
                """, socket,
            ])
            #expect(await Self.says(listener, "bound"))
            let serve = try installation.program.start(["serve"], adding: ["NOTIFY_SOCKET": socket])
            try await installation.wait(for: "serving", from: serve)
            let isAlive = await Self.says(listener, "WATCHDOG=1")
            _ = await installation.end(serve)
            let hasEnded = await Self.says(listener, "STOPPING=1")

            #expect(isAlive && hasEnded, "\(listener.log)")
            #expect(listener.log.contains("READY=1\nSTATUS=serving stock"))
        }
    }

    /// Waits on a thread that no test needs.
    private static func says(_ child: ChildProcess, _ text: String) async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: child.output { $0.contains(text) }) }
        }
    }

    @Test func `I2 with system cron a missing file is told on standard error, and status opens with it`() async throws {
        var settings = Self.scheduled
        settings.flowLines = ["expect: {within: 1s, age: 4000d}"]
        try await Installation.with(settings: settings) { installation in
            let quiet = try await installation.tallyman("run", "stock")
            try await installation.age("watched", by: 3600)
            let told = try await installation.tallyman("run", "stock")
            let again = try await installation.tallyman("run", "stock")
            let status = try await installation.tallyman("status")
            let check = try await installation.tallyman("status", "--check")
            let alarms = try await installation.tallyman("alarms", "--json").json()
            try installation.dropTen()
            let over = try await installation.tallyman("run", "stock")
            let history = try await installation.tallyman("alarms", "--history")

            #expect(quiet.errors == "")
            #expect(told.errors.hasPrefix("! red FILE-OVERDUE stock: a file was due within 1s"), "\(told.all)")
            #expect(told.exit == 0)
            #expect(again.errors == "")
            #expect(status.output.hasPrefix("! red FILE-OVERDUE stock"), "\(status.all)")
            #expect(check.exit == 1)
            #expect(alarms.elements?.first?["code"]?.text == "FILE-OVERDUE")
            #expect(over.errors.hasPrefix("  over: FILE-OVERDUE stock"), "\(over.all)")
            #expect(history.output.split(separator: "\n").count == 3, "\(history.all)")
        }
    }

    @Test(arguments: [
        ("schedule: \"* * * *\"", "has 4 fields"), ("expect: {within: 1h, by: \"06:00\"}", "says both within and by"),
        ("schedule: [{at: every 5m, during: office}]", "is no calendar"), ("misfire: twice", "one of once, skip"),
    ])
    func `J5 a schedule or deadline that nobody can mean is refused by lint with its place`(line: String, words: String) async throws {
        var settings = SettingsText()
        settings.flowLines = [line]
        try await Installation.with(settings: settings) { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 2)
            #expect(lint.errors.contains(words), "\(lint.all)")
            #expect(lint.errors.contains("tallyman.yaml:"))
        }
    }

    @Test(arguments: ["0.0.0.0:9464", "192.168.1.1:9464", "127.0.0.1", "example:80"])
    func `S21 the page is served on this machine only`(_ address: String) async throws {
        var settings = SettingsText()
        settings.lines = ["serve: {listen: \"\(address)\"}"]
        try await Installation.with(settings: settings) { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 2, "\(lint.all)")
        }
    }

    @Test func `F88 however few descriptors the program gets, nothing is lost or done twice, and with enough it goes on`() async throws {
        try await Installation.with { installation in
            try installation.dropTen()
            var limited: [Program.Ending] = []
            for limit in Array(stride(from: 8, through: 48, by: 4)) + [49, 50, 51, 52, 53, 54] {
                var program = installation.program
                program.launcher = "ulimit -n \(limit) && exec"
                limited.append(try await program.run(["run", "stock"]))
            }
            let rest = try await installation.runToRest()

            let all = (limited + [rest]).map(\.all).joined(separator: "\n")
            #expect(limited.first?.exit == 75 && limited.first?.errors.contains("LIMIT-FILES") == true, "\(all)")
            #expect(limited.allSatisfy { [0, 75].contains($0.exit) }, "\(all)")
            #expect(rest.exit == 0, "\(all)")
            #expect(installation.quantity("J") == "8", "\(all)")
            #expect(installation.commits.count == 10)
            #expect(JournalCheck.nothingTwice(installation.shop.journal.entries).isEmpty)
        }
    }
}
