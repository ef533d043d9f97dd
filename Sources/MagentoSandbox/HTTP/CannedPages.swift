/// Pages that come from the web server, the maintenance page or a crashing PHP instead of from the API.
extension ShopAnswer {
    /// nginx's own error page.
    package static func gateway(_ status: Int, _ title: String) -> ShopAnswer {
        page(
            status,
            "<html>\r\n<head><title>\(status) \(title)</title></head>\r\n<body>\r\n"
                + "<center><h1>\(status) \(title)</h1></center>\r\n</body>\r\n</html>\r\n"
        )
    }
    package static let badGateway = gateway(502, "Bad Gateway")
    package static let gatewayTimeout = gateway(504, "Gateway Time-out")
    package static let bodyTooLarge = gateway(413, "Request Entity Too Large")

    /// `bin/magento maintenance:enable`; no Retry-After.
    package static let maintenance = page(
        503,
        "<!doctype html>\n<html><head><title>Error 503: Service Unavailable</title></head>\n"
            + "<body><h1>Service Temporarily Unavailable</h1></body></html>\n"
    )
    /// An unknown Accept header, an exception outside the API.
    package static let errorReport = page(
        500,
        "<!doctype html>\n<html><head><title>There has been an error processing your request</title></head>\n"
            + "<body><h1>There has been an error processing your request</h1></body></html>\n"
    )
    /// A PHP `TypeError` in production mode.
    package static let applicationError = ShopAnswer(
        status: 500, contentType: "text/plain;charset=UTF-8",
        body: Array("An error has happened during application run. See exception log for details.".utf8))
    /// A PHP fatal error with `display_errors` on: status 200.
    package static let phpFatal = page(
        200, "<br />\n<b>Fatal error</b>:  Allowed memory size of 46137344 bytes exhausted<br />\n")
    package static let notFoundPage = page(
        404, "<!doctype html>\n<html lang=\"en\"><head><title>404 Not Found</title></head><body></body></html>\n")
    package static let loginPage = page(200, "<!doctype html>\n<html><head><title>Admin</title></head></html>\n")

    /// A content-delivery network's throttle.
    package static func tooManyRequests(retryAfter: String?) -> ShopAnswer {
        var answer = ShopAnswer(status: 429, json: ["message": "Too Many Requests"])
        answer.headers["Retry-After"] = retryAfter
        return answer
    }

    package static func redirect(to address: String) -> ShopAnswer {
        var answer = page(302, "<html><body>Moved</body></html>")
        answer.headers["Location"] = address
        return answer
    }

    package static func page(_ status: Int, _ html: String) -> ShopAnswer {
        ShopAnswer(status: status, contentType: Self.html, body: Array(html.utf8))
    }

    /// Status 200 with the JSON content type and any bytes: empty, `null`, cut off, too deep, too large.
    package static func json(_ bytes: [UInt8], status: Int = 200) -> ShopAnswer { ShopAnswer(status: status, body: bytes) }
    package static func json(_ text: String, status: Int = 200) -> ShopAnswer { json(Array(text.utf8), status: status) }
}
