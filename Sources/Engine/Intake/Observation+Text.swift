import Domain
import Endpoints

/// What a settle policy remembers, as the ledger keeps it: ten numbers.
extension Observation {
    init?(text: String) {
        let numbers = text.split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 10 else { return nil }
        self.init(
            size: numbers[0], modified: UTCInstant(milliseconds: numbers[1]),
            unchangedSince: ScanTime(wall: UTCInstant(milliseconds: numbers[2]), uptime: .milliseconds(numbers[3])),
            looks: Int(clamping: numbers[4]),
            sameSizeSince: ScanTime(wall: UTCInstant(milliseconds: numbers[5]), uptime: .milliseconds(numbers[6])),
            sameSizeLooks: Int(clamping: numbers[7])
        )
        if numbers[8] != 0 { mark = FileMark(inode: UInt64(bitPattern: numbers[8]), changed: numbers[9]) }
    }

    var text: String {
        let numbers: [Int64] = [
            size, modified.milliseconds, unchangedSince.wall.milliseconds, unchangedSince.uptime.wholeMilliseconds,
            Int64(looks), sameSizeSince.wall.milliseconds, sameSizeSince.uptime.wholeMilliseconds, Int64(sameSizeLooks),
            mark.map { Int64(bitPattern: $0.inode) } ?? 0, mark?.changed ?? 0,
        ]
        return numbers.map { String($0) }.joined(separator: " ")
    }
}
