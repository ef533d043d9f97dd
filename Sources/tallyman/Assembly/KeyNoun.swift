import Entities

/// What an entity's keys are, for people.
struct KeyNoun: Hashable, Sendable {
    /// The caption of a column of them.
    var one: String
    var many: String

    init(_ one: String, _ many: String) { (self.one, self.many) = (one, many) }

    static let product = KeyNoun("product", "products")
    static let order = KeyNoun("order", "orders")
    private static let customer = KeyNoun("customer", "customers")

    /// Of what leaves the shop, as of what comes into it.
    static func of(_ entity: String) -> KeyNoun {
        switch entity {
        case OrderMaker.name: .order
        case CustomerMaker.name: .customer
        case OrderCancellationMaker.name: .order
        case _: EntityCatalogue.kinds.first { $0.name == entity }?.noun ?? .product
        }
    }

    /// The caption of a column of keys in which several entities may meet.
    static func caption(of entities: some Sequence<String>) -> String {
        let nouns = Set(entities.map { of($0).one })
        return nouns.count > 1 ? "key" : nouns.first ?? product.one
    }

    /// The caption of a column of their counts.
    static func heading(of entities: some Sequence<String>) -> String {
        let nouns = Set(entities.map { of($0).many })
        return nouns.count > 1 ? "documents" : nouns.first ?? order.many
    }
}
