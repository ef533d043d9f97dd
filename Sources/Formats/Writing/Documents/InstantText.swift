import Domain
import Foundation

/// An instant in the words of a pattern (`%d/%m/%Y %H:%M:%S`), in a time zone.
struct InstantText: Sendable {
    let zone: TimeZone

    init(zoneName: String) { zone = TimeZone(identifier: zoneName) ?? .gmt }

    static func isKnown(_ pattern: String) -> Bool { parts(pattern) != nil }

    private enum Part { case literal(Character), directive(Character) }

    private static func parts(_ pattern: String) -> [Part]? {
        var parts: [Part] = []
        var rest = pattern[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                parts.append(.literal(character))
                continue
            }
            guard let letter = rest.popFirst(), "dmYyHMSz".contains(letter) else { return nil }
            parts.append(.directive(letter))
        }
        return parts
    }

    func text(_ instant: UTCInstant, _ pattern: String) -> String {
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000))
        let local = instant.milliseconds + Int64(offset) * 1000
        let days = local.flooringQuotient(86_400_000)
        let date = CivilDate(daysSinceEpoch: Int(days))
        let seconds = Int(local - days * 86_400_000) / 1000
        return (Self.parts(pattern) ?? []).map { part in
            switch part {
            case .literal(let character): String(character)
            case .directive("d"): Self.padded(date.day, 2)
            case .directive("m"): Self.padded(date.month, 2)
            case .directive("Y"): Self.padded(date.year, 4)
            case .directive("y"): Self.padded(date.year % 100, 2)
            case .directive("H"): Self.padded(seconds / 3600, 2)
            case .directive("M"): Self.padded(seconds / 60 % 60, 2)
            case .directive("S"): Self.padded(seconds % 60, 2)
            case .directive:
                (offset < 0 ? "-" : "+") + Self.padded(abs(offset) / 3600, 2) + ":" + Self.padded(abs(offset) / 60 % 60, 2)
            }
        }.joined()
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
