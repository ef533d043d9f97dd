import Foundation
import Testing

/// A reject file goes back: mended by a person, dropped into the ERP's folder or given to `run`.
struct RejectFileReturnTests {
    /// A flow whose files have a date in their name and end with a row that counts the records.
    private static func with(_ body: (Installation) async throws -> Void) async throws {
        var settings = SettingsText()
        settings.profile = "own/stock"
        settings.lines = ["profiles: profiles"]
        settings.stock = ["warehouses: {LDS: main}", "missing: zero"]
        settings.gates = "{rejected: 100%, to_zero: 100%}"
        try await Installation.with(settings: settings) { installation in
            let text = try String(contentsOfFile: "\(installation.folder)/tallyman.yaml", encoding: .utf8)
            try installation.write(text.replacing("*.csv", with: "STOCK_*.csv"), to: "tallyman.yaml")
            let shipped = "\(Project.folder)/Schemas/profiles/generic/stock"
            for name in ["schema.json", "dialect.json"] {
                try installation.write(String(contentsOfFile: "\(shipped)/\(name)", encoding: .utf8), to: "profiles/own/stock/\(name)")
            }
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(shipped)/profile.json"))
            var keys = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            keys["trailer"] = ["first_cell": "TRL", "count_cell": 2]
            keys["complete"] = ["trailer_count": true]
            keys["event_time"] = ["source": "file_name", "pattern": "STOCK_%Y%m%d.csv"]
            let profile = try JSONSerialization.data(withJSONObject: keys, options: [.prettyPrinted, .sortedKeys])
            try installation.write(String(decoding: profile, as: UTF8.self), to: "profiles/own/stock/profile.json")
            let lines = ["A", "B", "C", "D"].map { Installation.line($0, $0 == "C" ? "1O" : "7") } + ["TRL,4,,,,,,"]
            try installation.drop("STOCK_20261121.csv", lines, minute: 1)
            let run = try await installation.tallyman("run", "stock")
            #expect(run.exit == 3 && installation.quantity("A") == "7", "\(run.all)")
            try await body(installation)
        }
    }

    private static func mended(_ installation: Installation) throws -> String {
        let path = "\(installation.folder)/state/rejects/stock-run1_rejects.csv"
        return try String(contentsOfFile: path, encoding: .utf8).replacing("1O", with: "10")
    }

    @Test(arguments: ["stock-run1_rejects.csv", "stock-run1_rejects (mended).csv"])
    func `a mended reject file that is dropped back is taken by its name, and touches no other product`(_ name: String) async throws {
        try await Self.with { installation in
            try installation.write(try Self.mended(installation), to: "erp/out/\(name)", mode: 0o644)
            let run = try await installation.tallyman("run", "stock")

            #expect(run.exit == 0 && run.output.contains("1 applied"), "\(run.all)")
            #expect(installation.quantity("C") == "10")
            // A full file that left out the others would have put them to zero.
            #expect(["A", "B", "D"].map { installation.quantity($0) } == ["7", "7", "7"])
            #expect(installation.names(in: "erp/archive").contains(name))
            // The next full file is measured by the full one before, and counts.
            try installation.drop("STOCK_20261122.csv", ["A", "B", "C", "D"].map { Installation.line($0, "9") } + ["TRL,4,,,,,,"], minute: 3000)
            let next = try await installation.tallyman("run", "stock")
            #expect(next.exit == 0, "\(next.all)")
            #expect(["A", "B", "D"].map { installation.quantity($0) } == ["9", "9", "9"], "\(next.all)")
        }
    }

    @Test func `a mended reject file that is given to run does the same`() async throws {
        try await Self.with { installation in
            try installation.write(try Self.mended(installation), to: "corrected.csv")
            let run = try await installation.tallyman("run", "stock", "--file", "corrected.csv")

            #expect(run.exit == 0 && installation.quantity("C") == "10", "\(run.all)")
            #expect(installation.quantity("A") == "7")
        }
    }

    @Test func `another file whose name looks like none of the flow's stays where it is`() async throws {
        try await Self.with { installation in
            for name in ["prices-run1_rejects.csv", "stock-run_rejects.csv", "stock-run1.csv"] {
                try installation.write(try Self.mended(installation), to: "erp/out/\(name)")
            }
            let run = try await installation.tallyman("run", "stock", "--no-quiet")
            #expect(run.output.contains("nothing to do") && installation.names(in: "erp/out").count == 3, "\(run.all)")
        }
    }
}
