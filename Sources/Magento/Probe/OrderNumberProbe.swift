package import Domain

/// Whether two store views number their orders alike. Reservations, shipments and the ERP know an order by its number alone, so what comes
/// back for one would be done to the other.
package struct OrderNumberProbe: Sendable {
    /// Orders are looked at so far back.
    package static let window = Duration.seconds(60 * 86_400)

    package struct Seen: Hashable, Sendable {
        package var id: Int
        package var number: String
        package var store: Int

        package init(id: Int, number: String, store: Int) {
            self.id = id
            self.number = number
            self.store = store
        }
    }

    private let client: MagentoClient

    package init(_ client: MagentoClient) { self.client = client }

    /// What is wrong, in words; `nil` where nothing is. Throws a `Diagnostic`.
    package func trouble(now: UTCInstant, stores: [Int]) async throws -> String? {
        var seen: [Seen] = []
        let range = OrderSearch.Range(createdSince: now.adding(.zero - Self.window), stores: stores)
        _ = try await client.orderSearch.sweep(range, fields: "items[entity_id,increment_id,store_id],total_count") { page in
            seen += page.compactMap { json in
                guard let id = json["entity_id"]?.whole, let number = json["increment_id"]?.text, let store = json["store_id"]?.whole else {
                    return nil
                }
                return Seen(id: id, number: number, store: store)
            }
        }
        return Self.trouble(seen)
    }

    package static func trouble(_ orders: [Seen]) -> String? {
        let twins = Dictionary(grouping: orders, by: \.number).filter { Set($0.value.map(\.id)).count > 1 }
        if let twin = twins.min(by: { $0.key < $1.key }) {
            let stores = Set(twin.value.map(\.store)).sorted().map(String.init).joined(separator: " and ")
            return "\(twins.count) order numbers are used twice, such as \(Escaped(twin.key, limit: 40)) in the store views \(stores)"
        }
        // Numbers of one form that do not reach each other: the lower ones will come to those that the others have had.
        let byStore = Dictionary(grouping: orders.filter { Int64($0.number) != nil }, by: \.store).sorted { $0.key < $1.key }
        for (index, one) in byStore.enumerated() {
            for other in byStore[(index + 1)...] {
                let (left, right) = (one.value.map(\.number), other.value.map(\.number))
                guard let leftEnds = ends(left), let rightEnds = ends(right), leftEnds.length == rightEnds.length,
                    leftEnds.last < rightEnds.first || rightEnds.last < leftEnds.first
                else { continue }
                return
                    "the store views \(one.key) and \(other.key) number their orders alike and apart: \(leftEnds.last) and \(rightEnds.last) are their last"
            }
        }
        return nil
    }

    private static func ends(_ numbers: [String]) -> (first: String, last: String, length: Int)? {
        guard let first = numbers.min(), let last = numbers.max(), Set(numbers.map(\.utf8.count)).count == 1 else { return nil }
        return (first, last, first.utf8.count)
    }
}
