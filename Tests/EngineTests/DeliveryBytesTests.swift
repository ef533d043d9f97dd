import Domain
import Foundation
import TestKit
import Testing

@testable import Engine

/// Single records of a spooled file, packed or not.
struct DeliveryBytesTests {
    private static func packed(_ folder: TemporaryFolder, _ text: String) throws -> String {
        let path = "\(folder.path)/file"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try ChildProcess.run(["gzip", "-n", path])
        return path + ".gz"
    }

    private static let text = "sku,qty\n" + (0..<50_000).map { "SKU-\($0),\($0 * 7 % 1000)\n" }.joined()

    @Test func `A3 a record of a packed file is shown with its own bytes`() throws {
        let folder = TemporaryFolder()
        let place = try #require(Self.text.utf8.firstRange(of: Array("SKU-49999,993".utf8))).lowerBound
        let offset = Self.text.utf8.distance(from: Self.text.startIndex, to: place)

        let bytes = try DeliveryBytes(path: Self.packed(folder, Self.text))

        #expect(try bytes.bytes(at: 0, count: 7) == Array("sku,qty".utf8))
        #expect(try bytes.bytes(at: offset, count: 13) == Array("SKU-49999,993".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file.gz"])
    }

    @Test func `a packed file that was cut in the spool is no answer`() throws {
        let folder = TemporaryFolder()
        let path = try Self.packed(folder, Self.text)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))

        let bytes = try DeliveryBytes(path: path)

        #expect { try bytes.bytes(at: 0, count: 7) } throws: { ($0 as? Diagnostic)?.code == "GZIP-CUT" }
    }
}
