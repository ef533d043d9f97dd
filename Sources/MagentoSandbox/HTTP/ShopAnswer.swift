/// What goes back over the wire.
package struct ShopAnswer: Hashable, Sendable {
    package var status: Int
    package var contentType: String
    package var headers: [String: String]
    package var body: [UInt8]
    /// Rows of the list that the body is; for the time it takes.
    var rows = 0

    package init(status: Int, contentType: String = Self.json, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    package init(status: Int, json: JSONValue, headers: [String: String] = [:]) {
        self.init(status: status, headers: headers, body: JSONWriter.bytes(json))
    }

    package static let json = "application/json; charset=utf-8"
    package static let html = "text/html; charset=UTF-8"
}
