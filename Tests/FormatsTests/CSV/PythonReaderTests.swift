import Foundation
import Testing

@testable import Formats

/// The scanner and the writer against Python's csv module.
struct PythonReaderTests {
    private func pythonRows(_ text: [UInt8], separator: String) throws -> [[[UInt8]]] {
        let script = """
            import csv, io, json, sys
            text = open(sys.argv[1], encoding='utf-8', newline='').read()
            print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), delimiter='\(separator)', strict=True))))
            """
        let answer = Data(try PythonAnswers.ask(script, input: text))
        let rows = try #require(try JSONSerialization.jsonObject(with: answer) as? [[String]])
        return rows.map { $0.map { Array($0.utf8) } }
    }

    @Test(.enabled(if: PythonAnswers.isPresent, "python3 is not installed"), arguments: 0..<8)
    func `S11 D10 an independent reader takes what is written apart into the same cells`(seed: Int) throws {
        var generator = SeededGenerator(seed: 500 + seed)
        let separator = [",", ";", "|", "~"][seed % 4]
        let writer = CSVWriter(CSVDialect(separator: Array(separator.utf8)[0]))
        let table = RandomCSV.table(using: &generator, rows: 200, columns: 2 + seed % 3)

        let rows = try pythonRows(table.flatMap { writer.row($0) }, separator: separator)

        #expect(rows == table)
    }

    @Test(.enabled(if: PythonAnswers.isPresent, "python3 is not installed"), arguments: 0..<8)
    func `F39 F41 random files read as Python reads them`(seed: Int) throws {
        var generator = SeededGenerator(seed: 900 + seed)
        let table = RandomCSV.table(using: &generator, rows: 200, columns: 2 + seed % 4)
        let text = RandomCSV.text(table, using: &generator)

        let expected = try pythonRows(text, separator: ",")

        #expect(try ScanAll(text, bufferSize: 1 << (seed * 2)).rows == expected)
    }
}
