import Domain
import Testing

@testable import Formats

/// The reader must not care how its bytes arrive: whole, one by one, or split anywhere.
struct DripFeedTests {
    static let samples: [(name: String, profile: String, text: String)] = [
        (
            "generic", "generic/stock",
            "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\n"
                + "A1,\"x \"\"y\"\"\r\nz, é\",MAIN,1.50,0,0,1,31/12/2026 23:59\r\n\r\nB2,y,EAST,-3,,,,\rC3,bad\nD4,€,WEST,x,0,0,1,\n\u{1A}"
        ),
        (
            "sage", "sage50/stock",
            "Stock Code,Description,Warehouse,Category,Qty In Stock,Qty Allocated\r\n00472-BLK,Hinge 4\" butt,LDS,1,\"1,118.00\",12.00\r\n"
                + "AB/1000,Cafe table,BHM,2,3.00-,0.00\r\n"
        ),
        (
            "inventory", "adventureworks/product-inventory",
            "1\t1\t1\tA\t1\t408\t{4}\t2014-08-08 00:00:00\n2\t1\t6\tB\t5\t324\t{D}\t2014-08-08 00:00:00\n"
        ),
        (
            "pivoted", "sage50/stock-pivoted",
            "Stock Code,Description,WH LDS Qty,WH LDS Allocated,WH BHM Qty,WH BHM Allocated\r\nA,x,1,0,2,1\r\nB,y,,,5,\r\n"
        ),
    ]

    @Test(arguments: samples.indices)
    func `a file reads the same byte by byte and split everywhere`(index: Int) throws {
        let sample = Self.samples[index]
        let profile = try SampleProfile.shipped(sample.profile)
        let bytes = Array(sample.text.utf8)
        let whole = try ReadFile(profile, bytes)

        #expect(whole.records.count > 1)
        #expect(whole.proof.lines.total == bytes.count)
        for size in 1...40 {
            #expect(try ReadFile(profile, bytes, portion: size, bufferSize: 1) == whole, "portion \(size)")
            #expect(try ReadFile(profile, bytes, portion: 1, bufferSize: size) == whole, "buffer \(size)")
        }
    }

    @Test func `the fixture in Windows-1252 reads the same in pieces`() throws {
        let profile = try SampleProfile.shipped("sage50/stock")
        let bytes = try ProjectFolder.bytes("\(ProjectFolder.fixtures)/sage50-stock.csv")
        let whole = try ReadFile(profile, bytes)

        for size in [1, 2, 3, 5, 8, 13, 64, 100, 333] {
            #expect(try ReadFile(profile, bytes, portion: size, bufferSize: 1) == whole, "portion \(size)")
            #expect(try ReadFile(profile, bytes, portion: 1, bufferSize: size) == whole, "buffer \(size)")
        }
    }

    @Test(arguments: [TextEncoding.utf16LittleEndian, .utf16BigEndian])
    func `F38 UTF-16 reads the same in pieces, with positions in its own bytes`(encoding: TextEncoding) throws {
        let profile = try SampleProfile.make(
            profile: """
                {"title": "T", "encoding": "\(encoding.rawValue)",
                 "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}
                """)
        let text = "sku,qty\r\né€𝄞,1\r\nplain,x\r\n"
        let bytes = encoding.byteOrderMark + encoding.encode(text).bytes
        let whole = try ReadFile(profile, bytes)

        #expect(whole.values("sku") == ["text:é€𝄞"])
        #expect(whole.records.map(\.origin.offset) == [20, 36])
        #expect(whole.records[1].original == encoding.encode("plain,x\r\n").bytes)
        #expect(whole.proof.lines.total == bytes.count)
        for size in 1...20 {
            #expect(try ReadFile(profile, bytes, portion: size, bufferSize: size) == whole, "portion \(size)")
        }
    }

    @Test(arguments: 0..<40)
    func `A3 every byte of random files is attributed`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let profile = try SampleProfile.make(dialect: ##"{"commentChar": "#"}"##)
        let pieces = [
            "A,1\r\n", "B,\"2\"\n", "\r\n", "\n", ",\r", "# note \"\n", "C,1,2,3\n", "D\n", "sku,qty\n",
            "\"E\r\nF\",4\r\n", "G\"x,1\n",
            "H,\u{FFFD}\n", " \n",
        ]
        var text = ["", "\u{FEFF}"].randomElement(using: &generator) ?? ""
        text += "sku,qty\n"
        for _ in 0..<30 { text += pieces.randomElement(using: &generator) ?? "" }
        text += ["", "\u{1A}", "\u{0}\u{0}\u{0}", "Z,9"].randomElement(using: &generator) ?? ""

        let file = try ReadFile(profile, Array(text.utf8), bufferSize: 1 + seed)

        #expect(file.proof.lines.total == text.utf8.count)
        #expect(file.proof.records == file.records.count)
        #expect(file.records.map(\.origin.length).reduce(0, +) == file.proof.lines.records)
        for (left, right) in zip(file.records, file.records.dropFirst()) {
            #expect(left.origin.offset + left.origin.length <= right.origin.offset)
            #expect(left.origin.line < right.origin.line)
        }
    }
}
