import Foundation

@testable import Magento

/// The exchanges recorded from a live shop, where they are at hand.
enum SharedRecordings {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Beside the project, or beside the folder it is checked out into.
    static let folder: URL? = {
        let candidates = [root.appendingPathComponent("../shared/magento"), root.appendingPathComponent("../../shared/magento")]
        return candidates.map(\.standardizedFileURL).first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("transcripts").path)
        }
    }()

    static let areAtHand = folder != nil

    /// The answers: status, content type and body of each recording that has one, by name.
    static let answers: [String: (status: Int, type: String, body: [UInt8])] = {
        guard let folder = folder?.appendingPathComponent("transcripts") else { return [:] }
        var answers: [String: (status: Int, type: String, body: [UInt8])] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
            guard let bytes = try? Array(Data(contentsOf: folder.appendingPathComponent(name))) else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let start = text.range(of: "\n=== RESPONSE (") else { continue }
            let rest = text[start.upperBound...].drop { $0 != "\n" }.dropFirst()
            let end = rest.range(of: "\n=== RESPONSE BODY")?.lowerBound ?? rest.endIndex
            let parts = rest[..<end].components(separatedBy: "\n\n")
            let head = parts[0].split(separator: "\n")
            guard let status = head.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { continue }
            let type = head.first { $0.lowercased().hasPrefix("content-type:") }?.dropFirst(13).drop { $0 == " " } ?? ""
            let body = parts.dropFirst().joined(separator: "\n\n").trimmingCharacters(in: .newlines)
            answers[String(name.dropLast(4))] = (status, String(type), Array(body.utf8))
        }
        return answers
    }()

    struct NoJSON: Error {}

    /// The names of the recordings that have an answer.
    static func names(where isWanted: (String) -> Bool) throws -> [String] { answers.keys.filter(isWanted).sorted() }

    /// What was asked and answered; a request without a body is `null`.
    static func exchange(_ name: String) throws -> (request: JSON, answer: JSON) {
        guard let folder, let answer = answers[name], let json = try? JSONReader.read(answer.body) else {
            return (.null, .null)
        }
        let file = folder.appendingPathComponent("transcripts/\(name).txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        guard let end = text.range(of: "\n=== RESPONSE (") else { throw NoJSON() }
        let body = text[..<end.lowerBound].components(separatedBy: "\n\n").dropFirst().joined(separator: "\n\n")
        return ((try? JSONReader.read(Array(body.trimmingCharacters(in: .newlines).utf8))) ?? .null, json)
    }
}
