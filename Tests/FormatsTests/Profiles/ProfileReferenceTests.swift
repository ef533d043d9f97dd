import Domain
import Testing

@testable import Formats

/// The page about profiles names what profiles use.
struct ProfileReferenceTests {
    @Test func `every key of every shipped profile is in the reference`() throws {
        let page = String(decoding: try ProjectFolder.bytes(ProjectFolder.profiles + "/README.md"), as: UTF8.self)
        let catalogue = ProfileCatalogue(folder: ProjectFolder.profiles)
        /// Keys that the author of a profile chooses.
        let free = ["aliases", "fields", "columns", "values", "types"]

        func check(_ node: SettingNode, below parent: String) {
            for (key, value) in node.map ?? [] {
                if !free.contains(parent) {
                    #expect(
                        page.contains("`\(key)`") || page.contains("{\(key)") || page.contains(", \(key)"), "\(key)")
                }
                check(value, below: key)
            }
            for item in node.list ?? [] { check(item, below: "") }
        }
        for name in catalogue.names {
            for file in ["profile.json", "schema.json", try catalogue.profile(named: name).format.structureFile] {
                let path = "\(ProjectFolder.profiles)/\(name)/\(file)"
                check(try JSONDocument.parse(ProjectFolder.bytes(path), file: path), below: "")
            }
        }
    }

    @Test func `the defaults are those of the reference`() throws {
        let plain = try SampleProfile.make(profile: #"{"title": "T"}"#)

        #expect(plain.version == 1)
        #expect(plain.encoding == .utf8)
        #expect(plain.overlap == .reject)
        #expect(plain.statedDuplicateKeys == nil)
        #expect(plain.declaredMode == nil)
        #expect(plain.dialect == .rfc4180)
        #expect(plain.layout.repeatedHeader == .skip)
        #expect(plain.layout.shortRows == .reject)
        #expect(plain.layout.trailingSeparators == .allow)
        #expect(plain.layout.maximumRecordLength == 1 << 20)
        #expect(plain.completeness == Profile.Completeness())
        #expect(plain.header.unknown == .allow)
        #expect(plain.header.order == .any)
        #expect(plain.mappedFields.isEmpty)
    }
}
