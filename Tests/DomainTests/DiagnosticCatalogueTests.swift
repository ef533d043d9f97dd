import Domain
import Foundation
import Testing

struct DiagnosticCatalogueTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources")

    /// Where codes reach a `Diagnostic` by another way than as its first argument.
    private static let tables = [
        "XMLRefusal.swift", "FileByteSource.swift", "Refusal+Diagnostic.swift", "SettingCheck.swift", "LeaseKeeper.swift", "Manifest.swift",
    ]

    private static func used() throws -> [String: String] {
        var used: [String: String] = [:]
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        for file in files where file.pathExtension == "swift" && !file.path.contains("/MagentoSandbox/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            let isTable = tables.contains(file.lastPathComponent)
            for match in text.matches(of: /\bDiagnostic\(\s*"([A-Z][A-Z0-9-]+)"/) { used[String(match.1)] = file.lastPathComponent }
            guard isTable else { continue }
            for match in text.matches(of: /"([A-Z]{2,}(?:-[A-Z0-9]+)+)"/) { used[String(match.1)] = file.lastPathComponent }
        }
        return used
    }

    @Test func `every code of a diagnostic stands in the catalogue with whose fault it is, and none that nobody uses`() throws {
        let used = try Self.used()
        let recorded = Set(["XML-MIXED", "XML-SCHEMA"])

        let missing = used.filter { DiagnosticCatalogue.entries[$0.key] == nil }
        let idle = Set(DiagnosticCatalogue.entries.keys).subtracting(used.keys).subtracting(recorded)

        #expect(used.count > 150)
        #expect(missing.isEmpty, "not in DiagnosticCatalogue: \(missing.sorted { $0.key < $1.key })")
        #expect(idle.isEmpty, "in DiagnosticCatalogue and nowhere else: \(idle.sorted())")
    }

    @Test func `every place that makes a diagnostic names its code, or is one of the tables that the test above reads`() throws {
        var strays: [String] = []
        let files = FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        for file in files where file.pathExtension == "swift" && !Self.tables.contains(file.lastPathComponent) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /\bDiagnostic\(\s*([^"\s)])/) where !text[..<match.range.lowerBound].hasSuffix("init ") {
                strays.append("\(file.lastPathComponent): Diagnostic(\(match.1)")
            }
        }

        #expect(strays.isEmpty, "\(strays)")
    }

    @Test func `what is wrong with bytes that we hold is final, whatever its kind, and no trouble of others is`() {
        for code in ["XML-CUT", "GZIP-CUT", "FILE-CUT", "ENCODING-CUT", "CSV-QUOTE-OPEN"] {
            #expect(Diagnostic(code, "", fix: "", kind: .transient).blame.isFinal, "\(code)")
        }
        for code in [
            "SHOP-FORBIDDEN", "SHOP-REDIRECT", "SHOP-TLS", "SPOOL-DAMAGED", "LEDGER-DISK", "PERMISSION-DENIED", "PROFILE-VALUE", "NOT-A-CODE",
        ] {
            #expect(!Diagnostic(code, "", fix: "", kind: .permanent).blame.isFinal, "\(code)")
        }
    }
}
