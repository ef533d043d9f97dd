import Domain
import Endpoints
import Formats
import Foundation
import StateStore
import TestKit

@testable import Engine

/// A world whose files carry dated figures for one entity or two. Its clock starts at 2026-03-01T00:00:00Z.
final class DatedWorld: Sendable {
    let world = World()
    let shop: FigureShop
    let second = FigureShop()

    init(_ figures: [String: String] = [:]) {
        shop = FigureShop(figures)
        world.clock.setWallClock(UTCInstant(seconds: 1_772_323_200))
        let folder = "\(world.folder)/profiles/test/dated"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in Self.profile { try? Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
    }

    struct Knobs {
        var mode = FileMode.full
        var gates = Gates()
        var approval = Flow.Approval.automatic
        var canary: String?
        var isProbed = false
        var hidden: Set<String> = []
        var blindAfter = Int.max
        var hasSecondEntity = false
    }

    func flow(_ knobs: Knobs, boundary: Boundary = .open) throws -> Flow {
        let endpoint = WatchedEndpoint(
            LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: "\(world.folder)/erp")), boundary: boundary
        )
        var entities = [
            FlowEntity(
                definition: DatedFigures(name: "figures", field: "price"),
                applier: WatchedApplier(shop, boundary: boundary), gates: knobs.gates,
                probe: knobs.isProbed ? ThreeDigitProbe(shop: shop, canary: knobs.canary, hidden: knobs.hidden, blindAfter: knobs.blindAfter) : nil
            )
        ]
        if knobs.hasSecondEntity {
            entities.append(
                FlowEntity(
                    definition: DatedFigures(name: "weights", field: "weight"),
                    applier: WatchedApplier(second, boundary: boundary), gates: Gates()
                )
            )
        }
        return Flow(
            name: "figures",
            pull: Pull(
                endpoint: endpoint, folder: "out", selection: FileSelection(patterns: [GlobPattern("*.csv")]),
                settle: .atOnce, after: .move(folder: "archive", naming: .stamped)
            ),
            profile: try ProfileCatalogue(folder: "\(world.folder)/profiles").profile(named: "test/dated"),
            entities: entities, mode: knobs.mode, timeZone: "Europe/London", approval: knobs.approval, fingerprint: "1"
        )
    }

    @discardableResult
    func run(_ knobs: Knobs = Knobs(), boundary: Boundary = .open) async throws -> FlowReport {
        try await world.runner(world.ledger(boundary: boundary)).run(flow(knobs, boundary: boundary), cause: "schedule")
    }

    /// Lines are `sku,figure,weight,valid_from`; trailing cells may be left out.
    func drop(_ name: String, _ lines: [String]) throws {
        let padded = lines.map { line in line + String(repeating: ",", count: 3 - line.count { $0 == "," }) }
        let text = (["sku,figure,weight,valid_from"] + padded).map { $0 + "\r\n" }.joined()
        try world.drop(name, bytes: Array(text.utf8))
    }

    func setClock(_ day: Int, march hour: Int = 0) {
        world.clock.setWallClock(UTCInstant(seconds: 1_772_323_200 + Int64((day - 1) * 86_400 + hour * 3600)))
    }

    func tally(_ run: Int64, _ entity: String = "figures") throws -> Tally? {
        try world.ledger().read { try $0.tally(run: run, entity: entity) }
    }

    func state(_ run: Int64) throws -> Run.State? { try world.ledger().read { try $0.run(run)?.state } }

    private static let profile = [
        "dialect.json": #"{"delimiter": ",", "header": true}"#,
        "schema.json": """
        {"fields": [{"name": "sku", "type": "string"}, {"name": "figure", "type": "number"},
          {"name": "weight", "type": "number"}, {"name": "valid_from", "type": "date", "format": "%Y-%m-%d"}]}
        """,
        "profile.json": """
        {"title": "dated figures", "fields": {"sku": {"column": "sku", "blank": "reject"}, "price": {"column": "figure"},
          "weight": {"column": "weight"}, "valid_from": {"column": "valid_from"}}, "event_time": {"source": "modified"}}
        """,
    ]
}
