import Domain
import Foundation
import Testing

@testable import Formats

struct BytesTests {
    @Test func `a file source reads all bytes and names the file that is missing`() throws {
        let path = FileManager.default.temporaryDirectory.path() + "/tallyman-bytes-\(UInt64.random(in: 0 ... .max))"
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }

        let (head, _) = try PrefixedByteSource.peek(FileByteSource(path: path), length: 1_000_000)

        #expect(head == bytes)
        #expect { try FileByteSource(path: path + "x") } throws: { error in
            (error as? Diagnostic)?.code == "FILE-OPEN" && (error as? Diagnostic)?.location?.file == path + "x"
        }
        #expect(throws: Diagnostic.self) {
            var folder = try FileByteSource(path: "/tmp")
            var buffer = [UInt8](repeating: 0, count: 8)
            _ = try buffer.withUnsafeMutableBytes { try folder.read(into: $0) }
        }
    }

    @Test(arguments: [1, 2, 5, 64])
    func `a window shows every byte once, whatever is consumed`(capacity: Int) throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        let window = ByteWindow(MemoryByteSource(bytes, portion: 3), capacity: capacity)
        var seen: [UInt8] = []
        var step = 1
        while true {
            while window.available < step, !window.isFinal { try window.refill() }
            let count = min(step, window.available)
            if count == 0 { break }
            seen += UnsafeBufferPointer(start: window.current, count: count)
            window.consume(count)
            step = step % 7 + 1
        }

        #expect(seen == bytes)
    }

    @Test(arguments: 0..<20)
    func `the survey of bytes agrees with looking at each`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        for count in 0...40 {
            var bytes = (0..<count).map { _ in UInt8.random(in: 1...0x7F, using: &generator) }
            if count > 0, Bool.random(using: &generator) { bytes[Int.random(in: 0..<count, using: &generator)] = 0 }
            if count > 0, Bool.random(using: &generator) { bytes[Int.random(in: 0..<count, using: &generator)] = 0x80 }
            let padded = bytes + [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: 16)

            let survey = padded.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { ByteSurvey($0, count: count) }
            }

            #expect(survey?.hasHigh == bytes.contains { $0 >= 0x80 })
            #expect(survey?.hasNull == bytes.contains(0))
        }
    }

    @Test(arguments: 0..<30)
    func `strict UTF-8 agrees with the standard library`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let pieces: [[UInt8]] = [
                [0x41], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9D, 0x84, 0x9E], [0xC0, 0x80], [0xED, 0xA0, 0x80],
                [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xE0, 0x80, 0x80], [0xF5],
            ]
            let bytes = (0..<Int.random(in: 0...5, using: &generator)).flatMap { _ in
                pieces.randomElement(using: &generator) ?? []
            }

            let fault = bytes.withUnsafeBufferPointer { UTF8Check.firstFault($0) }

            #expect((fault == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }
}
