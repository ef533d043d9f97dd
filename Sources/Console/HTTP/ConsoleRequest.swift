import Domain

/// A request as the pages see it: nothing of the connection but the address at its other end.
package struct ConsoleRequest: Sendable {
    package var method: String
    /// Without the query.
    package var path: String
    package var query: [(name: String, value: String)]
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]
    /// Where the body is, where it was too large to be held: it brings a file.
    package var bodyPath: String?
    package var address: String
    /// Whether the page is asked for as JSON: its address has `.json` behind it.
    package private(set) var isJSON = false

    package init(method: String, target: String, headers: [String: String], body: [UInt8] = [], bodyPath: String? = nil, address: String) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? "/"
        if method == "GET" || method == "HEAD", path.hasSuffix(".json") {
            path.removeLast(5)
            isJSON = true
        }
        query = parts.count > 1 ? FormReader.pairs(String(parts[1])) : []
        self.headers = headers
        self.body = body
        self.bodyPath = bodyPath
        self.address = address
    }

    /// What separates the parts of a body that brings a file; `nil` for any other.
    var boundary: String? {
        guard let type = headers["content-type"], type.lowercased().hasPrefix("multipart/form-data") else { return nil }
        for part in type.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, String(pair[0]).trimmed.lowercased() == "boundary" else { continue }
            let text = String(pair[1]).trimmed
            let bare = text.hasPrefix("\"") && text.hasSuffix("\"") && text.count > 1 ? String(text.dropFirst().dropLast()) : text
            return (1...70).contains(bare.utf8.count) ? bare : nil
        }
        return nil
    }

    /// The first of that name; blanks around it do not count, and nothing is nothing.
    package func query(_ name: String) -> String? {
        guard let value = query.first(where: { $0.name == name })?.value else { return nil }
        let text = value.trimmed
        return text.isEmpty ? nil : text
    }

    /// The path and query as a link back to the same page.
    package var target: String {
        query.isEmpty ? path : path + "?" + query.map { "\(FormReader.encoded($0.name))=\(FormReader.encoded($0.value))" }.joined(separator: "&")
    }

    /// What a program that has no session shows instead.
    var bearer: String? {
        guard isJSON, let text = headers["authorization"], text.lowercased().hasPrefix("bearer ") else { return nil }
        return String(text.dropFirst(7)).trimmed
    }

    func cookie(_ name: String) -> String? {
        for part in (headers["cookie"] ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2, String(pair[0]).trimmed == name { return String(pair[1]).trimmed }
        }
        return nil
    }
}

/// What goes back.
package struct ConsoleResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// A file of this machine that is sent instead of `body`.
    package var file: String?

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func html(_ page: HTML, status: Int = 200) -> ConsoleResponse {
        ConsoleResponse(status: status, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array(page.text.utf8))
    }

    static func text(_ text: String, status: Int) -> ConsoleResponse {
        ConsoleResponse(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    /// After a form: the browser asks for the page anew, so that reloading it sends nothing twice.
    static func seeOther(_ path: String) -> ConsoleResponse { ConsoleResponse(status: 303, headers: [("Location", path)]) }

    package func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
    package var text: String { String(decoding: body, as: UTF8.self) }
}

extension StringProtocol {
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
