import Domain
import TestKit
import Testing

@testable import Endpoints

struct ManifestLineTests {
    private static func entries(_ line: String, _ content: String, skip: [String] = []) throws -> [Manifest.Entry] {
        let rule = ManifestRule(
            patterns: [GlobPattern("*.ctl")], line: try #require(ManifestLine(line)), skipped: skip.map { GlobPattern($0) })
        return try Manifest(Array(content.utf8), name: Array("set.ctl".utf8), rule: rule).entries
    }

    @Test(arguments: [
        ("{name}", "a.csv"), ("{name}", "  a.csv \t"), ("{name}", "\"a.csv\""), ("{name},{count}", "a.csv,12"), ("{name} {count}", "a.csv\t  12"),
        ("{count};{name}", "12;a.csv"), ("{name};{count};*", "a.csv;12;whatever; else"), ("{name},{count}", "\"a.csv\",\"12\""),
        ("FILE {name} ROWS {count}", "FILE a.csv ROWS 12"), ("{name}|{bytes}|{count}", "a.csv|99|12"), ("*,{name},{count}", "2026-11-30,a.csv,12"),
    ])
    func `a line is read by its pattern`(_ pattern: String, _ line: String) throws {
        let entry = try #require(try Self.entries(pattern, line + "\r\n").first)

        #expect(String(decoding: entry.name, as: UTF8.self) == "a.csv")
        #expect(entry.records == (pattern.contains("{count}") ? 12 : nil))
        #expect(entry.size == (pattern.contains("{bytes}") ? 99 : nil))
    }

    @Test(arguments: ["a b.csv", "a,b.csv", "Ü.csv", "-rf.csv", "a\u{202E}.csv"])
    func `names are taken as they are, blanks and separators within them included`(_ name: String) throws {
        #expect(try Self.entries("{name},{count}", "\(name),3\n").map(\.name) == [Array(name.utf8)])
    }

    @Test(arguments: ["*", " "])
    func `the lines of sha256sum are read, of text and of bytes`(_ sign: String) throws {
        let sum = String(repeating: "AB", count: 32)
        let entry = try #require(try Self.entries("{sha256} *{name}", "\(sum) \(sign)a.csv\n").first)

        #expect(entry.hash?.hex == sum.lowercased() && String(decoding: entry.name, as: UTF8.self) == "a.csv")
    }

    @Test(arguments: ["", "{count}", "{name}{count}", "{name}{name}", "{name},{name}", "*{count}{name}", "**,{name}", "{name},{rows}", "{name"])
    func `a pattern that does not say where the name is is none`(_ pattern: String) { #expect(ManifestLine(pattern) == nil) }

    @Test(arguments: [
        ("{name},{count}", "a.csv"), ("{name},{count}", "a.csv,"), ("{name},{count}", "a.csv,many"), ("{name},{count}", "a.csv,1.5"),
        ("{name},{count}", "a.csv,99999999999999999999999"), ("{sha256} {name}", "abcdef a.csv"), ("{name},{count}", ",3"),
    ])
    func `a line of another form is refused with its number, and nothing is guessed`(_ pattern: String, _ line: String) throws {
        let error = #expect(throws: Diagnostic.self) { try Self.entries(pattern, "# head\r\n\r\n\(line)\r\n", skip: ["#*"]) }

        #expect(error?.code == "MANIFEST-LINE" && error?.summary.contains("line 3 ") == true, "\(String(describing: error))")
    }

    @Test func `a line as long as it may be is read in no time, whatever it holds`() throws {
        for pattern in ["{name},{count}", "*,{name},{count};{bytes}"] {
            let line = String(repeating: ",1;", count: 170)
            _ = try? Self.entries(pattern, Array(repeating: line, count: 400).joined(separator: "\n"))
            #expect(throws: Diagnostic.self) { try Self.entries(pattern, line + ",") }
        }
    }
}
