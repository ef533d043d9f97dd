import Domain
import TestKit
import Testing

@testable import Engine

struct SpilledRowsTests {
    private struct Told: Hashable {
        var key: String
        var number: Int
        var payload: [UInt8]
    }

    /// Few keys: parts with a thousand rows each, which are put into buckets; many: parts of a handful, which are not.
    @Test(arguments: 0..<10, [3, 400]) func `every row comes back once, equal keys side by side and in file order`(seed: UInt64, keys: Int) throws {
        var random = SeededRandom(seed: seed)
        let folder = TemporaryFolder()
        var spill = try RowSpill(folder: folder.path)
        var told: [Told] = []
        for number in 1...3000 {
            // Letter case and blanks at the end give other keys of the same fold; some rows are longer than a buffer, a few than what is written at once.
            let key = ["k", "K", "kk", "KK "].randomElement(using: &random)! + String(Int.random(in: 0..<keys, using: &random), radix: 36)
            let size =
                switch Int.random(in: 0..<1000, using: &random) {
                case 0: 300_000
                case 1...5: 9000
                default: Int.random(in: 0..<20, using: &random)
                }
            told.append(Told(key: key, number: number, payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ number) }))
            var rows = KeyedRows()
            rows.append(key: Array(key.utf8)[...], origin: RecordOrigin(number: number, line: number, offset: 0, length: 1)) {
                $0 += told[number - 1].payload
            }
            try spill.append(rows)
        }

        var seen: [Told] = []
        var rows = SpilledRows()
        for part in 0..<RowSpill.parts {
            try spill.load(part, into: &rows)
            #expect(rows.keyHashes == rows.keyHashes.sorted())
            #expect(rows.keyHashes == rows.rows.map { KeyHash.of(rows.bytes[$0.key]) })
            seen += rows.rows.map {
                Told(key: String(decoding: rows.bytes[$0.key], as: UTF8.self), number: $0.origin.number, payload: Array(rows.bytes[$0.payload]))
            }
        }

        #expect(seen.count == told.count && Set(seen) == Set(told))
        var last: [String: Int] = [:]
        for (index, row) in seen.enumerated() {
            if let before = last[row.key] {
                #expect(before == index - 1, "\(row.key) stands in two places")
                #expect(seen[before].number < row.number)
            }
            last[row.key] = index
        }
    }
}
