import Domain
import Foundation
import Testing

@testable import Formats

/// Every shipped profile on a file of its kind. `Fixtures/profiles/<vendor>/<name>/` holds `input.*`, and for all but XML the rows as
/// `convert` writes them (`expected.csv`), the fields as entities get them (`mapped.csv`) and what is rejected (`rejects.csv`).
/// `make golden` writes these three anew.
struct ProfileGoldenTests {
    private static let isWriting = ProcessInfo.processInfo.environment["GOLDEN"] == "write"
    private static let profiles = ProfileCatalogue(folder: ProjectFolder.profiles).names
    /// Documents have golden folders of their own.
    private static let lines = Guesses.shipped.filter { $0.format != .xml }.map(\.name)
    /// Read by nobody's entity: the buffers file is a part of the stock settings.
    private static let ownFields = ["tallyman/buffers"]

    @Test func `every profile has a fixture and every fixture a profile`() {
        let folder = ProjectFolder.root + "Fixtures/profiles"
        let fixtures = ProjectFolder.entries(folder).flatMap { vendor in
            ProjectFolder.entries("\(folder)/\(vendor)").map { "\(vendor)/\($0)" }
        }

        #expect(Set(fixtures) == Set(Self.profiles))
        for name in Self.profiles { #expect(ProjectFolder.fixtureInput(name) != nil, "\(name) has no input file") }
    }

    @Test(arguments: lines.filter { !ownFields.contains($0) })
    func `every field of a shipped profile is one that something takes`(_ name: String) throws {
        let profile = try SampleProfile.shipped(name)

        for field in profile.mappedFields {
            #expect(FieldVocabulary.kind(of: field) != nil || profile.pivot?.field == field, "\(name) maps \(field)")
        }
        #expect(!Set(["sku", "account", "order"]).isDisjoint(with: profile.mappedFields))
    }

    @Test(arguments: lines)
    func `a profile maps its fixture as expected, and every byte has its place`(_ name: String) throws {
        let folder = ProjectFolder.root + "Fixtures/profiles/" + name
        let bytes = try Guesses.fixture(name)
        let profile = try SampleProfile.shipped(name)
        let mapped = try MappedFile(profile, bytes)
        var converted: [UInt8] = []
        _ = try Converter(profile).convert(
            MemoryByteSource(bytes), context: ReadContext(fileName: name, modified: UTCInstant(milliseconds: 0)),
            write: { converted += $0 }, reject: { _, _ in })

        #expect(mapped.proof.lines.total == mapped.size)
        for (file, found) in [("expected.csv", converted), ("mapped.csv", mapped.records), ("rejects.csv", mapped.rejects)] {
            if Self.isWriting { try Data(found).write(to: URL(filePath: "\(folder)/\(file)")) }
            let expected = String(decoding: try ProjectFolder.bytes("\(folder)/\(file)"), as: UTF8.self)
            #expect(String(decoding: found, as: UTF8.self) == expected, "\(name)/\(file)")
        }
    }
}
