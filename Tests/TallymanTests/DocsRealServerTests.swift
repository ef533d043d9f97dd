import Foundation
import Testing

/// The tables of tests against real servers (docs/testing.md) and of folder contracts (docs/folders.md) name tests that exist and do what is said.
struct DocsRealServerTests {
    private static let numbers = (1...28).map { "F\($0)" } + (1...5).map { "S\($0)" }
    /// What a test file starts or speaks to where its server is really there.
    private static let servers = ["SSHServer", "QuirkyServer", "OtherServer", "FaultProxy", "RefusingPort", "LoopbackPort", "EndpointUnderTest"]

    private static func rows() throws -> [[String]] {
        let text = try DocsProject.text("docs/testing.md")
        let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Faults F1-F28 and threats S1-S5") })
        return section.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.contains("| ---") }.dropFirst().map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test func `every number has its row, once, and none is there that nobody asked for`() throws {
        #expect(try Self.rows().map { $0.first ?? "" } == Self.numbers)
    }

    @Test(arguments: numbers)
    func `each test against a real server exists, cites its number and is in a file that starts a server`(_ number: String) throws {
        let row = try #require(try Self.rows().first { $0.first == number })
        let files = DocsProject.paths(below: "Tests", suffix: "Tests.swift").filter { !$0.hasSuffix("/ScriptedSFTPFailureTests.swift") }
        let named = DocsProject.spans(of: row.last ?? "")

        #expect(!named.isEmpty)
        for name in named {
            #expect(name.range(of: "\\b\(number)\\b", options: .regularExpression) != nil, "\(name) does not cite \(number)")
            let file = try #require(try files.first { try DocsProject.text($0).contains("func `\(name)`") }, "there is no test \(name)")
            let text = try DocsProject.text(file)
            #expect(Self.servers.contains { text.contains($0) }, "\(file) starts no server")
        }
    }

    @Test func `each test that the page of folder contracts names exists`() throws {
        let names = try DocsProject.testNames()
        let contracts = try DocsProject.rows(of: "docs/folders.md").filter { $0.count == 4 && $0[0] != "the contract" }

        #expect(contracts.count > 12)
        for contract in contracts {
            let named = DocsProject.spans(of: contract[3])
            #expect(!named.isEmpty, "\(contract[0])")
            for name in named { #expect(names.contains(name), "there is no test \(name)") }
        }
    }
}
