import Domain
import Foundation

/// Reads the lists of bank holidays: data files, one for each part of the country.
struct HolidayFiles: Sendable {
    let folder: String

    private struct Content: Decodable {
        var knownUntil: String
        var days: [String: String]

        private enum CodingKeys: String, CodingKey {
            case knownUntil = "known_until"
            case days
        }
    }

    /// Throws `HOLIDAYS-UNKNOWN` where there is no such list, `HOLIDAYS-FORM` where the file is not one.
    func list(_ name: String) throws -> HolidayList {
        let path = "\(folder)/\(name).json"
        guard !name.contains("/"), let data = try OwnFile.content(path) else {
            let known = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
                .filter { $0.hasSuffix(".json") }.map { $0.dropLast(5) }.sorted()
            throw Diagnostic(
                "HOLIDAYS-UNKNOWN", "there is no list of bank holidays \(Escaped(name))", at: .init(file: folder),
                fix: "known: \(known.joined(separator: ", ")); single days go under closed"
            )
        }
        let content = try? JSONDecoder().decode(Content.self, from: Data(data))
        let days = (content?.days ?? [:]).map { (CivilDate(iso: $0.key), $0.value) }
        guard let content, let end = CivilDate(iso: content.knownUntil), days.allSatisfy({ $0.0 != nil }) else {
            throw Diagnostic(
                "HOLIDAYS-FORM", "the list of bank holidays cannot be read", at: .init(file: path),
                fix: "it has known_until and days, each day written like 2026-12-25"
            )
        }
        let pairs = days.compactMap { day, title in day.map { ($0, title) } }
        return HolidayList(name: name, days: Dictionary(pairs) { first, _ in first }, knownUntil: end)
    }
}
