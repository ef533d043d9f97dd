/// A routed call: what a resource reads, and the note it leaves of what it changed.
struct RouteCall: Sendable {
    var variables: [String: String]
    var query: QueryTree
    var body: JSONValue
    /// The store whose values the call means; 0 for those of all stores.
    var store: Int
    /// `http://127.0.0.1:8089/`
    var baseURL: String
    var now: Int64
    /// What was written, for the journal.
    var committed: [JournalItem] = []

    func variable(_ name: String) -> String { variables[name] ?? "" }

    /// A required top-level member of the body; snake and camel case are one.
    func required(_ name: String) throws(ShopError) -> JSONValue {
        guard let value = body.field(name) else { throw .required(name) }
        return value
    }
}

extension JSONValue {
    func field(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let wanted = QueryTree.camel(name)
        return members.last { QueryTree.camel($0.name) == wanted }?.value
    }
}
