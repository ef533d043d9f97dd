import Domain
import Endpoints
import Foundation
import TestKit
import Testing

/// The table of faults in docs/testing.md names a test for each, and these tests exist.
struct DocsFaultTableTests {
    /// The faults that the first release answers for.
    private static let faults = [
        1...45, 50...65, 70...86,
        88...90, 92...92, 94...104,
    ].flatMap { $0 }

    @Test(arguments: faults)
    func `each fault has a test that cites it`(_ fault: Int) throws {
        let citing = try DocsProject.testNames().filter { cites($0, fault) }

        #expect(!citing.isEmpty, "no test cites F\(fault)")
    }

    /// What has to hold of a service that nobody watches.
    @Test(arguments: ["H1", "H2", "H4", "H5", "H6", "I1", "I2", "I3", "I4", "J2"])
    func `each invariant of the unattended service has a test that cites it`(_ invariant: String) throws {
        let pattern = "\\b\(invariant)\\b"

        #expect(try DocsProject.testNames().contains { $0.range(of: pattern, options: .regularExpression) != nil }, "no test cites \(invariant)")
    }

    @Test(arguments: faults)
    func `each fault has its row, and the tests named there exist`(_ fault: Int) throws {
        let row = try #require(try DocsProject.rows(of: "docs/testing.md").first { $0.first == "F\(fault)" })
        let names = try DocsProject.testNames()
        let named = DocsProject.spans(of: row.last ?? "")

        #expect(!named.isEmpty)
        for name in named {
            #expect(names.contains(name), "there is no test \(name)")
            #expect(cites(name, fault), "\(name) does not cite F\(fault)")
        }
    }

    private func cites(_ name: String, _ fault: Int) -> Bool {
        name.range(of: "\\bF\(fault)\\b", options: .regularExpression) != nil
    }

    // MARK: A fault that no other part answers for

    @Test func `F18 a folder that is missing, or is a file, is an error and not 0 files`() async throws {
        let home = TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: "\(home.path)/file"))
        let endpoint = LocalDirectoryEndpoint(name: "erp", settings: LocalSettings(root: home.path))

        for (folder, code) in [("missing", "FOLDER-MISSING"), ("file", "FOLDER-EXPECTED")] {
            let failure = await #expect(throws: Diagnostic.self) {
                try await endpoint.withSession { try $0.list(folder: folder) { _ in } }
            }
            #expect(failure?.code == code)
            #expect(failure?.location?.file.contains(folder) == true)
        }
    }
}
