import Domain
import Foundation
import Reports
import Synchronization

/// How this process tells people what time it was: as the shop's clocks show it, once the settings are read. Before that, in JSON, in logs and
/// in files times are UTC.
enum ShopClock {
    private static let zone = Mutex<TimeZone?>(nil)

    static func isSet(to identifier: String) {
        let found = TimeZone(identifier: identifier)
        zone.withLock { $0 = found }
    }

    /// The sentence with every moment that it tells. Not for what a file holds: its bytes stay as they are.
    static func told(_ text: String) -> String {
        zone.withLock { $0 }.map { LocalTime.spoken(text, in: $0) } ?? text
    }

    static func told(_ instant: UTCInstant) -> String { told(instant.description) }

    /// `-` where there is none.
    static func told(_ text: String?) -> String { text.map { told($0) } ?? "-" }
}
