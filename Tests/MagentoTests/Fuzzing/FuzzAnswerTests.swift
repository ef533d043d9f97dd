import Foundation
import TestKit
import Testing

@testable import Magento

struct FuzzAnswerTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/corpus")

    private static let marks = Array("{}[]\",:0-9eE+.\\u".utf8)

    private static func kept(_ entry: FuzzAnswerEntry) throws -> [(name: String, bytes: [UInt8])] {
        let folder = folder.appending(path: entry.rawValue)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appending(path: name))))
        }
    }

    @Test(arguments: FuzzAnswerEntry.allCases)
    func `what is promised of the shop's answers holds for every kept input`(_ entry: FuzzAnswerEntry) throws {
        let kept = try Self.kept(entry)

        #expect(kept.count > 3)
        for (name, bytes) in kept { #expect(throws: Never.self, "\(entry)/\(name)") { try entry.run(bytes) } }
    }

    /// Kept inputs with bytes changed, cut and doubled: what the fuzzer does first.
    @Test(arguments: FuzzAnswerEntry.allCases)
    func `F65 what is promised of the shop's answers holds for thousands of damaged ones`(_ entry: FuzzAnswerEntry) throws {
        let kept = try Self.kept(entry)
        for seed in 0..<3000 {
            var random = SeededRandom(seed: UInt64(seed))
            var bytes = kept[Int.random(in: 0..<kept.count, using: &random)].bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.removeSubrange(place...)
                case 2: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
                default: bytes[place] = Self.marks[Int.random(in: 0..<Self.marks.count, using: &random)]
                }
            }
            #expect(throws: Never.self, "\(entry) seed \(seed)") { try entry.run(bytes) }
        }
    }
}
