package import Domain

/// What the shop took to do later, and whether it does it: `GET bulk`. Nothing of ours is there, but consumers that stand still stop
/// other things of the shop, too.
package struct BulkQueue: Sendable {
    package struct Stalled: Hashable, Sendable {
        package var count: Int
        package var since: UTCInstant
    }

    /// Operation states (contract 7).
    private static let complete = "1"
    private static let open = "4"
    /// A row that a quick consumer overtook stays open for ever; so far back nothing is told of one.
    private static let memory = Duration.seconds(86_400)

    private let transport: any ShopTransport
    private let size = PageSize(50)

    package init(_ transport: any ShopTransport) { self.transport = transport }

    /// Work that was taken before `moment` and is still open, where nothing that was taken after it is done: then the consumer
    /// stands still. `nil` where it works. Throws `Diagnostic`.
    package func stalled(since moment: UTCInstant) async throws -> Stalled? {
        let waiting = try await find(Self.open, from: moment.adding(.zero - Self.memory), to: moment)
        guard let first = waiting.compactMap(Self.start).min() else { return nil }
        let done = try await find(Self.complete, from: first, to: nil)
        return done.isEmpty ? Stalled(count: waiting.count, since: first) : nil
    }

    private func find(_ status: String, from: UTCInstant, to: UTCInstant?) async throws -> [JSON] {
        var filters: [SearchQuery.Filter] = [
            .init("status", .equal, status), .init("start_time", .greaterOrEqual, ShopTime.text(from)),
        ]
        if let to { filters.append(.init("start_time", .less, ShopTime.text(to))) }
        let asked = filters
        return try await transport.search(["bulk"], size) { SearchQuery(asked, pageSize: $0) }
    }

    private static func start(_ json: JSON) -> UTCInstant? {
        json["extension_attributes"]?["start_time"]?.text.flatMap(ShopTime.instant)
    }
}
