/// One method and path of the web API.
struct Route: Sendable {
    enum Access: Sendable {
        case anonymous
        case resource(String)
    }

    var method: String
    /// `inventory/source-items`, `products/:sku`.
    var pattern: [String]
    var access: Access
    var handler: @Sendable (inout ShopState, inout RouteCall) throws(ShopError) -> JSONValue

    init(
        _ method: String,
        _ pattern: String,
        _ access: Access,
        _ handler: @escaping @Sendable (inout ShopState, inout RouteCall) throws(ShopError) -> JSONValue
    ) {
        self.method = method
        self.pattern = pattern.split(separator: "/").map(String.init)
        self.access = access
        self.handler = handler
    }

    /// The values of the path's variables, `nil` where the path is another.
    func match(_ segments: [String]) -> [String: String]? {
        guard segments.count == pattern.count else { return nil }
        var variables: [String: String] = [:]
        for (part, segment) in zip(pattern, segments) {
            if part.hasPrefix(":") {
                variables[String(part.dropFirst())] = PercentCoding.decodeForm(segment)
            } else if part != segment {
                return nil
            }
        }
        return variables
    }
}
