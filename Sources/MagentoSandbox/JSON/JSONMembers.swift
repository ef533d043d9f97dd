/// The members of an object in order; what is absent is left out, as PHP's serialiser leaves out what is null.
struct JSONMembers {
    private(set) var list: [JSONValue.Member] = []

    var object: JSONValue { .object(list) }

    mutating func add(_ name: String, _ value: JSONValue?) {
        if let value { list.append(.init(name, value)) }
    }
    mutating func add(_ name: String, _ text: String?) { add(name, text.map { JSONValue.string($0) }) }
    mutating func add(_ name: String, _ number: Int?) { add(name, number.map { JSONValue($0) }) }
    mutating func add(_ name: String, _ money: Money?) { add(name, money.map { JSONValue.number($0.number) }) }
    mutating func add(_ name: String, _ quantity: Quantity?) { add(name, quantity.map { JSONValue.number($0.number) }) }
}
