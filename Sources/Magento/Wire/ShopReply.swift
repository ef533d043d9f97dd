package import Domain

/// An answer as it came over the wire, reduced to what is looked at. Cookies and other headers are dropped here.
package struct ShopReply: Hashable, Sendable {
    package var status: Int
    package var contentType: String
    package var retryAfter: String?
    package var location: String?
    /// The `Date` header.
    package var serverTime: UTCInstant?
    package var body: [UInt8]
    /// What a reader of its parts has found wrong with the body.
    package var problem: JSONReader.Problem?

    package init(
        status: Int,
        contentType: String,
        retryAfter: String? = nil,
        location: String? = nil,
        serverTime: UTCInstant? = nil,
        body: [UInt8]
    ) {
        self.status = status
        self.contentType = contentType
        self.retryAfter = retryAfter
        self.location = location
        self.serverTime = serverTime
        self.body = body
    }

    static func isJSON(_ contentType: String) -> Bool { contentType.prefix { $0 != ";" }.lowercased() == "application/json" }
}
