import Domain
import Testing

struct RawBytesTests {
    @Test func `bytes are the same where their number and each of them is, whatever their length`() {
        for count in 0...40 {
            let bytes = (0..<count).map { UInt8($0) }
            #expect(holdSame(bytes, bytes))
            #expect(!holdSame(bytes, bytes + [0]))
            #expect(!holdSame(bytes + [0], bytes))
            for position in 0..<count {
                var other = bytes
                other[position] ^= 0x80
                #expect(!holdSame(bytes, other), "\(count) bytes that differ at \(position)")
            }
        }
    }

    @Test func `nothing is compared beyond the end`() {
        let left = Array("LEEDS-1".utf8), right = Array("LEEDS-2".utf8)

        #expect(
            left.withUnsafeBytes { left in
                right.withUnsafeBytes { right in
                    UnsafeRawBufferPointer(rebasing: left[..<6]).holdsSame(as: UnsafeRawBufferPointer(rebasing: right[..<6]))
                }
            })
    }

    private func holdSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { left.holdsSame(as: $0) } }
    }
}
