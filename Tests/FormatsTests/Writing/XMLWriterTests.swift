import Domain
import Testing

@testable import Formats

/// What is written is read back to the same values.
struct XMLWriterTests {
    @Test func `a document has a declaration and layout, and no layout inside of text`() {
        var writer = XMLWriter()
        writer.start("order", [("id", "1")])
        writer.element("name", "A & B <c>")
        writer.start("empty")
        writer.end()
        writer.start("mixed")
        writer.text("x")
        writer.element("b", "y")
        writer.end()
        writer.end()

        #expect(
            String(decoding: writer.take(), as: UTF8.self) == """
                <?xml version="1.0" encoding="utf-8"?>
                <order id="1">
                  <name>A &amp; B &lt;c&gt;</name>
                  <empty/>
                  <mixed>x<b>y</b></mixed>
                </order>

                """)
    }

    @Test(arguments: 0..<40)
    func `random values come back as they went, in every encoding and in pieces`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let encoding = TextEncoding.allCases[seed % TextEncoding.allCases.count]
        let pieces = [
            "a", "<", ">", "&", "\"", "'", "]]>", "\n", "\r", "\r\n", "\t", " ", "é", "€", "𝄞", "\u{FFFD}", "&amp;", "<!--", "\u{85}", "Ω", "%",
        ]
        func value() -> String {
            (0..<Int.random(in: 0...12, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
        }
        var writer = XMLWriter(encoding, indentation: seed % 3 == 0 ? nil : 2)
        var expected: [String] = []
        var bytes: [UInt8] = []
        writer.start("root")
        for _ in 0..<30 {
            let (text, attribute) = (value(), value())
            writer.element("v", text, [("a", attribute)])
            expected.append("v a=\(attribute): \(text)")
            bytes += writer.take()
        }
        writer.end()
        bytes += writer.take()

        let found = try XMLReadBack.elements(bytes)

        #expect(Array(found.dropLast()) == expected, "seed \(seed)")
        #expect(writer.illegalCount == 0)
    }

    @Test(arguments: [
        (XMLWriter.IllegalCharacters.replace, "a\u{FFFD}b\u{FFFD}"), (.remove, "ab"),
    ])
    func `characters that XML cannot hold are dealt with and counted`(rule: XMLWriter.IllegalCharacters, text: String) throws {
        var writer = XMLWriter(illegal: rule)
        writer.element("v", "a\u{0}b\u{FFFE}")

        #expect(try XMLReadBack.elements(writer.take()) == ["v: \(text)"])
        #expect(writer.illegalCount == 2)
    }

    @Test func `what is no name traps, and so does a close too many`() async {
        await #expect(processExitsWith: .failure) {
            var writer = XMLWriter()
            writer.start("a b")
        }
        await #expect(processExitsWith: .failure) {
            var writer = XMLWriter()
            writer.end()
        }
    }
}
