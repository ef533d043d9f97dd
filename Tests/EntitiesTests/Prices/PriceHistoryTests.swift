import Domain
import Foundation
import TestKit
import Testing

@testable import Entities

/// A real company's price history against what a short Python script makes of it.
@Suite(.enabled(if: PriceHistory.isAtHand, "../shared/data/adventureworks and python3"))
struct PriceHistoryTests {
    /// Days before, in and after the history, both nights of change among them, and the seams between two prices.
    static let days = [
        "2010-01-01", "2011-05-31", "2012-03-25", "2012-05-29", "2012-05-30", "2012-10-28", "2013-05-29", "2013-05-30", "2013-12-24", "2026-11-21",
    ]

    @Test(arguments: days)
    func `C6 the price of a day is what an independent script says, for every product`(_ day: String) throws {
        let wanted = try PriceHistory.pythonPrices(on: day)
        let noon = try PriceHistory.instant(day, hour: 12)

        var found: [String: String] = [:]
        for (product, rows) in try PriceHistory.rows() {
            if let price = try PriceHistory.value(rows, asOf: noon).now { found[product] = price }
        }

        #expect(found == wanted)
        #expect(day < "2011-05-31" ? wanted.isEmpty : wanted.count > 20)
    }

    /// The file is read once, before the history begins; every later price comes by itself on its day, once.
    @Test func `C6 prices that were planned years ahead are those of the script on each day`() throws {
        let early = try PriceHistory.instant("2010-01-01", hour: 12)
        let plans = try PriceHistory.rows().mapValues { try PriceHistory.value($0, asOf: early) }
        for day in Self.days {
            let noon = try PriceHistory.instant(day, hour: 12)
            let found = plans.compactMapValues { plan in plan.later.last { $0.due <= noon }?.price ?? plan.now }

            // A price that ends without another after it stays: a product is never without one.
            for (product, price) in try PriceHistory.pythonPrices(on: day) { #expect(found[product] == price, "\(product) on \(day)") }
        }
        #expect(plans.values.allSatisfy { plan in Set(plan.later.map(\.due)).count == plan.later.count })
    }
}

enum PriceHistory {
    private static let file: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return ["../shared", "../../shared"].map {
            root.appendingPathComponent("\($0)/data/adventureworks/ProductListPriceHistory.csv").standardizedFileURL.path
        }
        .first { FileManager.default.fileExists(atPath: $0) }
    }()

    static var isAtHand: Bool { file != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") }

    struct Plan {
        var now: String?
        var later: [(due: UTCInstant, price: String)]
    }

    static func instant(_ day: String, hour: Int) throws -> UTCInstant {
        let zone = try #require(ShopZone("Europe/London"))
        return try #require(zone.instant(of: "\(day) \(hour < 10 ? "0" : "")\(hour):00:00"))
    }

    /// A product's rows as the profile of a dated price list would give them.
    static func rows() throws -> [String: [PriceCase.Row]] {
        var rows: [String: [PriceCase.Row]] = [:]
        for line in try String(contentsOfFile: file ?? "", encoding: .utf8).split(whereSeparator: \.isNewline) {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let ends = cells[3].isEmpty ? nil : PriceCase.Cell.instant(try instant(String(cells[3].prefix(10)), hour: 0))
            var row: PriceCase.Row = ["price": .number(cells[4]), "valid_from": .instant(try instant(String(cells[2].prefix(10)), hour: 0))]
            row["valid_to"] = ends
            rows[cells[1], default: []].append(row)
        }
        return rows
    }

    static func value(_ rows: [PriceCase.Row], asOf instant: UTCInstant) throws -> Plan {
        var test = try PriceCase(.base)
        test.now = instant
        test.terms.digits = 4
        let verdict = test.decide(rows.reversed()).verdict
        func price(_ bytes: EncodedValue) throws -> String { try PriceValue(encoded: bytes).entries.first?.amount.number.description ?? "" }
        var plan = Plan(later: try verdict.scheduled.map { ($0.due, try price($0.value)) })
        switch verdict.decision {
        case .change(let bytes): plan.now = try price(bytes)
        case .unchanged, .refreshed: break
        case .rejected(let reason): Issue.record("\(reason.text)")
        }
        return plan
    }

    /// Product to price on that day, by comparing dates as texts.
    static func pythonPrices(on day: String) throws -> [String: String] {
        let script = """
            import sys, json, decimal
            prices = {}
            for line in open(sys.argv[1], encoding='utf-8'):
                _, product, start, end, price, _ = line.rstrip('\\r\\n').split('\\t')
                if start[:10] <= sys.argv[2] and (not end or sys.argv[2] <= end[:10]):
                    prices[product] = format(decimal.Decimal(price).normalize(), 'f')
            print(json.dumps(prices))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script, file ?? "", day]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let answer = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([String: String].self, from: answer)
    }
}
