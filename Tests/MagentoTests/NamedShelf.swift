import Domain
import Magento
import Synchronization

/// A shop that has every product it is asked for by name, and counts the questions.
final class NamedShelf: ShopTransport {
    private let counted = Mutex(0)

    var calls: Int { counted.withLock { $0 } }

    func send(_ call: ShopCall) async -> Answer {
        counted.withLock { $0 += 1 }
        func values(_ end: String) -> [String] { call.query.filter { $0.name.hasSuffix(end) }.map(\.value) }
        let named = values("[value]").first?.split(separator: ",").map(String.init) ?? []
        let after = values("[value]").dropFirst().first.flatMap { Int($0) } ?? 0
        let size = values("[pageSize]").first.flatMap { Int($0) } ?? 0
        let items = named.enumerated().filter { $0.offset + 1 > after }.prefix(size).map { place, sku in
            JSON.object(["id": .number("\(place + 1)"), "sku": .string(sku), "type_id": .string("simple")])
        }
        return .done(Answer.Payload(json: .object(["items": .array(Array(items)), "total_count": .number("\(named.count)")]), serverTime: nil))
    }
}
