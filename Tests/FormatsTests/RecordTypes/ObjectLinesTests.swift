import Domain
import Foundation
import Testing
import TestKit

@testable import Formats

/// A JSON object in each line.
struct ObjectLinesTests {
    private static func read(_ text: String, _ objects: String = "", more: String = "", portion: Int = .max) throws -> ReadFile {
        try SampleLines.read(SampleLines.profile("jsonl", objects, more: more), text, portion: portion)
    }

    @Test(arguments: ["utf-8", "utf-16le", "windows-1252"], [1, 7, Int.max])
    func `values are found by their names, whatever stands beside them and however the bytes come`(_ encoding: String, _ portion: Int) throws {
        let text = """
            {"sku":"A-1","wh":"LDS","qty":12,"at":"20260301","note":{"sku":"wrong","x":[1,{"qty":9}]}}
              { "qty" : -3.50 , "wh" : "BHM", "sku" : "Café \\"4\\"", "at":"20260302" }\r
            {"sku":"B","wh":null,"qty":"7","at":"20260303"}

            """
        let file = try Self.read(text, more: "\"encoding\": \"\(encoding)\"", portion: portion)

        #expect(SampleLines.rows(file) == ["A-1/LDS/12", "Café \"4\"/BHM/-3.5", "B/blank/7"], "\(file.records)")
        #expect(file.codes == [] && file.proof.eventTime?.description == "2026-03-03T00:00:00Z")
        #expect(
            file.proof.lines.total == (try SampleLines.profile("jsonl", "", more: "\"encoding\": \"\(encoding)\"")).encoding.encode(text).bytes.count)
    }

    @Test func `a list of objects is the rows of a record, and ways lead into members`() throws {
        let objects =
            #""columns": {"wh": "from.depot", "at": "from.when", "lines": "count"}, "rows": {"path": "lines", "columns": {"sku": "item.code", "qty": "n"}}"#
        let file = try Self.read(
            #"{"lines":[{"item":{"code":"A"},"n":1},{"n":2,"item":{"code":"B"}}],"from":{"depot":"LDS","when":"20260301"}}"# + "\n"
                + #"{"from":{"depot":"BHM","when":"20260301"},"lines":[{"item":{"code":"C"},"n":3}]}"# + "\n", objects)

        #expect(SampleLines.rows(file) == ["A/LDS/1+B/LDS/2", "C/BHM/3"], "\(file.records)")
    }

    @Test(arguments: [
        (#"{"sku":"X","wh":"L","qty":1"#, "comma or }"), (#"{"sku":"X" "wh":"L"}"#, "comma or }"), (#"{"sku":"X",}"#, "name in quotes"),
        (#"{sku:"X"}"#, "name in quotes"),
        (#"{"sku":'X'}"#, "no value of JSON"), (#"{"sku":"X","qty":01}"#, "no value of JSON"), (#"{"sku":"X","qty":+1}"#, "no value of JSON"),
        (#"{"sku":"X","qty":.5}"#, "no value of JSON"),
        (#"{"sku":"X","qty":NaN}"#, "no value of JSON"), (#"{"sku":"X","qty":1.}"#, "no value of JSON"), (#"{"sku":"X","qty":}"#, "value is missing"),
        (#"{"sku":"X} "#, "does not end"),
        (#"{"sku":"\x"}"#, "no escape"), (#"{"sku":"\ud800"}"#, "half a character"), (#"{"sku":"\udc00"}"#, "half a character"),
        (#"{"sku":"\u12"}"#, "hexadecimal"),
        ("{\"sku\":\"a\tb\"}", "control character"), (#"{"sku":"X"}{"sku":"Y"}"#, "behind the object"), (#""sku""#, "has to begin"),
        ("12", "has to begin"), ("null", "has to begin"),
        (#"{"sku":{"a":1}}"#, "an object and has to be a value"), (#"{"sku":["a"]}"#, "a list and has to be a value"),
        (String(repeating: "{\"a\":", count: 90) + "1" + String(repeating: "}", count: 90), "too deeply"),
        (#"{"a":"# + String(repeating: "[", count: 5000) + "}", "too deeply"),
    ])
    func `a line that is no object of that kind is rejected with its bytes and the place, and the others are taken`(_ line: String, _ word: String)
        throws
    {
        let good = #"{"sku":"A","wh":"LDS","qty":1,"at":"20260301"}"#
        let file = try Self.read("\(good)\n\(line)\n\(good)\n")

        #expect(SampleLines.rows(file) == ["A/LDS/1", "A/LDS/1"])
        let rejected = try #require(file.records.first { $0.reason != nil })
        #expect(file.codes == ["JSON-LINE"] && rejected.origin.line == 2, "\(file.codes)")
        #expect(rejected.reason?.text.contains(word) == true && rejected.reason?.fix.isEmpty == false, "\(String(describing: rejected.reason))")
        #expect(rejected.original == Array("\(line)\n".utf8))
    }

    @Test func `a name that stands twice in an object is rejected, because either may be meant`() throws {
        let file = try Self.read(#"{"sku":"A","wh":"L","qty":1,"qty":2,"at":"20260301"}"# + "\n")

        #expect(file.good.isEmpty && file.records[0].reason?.column == "qty", "\(file.records)")
    }

    @Test(arguments: [
        #"{"lines":[{"sku":"A","qty":1}],"lines":[{"sku":"A","qty":1}]}"#, #"{"lines":[],"wh":"L","lines":[{"sku":"A","qty":1}]}"#,
        #"{"lines":[{"sku":"A","qty":1,"qty":2}]}"#,
    ])
    func `a list of rows or a value of a row that stands twice is rejected, and no goods are counted twice`(_ line: String) throws {
        let objects = #""columns": {"lines": "count"}, "rows": {"path": "lines", "columns": {"sku": "sku", "qty": "qty"}}"#
        let good = #"{"wh":"L","at":"20260301","lines":[{"sku":"B","qty":2}]}"#
        let file = try Self.read("\(good)\n\(line)\n", objects)

        #expect(SampleLines.rows(file) == ["B/L/2"], "\(file.records)")
        #expect(file.records.count == 2 && file.records[1].reason != nil, "\(file.records)")
    }

    @Test(arguments: ["[\n{\"sku\":\"A\"}\n]\n", "[{\"sku\":\"A\"},{\"sku\":\"B\"}]", "  [{\"sku\":\"A\"}\n"])
    func `a file that is one list is refused with what to ask for`(_ text: String) {
        let found = #expect(throws: Diagnostic.self) { try Self.read(text) }

        #expect(found?.code == "JSON-LIST" && found?.fix.contains("JSON Lines") == true)
    }

    @Test func `a column that no line has refuses the file, because it was renamed`() {
        let found = #expect(throws: Diagnostic.self) { try Self.read(#"{"sku":"A","wh":"LDS","stock":5,"at":"20260301"}"# + "\n") }

        #expect(found?.code == "HEADER-COLUMN-MISSING" && found?.summary.contains("'qty'") == true)
    }

    @Test(arguments: [
        (#""columns": {"sku": "a.b", "qty": "a.b"}"#, "PROFILE-VALUE"), (#""columns": {"sku": "a", "qty": "a.b"}"#, "PROFILE-VALUE"),
        (#""columns": {"stuff": "a"}"#, "PROFILE-COLUMN-UNKNOWN"), (#""columns": {"sku": ["a"]}"#, "PROFILE-VALUE"),
        (#""colums": {}"#, "PROFILE-KEY-UNKNOWN"),
        (#""rows": {"columns": {}}"#, "PROFILE-KEY-MISSING"),
    ])
    func `a profile that contradicts itself is refused`(_ objects: String, _ code: String) {
        let found = #expect(throws: Diagnostic.self) { try SampleLines.profile("jsonl", objects) }

        #expect(found?.code == code, "\(String(describing: found))")
    }

    /// What Foundation writes is read back, and what it refuses is refused.
    @Test(arguments: 1...300)
    func `whatever another library takes for an object is taken, and nothing else`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let letters = Array("{}[]:,\"\\ue01-.ntfabrlsx \t/é")
        var line = #"{"sku":"A","wh":"L","qty":1,"at":"20260301","x":[true,{"y":null}]}"#
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let index = line.index(line.startIndex, offsetBy: Int.random(in: 0..<line.count, using: &random))
            let letter = letters.randomElement(using: &random) ?? " "
            switch Int.random(in: 0..<3, using: &random) {
            case 0: line.remove(at: index)
            case 1: line.insert(letter, at: index)
            default: line.replaceSubrange(index...index, with: String(letter))
            }
        }
        let isObject = ((try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]) != nil
        var scanner = ObjectScanner(Array(line.utf8))
        let empty = ObjectTree([], slots: [:])
        var fault: ObjectScanner.Fault?
        do {
            try scanner.read(empty, rowTree: empty) { _, _, _ throws(ObjectScanner.Fault) in
            } closeRow: { () throws(ObjectScanner.Fault) in
            }
        } catch { fault = error }

        #expect((fault == nil) == isObject, "\(line): \(fault.map { "\($0)" } ?? "taken")")
    }
}
