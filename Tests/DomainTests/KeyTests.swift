import Domain
import TestKit
import Testing

struct KeyTests {
    @Test func `C8 composed and decomposed accents are two keys of one key hash`() {
        let composed = RecordKey("caf\u{E9}")
        let decomposed = RecordKey("cafe\u{301}")

        #expect(composed != decomposed)
        #expect(KeyHash.of(composed.bytes[...]) == KeyHash.of(decomposed.bytes[...]))
    }

    @Test(arguments: [("ABC", "abc"), ("A-1 ", "A-1"), ("ÉCROU", "écrou")])
    func `C8 keys that the shop would merge have one key hash`(left: String, right: String) {
        #expect(RecordKey(left) != RecordKey(right))
        #expect(KeyHash.of(RecordKey(left).bytes[...]) == KeyHash.of(RecordKey(right).bytes[...]))
    }

    @Test(arguments: [("00472", "472"), ("1E3", "1000"), (" A", "A"), ("STOOL-O75", "STOOL-075")])
    func `F44 codes that differ in more stay apart`(left: String, right: String) {
        #expect(KeyHash.of(RecordKey(left).bytes[...]) != KeyHash.of(RecordKey(right).bytes[...]))
    }

    @Test func `every key hash is in the part that its range says`() {
        var random = SeededRandom(seed: 3)
        var counts = [Int](repeating: 0, count: 256)
        for _ in 0..<20_000 {
            let keyHash = KeyHash.of(random.bytes(12)[...])
            let part = KeyHash.part(of: keyHash, parts: 256)
            #expect(KeyHash.range(part: part, of: 256).contains(UInt64(keyHash)))
            counts[part] += 1
        }
        #expect(counts.min() ?? 0 > 30)
        #expect(counts.max() ?? 0 < 160)
    }

    @Test func `the hash of a key never changes: it is stored`() {
        #expect(KeyHash.of(RecordKey("00472-BLK").bytes[...]) == KeyHash.of(RecordKey("00472-blk").bytes[...]))
        #expect(StableHash.of(Array("00472-blk".utf8)) == StableHash.of(Array("00472-blk".utf8)[...]))
    }

    @Test(arguments: [
        ([UInt8](repeating: 0x1B, count: 1) + Array("[31mred".utf8), #"\x1b[31mred"#), (Array("a\u{202E}b".utf8), #"a\u{202e}b"#),
        ([0x63, 0x61, 0x66, 0xE9], #"caf\xe9"#), (Array("café £".utf8), "café £"), (Array("a\\b\n".utf8), #"a\\b\x0a"#),
    ])
    func `S2 hostile bytes are visible and harmless when shown`(bytes: [UInt8], shown: String) {
        #expect(Escaped(bytes).description == shown)
    }

    @Test func `S2 what turns the direction, joins, parts or takes no room is visible when shown, in every block of Unicode`() {
        // The format characters of Unicode 15.1, separators of lines and paragraphs, fillers and selectors.
        let ranges: [ClosedRange<UInt32>] = [
            0xAD...0xAD, 0x600...0x605, 0x61C...0x61C, 0x6DD...0x6DD, 0x70F...0x70F, 0x890...0x891, 0x8E2...0x8E2, 0x180E...0x180E,
            0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF...0xFEFF, 0xFFF9...0xFFFB, 0x110BD...0x110BD,
            0x110CD...0x110CD, 0x13430...0x1343F, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0001...0xE0001, 0xE0020...0xE007F,
            0x34F...0x34F, 0x115F...0x1160, 0x3164...0x3164, 0xFFA0...0xFFA0, 0xFE00...0xFE0F, 0x180B...0x180D, 0xE0100...0xE01EF,
            0x80...0x9F,
        ]
        for scalar in ranges.joined().compactMap({ Unicode.Scalar($0) }) {
            #expect(Escaped("a\(scalar)b").description == "a\\u{\(String(scalar.value, radix: 16))}b")
        }
        for text in ["Grüße", "日本語", "עברית", "العربية", "e\u{301}", "£ € ™", "🚚"] { #expect(Escaped(text).description == text) }
    }

    @Test(arguments: [("plain ~", "plain ~"), ("a\\", #"a\\"#), ("A\u{7F}", #"A\x7f"#), ("", "")])
    func `S2 plain text is shown as it is, and one odd byte in it is not`(text: String, shown: String) {
        #expect(Escaped(text).description == shown)
    }

    @Test(arguments: [199, 200, 201])
    func `S2 what is shown ends at two hundred characters, and says so`(count: Int) {
        let whole = String(repeating: "A", count: min(count, 200))

        #expect(Escaped(String(repeating: "A", count: count)).description == (count < 200 ? whole : whole + "…"))
    }

    @Test func `S2 nothing shown ever carries a control character or a bidirectional mark`() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<2000 {
            let shown = Escaped(random.bytes(Int.random(in: 0...60, using: &random))).description
            #expect(
                shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && !(0x202A...0x202E).contains($0.value) })
        }
    }

    @Test func `S7 a secret prints as dots in every way a value can be printed`() {
        let secret = Secret("hunter2")

        #expect("\(secret)" == "••••")
        #expect(String(reflecting: secret) == "••••")
        #expect(!"\(["password": secret])".contains("hunter2"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test(arguments: [0, 1, 127, 128, 300, 20_000])
    func `what is nested in place reads back like what is nested whole`(length: Int) throws {
        let content = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        var whole: [UInt8] = [7]
        ByteWriter.nested(content[...], into: &whole)

        var inPlace: [UInt8] = [7]
        ByteWriter.nested(into: &inPlace) { $0 += content }

        #expect(inPlace == whole)
        var reader = ByteReader(inPlace)
        #expect(try reader.byte() == 7)
        #expect(try reader.nested() == content)
    }

    @Test func `byte coding reads back what it wrote, and refuses anything cut short`() throws {
        var bytes: [UInt8] = []
        ByteWriter.varint(300, into: &bytes)
        ByteWriter.signed(-5, into: &bytes)
        ByteWriter.decimal(try #require(ExactDecimal(plain: "-12.345")), into: &bytes)
        ByteWriter.text("Café", into: &bytes)

        for length in 0..<bytes.count {
            var reader = ByteReader(Array(bytes.prefix(length)))
            #expect(throws: ByteReader.Malformed.self) {
                _ = (try reader.varint(), try reader.signed(), try reader.decimal(), try reader.text())
            }
        }
        var reader = ByteReader(bytes)
        #expect(try reader.varint() == 300)
        #expect(try reader.signed() == -5)
        #expect(try reader.decimal() == ExactDecimal(plain: "-12.345"))
        #expect(try reader.text() == "Café")
        #expect(reader.isAtEnd)
    }
}
