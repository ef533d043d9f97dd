import Domain
import Foundation
import Magento
import MagentoSandbox

@testable import Entities

/// Orders of a stand-in shop, read over real HTTP and made ready for a file.
enum OrderWorld {
    /// Settings of two levels: `["tax": ["20": "T1"], "prices": "exclusive"]`.
    static func node(_ values: [String: Any]) -> SettingNode {
        let place = Diagnostic.Location(file: "test")
        return SettingNode(
            .map(
                values.sorted { $0.key < $1.key }.map { key, value in
                    switch value {
                    case let text as String: (key, SettingNode(.scalar(text), at: place))
                    case let map as [String: Any]: (key, node(map))
                    case let list as [String]: (key, SettingNode(.list(list.map { SettingNode(.scalar($0), at: place) }), at: place))
                    default: (key, SettingNode(.null, at: place))
                    }
                }
            ), at: place)
    }

    static func settings(select: [String: Any] = [:], orders: [String: Any] = [:], files: [String: String] = [:]) throws -> OrderSettings {
        try OrderSettings(select: node(select), orders: node(orders)) { _, name in
            guard let text = files[name] else { throw CancellationError() }
            return text
        }
    }

    struct NotPlaced: Error {}

    struct Read: Sendable {
        var order: JSON
        var document: OutboundDocument
    }

    /// Places the drafts and fetches what a sweep finds of them.
    static func orders(
        _ drafts: [OrderDraft], select: [String: Any] = ["states": ["*": "new"]], orders: [String: Any] = [:],
        prepare: @Sendable @escaping (inout ShopState) -> Void = { _ in },
        meanwhile: @Sendable @escaping (inout ShopState) -> Void = { _ in }
    ) async throws -> [Read] {
        let settings = try settings(select: select, orders: orders)
        let stocked: @Sendable (inout ShopState) -> Void = { state in
            for number in 0..<20 {
                state.sourceItems.upsert(sku: ApplierShop.sku(number), source: "main", quantity: Quantity(1_000_000), isInStock: true)
            }
            prepare(&state)
        }
        return try await ApplierShop.run(products: 20, prepare: stocked) { world in
            let placed = world.shop.withState { state in drafts.count { (try? state.place($0, now: 1_795_230_000)) != nil } }
            guard placed == drafts.count else { throw NotPlaced() }
            world.shop.withState { meanwhile(&$0) }
            let source = OrderSource(
                client: world.client, trigger: OrderTrigger(moments: settings.moments, start: UTCInstant(seconds: 0)), settings: settings)
            var places: [Int64] = []
            _ = try await source.sweep(since: nil) { places += $0.filter { $0.readiness == .ready }.map(\.place) }
            return try await source.fetch(places).sorted { $0.observation.place < $1.observation.place }.map {
                Read(order: try JSONReader.read($0.content), document: $0)
            }
        }
    }

    static func text(_ record: DocumentRecord, _ name: String) -> String? {
        switch record.values[name] {
        case .text(let text): text
        case .number(let number): number.description
        case .instant(let instant): instant.description
        case nil: nil
        }
    }

    static func number(_ record: DocumentRecord, _ name: String) -> ExactDecimal {
        if case .number(let number) = record.values[name] { number } else { .zero }
    }
}
