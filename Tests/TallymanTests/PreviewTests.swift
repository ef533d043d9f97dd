import Foundation
import MagentoSandbox
import Glibc
import Testing

/// Reliability J1: looking changes nothing.
struct PreviewTests {
    private static func fill(_ installation: Installation) throws {
        try installation.drop(
            "one.csv", [Installation.line("A", "10", allocated: "2"), Installation.line("B", "x"), Installation.line("C", "5")], minute: 1)
    }

    @Test func `J1 plan shows what a run would do and sends, moves and queues nothing`() async throws {
        try await Installation.with { installation in
            try Self.fill(installation)

            let plan = try await installation.tallyman("plan", "stock")

            #expect(plan.exit == 0)
            #expect(
                plan.stable(in: installation.folder) == """
                    run 1 · stock · one.csv · previewed
                      looked at only
                      stock: 3 read = 2 superseded + 1 rejected
                      plan: 0 new, 1 changed, 1 unchanged of 3 products (full file, as at <time>)
                    product  now     would be  why
                    A        main 5  main 8    main: LDS 10 - 2 = 8 → 8

                    """
            )
            #expect(installation.shop.journal.entries.allSatisfy { $0.method == "GET" })
            #expect(installation.names(in: "erp/out") == ["one.csv"])
            #expect(installation.names(in: "erp/archive").isEmpty)
            let errors = try await installation.tallyman("errors")
            #expect(errors.output == "no rejected record is waiting\n")
            let run = try await installation.tallyman("run", "stock")
            #expect(run.output.contains("stock: 3 read = 1 applied + 1 unchanged + 1 rejected"), "\(run.all)")
            #expect(installation.quantity("A") == "8")
        }
    }

    @Test func `J1 a preview that was killed at any point is never applied`() async throws {
        try await Installation.with { original in
            try Self.fill(original)
            try original.write("", to: "crossings")
            _ = try await original.tallyman("plan", "stock", adding: ["TALLYMAN_CROSSINGS": "\(original.folder)/crossings"])
            let crossings = String(decoding: FileManager.default.contents(atPath: "\(original.folder)/crossings") ?? Data(), as: UTF8.self)
                .split(separator: "\n")
            #expect(crossings.count > 20)

            for point in 1...crossings.count {
                try await Installation.with { installation in
                    try Self.fill(installation)
                    let plan = try await installation.tallyman("plan", "stock", adding: ["TALLYMAN_STOP_AT": "\(point)"])
                    #expect(plan.status == .signal(SIGKILL))
                    try FileManager.default.removeItem(atPath: "\(installation.folder)/erp/out/one.csv")

                    let run = try await installation.tallyman("run", "stock", "--no-quiet")
                    let status = try await installation.tallyman("status")

                    #expect(run.output == "stock: 0 files, nothing to do\n", "after \(crossings[point - 1]): \(run.all)")
                    #expect(installation.commits.isEmpty, "after \(crossings[point - 1])")
                    #expect(!status.output.contains("is planning"), "after \(crossings[point - 1]): \(status.all)")
                    #expect(!status.output.contains("rejected records wait"))
                }
            }
        }
    }

    @Test func `plan without a file says so, for people and for programs`() async throws {
        try await Installation.with { installation in
            let text = try await installation.tallyman("plan", "stock")
            let json = try await installation.tallyman("plan", "stock", "--json")

            #expect(text.output == "stock: 0 files, nothing to look at\n")
            #expect(try json.json()["state"]?.text == "no file")
        }
    }

    @Test func `plan names the files that wait for their done files, for people and for programs`() async throws {
        var settings = SettingsText()
        settings.done = "${name}.done"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("a.csv", [Installation.line("A", "10")], minute: 1)

            let text = try await installation.tallyman("plan", "stock")
            let json = try await installation.tallyman("plan", "stock", "--json")

            #expect(text.output == "waiting · a.csv: waiting for its done file\n", "\(text.all)")
            #expect(json.output.contains("a.csv: waiting for its done file"), "\(json.all)")
        }
    }

    @Test func `plan of a plan that a gate would hold ends with 4`() async throws {
        var settings = SettingsText()
        settings.gates = "{to_zero: 10%}"
        try await Installation.with(settings: settings) { installation in
            try installation.drop("a.csv", ["A", "B", "C"].map { Installation.line($0, "0") }, minute: 1)

            let plan = try await installation.tallyman("plan", "stock")

            #expect(plan.exit == 4, "\(plan.all)")
            #expect(plan.output.contains("gate to_zero"), "\(plan.all)")
        }
    }
}
