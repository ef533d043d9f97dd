import Testing

@testable import tallyman

/// What an engineer sees while writing the settings.
struct LintTests {
    @Test func `the sample settings of the package have no mistake`() async throws {
        try await Installation.with { installation in
            let lint = try await installation.tallyman("lint", "--settings", "\(Project.folder)/packaging/settings.yaml")

            #expect(lint.exit == 0, "\(lint.all)")
        }
    }

    @Test(arguments: ["one-warehouse", "quickstart", "several-warehouses", "trade-shop"])
    func `the settings of each example have no mistake`(_ name: String) async throws {
        #expect(ExampleFiles().names.contains(name))
        try await Installation.with { installation in
            let written = try await installation.tallyman("init", "--example", name)
            let lint = try await installation.tallyman("lint", "--settings", "\(name)/tallyman.yaml")
            #expect(written.exit == 0 && lint.exit == 0, "\(written.all)\(lint.all)")
        }
    }

    @Test func `every mistake is shown at once, with line, column and a caret (S36)`() async throws {
        try await Installation.with { installation in
            try installation.write(
                """
                shop: test
                timezone: Europe/Londn
                state: state
                magento: {url: http://127.0.0.1:1}
                endpoints:
                  erp:
                    local: {root: /srv/erp}
                flows:
                  stock:
                    pull: {endpoint: epr, folder: out, files: "*.csv", setle: 30s}
                    profile: generic/stock
                    stock:
                      warehouses: {LDS: main}
                    gates: {rejected: lots}

                """,
                to: "tallyman.yaml"
            )

            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 2)
            #expect(lint.output == "")
            #expect(
                lint.errors == """
                    tallyman.yaml:2:1: SETTINGS-VALUE: "Europe/Londn" is not a time zone
                      2 | timezone: Europe/Londn
                        | ^
                      → did you mean Europe/London?
                    tallyman.yaml:10:12: SETTINGS-VALUE: "epr" is not an endpoint; flow stock needs one
                      10 |     pull: {endpoint: epr, folder: out, files: "*.csv", setle: 30s}
                         |            ^
                      → did you mean erp?
                    tallyman.yaml:10:56: SETTINGS-UNKNOWN: unknown setting setle in flows.stock.pull
                      10 |     pull: {endpoint: epr, folder: out, files: "*.csv", setle: 30s}
                         |                                                        ^
                      → did you mean settle?
                    tallyman.yaml:14:13: SETTINGS-VALUE: "lots" for flows.stock.gates.rejected is not a percentage such as 20%, or off
                      14 |     gates: {rejected: lots}
                         |             ^
                      → write a percentage such as 20%, or off

                    """
            )
        }
    }

    /// Somebody read the comment that way.
    @Test func `a warehouse that is to be left out is not a source called ignore, and the fix says how it is written`() async throws {
        var settings = SettingsText()
        settings.stock = ["warehouses: {LDS: main, SHOP: ignore}"]
        try await Installation.with(settings: settings) { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 2)
            #expect(lint.errors.contains("\"ignore\" is no source: warehouse SHOP is to be left out"), "\(lint.all)")
            #expect(lint.errors.contains("→ take it out of warehouses and write beside it: ignore: [\"SHOP\"]"), "\(lint.all)")
        }
        settings.stock = ["warehouses: {LDS: main}", "ignore: [\"SHOP\"]"]
        try await Installation.with(settings: settings) { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 0, "\(lint.all)")
        }
    }

    @Test func `good settings are called good, without a call to shop or endpoint`() async throws {
        try await Installation.with { installation in
            let lint = try await installation.tallyman("lint")

            #expect(lint.exit == 0)
            #expect(lint.output == "tallyman.yaml is good: shop test, flows stock\n")
            #expect(installation.requests("GET") == 0)
            #expect(installation.names(in: "").contains("state") == false)
        }
    }

    @Test(arguments: [
        (["lint", "--settings", "none.yaml"], "SETTINGS-FILE"), (["run", "nonsense"], "FLOW-UNKNOWN"),
        (["frobnicate"], "there is no command tallyman frobnicate"), (["rnu", "stock"], "did you mean run?"),
        (["errors", "shwo", "1"], "did you mean show?"),
        (["run", "stok"], "did you mean stock?"), (["check", "x.csv", "--profile", "sage50/stok"], "did you mean sage50/stock?"),
        (["show"], "Missing expected argument"), (["run", "stock", "--wait", "soon"], "--wait is a duration"),
        (["convert", "tallyman.yaml", "--profile", "nonsense"], "PROFILE-UNKNOWN"),
    ])
    func `a mistake in settings or usage ends with 2 and says what to do`(arguments: [String], word: String) async throws {
        try await Installation.with { installation in
            let ending = try await installation.program.run(arguments)

            #expect(ending.exit == 2, "\(ending.all)")
            #expect(ending.errors.contains(word), "\(ending.all)")
        }
    }

    @Test func `a secret that is not there is named by its place, and the program ends with 2`() async throws {
        try await Installation.with(environment: [:]) { installation in
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 2)
            #expect(run.errors.contains("tallyman.yaml:8:5: SECRET-MISSING: the environment has no MAGENTO_CONSUMER_KEY"), "\(run.all)")
        }
    }

    @Test(arguments: [["show", "99"], ["errors", "show", "99"], ["approve", "99"], ["discard", "99"], ["inspect", "none.csv"]])
    func `what is not there ends with 1 and a fix`(arguments: [String]) async throws {
        try await Installation.with { installation in
            let ending = try await installation.program.run(arguments)

            #expect(ending.exit == 1, "\(ending.all)")
            #expect(ending.errors.contains("  → "))
        }
    }
}
