import Foundation
import Testing

/// Settings that overrule each other are refused, and both places are named.
struct SettingConflictTests {
    /// One flow of stock with these lines, and a profile of its own with these keys besides those of `generic/stock`.
    private static func lint(
        flow: [String], pull: String = "", stock: String = "", profile: [String: Any] = [:], entity: String = "stock", command: [String] = ["lint"],
        _ body: (Program.Ending) throws -> Void
    ) async throws {
        try await Installation.with { installation in
            let shipped = URL(fileURLWithPath: "\(Project.folder)/Schemas/profiles/generic/stock")
            for name in ["schema.json", "dialect.json"] {
                try installation.write(String(contentsOf: shipped.appending(path: name), encoding: .utf8), to: "profiles/own/stock/\(name)")
            }
            let data = try Data(contentsOf: shipped.appending(path: "profile.json"))
            var keys = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            for key in ["mode", "duplicate_keys"] { keys[key] = nil }
            keys.merge(profile) { _, new in new }
            let text = try JSONSerialization.data(withJSONObject: keys, options: [.prettyPrinted, .sortedKeys])
            try installation.write(String(decoding: text, as: UTF8.self), to: "profiles/own/stock/profile.json")
            let group = entity == "stock" ? "stock: {warehouses: {LDS: main}\(stock)}" : entity
            let lines = ["pull: {endpoint: erp, folder: out, files: \"*.csv\"\(pull)}", "profile: own/stock", group] + flow
            try installation.write(
                installation.settingsHead + "\nprofiles: profiles\nflows:\n  stock:\n" + lines.map { "    \($0)\n" }.joined(), to: "tallyman.yaml")
            try body(try await installation.tallyman(command[0]))
        }
    }

    private static func expect(_ ending: Program.Ending, _ texts: String...) {
        #expect(ending.exit == 2, "\(ending.all)")
        #expect(ending.errors.contains("SETTINGS-CONFLICT"), "\(ending.all)")
        #expect(ending.errors.contains(#/tallyman\.yaml:\d+:\d+: /#), "\(ending.all)")
        for text in texts { #expect(ending.errors.contains(text), "\(ending.all)") }
    }

    @Test func `a mode of the flow that the profile overrules is refused with both places`() async throws {
        try await Self.lint(flow: ["mode: full"], profile: ["mode": "delta"]) { lint in
            Self.expect(lint, "mode full of flow stock contradicts mode delta of profile own/stock", "profiles/own/stock/profile.json:")
        }
        try await Self.lint(flow: ["mode: delta"], profile: ["mode": "delta"]) { #expect($0.exit == 0, "\($0.all)") }
        try await Self.lint(flow: ["mode: delta"]) { #expect($0.exit == 0, "\($0.all)") }
    }

    @Test func `what is to happen to missing products is refused where files only list changes`() async throws {
        try await Self.lint(flow: [], stock: ", missing: zero", profile: ["mode": "delta"]) { lint in
            Self.expect(lint, "stock.missing: zero of flow stock contradicts mode delta", "profile.json:")
        }
        try await Self.lint(flow: ["mode: delta"], stock: ", missing: hold") { Self.expect($0, "stock.missing: hold") }
        try await Self.lint(flow: ["mode: delta"], stock: ", missing: unchanged") { #expect($0.exit == 0, "\($0.all)") }
    }

    @Test func `a time zone of the flow that the profile overrules is refused with both places`() async throws {
        try await Self.lint(flow: ["timezone: Europe/Dublin"], profile: ["timezone": "Europe/Paris"]) { lint in
            Self.expect(lint, "timezone Europe/Dublin of flow stock", "timezone Europe/Paris of profile own/stock", "profile.json:")
        }
    }

    @Test(arguments: ["", ", done: \"${stem}.ok\""])
    func `a done file that the profile asks for and the flow does not wait for is refused with both places`(_ pull: String) async throws {
        try await Self.lint(flow: [], pull: pull, profile: ["complete": ["done_file": "{name}.done"]]) { lint in
            Self.expect(lint, "complete.done_file ${name}.done of profile own/stock", "profile.json:")
        }
        try await Self.lint(flow: [], pull: ", done: \"${name}.done\"", profile: ["complete": ["done_file": "{name}.done"]]) {
            #expect($0.exit == 0, "\($0.all)")
        }
    }

    @Test func `a time to settle beside a done file is refused with both places`() async throws {
        try await Self.lint(flow: [], pull: ", settle: 60s, done: \"${name}.done\"") { Self.expect($0, "settle of flow stock", "tallyman.yaml:") }
    }

    @Test(arguments: [
        (", done: \"${name}.done\", manifest: {files: \"*.ctl\"}", "", "done of flow stock contradicts its manifest"),
        (", manifest: {files: \"*.ctl\"}", ", missing: zero", "stock.missing: zero of flow stock contradicts manifest"),
        (", manifest: {files: \"*\"}", "", "manifest.files of flow stock takes the same names as files"),
    ])
    func `what a manifest rules out is refused with both places`(_ pull: String, _ stock: String, _ text: String) async throws {
        try await Self.lint(flow: [], pull: pull, stock: stock) { Self.expect($0, text, "tallyman.yaml:") }
        try await Self.lint(flow: [], pull: ", manifest: {files: \"*.ctl\", line: \"{name},{count}\", skip: \"#*\", deadline: 30m}") {
            #expect($0.exit == 0, "\($0.all)")
        }
        try await Self.lint(flow: [], pull: ", manifest: {files: \"*.ctl\", line: \"{count}\"}") {
            #expect($0.exit == 2 && $0.errors.contains("does not say where the name is"), "\($0.all)")
        }
    }

    @Test func `limits that empty files or missing numbers never meet are refused with both places`() async throws {
        try await Self.lint(flow: ["empty_file: nothing", "gates: {empty: hold}"]) {
            Self.expect($0, "empty_file: nothing of flow stock contradicts gates.empty", "tallyman.yaml:")
        }
        try await Self.lint(flow: ["empty_file: nothing"]) { #expect($0.exit == 0, "\($0.all)") }
        try await Self.lint(flow: ["gates: {sequence: alarm}"]) { Self.expect($0, "which names no number") }
        let numbered = ["sequence": ["source": "file_name", "pattern": "S_{sequence}.csv", "last": 9999, "restart": "never"] as [String: Any]]
        try await Self.lint(flow: ["gates: {sequence: alarm}"], profile: numbered) { #expect($0.exit == 0, "\($0.all)") }
        try await Self.lint(flow: [], profile: ["sequence": ["source": "file_name", "pattern": "S_{sequence}.csv", "last": 1] as [String: Any]]) {
            #expect($0.exit == 2 && $0.errors.contains("sequence.last is not above sequence.first"), "\($0.all)")
        }
    }

    @Test(arguments: [("", true), (", manifest: {files: \"*.ctl\"}", false)])
    func `a flow that would read the manifests of another one is refused with both places`(_ other: String, _ isRefused: Bool) async throws {
        try await Installation.with { installation in
            try installation.write(
                """
                shop: test
                state: state
                magento: {url: "http://127.0.0.1:1", bearer: {env: MAGENTO_ACCESS_TOKEN}}
                endpoints:
                  erp: {local: {root: erp}}
                flows:
                  one:
                    pull: {endpoint: erp, folder: out, files: "STOCK_*.csv", manifest: {files: "*.ctl"}}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main}}
                  two:
                    pull: {endpoint: erp, folder: out, files: "[A-R]*"\(other)}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main}}

                """, to: "tallyman.yaml")
            let lint = try await installation.tallyman("lint")

            #expect((lint.exit == 2) == isRefused, "\(lint.all)")
            if isRefused { Self.expect(lint, "flow two takes as files the manifests of flow one (", "tallyman.yaml:8)") }
        }
    }

    @Test(arguments: [
        ("prices: {}", "sum"), ("products: {owns: [name]}", "sum"), ("cost: {}", "sum"),
        ("statuses: {words: {DONE: {comment: Done}}}", "first"),
        ("despatches: {}", "last"), ("credits: {}", "reject"),
    ])
    func `a policy for several records of one key that the entity does not have is refused, and no other takes its place`(
        _ entity: String, _ policy: String
    ) async throws {
        try await Self.lint(flow: [], profile: ["duplicate_keys": policy], entity: entity) { lint in
            Self.expect(lint, "cannot follow duplicate_keys \(policy) of profile own/stock", "profile.json:")
        }
    }

    @Test func `run refuses what lint refuses`() async throws {
        try await Self.lint(flow: ["mode: full"], profile: ["mode": "delta"], command: ["run"]) { run in
            #expect(run.exit == 2, "\(run.all)")
            #expect(run.errors.contains("SETTINGS-CONFLICT"), "\(run.all)")
        }
    }

    @Test(arguments: [
        ("erp", "out", "*.csv", true), ("erp", "./out/", "STOCK_*.csv", true), ("same", "out", "[A-Z]*", true), ("nested", ".", "?*", true),
        ("erp", "out", "PRICES_*.xml", false), ("erp", "in", "*.csv", false),
    ])
    func `two flows that would take the same file are refused with both places and a name they share`(
        _ endpoint: String, _ folder: String, _ files: String, _ isRefused: Bool
    ) async throws {
        try await Installation.with { installation in
            let erp = "\(installation.folder)/erp"
            try installation.write(
                """
                shop: test
                state: state
                magento: {url: "http://127.0.0.1:1", bearer: {env: MAGENTO_ACCESS_TOKEN}}
                endpoints:
                  erp: {local: {root: \(erp)}}
                  same: {local: {root: \(erp)/}}
                  nested: {local: {root: \(erp)/out}}
                flows:
                  one:
                    pull: {endpoint: erp, folder: out, files: ["ORD*.csv", "STOCK_*.csv"]}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main}}
                  two:
                    pull: {endpoint: \(endpoint), folder: \(folder), files: "\(files)"}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main}}

                """, to: "tallyman.yaml")

            let lint = try await installation.tallyman("lint")

            #expect((lint.exit == 2) == isRefused, "\(lint.all)")
            guard isRefused else { return }
            Self.expect(lint, "flow two takes the same files as flow one (", "tallyman.yaml:10)", "both would take ")
        }
    }

    @Test(arguments: [
        ("archive", "{move: archive}", "archive", true), ("out", "{move: ./out/}", "elsewhere", true),
        ("out", "{move: out, name: stamped}", "x", true),
        ("out", "{move: archive, name: stamped}", "archive", true), ("out", "{move: archive}", "archive2", false),
        ("out", "{move: archive}", "", false),
    ])
    func `files are not moved among those that a flow takes, its own or another's`(
        _ folder: String, _ then: String, _ other: String, _ isRefused: Bool
    ) async throws {
        try await Installation.with { installation in
            try installation.write(
                """
                shop: test
                state: state
                magento: {url: "http://127.0.0.1:1", bearer: {env: MAGENTO_ACCESS_TOKEN}}
                endpoints:
                  erp: {local: {root: erp}}
                flows:
                  one:
                    pull: {endpoint: erp, folder: \(folder), files: "*.csv", then: \(then)}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main}}
                  two:
                    pull: {endpoint: erp, folder: "\(other.isEmpty ? "archive/deep" : other)", files: "*.csv"}
                    profile: generic/stock
                    stock: {warehouses: {LDS: main}}

                """, to: "tallyman.yaml")
            let lint = try await installation.tallyman("lint")

            #expect((lint.exit == 2) == isRefused, "\(lint.all)")
            if isRefused { #expect(lint.errors.contains("moves what it has read among the files of flow "), "\(lint.all)") }
        }
    }
}
