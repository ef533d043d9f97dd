import Foundation
import MagentoSandbox
import Testing

/// Where the time of a run went, told by the program to people and to other programs.
struct RunTimesRunTests {
    @Test func `show draws where the time went and how soon the rows were in the shop, in words and as JSON, and the figures have it too`()
        async throws
    {
        try await Installation.with { installation in
            installation.shop.setTimes(.recorded)
            try installation.dropTen()
            let ran = try await installation.tallyman("run", "stock")
            #expect(ran.exit == 0, "\(ran.all)")

            let shown = try await installation.tallyman("show", "1")
            let times = try await installation.tallyman("show", "1", "--json").json()["times"]
            let figures = try await installation.tallyman("report", "--kpi", "--date", Self.today)

            for line in ["waited for the file", "asked the shop", "wrote to the shop"] { #expect(shown.output.contains(line), "\(shown.all)") }
            #expect(shown.output.contains(#/wrote to the shop +\d+\.\d s +#+/#), "a bar: \(shown.all)")
            #expect(shown.output.contains(#/in the shop: half of 10 rows .+ after the file had landed, 95 of 100 after .+, the last after/#))
            // The recorded shop takes 36 ms for the shortest question and 80 for the smallest save.
            #expect(Self.figure(times?["askedShop"]) >= 36, "\(shown.all)")
            #expect(Self.figure(times?["wroteToShop"]) >= 80, "\(shown.all)")
            let landed = times?["landedToShop"]
            #expect(Self.figure(landed?["rows"]) == 10)
            #expect(Self.figure(landed?["p50"]) > 0)
            #expect(Self.figure(landed?["p95"]) == Self.figure(landed?["last"]), "one call took all")
            #expect(figures.output.contains("Stock: from the file's landing to the shop, 95 of 100 rows"), "\(figures.all)")
            #expect(figures.output.contains("10 rows"), "\(figures.all)")
        }
    }

    private static func figure(_ value: JSONValue?) -> Int {
        guard case .number(let text) = value else { return -1 }
        return Int(text) ?? -1
    }

    private static var today: String {
        let format = ISO8601DateFormatter()
        format.formatOptions = [.withFullDate]
        return format.string(from: Date())
    }
}
