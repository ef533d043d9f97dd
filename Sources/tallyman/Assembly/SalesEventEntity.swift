import Domain
import Engine
import Entities
import Formats
import Magento

/// One kind of the ERP's answers, by name.
protocol SalesEventFeed: Sendable {
    static var kind: SalesEventKind { get }
    static var help: String { get }
    static var noun: KeyNoun { get }
}

enum Despatches: SalesEventFeed {
    static let kind = SalesEventKind.despatches
    static let noun = KeyNoun("despatch", "despatches")
    static let help = "What the file means for shipments: each despatch number becomes one, with its tracking numbers."
}

enum Invoices: SalesEventFeed {
    static let kind = SalesEventKind.invoices
    static let noun = KeyNoun("invoice", "invoices")
    static let help = "What the file means for invoices: each number becomes one. No money is captured."
}

enum Credits: SalesEventFeed {
    static let kind = SalesEventKind.credits
    static let noun = KeyNoun("credit note", "credit notes")
    static let help = "What the file means for credit memos: each credit note becomes one, offline."
}

enum Cancellations: SalesEventFeed {
    static let kind = SalesEventKind.cancellations
    static let noun = KeyNoun("cancellation", "cancellations")
    static let help = "Orders that the ERP has cancelled: what is open of them is cancelled in the shop."
}

/// Despatches, invoices, credit notes or cancellations, as a flow's group describes them.
struct SalesEventEntity<Feed: SalesEventFeed>: ConfiguredEntity {
    static var name: String { Feed.kind.rawValue }
    static var help: String { Feed.help }
    static var noun: KeyNoun { Feed.noun }
    static var options: [OptionSpec] { SalesEventSettings.options(Feed.kind) }

    let sideContent: [UInt8] = []
    private let settings: SalesEventSettings
    private let group: SettingNode
    private let limits: SettingNode?

    init(_ context: EntityContext) throws {
        settings = try SalesEventSettings(Feed.kind, context.group)
        group = context.group
        limits = context.flow["gates"]
        try context.demandEvents(Feed.kind.rawValue)
        // Rows of one number are one document, whose rows add up.
        _ = try context.duplicates(of: Self.name, default: DocumentDuplicates.sum)
    }

    var definition: any EntityDefinition { SalesEventDefinition(settings.rules) }

    /// One despatch of an unknown order is no reason to hold back another: shares of rejected records are a limit only where
    /// the settings say so.
    func gates(_ common: Gates) -> Gates {
        var gates = common
        if limits?["rejected"] == nil { gates.rejected = nil }
        if limits?["unknown"] == nil { gates.unknown = nil }
        return gates
    }

    func connect(_ shop: ConnectedShop) async throws -> ConnectedEntity {
        let named = Set(settings.rules.warehouses.values).union(settings.rules.source.map { [$0] } ?? [])
        if !named.isEmpty {
            let known = Set(try await shop.client.inventory.sources().map(\.code))
            if let missing = named.subtracting(known).min() {
                throw (group["warehouses"] ?? group["source"] ?? group).invalid(
                    "names the source \(Escaped(missing)), which the shop does not have", fix: "use one of \(known.sorted().joined(separator: ", "))"
                )
            }
        }
        return ConnectedEntity(
            definition: SalesEventDefinition(settings.rules, books: shop.orders),
            applier: SalesEventApplier(client: shop.client, rules: settings.rules, timeline: shop.timeline, books: shop.orders))
    }
}

extension EntityContext {
    /// Events and values follow one another by different rules, so a flow has either.
    fileprivate func demandEvents(_ name: String) throws {
        let events = Set(SalesEventKind.allCases.map(\.rawValue))
        if let other = EntityCatalogue.names.first(where: { !events.contains($0) && flow[$0] != nil }) {
            throw group.invalid(
                "of \(name) shares its flow with \(other)",
                fix: "give them flows of their own: events are never overtaken by a newer file, values are")
        }
        if let mode = flow["mode"], mode.scalar == FileMode.full.rawValue {
            throw mode.invalid("is no mode for \(name)", fix: "leave mode out: a file of events is never a full list")
        }
    }
}
