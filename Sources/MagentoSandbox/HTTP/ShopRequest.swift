/// A request as it came over the wire.
package struct ShopRequest: Sendable {
    package var method: String
    /// Path and query exactly as sent, never decoded.
    package var target: String
    /// The `Host` header.
    package var host: String
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(method: String, target: String, host: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.target = target
        self.host = host
        self.headers = headers
        self.body = body
    }

    package var path: Substring { target.prefix { $0 != "?" } }
    package var query: Substring { target[path.endIndex...].dropFirst() }
}
