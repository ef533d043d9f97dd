import Domain
import Foundation

/// A form that brings a file, as browsers encode it (RFC 7578). The file itself is never copied into memory: it stays a stretch of the body.
struct MultipartReader {
    struct File {
        /// As the browser calls it, without folders.
        var name: String
        /// The stretch of the body; the body itself may be a file that is mapped.
        var content: Data
    }

    private(set) var fields: [(name: String, value: String)] = []
    private(set) var file: File?

    private static let mostParts = 50
    private static let longestHead = 8 << 10
    private static let longestField = 64 << 10

    /// `nil` where the body is not what it says it is.
    init?(_ request: ConsoleRequest, boundary: String) {
        let body: Data
        if let path = request.bodyPath {
            guard let mapped = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return nil }
            body = mapped
        } else {
            body = Data(request.body)
        }
        guard read(body, Data("--\(boundary)".utf8)) else { return nil }
    }

    private mutating func read(_ body: Data, _ delimiter: Data) -> Bool {
        let lineEnd = Data("\r\n".utf8)
        guard body.starts(with: delimiter) else { return false }
        var place = body.startIndex + delimiter.count
        for _ in 0..<Self.mostParts {
            if body[place...].starts(with: Data("--".utf8)) { return true }
            guard body[place...].starts(with: lineEnd) else { return false }
            let start = place + lineEnd.count
            let window = body[start..<min(body.endIndex, start + Self.longestHead)]
            guard let headEnd = window.range(of: Data("\r\n\r\n".utf8)) else { return false }
            let head = String(decoding: body[start..<headEnd.lowerBound], as: UTF8.self)
            guard let next = body.range(of: lineEnd + delimiter, in: headEnd.upperBound..<body.endIndex) else { return false }
            guard add(head, body[headEnd.upperBound..<next.lowerBound]) else { return false }
            place = next.upperBound
        }
        return false
    }

    private mutating func add(_ head: String, _ content: Data) -> Bool {
        let lines = head.components(separatedBy: "\r\n")
        guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }),
            line.lowercased().contains("form-data"), let name = Self.parameter("name", of: line)
        else { return false }
        guard let fileName = Self.parameter("filename", of: line) else {
            guard content.count <= Self.longestField else { return false }
            fields.append((name, String(decoding: content, as: UTF8.self)))
            return true
        }
        // One file a form; an empty choice is none.
        guard file == nil else { return false }
        let bare = fileName.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        if !bare.isEmpty || !content.isEmpty { file = File(name: bare, content: content) }
        return true
    }

    /// `name="…"`; browsers write a quote in it as `%22`.
    private static func parameter(_ wanted: String, of line: String) -> String? {
        guard let start = line.range(of: "; \(wanted)=\"", options: .caseInsensitive) else { return nil }
        let rest = line[start.upperBound...]
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return String(rest[..<end]).replacing("%22", with: "\"").replacing("%0D", with: "").replacing("%0A", with: "")
    }
}
