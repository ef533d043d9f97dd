import Domain
import Testing

@testable import Formats

/// What is written is read back to the same values.
struct XMLWriterTests {
    /// Elements with their text and attributes as the parser sees them, in the order of their ends.
    private final class Collected: XMLEvents {
        var elements: [String] = []
        private var open: [(name: String, text: [UInt8])] = []

        override func start(_ element: XMLStart) {
            var name = String(cString: element.name)
            for index in 0..<Int(element.attributeCount) {
                let attribute = element.attributeName(index).map { String(cString: $0) } ?? ""
                let value = element.withAttributeValue(index) { String(decoding: $0, as: UTF8.self) }
                name += " \(attribute)=\(value)"
            }
            open.append((name, []))
        }

        override func text(_ bytes: UnsafeBufferPointer<UInt8>) { open[open.count - 1].text += bytes }

        override func end() {
            let element = open.removeLast()
            elements.append("\(element.name): \(String(decoding: element.text, as: UTF8.self))")
        }
    }

    private func readBack(_ bytes: [UInt8]) throws -> [String] {
        let opened = try XMLOpening.open(MemoryByteSource(bytes), stated: nil, file: "")
        let window = ByteWindow(opened.source, capacity: bytes.count * 4 + 64)
        try window.refill()
        let events = Collected()
        let parser = try #require(LibXML2(events: events))
        #expect(parser.push(.init(start: UnsafePointer(window.current), count: window.available)) == nil)
        #expect(parser.finish() == nil)
        return events.elements
    }

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
        let pieces = ["a", "<", ">", "&", "\"", "'", "]]>", "\n", "\r", "\r\n", "\t", " ", "é", "€", "𝄞", "\u{FFFD}", "&amp;", "<!--", "\u{85}", "Ω", "%"]
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

        let found = try readBack(bytes)

        #expect(Array(found.dropLast()) == expected, "seed \(seed)")
        #expect(writer.illegalCount == 0)
    }

    @Test(arguments: [
        (XMLWriter.IllegalCharacters.replace, "a\u{FFFD}b\u{FFFD}"), (.remove, "ab"),
    ])
    func `characters that XML cannot hold are dealt with and counted`(rule: XMLWriter.IllegalCharacters, text: String) throws {
        var writer = XMLWriter(illegal: rule)
        writer.element("v", "a\u{0}b\u{FFFE}")

        #expect(try readBack(writer.take()) == ["v: \(text)"])
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
