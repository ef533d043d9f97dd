import Domain
import Foundation
import Testing

@testable import Entities

struct SafetyBufferTests {
    @Test(arguments: [
        (SafetyBuffer.none, ExactDecimal(100), ExactDecimal(0)),
        (SafetyBuffer(units: 2), 100, 2),
        (SafetyBuffer(percent: 5), 100, 5),
        (SafetyBuffer(units: 2, percent: 5), 100, 7),
        (SafetyBuffer(percent: 5, minimum: 10), 100, 10),
        (SafetyBuffer(percent: 50, maximum: 20), 100, 20),
        (SafetyBuffer(percent: 5, minimum: 3), 0, 3),
        (SafetyBuffer(units: 2, percent: 50), -10, 2),
    ])
    func `what is kept back`(_ buffer: SafetyBuffer, of free: ExactDecimal, is amount: ExactDecimal) {
        #expect(buffer.amount(of: free) == amount)
    }

    @Test func `the buffer's formula stands in the settings reference, and is what is kept back`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/settings.md"), encoding: .utf8)
        #expect(page.contains("Kept back = units + percent of the free quantity, at least minimum, at most maximum;"))

        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let free = Int64.random(in: 0...5000, using: &generator)
            let (units, percent) = (Int64.random(in: 0...20, using: &generator), Int64.random(in: 0...100, using: &generator))
            let minimum = Int64.random(in: 0...50, using: &generator)
            let maximum = minimum + Int64.random(in: 0...500, using: &generator)
            let buffer = SafetyBuffer(
                units: ExactDecimal(units), percent: ExactDecimal(percent), minimum: ExactDecimal(minimum), maximum: ExactDecimal(maximum))
            // In hundredths, so that nothing is rounded.
            let kept = min(max(units * 100 + free * percent, minimum * 100), maximum * 100)
            let wanted = try #require(ExactDecimal(coefficient: kept, scale: 2))
            #expect(buffer.amount(of: ExactDecimal(free)) == wanted, "\(buffer) of \(free)")
        }
    }

    @Test func `a product's own rule goes before its class's, and that before the flow's`() {
        let own = BufferPolicy.Rule(buffer: SafetyBuffer(units: 1))
        let ofClass = BufferPolicy.Rule(buffer: SafetyBuffer(units: 2), decimals: 1)
        let standard = BufferPolicy.Rule(buffer: SafetyBuffer(units: 3))
        let policy = BufferPolicy(standard: standard, bySKU: [RecordKey("A"): own], byClass: [RecordKey("9"): ofClass])

        func rule(_ sku: String, _ productClass: String) -> BufferPolicy.Rule {
            policy.rule(sku: Array(sku.utf8)[...], productClass: Array(productClass.utf8)[...])
        }

        #expect(rule("A", "9") == own)
        #expect(rule("B", "9") == ofClass)
        #expect(rule("B", "8") == standard)
        #expect(rule("B", "") == standard)
        #expect(rule("a", "") == standard)
    }

    @Test(arguments: [
        (SafetyBuffer(units: 2), "2"), (SafetyBuffer(units: 2, percent: 5), "2 + 5 %"),
        (SafetyBuffer(percent: 5, minimum: 1, maximum: 20), "0 + 5 %, at least 1, at most 20"),
    ])
    func `a buffer in words`(_ buffer: SafetyBuffer, _ text: String) { #expect(buffer.description == text) }
}

struct WarehouseMapTests {
    @Test(arguments: [
        ("LDS", WarehouseMap.Destination.source("main")), ("BHM", .source("main")), ("NCL", .source("north")),
        ("TRADE", .leftOut), ("lds", .unknown), ("", .unknown), ("LDS ", .unknown),
    ])
    func `a code is mapped, left out or unknown, and never guessed`(_ code: String, _ destination: WarehouseMap.Destination) {
        let map = WarehouseMap.sources(["LDS": "main", "BHM": "main", "NCL": "north"], ignored: ["TRADE"])

        #expect(map.destination(of: code) == destination)
        #expect(map.sources == ["main", "north"])
    }

    private static let aggregates: [(Set<String>?, String, WarehouseMap.Destination)] = [
        (nil, "LDS", .source("default")), (nil, "TRADE", .leftOut), (["LDS"], "LDS", .source("default")),
        (["LDS"], "BHM", .leftOut), (["LDS", "TRADE"], "TRADE", .leftOut),
    ]

    @Test(arguments: aggregates)
    func `an aggregate takes what is included and not excluded`(
        _ included: Set<String>?, _ code: String, _ destination: WarehouseMap.Destination
    ) {
        let map = WarehouseMap.aggregate(source: "default", included: included, excluded: ["TRADE"])

        #expect(map.destination(of: code) == destination)
        #expect(map.sources == ["default"])
    }
}
