import ArgumentParser
import Domain
import Foundation

/// The service's log on standard output: one line for one thing, a fixed message and values beside it, every value escaped.
///
/// systemd's journal takes the level from the number at the line's beginning.
struct ServiceLog: Sendable {
    enum Form: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

    enum Level: String, Sendable {
        case error, warning, notice, info

        var priority: Int {
            switch self {
            case .error: 3
            case .warning: 4
            case .notice: 5
            case .info: 6
            }
        }
    }

    let form: Form
    let shop: String
    let now: @Sendable () -> UTCInstant
    /// Whether the journal reads along.
    let isJournal: Bool

    /// No value is longer than this, however long the text it was given.
    private static let longest = 500

    func write(_ level: Level, _ message: String, _ values: [(name: String, value: String)] = []) {
        let prefix = isJournal ? "<\(level.priority)>" : ""
        let line = form == .json ? json(level, message, values) : text(level, message, values)
        // A journal that does not read must not stop the service.
        StandardStream.output.write(prefix + line + "\n", patience: .atMost(milliseconds: 500))
    }

    func text(_ level: Level, _ message: String, _ values: [(name: String, value: String)]) -> String {
        let pairs = values.map { name, value in
            let shown = Escaped(value, limit: Self.longest).description
            return shown.contains(" ") || shown.isEmpty ? "\(name)=\"\(shown.replacing("\"", with: "'"))\"" : "\(name)=\(shown)"
        }
        let stamp = isJournal ? [] : ["\(now())"]
        return (stamp + [level.rawValue, message] + pairs).joined(separator: " ")
    }

    func json(_ level: Level, _ message: String, _ values: [(name: String, value: String)]) -> String {
        let all = [("at", "\(now())"), ("level", level.rawValue), ("message", message), ("shop", shop)] + values
        let pairs = all.map { name, value in
            "\(Self.quoted(name)):\(Self.quoted(Escaped(value, limit: Self.longest).description))"
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
