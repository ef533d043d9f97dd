package import Domain

/// What an unknown XML file is made of: its root, its namespaces, and the elements that repeat like records.
package struct XMLOutline: Sendable {
    /// An element whose siblings of the same name make it a likely record.
    package struct Candidate: Sendable {
        /// Local names from the root: `/Stock/Items/Item`.
        package var path: String
        package var count: Int
        /// What was found below it, in order of appearance: attributes and elements that hold text.
        package var fields: [Field]
    }

    package struct Field: Sendable {
        /// As `document.json` writes it: `@sku`, `Price/Amount`, `Price/Amount/@currencyID`.
        package var path: String
        /// In how many elements of the sample it was found.
        package var count: Int
        /// More than once in one record: rows, or a condition is needed.
        package var isRepeated: Bool
        /// The first different values, escaped and cut to a readable length; at most ten.
        package var samples: [String]
    }

    package var root: String
    package var encoding: String
    /// Prefix (empty for the default) and address, in order of appearance.
    package var namespaces: [(prefix: String, address: String)]
    /// Most likely first.
    package var candidates: [Candidate]
    /// Values that stand once, outside of the first candidate: headers such as currency, date, count.
    package var header: [Field]
    /// Elements seen; the sample may end before the file does.
    package var elements: Int
    /// Why the file, or the sample of it, cannot be read to its end.
    package var trouble: Diagnostic?

    /// Looks at `bytes`, the beginning of a file; `isWhole` says that they are all of it. Never throws on contents: what is
    /// wrong is in `trouble`. Throws `FORMAT-NOT-XML`, `FILE-EMPTY` and `ENCODING-…` where nothing can be read at all.
    package init(_ bytes: [UInt8], file: String, extent: Extent) throws {
        let opened = try XMLOpening.open(MemoryByteSource(bytes), stated: nil, file: file)
        encoding = opened.encoding.name
        let events = XMLOutlineEvents()
        let window = ByteWindow(opened.source, capacity: 64 * 1024)
        guard let parser = LibXML2(events: events) else {
            throw Diagnostic("MEMORY", "there is no memory for a parser", fix: "try again later", kind: .transient)
        }
        events.parser = parser
        var fault: XMLFault?
        var attributes = AttributeWatch(limit: Self.maximumAttributes * 2)
        var isAdmitted = true
        while fault == nil, events.refusal == nil, isAdmitted {
            do {
                try window.refill()
            } catch {
                // The sample may end inside a character.
                if extent == .whole { throw error }
            }
            let bytes = UnsafeBufferPointer(start: UnsafePointer(window.current), count: window.available)
            isAdmitted = attributes.admit(bytes)
            guard isAdmitted else { break }
            fault = parser.push(bytes)
            if window.isFinal, extent == .whole, fault == nil { fault = parser.finish() }
            window.consume(window.available)
            if window.isFinal || window.available == 0 { break }
        }
        let place = Diagnostic.Location(file: file, line: fault?.line ?? events.refusalLine, column: fault?.column)
        trouble =
            events.refusal.map { $0.diagnostic(at: place, path: events.path) }
            ?? fault.map { $0.diagnostic(at: place, path: events.path) }
            ?? (isAdmitted ? nil : XMLRefusal.attributes(Self.maximumAttributes).diagnostic(at: place, path: events.path))
        root = events.root
        namespaces = events.namespaces
        elements = events.elements
        (candidates, header) = events.result()
    }

    package enum Extent: Sendable { case whole, beginning }

    private static let maximumAttributes = 256
}

/// Counts paths: how often, how often within one parent, and what stands there.
private final class XMLOutlineEvents: XMLEvents {
    private final class Node {
        let name: String
        /// Its parent owns it.
        private(set) weak var parent: Node?
        var children: [String: Node] = [:]
        var order: [Node] = []
        var count = 0
        /// Most often within one parent.
        var most = 0
        var inParent = 0
        var samples: [String] = []
        var hasText = false
        var isAttribute = false

        init(_ name: String, parent: Node?) {
            self.name = name
            self.parent = parent
        }

        func child(_ name: String) -> Node {
            if let known = children[name] { return known }
            let node = Node(name, parent: self)
            children[name] = node
            order.append(node)
            return node
        }

        func note(_ value: some Sequence<UInt8>) {
            hasText = true
            guard samples.count < 10 else { return }
            let text = Escaped(value, limit: 60).description
            if !samples.contains(text) { samples.append(text) }
        }
    }

    private static let maximumPaths = 4096

    weak var parser: LibXML2?
    private let top = Node("", parent: nil)
    private var open: [(node: Node, text: [UInt8], hasChild: Bool)] = []
    private var paths = 0
    private(set) var namespaces: [(prefix: String, address: String)] = []
    private(set) var elements = 0
    private(set) var refusal: XMLRefusal?
    private(set) var refusalLine: Int?

    var root: String { top.order.first?.name ?? "" }
    var path: String { "/" + open.map { Escaped($0.node.name, limit: 60).description }.joined(separator: "/") }

    override func start(_ element: XMLStart) {
        guard refusal == nil else { return }
        if open.count >= 64 { return refuse(.depth(64)) }
        if element.attributeCount > 256 { return refuse(.attributes(256)) }
        elements += 1
        if !open.isEmpty { open[open.count - 1].hasChild = true }
        let node = (open.last?.node ?? top).child(String(cString: element.name))
        paths += node.count == 0 ? 1 : 0
        if paths > Self.maximumPaths { return refuse(.names(Self.maximumPaths)) }
        node.count += 1
        node.inParent += 1
        node.most = max(node.most, node.inParent)
        for child in node.order { child.inParent = 0 }
        for index in 0..<Int(element.attributeCount) {
            guard let name = element.attributeName(index) else { continue }
            let attribute = node.child("@" + String(cString: name))
            attribute.isAttribute = true
            attribute.count += 1
            element.withAttributeValue(index) { attribute.note($0) }
        }
        for index in 0..<Int(element.namespaceCount) {
            let prefix = element.namespaces?[index * 2].map { String(cString: $0) } ?? ""
            guard let address = element.namespaces?[index * 2 + 1] else { continue }
            if namespaces.count < 64, !namespaces.contains(where: { $0.prefix == prefix }) {
                namespaces.append((prefix, Escaped(String(cString: address)).description))
            }
        }
        open.append((node, [], false))
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !open.isEmpty, open[open.count - 1].text.count < 256 else { return }
        open[open.count - 1].text += bytes
    }

    override func end() {
        guard refusal == nil, let (node, text, hasChild) = open.popLast() else { return }
        let value = text.drop { $0 <= 0x20 }
        if !hasChild, !value.isEmpty { node.note(value) }
    }

    override func doctype(systemName: String?) { refuse(.doctype) }

    private func refuse(_ found: XMLRefusal) {
        guard refusal == nil else { return }
        refusal = found
        refusalLine = parser?.line
        parser?.stop()
    }

    /// Likely records, and what stands once beside them.
    func result() -> (candidates: [XMLOutline.Candidate], header: [XMLOutline.Field]) {
        var found: [(node: Node, fields: [XMLOutline.Field])] = []
        visit(top) { node in
            guard !node.isAttribute, node.parent !== top, node.most > 1 || node.count > 1 else { return }
            let fields = self.fields(of: node)
            if !fields.isEmpty { found.append((node, fields)) }
        }
        // Many, with much in each; an element inside another candidate repeats within it and comes after it.
        let sorted = found.sorted { left, right in
            let (a, b) = (left.node.count * min(left.fields.count, 8), right.node.count * min(right.fields.count, 8))
            return a != b ? a > b : Self.path(left.node).utf8.count < Self.path(right.node).utf8.count
        }
        let candidates = sorted.prefix(5).map {
            XMLOutline.Candidate(path: Self.path($0.node), count: $0.node.count, fields: $0.fields)
        }
        var header: [XMLOutline.Field] = []
        let first = sorted.first?.node
        visit(top) { node in
            guard node.hasText, node.count == 1, first.map({ !Self.isInside(node, $0) }) ?? true, header.count < 100 else { return }
            let path = Self.path(node)
            let behindRoot = path.dropFirst().drop { $0 != "/" }
            header.append(.init(path: String(behindRoot), count: 1, isRepeated: false, samples: node.samples))
        }
        return (Array(candidates), header)
    }

    private func visit(_ node: Node, _ body: (Node) -> Void) {
        for child in node.order {
            body(child)
            visit(child, body)
        }
    }

    private func fields(of record: Node) -> [XMLOutline.Field] {
        var fields: [XMLOutline.Field] = []
        if record.hasText {
            fields.append(.init(path: ".", count: record.count, isRepeated: false, samples: record.samples))
        }
        visit(record) { node in
            guard node.hasText, fields.count < 256 else { return }
            var isRepeated = false
            var above: Node? = node
            while let current = above, current !== record {
                isRepeated = isRepeated || current.most > 1
                above = current.parent
            }
            let path = Self.path(node).dropFirst(Self.path(record).count + 1)
            fields.append(.init(path: String(path), count: node.count, isRepeated: isRepeated, samples: node.samples))
        }
        return fields
    }

    private static func isInside(_ node: Node, _ other: Node) -> Bool {
        var current: Node? = node
        while let found = current {
            if found === other { return true }
            current = found.parent
        }
        return false
    }

    private static func path(_ node: Node) -> String {
        var names: [String] = []
        var current: Node? = node
        while let found = current, found.parent != nil {
            names.append(found.name)
            current = found.parent
        }
        return "/" + names.reversed().joined(separator: "/")
    }
}
