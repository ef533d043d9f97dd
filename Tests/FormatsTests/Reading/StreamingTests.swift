import Domain
import Testing

@testable import Formats

/// A file that exists only while it is read: as long as wanted, in no memory.
private struct EndlessStock: ByteSource {
    var row = 0
    let rows: Int
    private var rest = Array("sku,qty\r\n".utf8)[...]

    init(rows: Int) { self.rows = rows }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if rest.isEmpty {
            guard row < rows else { return 0 }
            row += 1
            rest = Array("SKU-\(row),\(row % 50)\r\n".utf8)[...]
        }
        let count = min(buffer.count, rest.count)
        buffer.copyBytes(from: rest.prefix(count))
        rest.removeFirst(count)
        return count
    }
}

/// A source that fails in the middle.
private struct FailingSource: ByteSource {
    var head = MemoryByteSource(Array("sku,qty\nA,1\nB,2\n".utf8), portion: 10)

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try head.read(into: buffer)
        if count == 0 { throw Diagnostic("FILE-READ", "the disk is gone", fix: "look at the disk") }
        return count
    }
}

struct StreamingTests {
    @Test func `F48 J2 a long file comes in bounded batches, numbered without a gap`() throws {
        let profile = try SampleProfile.make()
        let fields = [EntityField("sku", .text, ""), EntityField("on_hand", .decimal, "")]
        var reader = try profile.makeReader(
            EndlessStock(rows: 12_345), fields: fields,
            context: ReadContext(fileName: "x", modified: UTCInstant(seconds: 0)))
        var batch = RecordBatch(fieldCount: fields.count)
        var number = 0
        var sum = ExactDecimal.zero

        while try reader.next(into: &batch) {
            #expect(batch.entries.count <= 1000)
            for entry in batch.entries {
                number += 1
                #expect(entry.origin.number == number)
                #expect(entry.origin.line == number + 1)
                if case .decimal(let quantity) = batch.cell(entry, row: 0, field: 1) {
                    sum = sum.adding(quantity) ?? sum
                }
            }
        }

        #expect(number == 12_345)
        #expect(sum == ExactDecimal((1...12_345).reduce(0) { $0 + Int64($1 % 50) }))
        #expect(reader.proof.records == 12_345)
        #expect(try !reader.next(into: &batch))
        #expect(batch.entries.isEmpty)
    }

    @Test func `a source that fails stops the reading with its own words`() throws {
        let profile = try SampleProfile.make()

        #expect {
            var reader = try profile.makeReader(
                FailingSource(), fields: SampleProfile.stockFields,
                context: ReadContext(fileName: "x", modified: UTCInstant(seconds: 0)))
            var batch = RecordBatch(fieldCount: SampleProfile.stockFields.count)
            while try reader.next(into: &batch) {}
        } throws: {
            ($0 as? Diagnostic)?.summary == "the disk is gone"
        }
    }

    @Test func `long records make small batches`() throws {
        let profile = try SampleProfile.make()
        let row = String(repeating: "x", count: 60_000) + ",1\n"
        let fields = [EntityField("sku", .text, "")]
        var reader = try profile.makeReader(
            MemoryByteSource(Array(("sku,qty\n" + String(repeating: row, count: 50)).utf8)), fields: fields,
            context: ReadContext(fileName: "x", modified: UTCInstant(seconds: 0)))
        var batch = RecordBatch(fieldCount: 1)
        var sizes: [Int] = []

        while try reader.next(into: &batch) { sizes.append(batch.entries.count) }

        #expect(sizes.reduce(0, +) == 50)
        #expect(sizes.allSatisfy { $0 <= 18 })
    }

    @Test(arguments: 0..<25)
    func `A3 S2 any bytes are attributed, and no reason shows a control character`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let profile = try SampleProfile.make(
            profile: #"""
                {"title": "T", "layout": {"stray_quotes": "literal"}, "trailer": {"first_cell": "T"},
                 "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}
                """#)
        var bytes = Array("sku,qty\n".utf8)
        for _ in 0..<400 {
            bytes.append(
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator)
                    : Array("A,1\n".utf8).randomElement(using: &generator) ?? 0)
        }
        guard let file = try? ReadFile(profile, bytes, bufferSize: 1 + seed * 3) else { return }

        #expect(file.proof.lines.total == bytes.count)
        for reason in file.rejected.compactMap(\.reason) {
            for text in [reason.value ?? "", reason.text, reason.column ?? ""] {
                #expect(
                    text.unicodeScalars.allSatisfy {
                        $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && !(0x202A...0x202E).contains($0.value)
                    })
            }
        }
    }
}
