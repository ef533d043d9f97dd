import Domain
import Testing

@testable import Magento

struct WireTextTests {
    @Test func `each byte is encoded unless RFC 3986 leaves it as it is, and comes back`() {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        for byte in UInt8.min...UInt8.max { #expect(PercentEncoding.isUnreserved(byte) == plain.contains(byte)) }
        for scalar in (0...0x2FF).compactMap(Unicode.Scalar.init) {
            let text = "a\(scalar)z"
            let encoded = PercentEncoding.encode(text)
            #expect(encoded.utf8.count == PercentEncoding.length(of: text))
            #expect(encoded.utf8.allSatisfy { plain.contains($0) || $0 == UInt8(ascii: "%") })
            #expect(Array(PercentEncoding.decode(encoded).utf8) == Array(text.utf8))
        }
        #expect(PercentEncoding.encode("a b/é") == "a%20b%2F%C3%A9")
        #expect(PercentEncoding.decode("%2c%2C%zz%4") == ",,%zz%4")
    }

    @Test(arguments: ["0", "7", "10", "1200", "999999999999999999", "-5", "0.5", "-0.25", "1.05", "99999999.9999"])
    func `a number goes into a body as it is described`(_ text: String) throws {
        let number = try #require(ExactDecimal(plain: text))
        var body = JSONText()
        body.number(number)

        #expect(body.bytes == Array(text.utf8) && body.bytes == Array(number.description.utf8))
    }

    @Test func `SKUs with a comma are asked for alone, and all others between commas in their order`() {
        let filters = SKUChunks.split(["A", "B,1", "", "C é", "D"])

        #expect(filters.map(\.value) == ["B,1", "A,,C é,D"])
        #expect(filters.map(\.condition) == [.equal, .oneOf])
    }
}
