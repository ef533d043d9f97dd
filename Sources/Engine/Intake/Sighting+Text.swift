import Domain
import Endpoints

/// What a settle policy remembers, as the ledger keeps it: eight numbers.
extension Sighting {
    init?(text: String) {
        let numbers = text.split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 8 else { return nil }
        self.init(
            size: numbers[0], modified: UTCInstant(milliseconds: numbers[1]),
            unchangedSince: Look(wall: UTCInstant(milliseconds: numbers[2]), uptime: .milliseconds(numbers[3])),
            looks: Int(numbers[4]),
            sameSizeSince: Look(wall: UTCInstant(milliseconds: numbers[5]), uptime: .milliseconds(numbers[6])),
            sameSizeLooks: Int(numbers[7])
        )
    }

    var text: String {
        [
            size, modified.milliseconds, unchangedSince.wall.milliseconds, unchangedSince.uptime.wholeMilliseconds,
            Int64(looks), sameSizeSince.wall.milliseconds, sameSizeSince.uptime.wholeMilliseconds, Int64(sameSizeLooks),
        ].map(String.init).joined(separator: " ")
    }
}
