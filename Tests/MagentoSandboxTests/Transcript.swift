import Foundation
import MagentoSandbox

/// One recorded exchange.
struct Transcript: Sendable, CustomStringConvertible {
    let name: String
    /// Request line and headers as recorded.
    let head: [String]
    let body: [UInt8]
    let status: Int
    let contentType: String
    let answer: [UInt8]
    /// Seconds since 1970, of the answer's `Date`.
    let time: Int64

    var description: String { name }
    var method: String { String(head[0].split(separator: " ")[0]) }
    var target: String { String(head[0].split(separator: " ")[1]) }
    var group: String { String(name.prefix { $0 != "-" }) }

    /// The recording left parts of a long body out, of the request's or of the answer's.
    var isElided: Bool {
        if [body, answer].contains(where: Self.isCut) { return true }
        let isRequestCut = header("content-length", in: head).flatMap { Int($0) }.map { $0 != body.count } ?? false
        return isRequestCut
            || contentType.contains("json") && answer.count > Self.longestAnswer && (try? JSONParser.parse(answer)) == nil
    }
    private static let longestAnswer = 30_000

    /// What went over the wire, with the connection closed afterwards.
    var bytes: [UInt8] {
        Array((head + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8) + body
    }

    /// `nil` where the file holds no request and answer.
    init?(name: String, bytes: [UInt8]) {
        guard let request = bytes.range(of: "=== REQUEST\n"), let response = bytes.range(of: "\n=== RESPONSE (") else { return nil }
        let sent = bytes[request.upperBound..<response.lowerBound]
        let end = bytes.range(of: "\n=== RESPONSE BODY")?.lowerBound ?? bytes.count
        let received = bytes[response.upperBound..<end].drop { $0 != 0x0A }.dropFirst()
        guard let split = Self.split(sent), let parts = Self.split(received), !split.head.isEmpty, !parts.head.isEmpty else {
            return nil
        }
        self.name = name
        head = split.head
        body = split.body
        answer = Self.isCut(parts.body) ? Self.wholeElements(parts.body) : parts.body
        let words = parts.head[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        self.status = status
        contentType = Self.value("content-type", in: parts.head) ?? ""
        time = Self.value("date", in: parts.head).flatMap(Self.seconds) ?? 0
    }

    /// Long bodies of the second set end with the number of bytes that there were.
    private static func isCut(_ bytes: [UInt8]) -> Bool {
        let end = String(decoding: bytes.suffix(60), as: UTF8.self)
        return end.contains("\n... cut, ") && end.hasSuffix(" bytes in all\n")
    }

    /// Of a list that was cut, the elements that stand there whole; anything else as it is.
    private static func wholeElements(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("["), let end = text.range(of: "},{", options: .backwards) else { return bytes }
        return Array((text[..<end.lowerBound] + "}]").utf8)
    }

    func header(_ name: String, in head: [String]) -> String? { Self.value(name, in: head) }

    private static func value(_ name: String, in head: [String]) -> String? {
        head.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }
            .map { String($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
    }

    private static func split(_ bytes: ArraySlice<UInt8>) -> (head: [String], body: [UInt8])? {
        let bytes = Array(bytes)
        let blank = bytes.range(of: "\n\n")
        let head = bytes[..<(blank?.lowerBound ?? bytes.count)]
        let lines = head.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        return (lines, blank.map { Array(bytes[$0.upperBound...]) } ?? [])
    }

    /// `Sat, 21 Nov 2026 01:24:22 GMT`; all recordings are of one month.
    private static func seconds(_ date: String) -> Int64? {
        let parts = date.split(whereSeparator: { " :".contains($0) }).dropFirst().prefix(6)
        let numbers = parts.compactMap { Int64($0) }
        guard numbers.count == 5, parts.contains("Nov") else { return nil }
        // 2026-11-01T00:00:00Z
        return 1_793_491_200 + (numbers[0] - 1) * 86_400 + numbers[2] * 3600 + numbers[3] * 60 + numbers[4]
    }
}

extension [UInt8] {
    fileprivate func range(of text: String) -> Range<Int>? {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return nil }
        for start in 0...(count - wanted.count) where self[start] == wanted[0] {
            if self[start..<start + wanted.count].elementsEqual(wanted) { return start..<start + wanted.count }
        }
        return nil
    }
}
