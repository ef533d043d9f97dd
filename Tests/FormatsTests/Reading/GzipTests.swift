import Domain
import Foundation
import Testing

@testable import Formats

/// Packed files (F47, S9). Python packs them.
@Suite(.enabled(if: PythonAnswers.isPresent, "Python is missing"))
struct GzipTests {
    private static func gzip(_ text: String, times: Int = 1) throws -> [UInt8] {
        try PythonAnswers.ask(
            "import sys, gzip\nsys.stdout.buffer.write(gzip.compress(open(sys.argv[1], 'rb').read() * \(times)))",
            input: Array(text.utf8))
    }

    private static func profile(_ compression: String) throws -> Profile {
        try SampleProfile.make(
            profile:
                #"{"title": "T", \#(compression) "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}"#)
    }

    private static let allowed = #""compression": {"kind": "gzip"},"#

    @Test func `F47 a packed file is read where the profile allows it, and refused where not`() throws {
        let packed = try Self.gzip("sku,qty\nA,1\n")

        #expect(try ReadFile(Self.profile(Self.allowed), packed).values("sku") == ["text:A"])
        #expect(try ReadFile(Self.profile(Self.allowed), "sku,qty\nA,1\n").values("sku") == ["text:A"])
        #expect { try ReadFile(Self.profile(""), packed) } throws: { ($0 as? Diagnostic)?.code == "FORMAT-NOT-TEXT" }
    }

    @Test func `several members are one file, byte by byte too`() throws {
        let packed = try Self.gzip("sku,qty\nA,1\n") + Self.gzip("B,2\n")

        for portion in [1, 3, 1 << 20] {
            #expect(try ReadFile(Self.profile(Self.allowed), packed, portion: portion).values("sku") == ["text:A", "text:B"])
        }
    }

    @Test func `F32 a packed file cut at any byte is never a whole one`() throws {
        let packed = try Self.gzip("sku,qty\nA,1\nB,2\n")

        for cut in 2..<packed.count {
            #expect(throws: Diagnostic.self, "cut at \(cut)") { try ReadFile(Self.profile(Self.allowed), Array(packed[..<cut])) }
        }
        #expect { try ReadFile(Self.profile(Self.allowed), Array(packed.dropLast())) } throws: { ($0 as? Diagnostic)?.code == "GZIP-CUT" }
    }

    @Test func `a flipped bit is found out`() throws {
        var packed = try Self.gzip("sku,qty\nA,1\nB,2\n")
        packed[packed.count - 6] ^= 1

        #expect { try ReadFile(Self.profile(Self.allowed), packed) } throws: { ($0 as? Diagnostic)?.code == "GZIP-SYNTAX" }
    }

    @Test func `F47 S9 bombs meet their caps, and one level is all`() throws {
        let bomb = try Self.gzip(String(repeating: "\n", count: 1000), times: 20_000)
        let profile = try Self.profile(#""compression": {"kind": "gzip", "unpacked_bytes": 100000},"#)

        #expect { try ReadFile(Self.profile(Self.allowed), bomb) } throws: { ($0 as? Diagnostic)?.code == "GZIP-RATIO" }
        #expect { try ReadFile(profile, bomb) } throws: { ($0 as? Diagnostic)?.code == "GZIP-LENGTH" }
        let twice = try PythonAnswers.ask(
            "import sys, gzip\nsys.stdout.buffer.write(gzip.compress(gzip.compress(open(sys.argv[1], 'rb').read())))",
            input: Array("sku,qty\nA,1\n".utf8))
        #expect { try ReadFile(Self.profile(Self.allowed), twice) } throws: { ($0 as? Diagnostic)?.code == "FORMAT-NOT-TEXT" }
    }
}
