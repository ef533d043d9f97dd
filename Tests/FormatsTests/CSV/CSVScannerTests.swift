import Testing

@testable import Formats

struct CSVScannerTests {
    private func scan(_ text: String, _ dialect: CSVDialect = .rfc4180) throws -> ScanAll {
        try ScanAll(Array(text.utf8), dialect: dialect)
    }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("\"a,b\",c\n", [["a,b", "c"]]),
        ("\"a\"\"b\"\n", [["a\"b"]]),
        ("\"\",\"\"\n", [["", ""]]),
        ("a,b,\n", [["a", "b", ""]]),
        ("a,b,", [["a", "b", ""]]),
        ("\"a\nb\",c\n", [["a\nb", "c"]]),
        ("\"a\"  ,b\n", [["a", "b"]]),
        ("\"a\"", [["a"]]),
        ("\n", [[""]]),
    ])
    func `F39 F41 cells come out as they were meant`(text: String, expected: [[String]]) throws {
        let scan = try scan(text)

        #expect(scan.texts == expected)
        #expect(scan.strayRows.isEmpty)
    }

    @Test func `a quoted newline belongs to its field`() throws {
        let scan = try scan("1,\"two\r\nlines\",3\r\n4,5,6\r\n")

        #expect(scan.texts == [["1", "two\r\nlines", "3"], ["4", "5", "6"]])
        #expect(scan.lineCounts == [2, 1])
    }

    @Test(arguments: ["4\" pipe,1\n", "\"4\" pipe\",1\n", "a,\"b\"c\n", "a\"\n"])
    func `a stray quote is noticed by the strict reader`(text: String) throws {
        let scan = try scan(text)

        #expect(scan.strayRows == [0])
        #expect(scan.lengths == [text.utf8.count])
    }

    @Test(arguments: [
        ("4\" pipe,1", ["4\" pipe", "1"]),
        ("\"4\" pipe, black\",1", ["4\" pipe, black", "1"]),
        ("\"Hinge 4\"\" butt\",1", ["Hinge 4\"\" butt", "1"]),
        ("\"HEAVY\" BRACKET,1", ["\"HEAVY\" BRACKET", "1"]),
        ("\"HEAVY BRACKET,1", nil),
        ("\"HEAVY\"A,\"LIGHT\"", ["\"HEAVY\"A", "LIGHT"]),
        ("\"HEAVY\"A,5,\"LIGHT\"", nil),
    ])
    func `a quote is a character of the text where a line has one reading of the right width`(text: String, expected: [String]?) {
        let line = Array(text.utf8)
        let cells = line.withUnsafeBufferPointer { line -> [String]? in
            guard case .cells(let spans) = LiteralQuotes.divide(line, dialect: .rfc4180, accepts: { $0.count == 2 }) else { return nil }
            return spans.map { String(decoding: line[Int($0.start)..<Int($0.end)], as: UTF8.self) }
        }

        #expect(cells == expected)
    }

    @Test func `F41 any ASCII byte can be the separator or the quote, or no quote at all`() throws {
        #expect(try scan("a|b\n", CSVDialect(separator: 0x7C)).texts == [["a", "b"]])
        #expect(try scan("'a;b';c\n", CSVDialect(separator: 0x3B, quote: 0x27)).texts == [["a;b", "c"]])
        #expect(try scan("4\"\t\"x\n", CSVDialect(separator: 0x09, quote: nil)).texts == [["4\"", "\"x"]])
        #expect(try scan("\"a\\\"b\",c\n", CSVDialect(isQuoteDoubled: false, escape: 0x5C)).texts == [["a\"b", "c"]])
        #expect(try scan("a,  \"b, c\"\n", CSVDialect(skipsInitialSpace: true)).texts == [["a", "b, c"]])
    }

    @Test(arguments: [
        (CSVDialect.LineEnds.crlf, "a\nb,c\r\nd,e\r\n", [["a\nb", "c"], ["d", "e"]]),
        (.crlf, "a\rb\r\nc\r\n", [["a\rb"], ["c"]]),
        (.lf, "a\rb\nc\n", [["a\rb"], ["c"]]),
        (.cr, "a\nb\rc\r", [["a\nb"], ["c"]]),
    ])
    func `F39 a declared line end leaves the others as data`(
        ends: CSVDialect.LineEnds, text: String, expected: [[String]]
    ) throws {
        #expect(try scan(text, CSVDialect(lineEnds: ends)).texts == expected)
    }

    @Test func `F40 a quote that never closes is told apart from a row that needs more bytes`() throws {
        #expect(try scan("a,b\n1,\"2\n3,4\n").openQuote)
        #expect(try !scan("a,b\n1,\"2\"\n").openQuote)
    }

    @Test(arguments: 0..<60)
    func `random tables read as the naive reader reads them, with any buffer`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let separator = [UInt8](",;\t|".utf8)[seed % 4]
        let table = RandomCSV.table(using: &generator, rows: 12, columns: 1 + seed % 5)
        let text = RandomCSV.text(table, using: &generator, separator: separator)
        let expected = NaiveCSV.rows(text, separator: separator)

        for size in [1, 2, 3, 7, 8, 9, 64, 4096] {
            let scan = try ScanAll(text, dialect: CSVDialect(separator: separator), bufferSize: size)

            #expect(scan.rows == expected, "seed \(seed), buffer \(size)")
            #expect(scan.lengths.reduce(0, +) == text.count)
        }
    }

    @Test(arguments: 0..<40)
    func `noise is always divided into rows without losing a byte`(seed: Int) throws {
        var generator = SeededGenerator(seed: 1000 + seed)
        let alphabet = Array("ab,\"\"\r\n ;".utf8)
        let text = (0..<200).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
        let whole = try ScanAll(text, dialect: CSVDialect(strayQuotes: seed % 2 == 0 ? .reject : .literal))

        for size in [1, 5, 13] {
            let pieces = try ScanAll(
                text, dialect: CSVDialect(strayQuotes: seed % 2 == 0 ? .reject : .literal), bufferSize: size)
            #expect(pieces.rows == whole.rows, "seed \(seed)")
            #expect(pieces.openQuote == whole.openQuote)
        }
        if !whole.openQuote { #expect(whole.lengths.reduce(0, +) == text.count) }
    }
}
