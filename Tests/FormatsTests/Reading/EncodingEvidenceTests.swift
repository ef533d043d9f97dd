import Testing

@testable import Formats

struct EncodingEvidenceTests {
    private func contradiction(_ declared: TextEncoding, _ records: [[UInt8]]) -> String? {
        var evidence = EncodingEvidence(declared: declared)
        for record in records { _ = record.withUnsafeBufferPointer { evidence.check($0) } }
        return evidence.contradiction
    }

    private let utf8 = Array("é".utf8)
    private let single: [UInt8] = [0x41, 0xE9, 0x42]

    @Test func `F38 one true single byte clears a single-byte page of suspicion`() {
        #expect(contradiction(.windows1252, [utf8, utf8])?.hasPrefix("utf-8: all 2 ") == true)
        #expect(contradiction(.windows1252, [utf8, single, utf8]) == nil)
        #expect(contradiction(.windows1252, []) == nil)
    }

    @Test func `F38 a few bad records of a UTF-8 file are rejects, twenty without one good are a pattern`() {
        let threshold = EncodingEvidence.patternThreshold

        #expect(contradiction(.utf8, Array(repeating: single, count: threshold - 1)) == nil)
        #expect(contradiction(.utf8, Array(repeating: single, count: threshold))?.contains("windows-1252") == true)
        #expect(contradiction(.utf8, [utf8] + Array(repeating: single, count: threshold)) == nil)
    }

    @Test func `the offset of the first wrong byte is found`() {
        var evidence = EncodingEvidence(declared: .utf8)
        var page = EncodingEvidence(declared: .windows1252)

        #expect(single.withUnsafeBufferPointer { evidence.check($0) } == 1)
        #expect(utf8.withUnsafeBufferPointer { evidence.check($0) } == nil)
        #expect([0x41, 0xA3, 0x9D].withUnsafeBufferPointer { page.check($0) } == 2)
    }
}
