import Domain
import Foundation
import Testing

@testable import Formats

/// The shipped XML profiles on their fixtures: `Fixtures/profiles/<vendor>/<name>/[<case>/]input.xml`, with what
/// `convert` makes of it in `expected.csv`. `GOLDEN=write` writes that anew.
struct XMLFixtureTests {
    struct Fixture: CustomTestStringConvertible, Sendable {
        var folder: String
        var profile: String
        var testDescription: String { String(folder.split(separator: "/").suffix(3).joined(separator: "/")) }
    }

    private static let fixtures: [Fixture] = {
        let root = ProjectFolder.root + "Fixtures/profiles"
        let paths = (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).filter { $0.hasSuffix("/input.xml") }
        return paths.sorted().map { path in
            let parts = path.split(separator: "/")
            return Fixture(folder: "\(root)/\(parts.dropLast().joined(separator: "/"))", profile: parts.prefix(2).joined(separator: "/"))
        }
    }()

    private static let hasXMLLint = FileManager.default.isExecutableFile(atPath: "/usr/bin/xmllint")

    private static func read(_ fixture: Fixture, _ bytes: [UInt8], portion: Int = .max, bufferSize: Int = 1 << 16) throws -> ReadFile {
        let profile = try SampleProfile.shipped(fixture.profile)
        return try ReadFile(profile, bytes, fields: profile.entityFields, portion: portion, bufferSize: bufferSize)
    }

    /// The profile as one that takes nothing which its schema does not know, as another checker does.
    private static func closedProfile(_ name: String) throws -> Profile {
        func node(_ file: String) throws -> SettingNode {
            let path = "\(ProjectFolder.profiles)/\(name)/\(file)"
            return try JSONDocument.parse(ProjectFolder.bytes(path), file: path)
        }
        let document = try node("document.json")
        let closed = [(key: "closed", node: SettingNode(.scalar("true"), at: document.location))]
        return try Profile(
            name: name, profile: node("profile.json"), schema: node("schema.json"),
            structure: SettingNode(.map((document.map ?? []).filter { $0.key != "closed" } + closed), at: document.location),
            schemaFolder: SampleProfile.shipped(name).schemaFolder)
    }

    private static func profileWithoutSchema(_ name: String) throws -> Profile {
        func node(_ file: String) throws -> SettingNode {
            let path = "\(ProjectFolder.profiles)/\(name)/\(file)"
            return try JSONDocument.parse(ProjectFolder.bytes(path), file: path)
        }
        let document = try node("document.json")
        let bare = SettingNode(.map((document.map ?? []).filter { $0.key != "schema" }), at: document.location)
        return try Profile(name: name, profile: node("profile.json"), schema: node("schema.json"), structure: bare)
    }

    @Test func `every shipped XML profile has a fixture and a schema`() throws {
        let catalogue = ProfileCatalogue(folder: ProjectFolder.profiles)

        for name in catalogue.names {
            let profile = try catalogue.profile(named: name)
            guard profile.format == .xml else { continue }
            #expect(Self.fixtures.contains { $0.profile == name }, "\(name)")
            #expect(profile.document?.schemaPath != nil, "\(name)")
        }
    }

    @Test(arguments: fixtures)
    func `a fixture converts to what is expected`(fixture: Fixture) throws {
        let bytes = try ProjectFolder.bytes(fixture.folder + "/input.xml")
        var converted: [UInt8] = []
        var rejected: [String] = []

        let proof = try Converter(SampleProfile.shipped(fixture.profile)).convert(
            MemoryByteSource(bytes), context: ReadContext(fileName: "input.xml", modified: UTCInstant(seconds: 0)),
            write: { converted += $0 }, reject: { rejected.append($1.code) })

        let expected = fixture.folder + "/expected.csv"
        if ProcessInfo.processInfo.environment["GOLDEN"] == "write" { try Data(converted).write(to: URL(filePath: expected)) }
        #expect(String(decoding: converted, as: UTF8.self) == String(decoding: try ProjectFolder.bytes(expected), as: UTF8.self))
        #expect(rejected == [])
        #expect(proof.lines.total == bytes.count)
    }

    @Test(arguments: fixtures)
    func `a fixture reads into typed records without a reject, however its bytes arrive`(fixture: Fixture) throws {
        let bytes = try ProjectFolder.bytes(fixture.folder + "/input.xml")
        let profile = try SampleProfile.shipped(fixture.profile)

        let whole = try Self.read(fixture, bytes)

        #expect(whole.codes == [])
        #expect(whole.records.count > 1)
        #expect(profile.findings(whole.proof).isEmpty)
        for portion in [1, 2, 7, 61] {
            #expect(try Self.read(fixture, bytes, portion: portion, bufferSize: 1) == whole, "portions of \(portion)")
        }
        if case .column = profile.eventTime { #expect(whole.proof.eventTime != nil) }
        if let claimed = whole.proof.claimedRecords { #expect(claimed == whole.proof.records) }
    }

    @Test(arguments: fixtures)
    func `F32 a fixture cut at any byte is never a whole file`(fixture: Fixture) throws {
        let bytes = try ProjectFolder.bytes(fixture.folder + "/input.xml")
        let end = (bytes.lastIndex(of: UInt8(ascii: ">")) ?? 0) + 1
        // Without its schema, which has no say in this and would be compiled for every byte.
        let profile = try Self.profileWithoutSchema(fixture.profile)
        let fields = profile.entityFields

        for cut in 0..<end {
            #expect(throws: Diagnostic.self, "cut at \(cut)") { try ReadFile(profile, Array(bytes[..<cut]), fields: fields) }
        }
        #expect(try ReadFile(profile, Array(bytes[..<end]), fields: fields).records.count > 1)
        // With its schema a cut file is one that may still come, not one that is wrong.
        for cut in stride(from: end - 1, to: 200, by: -53) {
            #expect("cut at \(cut)") { try Self.read(fixture, Array(bytes[..<cut])) } throws: {
                ($0 as? Diagnostic)?.code == "XML-CUT"
            }
        }
    }

    /// What is done to a fixture before both are asked.
    private static let mutations: [@Sendable (String) -> String] = [
        { $0 }, { $0.replacing("00472-BLK", with: "") }, { $0.replacing(/>[0-9.-]+</, with: ">x<", maxReplacements: 3) },
        { $0.replacing("unitCode", with: "unit:Code") }, { $0.replacing(/"[0-9.]+"/, with: "\"x\"") },
        {
            $0.replacing(/<([A-Za-z:]+)>([^<]+)<\//, maxReplacements: 6) { "<\($0.output.1)Wrong>\($0.output.2)</\($0.output.1)Wrong><" + "!--" }
                .replacing("!--", with: "!---->").replacing(/<!---->[A-Za-z:]+>/, with: "")
        },
    ]

    @Test(.enabled(if: hasXMLLint, "xmllint is missing"), arguments: fixtures)
    func `xmllint and we agree on a fixture and on what is made wrong in it`(fixture: Fixture) throws {
        let profile = try Self.closedProfile(fixture.profile)
        let schema = "\(profile.schemaFolder)/\(profile.document?.schemaPath ?? "")"
        let bytes = try ProjectFolder.bytes(fixture.folder + "/input.xml")
        let text = profile.text(of: bytes)
        let encoding: TextEncoding = text.contains("windows-1252") ? .windows1252 : .utf8

        for (index, mutation) in Self.mutations.enumerated() {
            let mutated = encoding.encode(mutation(text)).bytes
            let path = FileManager.default.temporaryDirectory.path() + "/tallyman-lint-\(UInt64.random(in: 0 ... .max)).xml"
            try Data(mutated).write(to: URL(filePath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/xmllint")
            process.arguments = ["--noout", "--nonet", "--schema", schema, path]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let isSound: Bool
            do {
                isSound = !(try ReadFile(profile, mutated, fields: profile.entityFields)).codes.contains("XML-SCHEMA")
            } catch let diagnostic as Diagnostic {
                // A column that is missing is no matter of the schema.
                isSound = diagnostic.code.hasPrefix("HEADER") || diagnostic.code.hasPrefix("FILE-HEADER")
            }
            #expect(isSound == (process.terminationStatus == 0), "mutation \(index)")
            if index == 0 { #expect(isSound) }
        }
    }
}
