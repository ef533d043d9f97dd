import Domain
import Testing

@testable import Formats

/// The single-byte pages and UTF-16, compared with Python's codecs and with themselves.
struct PageTests {
    @Test(
        .enabled(if: PythonAnswers.isPresent, "python3 is not installed"),
        arguments: [
            (TextEncoding.windows1252, "cp1252"), (.latin1, "latin-1"), (.latin9, "iso8859-15"),
            (.codePage850, "cp850"),
        ])
    func `F38 every byte of a page is the character that Python's codec makes of it`(
        encoding: TextEncoding, codec: String
    ) throws {
        let script = """
            for byte in range(128, 256):
                try: print(ord(bytes([byte]).decode('\(codec)')))
                except UnicodeDecodeError: print(0)
            """

        let answer = try PythonAnswers.ask(script, input: [])

        let expected = String(decoding: answer, as: UTF8.self).split(separator: "\n").compactMap { UInt16($0) }
        #expect(encoding.page?.upper == expected)
    }

    @Test(arguments: [TextEncoding.windows1252, .latin1, .latin9, .codePage850])
    func `decoding and encoding a page are each other's inverse`(encoding: TextEncoding) throws {
        let page = try #require(encoding.page)
        let bytes = (0...255).map { UInt8($0) }.filter { page.isDefined($0) }
        var decoded: [UInt8] = []

        bytes.withUnsafeBufferPointer { page.decode($0, into: &decoded) }

        let text = try #require(String(validating: decoded, as: UTF8.self))
        let again = encoding.encode(text)
        // A carriage return and a line feed in sequence would be one Character; scalars are what is encoded.
        #expect(again.bytes == bytes)
        #expect(again.replaced == 0)
    }

    @Test(arguments: 0..<20, [TextEncoding.utf16LittleEndian, .utf16BigEndian])
    func `any 16-bit units survive the way to UTF-8 and back`(seed: Int, encoding: TextEncoding) throws {
        var generator = SeededGenerator(seed: seed)
        let pool: [UInt16] = [0x41, 0x0A, 0xE9, 0x20AC, 0xD834, 0xDD1E, 0xD800, 0xDFFF, 0xFFFF, 0x7FF, 0x800]
        let units = (0..<60).map { _ in pool.randomElement(using: &generator) ?? 0 }
        let bytes = units.flatMap { unit -> [UInt8] in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return encoding == .utf16BigEndian ? [high, low] : [low, high]
        }
        let source = UTF16Source(MemoryByteSource(bytes, portion: 1 + seed % 7), encoding: encoding, file: "x")

        let text = try PrefixedByteSource.peek(source, length: 1000).head

        let again = text.withUnsafeBufferPointer { UTF16Form.original($0, encoding: encoding) }
        #expect(again == bytes)
        #expect(text.withUnsafeBufferPointer { UTF16Form.fileLength($0) } == bytes.count)
    }

    @Test(arguments: [
        ("UTF8", TextEncoding.utf8), ("cp1252", .windows1252), ("Latin-1", .latin1), ("IBM850", .codePage850),
        ("UTF-16BE", .utf16BigEndian),
    ])
    func `encodings go by the names that other tools use`(name: String, expected: TextEncoding) {
        #expect(TextEncoding(named: name) == expected)
    }

    @Test func `an encoding that cannot be read has no name`() {
        #expect(TextEncoding(named: "big5") == nil)
        #expect(TextEncoding(named: "ebcdic") == nil)
    }
}
