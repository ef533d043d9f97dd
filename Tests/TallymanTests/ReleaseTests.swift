import ArgumentParser
import Domain
import Foundation
import Testing

@testable import tallyman

/// One version, wherever it is told.
struct ReleaseTests {
    @Test func `the program, the user agent and the changelog have one version`() throws {
        let changelog = try DocsProject.text("CHANGELOG.md")
        let released = changelog.matches(of: /\n## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d\n/).map { String($0.1) }

        #expect(Tallyman.configuration.version == ProductVersion.text)
        #expect(released.first == ProductVersion.text)
        #expect(released.count == Set(released).count)
    }

    @Test func `there is a ledger of each release to carry forward`() throws {
        let changelog = try DocsProject.text("CHANGELOG.md")
        let released = Set(changelog.matches(of: /\n## \[(\d+\.\d+\.\d+)\] -/).map { "Fixtures/ledgers/\($0.1).db" })
        #expect(Set(DocsProject.paths(below: "Fixtures/ledgers", suffix: ".db")) == released)
    }
}
