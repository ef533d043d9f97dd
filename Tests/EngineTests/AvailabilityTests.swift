import Domain
import Endpoints
import Entities
import Formats
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// What a file says of when and whether goods can be sold is obeyed, besides their quantity.
struct AvailabilityTests {
    private static func flow(_ world: World, _ profile: String, statuses: StockStatuses = StockStatuses()) throws -> Flow {
        var flow = try world.flow(World.Knobs())
        flow.profile = try ProfileCatalogue(folder: "\(World.projectFolder)/Schemas/profiles").profile(named: profile)
        let definition = StockDefinition(warehouses: .aggregate(source: "main", included: nil, excluded: []), statuses: statuses)
        flow.entities = [FlowEntity(definition: definition, applier: world.shop, gates: .open)]
        flow.pull.selection = FileSelection(patterns: [GlobPattern("*.xml")])
        return flow
    }

    private static func line(_ sku: String, _ kind: String, _ more: String) -> String {
        "<\(kind)Line><ID>1</ID><Quantity>5</Quantity>\(more)<Item><SellersItemIdentification><ID>\(sku)</ID></SellersItemIdentification></Item></\(kind)Line>"
    }

    private static func run(_ world: World, _ kind: String, _ lines: [(String, String)], statuses: StockStatuses = StockStatuses()) async throws
        -> FlowReport
    {
        let text = "<\(kind)><IssueDate>2026-01-02</IssueDate>\(lines.map { line($0, kind, $1) }.joined())</\(kind)>"
        try world.drop("\(lines.count)-\(UUID().uuidString).xml", bytes: Array(text.utf8))
        let profile = kind == "InventoryReport" ? "ubl/inventory" : "ubl/stock-availability"
        return try await world.runner(world.ledger()).run(flow(world, profile, statuses: statuses), cause: "schedule")
    }

    @Test(arguments: ["StockAvailabilityReport", "InventoryReport"])
    func `goods are not on sale before their day, nor with a status that says they are not`(_ kind: String) async throws {
        let world = World()
        world.clock.setWallClock(UTCInstant(seconds: 1_772_323_200))
        let report = try await Self.run(
            world, kind,
            [
                ("A", ""), ("B", "<AvailabilityDate>2026-03-02</AvailabilityDate>"), ("C", "<AvailabilityDate>2026-02-28</AvailabilityDate>"),
                ("D", "<AvailabilityStatusCode>OutOfStock</AvailabilityStatusCode>"),
                ("E", "<AvailabilityStatusCode>In stock</AvailabilityStatusCode>"),
                ("F", "<AvailabilityStatusCode>DISCONTINUED</AvailabilityStatusCode>"),
                ("G", "<AvailabilityStatusCode>Mystery</AvailabilityStatusCode>"),
            ])

        #expect(report.trouble == nil, "\(String(describing: report.trouble))")
        #expect(await world.shop.quantities == ["A main": 5, "B main": 0, "C main": 5, "D main": 0, "E main": 5, "F main": 0])
        #expect(try world.errors().map { $0.verdict.reason?.code } == ["AVAILABILITY-UNKNOWN"])

        world.clock.setWallClock(UTCInstant(seconds: 1_772_323_200 + 2 * 86_400))
        _ = try await Self.run(world, kind, [("B", "<AvailabilityDate>2026-03-02</AvailabilityDate>")])
        #expect(await world.shop.quantity("B") == 5)
    }

    @Test func `the settings say what an ERP's own words mean`() async throws {
        let world = World()
        let words = StockStatuses(available: ["Freigegeben", "Discontinued"], unavailable: ["GESPERRT"])
        let rows = ["freigegeben", "DISCONTINUED", "Gesperrt"].enumerated().map {
            ("S\($0)", "<AvailabilityStatusCode>\($1)</AvailabilityStatusCode>")
        }

        _ = try await Self.run(world, "StockAvailabilityReport", rows, statuses: words)

        #expect(await world.shop.quantities == ["S0 main": 5, "S1 main": 5, "S2 main": 0])
    }
}
