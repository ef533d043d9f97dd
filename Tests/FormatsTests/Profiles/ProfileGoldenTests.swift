import Domain
import Foundation
import Testing

@testable import Formats

/// Every shipped profile on a file of its kind: `Fixtures/profiles/<vendor>/<name>/` holds `input.*`, the mapped records
/// in `expected.csv` and what is rejected in `rejects.csv`. `make golden` writes the two anew.
struct ProfileGoldenTests {
    private static let folder = ProjectFolder.root + "Fixtures/profiles"
    private static let isWriting = ProcessInfo.processInfo.environment["GOLDEN"] == "write"
    private static let profiles = ProfileCatalogue(folder: ProjectFolder.profiles).names
    /// Read by nobody's entity: the buffers file is a part of the stock settings.
    private static let ownFields = ["tallyman/buffers"]

    @Test func `every profile has a fixture and every fixture a profile`() {
        let fixtures = ProjectFolder.entries(Self.folder).flatMap { vendor in
            ProjectFolder.entries("\(Self.folder)/\(vendor)").map { "\(vendor)/\($0)" }
        }

        #expect(Set(fixtures) == Set(Self.profiles))
    }

    @Test(arguments: profiles.filter { !ownFields.contains($0) })
    func `every field of a shipped profile is one that something takes`(_ name: String) throws {
        let profile = try SampleProfile.shipped(name)

        for field in profile.mappedFields {
            #expect(FieldVocabulary.kind(of: field) != nil || profile.pivot?.field == field, "\(name) maps \(field)")
        }
        #expect(!Set(["sku", "account"]).isDisjoint(with: profile.mappedFields))
    }

    @Test(arguments: profiles)
    func `a profile maps its fixture as expected, and every byte has its place`(_ name: String) throws {
        let folder = "\(Self.folder)/\(name)"
        let inputs = ProjectFolder.entries(folder).filter { $0.hasPrefix("input.") }
        let input = try #require(inputs.first, "\(name) has no input file")
        let mapped = try MappedFile(SampleProfile.shipped(name), ProjectFolder.bytes("\(folder)/\(input)"))

        #expect(mapped.proof.lines.total == mapped.size)
        for (file, found) in [("expected.csv", mapped.records), ("rejects.csv", mapped.rejects)] {
            if Self.isWriting { try Data(found).write(to: URL(filePath: "\(folder)/\(file)")) }
            let expected = String(decoding: try ProjectFolder.bytes("\(folder)/\(file)"), as: UTF8.self)
            #expect(String(decoding: found, as: UTF8.self) == expected, "\(name)/\(file)")
        }
    }
}
