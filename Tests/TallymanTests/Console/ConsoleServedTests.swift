import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// The console beside a service that is there, away, or never was.
@Suite(.enabled(if: Python.isPresent, "python3 plays the browser"))
struct ConsoleServedTests {
    private static let settings: SettingsText = {
        var settings = SettingsText()
        settings.gates = "{rejected: 100%, to_zero: 50%}"
        return settings
    }()

    private static let served: SettingsText = {
        var served = settings
        served.flowLines = Installation.hourly
        return served
    }()

    /// A console with one rejected record, and somebody who corrects it and chooses "Save and retry".
    private func click(_ installation: Installation, _ link: String) async throws -> String {
        let said = try await installation.browse(
            link,
            """
            error = re.search(r'/s/test/errors/(\\d+)', get('/s/test/errors')[2]).group(1)
            action = '/s/test/errors/' + error
            fields = form(get(action)[2], action)
            cell = [name for name, value in fields.items() if value == '1O'][0]
            url, status, page = post(action, dict(fields, **{cell: '10', 'do': 'retry'}))
            assert '/do/' in url and 'No service is at work here' in page, page
            print(url)
            """)
        return URL(string: said.trimmingCharacters(in: .whitespacesAndNewlines))?.path ?? ""
    }

    private func with(_ settings: SettingsText = settings, _ body: (Installation, _ link: String) async throws -> Void) async throws {
        try await Installation.with(settings: settings) { installation in
            _ = try installation.writeConsole()
            try installation.drop("1.csv", [Installation.line("A", "1O"), Installation.line("B", "7")], minute: 1)
            _ = try await installation.tallyman("run", "stock")
            let link = try await installation.link(for: "ann", "--role", "approver", "--people")
            let console = try installation.program.start(["console", "--settings", "\(installation.folder)/console.yaml"])
            try await installation.wait(for: "console at", from: console)
            try await body(installation, link)
            kill(console.id, SIGTERM)
            _ = await console.ending()
        }
    }

    @Test func `what was ordered while the service was away is carried out by it as soon as it is back`() async throws {
        try await with(Self.served) { installation, link in
            let order = try await click(installation, link)
            #expect(installation.quantity("A") != "10")
            let began = ContinuousClock.now
            let service = try installation.program.start(["serve"])
            let viewer = try await installation.link(for: "ben", "--role", "viewer")
            _ = try await installation.browse(
                viewer,
                """
                end = time.time() + 60
                while ' done' not in get('\(order)')[2]:
                    assert time.time() < end, get('\(order)')[2]
                    time.sleep(0.2)
                """)
            print("an order of a time without a service was done \(ContinuousClock.now - began) after the service was started")
            #expect(installation.quantity("A") == "10")
            kill(service.id, SIGTERM)
            _ = await service.ending()
        }
    }

    @Test func `without a service the next run of cron carries out what was ordered, before anything else`() async throws {
        try await with { installation, link in
            let order = try await click(installation, link)
            try installation.drop("2.csv", [Installation.line("A", "12"), Installation.line("B", "7")], minute: 2)
            let run = try await installation.tallyman("run", "stock")
            #expect(run.exit == 0, "\(run.all)")
            #expect(installation.quantity("A") == "12")
            let rows = try await LedgerDump.rows(
                of: ["SELECT state FROM instruction", "SELECT cause FROM run ORDER BY id"], in: "\(installation.folder)/state/ledger.db")
            #expect(rows[0] == ["('done',)"])
            #expect(rows[1].count == 3 && rows[1][1] == "('retry',)", "\(rows) \(order)")
        }
    }

    @Test func `each order touches the file that the path unit watches, and what that unit starts carries it out`() async throws {
        let unit = try String(contentsOfFile: "\(Project.folder)/packaging/tallyman-act@.path", encoding: .utf8)
        let watched = try #require(unit.firstMatch(of: /PathChanged=\/var\/lib\/tallyman\/%i\/(\S+)/)).1
        let service = try String(contentsOfFile: "\(Project.folder)/packaging/tallyman-act@.service", encoding: .utf8)
        let command = try #require(service.firstMatch(of: /ExecStart=\/usr\/bin\/tallyman (.+) --settings \/etc\/tallyman\/%i.yaml/)).1
        try await with { installation, link in
            // The unit's state folder is the shop's: its name here is another one.
            let path = "\(installation.folder)/state/\(watched)"
            #expect(!FileManager.default.fileExists(atPath: path))
            _ = try await click(installation, link)
            #expect(FileManager.default.fileExists(atPath: path))
            let act = try await installation.tallyman(command.split(separator: " ").map(String.init)[0])
            #expect(act.exit == 0, "\(act.all)")
            #expect(installation.quantity("A") == "10")
        }
    }

    @Test func `the same form twenty times at once over HTTP is one order, and of two people who decide at once one is told who was faster`()
        async throws
    {
        var settings = Self.settings
        settings.approve = "always"
        try await with(settings) { installation, link in
            let other = try await installation.link(for: "ben", "--role", "approver")
            _ = try await installation.browse(
                link,
                """
                import threading
                action = re.search(r'(/s/test/runs/\\d+/decide)', get('/s/test/plans')[2]).group(1)
                fields = {**form(get(action)[2], action), 'because': 'looked at', 'choice': 'discard'}
                mine = opener
                opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
                post('/welcome', form(get('\(other)')[2], '/welcome'))
                theirs, opener = opener, mine
                ben = {**form(theirs.open(base + action).read().decode(), action), 'because': 'agreed', 'choice': 'approve'}
                found, lock, gate = [], threading.Lock(), threading.Barrier(21)
                def send(who, what):
                    request = urllib.request.Request(base + action, data=urllib.parse.urlencode(what).encode(), headers={'Sec-Fetch-Site': 'same-origin'})
                    gate.wait()
                    try: answer = who.open(request, timeout=60)
                    except urllib.error.HTTPError as error: answer = error
                    with lock: found.append((who is theirs, answer.status, answer.geturl(), answer.read().decode()))
                threads = [threading.Thread(target=send, args=(mine, fields)) for _ in range(20)] + [threading.Thread(target=send, args=(theirs, ben))]
                for thread in threads: thread.start()
                for thread in threads: thread.join()
                ann = {(status, url) for is_ben, status, url, _ in found if not is_ben}
                [(status, url, page)] = [(status, url, page) for is_ben, status, url, page in found if is_ben]
                won = status == 200
                assert len(ann) == 1, ann
                assert next(iter(ann))[0] == (409 if won else 200), (ann, status)
                loser = page if not won else [p for is_ben, _, _, p in found if not is_ben][0]
                assert ('ann' if not won else 'ben') in loser.lower() and 'Nothing was done' in loser, loser
                """)
            let rows = try await LedgerDump.rows(of: ["SELECT count(*) FROM instruction"], in: "\(installation.folder)/state/ledger.db")
            #expect(rows[0] == ["(1,)"])
        }
    }

    @Test func `all shops on one page say what status says of each, and one whose ledger is damaged is a line of its own`() async throws {
        try await Installation.with(settings: Self.settings) { first in
            try await Installation.with(settings: Self.settings) { second in
                for (installation, name) in [(first, "one"), (second, "two")] {
                    var text = try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8)
                    text = text.replacing("shop: test", with: "shop: \(name)")
                    try installation.write(text, to: "tallyman.yaml")
                }
                try first.drop("1.csv", [Installation.line("A", "1O")], minute: 1)
                for installation in [first, second] { _ = try await installation.tallyman("run", "stock") }
                try first.write(
                    "shop: three\nstate: broken\n"
                        + (String(contentsOfFile: "\(first.folder)/tallyman.yaml", encoding: .utf8))
                        .replacing("shop: one\n", with: "").replacing("state: state\n", with: ""), to: "three.yaml")
                try first.write(String(repeating: "no ledger", count: 1000), to: "broken/ledger.db")
                _ = try first.writeConsole()
                let port = try #require(
                    try String(contentsOfFile: "\(first.folder)/console.yaml", encoding: .utf8).firstMatch(of: /listen: (\S+)/)
                ).1
                try first.write(
                    "listen: \(port)\nshops: [\(first.folder)/tallyman.yaml, \(second.folder)/tallyman.yaml, \(first.folder)/three.yaml]\n"
                        + "state: \(first.folder)/console\nsecond_factor: off\n", to: "console.yaml")
                let link = try await first.link(for: "ann", "--role", "viewer", "--admin")
                let console = try first.program.start(["console", "--settings", "\(first.folder)/console.yaml"])
                try await first.wait(for: "console at", from: console)
                let said = try await first.browse(link, "print(get('/overview.json')[2])")
                let rows = try #require(try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [[String: Any]])
                for (installation, name) in [(first, "one"), (second, "two")] {
                    let row = try #require(rows.first { $0["shop"] as? String == name })
                    let status = try await installation.tallyman("status", "--json")
                    let known = try #require(try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
                    let flows = known["flows"] as? [[String: Any]] ?? []
                    #expect(row["errors"] as? Int == flows.reduce(0) { $0 + ($1["openErrors"] as? Int ?? 0) })
                    func codes(_ value: Any?) -> [String] { (value as? [[String: Any]] ?? []).compactMap { $0["code"] as? String } }
                    #expect(codes(row["alarms"]) == codes(known["alarms"]))
                }
                let broken = try #require(rows.first { $0["shop"] as? String == "three" })
                #expect((broken["problem"] as? String)?.hasPrefix("LEDGER-") == true, "\(rows)")
                kill(console.id, SIGTERM)
                _ = await console.ending()
            }
        }
    }
}

/// A person is forgotten: no page, no JSON, no file and no earlier answer of the console holds her any more.
@Suite(.enabled(if: Python.isPresent, "python3 plays the browser"))
struct ConsoleErasureTests {
    private static let order = """
        {"increment_id": "000000777", "items": [{"sku": "BASE-CI", "qty": 1, "price": 54.5}], "tax_percent": 20, "state": "processing",
         "billing": {"firstname": "Wilhelmina", "lastname": "Quarterstaff", "street": ["17 Canary Wharf Mews"], "city": "London", "region": "London",
          "postcode": "E14 5AB", "email": "wilhelmina@example.test", "telephone": "020 7946 0199"},
         "shipping": {"firstname": "Wilhelmina", "lastname": "Quarterstaff", "street": ["17 Canary Wharf Mews"], "city": "London", "region": "London",
          "postcode": "E14 5AB", "email": "wilhelmina@example.test", "telephone": "020 7946 0199"}}
        """

    @Test func `after erase a person is gone from every page and from what a browser asks for again, and her file is not given any more`()
        async throws
    {
        try await OrderInstallation.with { installation in
            try OrderInstallation.place(Self.order, in: installation)
            _ = try await installation.tallyman("run", "orders")
            // The ERP has taken the orders: what nobody has to send again may be forgotten.
            try installation.write(["101", "102", "103", "777"].map { "000000\($0),SO-\($0)\n" }.joined(), to: "erp/acks/ORD_000001.csv.ack")
            _ = try await installation.tallyman("run", "orders")
            _ = try installation.writeConsole()
            let link = try await installation.link(for: "ann", "--role", "viewer", "--people", "--admin")
            let console = try installation.program.start(["console", "--settings", "\(installation.folder)/console.yaml"])
            try await installation.wait(for: "console at", from: console)
            let look = """
                paths = ['/s/test', '/s/test/orders', '/s/test/files', '/s/test/runs', '/s/test/runs/1', '/s/test/search?q=000000777', '/s/test/search.json?q=000000777',
                         '/s/test/runs/1/changes.csv', '/s/test/runs.json', '/s/test/orders.json', '/s/test/audit', '/s/test/reports', '/users']
                def known(text): return any(word in text.lower() for word in ['wilhelmina', 'quarterstaff', 'canary wharf', '020 7946'])
                """
            let file = try await installation.browse(
                link,
                look + """

                    assert known(get('/s/test/search?q=000000777')[2]), get('/s/test/search?q=000000777')[2]
                    file = re.search(r'/s/test/files/\\d+/content', get('/s/test/files')[2]).group(0)
                    assert known(get(file)[2])
                    print(file)
                    """)
            let erase = try await installation.tallyman("erase", "--email", "wilhelmina@example.test", "--yes")
            #expect(erase.exit == 0, "\(erase.all)")
            let second = try await installation.link(for: "ben", "--role", "viewer", "--people", "--admin")
            _ = try await installation.browse(
                second,
                look + """

                    for path in paths:
                        url, status, page = get(path)
                        assert status == 200 and not known(page), (path, status, page)
                    assert get('\(file.trimmingCharacters(in: .whitespacesAndNewlines))')[1] == 410
                    """)
            kill(console.id, SIGTERM)
            _ = await console.ending()
        }
    }
}
