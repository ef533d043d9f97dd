package import Domain
package import Magento

/// The ERP's order numbers in the shop's `ext_order_id`.
package struct OrderNumberBook: NumberBook {
    /// What the shop's column holds.
    private static let longest = 32

    private let client: MagentoClient

    package init(client: MagentoClient) { self.client = client }

    package func enter(_ documents: [NumberedDocument]) async throws -> [NumberEntry] {
        let numbers = client.orderNumbers
        let found = try await numbers.find(documents.map { Int($0.place) })
        let orders = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        var entries: [NumberEntry] = []
        for document in documents {
            guard let order = orders[Int(document.place)], RecordKey(order.incrementID) == document.identity else {
                entries.append(NumberEntry(document, .left("the shop does not have the order any more")))
                continue
            }
            if let present = order.outside {
                entries.append(
                    NumberEntry(document, present == document.number ? .entered : .left("the shop has \(Escaped(present, limit: 40)) there")))
            } else if document.number.unicodeScalars.count > Self.longest {
                entries.append(NumberEntry(document, .left("it has more than \(Self.longest) characters")))
            } else {
                _ = try await numbers.write(document.number, order: order.id).payload()
                entries.append(NumberEntry(document, .entered))
            }
        }
        return entries
    }
}
