import Testing

@testable import Formats

/// A written file as the parser sees it.
enum XMLReadBack {
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

    /// `name attribute=value: text` of each element, in the order of their ends.
    static func elements(_ bytes: [UInt8]) throws -> [String] {
        let opened = try XMLOpening.open(MemoryByteSource(bytes), stated: nil, file: "")
        let window = ByteWindow(opened.source, capacity: bytes.count * 4 + 64)
        try window.refill()
        let events = Collected()
        let parser = try #require(LibXML2(events: events))
        #expect(parser.push(.init(start: UnsafePointer(window.current), count: window.available)) == nil)
        #expect(parser.finish() == nil)
        return events.elements
    }
}
