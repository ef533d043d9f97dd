import Domain

/// From parser events to collected records: follows the plan's paths, keeps the caps, checks the schema.
///
/// Lives behind an unsafe pointer (`XMLRecordEvents`), because it is called some thirty times per record.
struct XMLMachine {
    private struct Frame {
        /// Index in the table of names.
        var name: Int
        /// The element's active nodes begin here; they end where the next element's begin.
        var active: Int
        /// Where the element's own text begins in the store, or -1 where nobody wants it.
        var textStart: Int
        var hasChild = false
        /// What the element was given for the schema.
        var namespace: UnsafePointer<UInt8>?
    }

    let plan: XMLPlan
    let limits: XMLLimits
    private let recordSlots: [Int]
    private let rowFlags: [Bool]
    private let file: DocumentFile
    private var names: NameTable
    private var frames: [Frame] = []
    private var active: [Int32] = []
    private(set) var store: SlotStore
    private let check: XMLSchemaCheck?
    private var openTexts = 0
    /// Depth of the open record's and document's elements, or -1.
    private var recordDepth = -1
    private var documentDepth = -1
    private(set) var documentCount = 0
    /// Local name of the root, and of the document's element where there was one.
    private(set) var rootName = ""
    private(set) var documentName = ""
    private(set) var isRootClosed = false
    private var fault: XMLRecordFault?

    /// What the machine found and its owner has to do something about; set at most once between two looks.
    enum Finding {
        case recordStarted
        case recordEnded(XMLRecordFault?)
        case documentEnded
        case rootEnded
        case refused(XMLRefusal)
    }

    init(_ file: DocumentFile, plan: XMLPlan, check: XMLSchemaCheck?) {
        self.file = file
        self.plan = plan
        self.check = check
        limits = file.limits
        names = NameTable(plan.names)
        store = SlotStore(plan.slots, columnCount: plan.columnCount)
        let held = Set(([plan.documentRoot] + plan.ancestors.map(\.root)).flatMap { root in
            plan.nodes[Int(root)].resets.map { Int(plan.resets[Int($0)]) }
        })
        recordSlots = plan.slots.indices.filter { !held.contains($0) }
        rowFlags = plan.slots[..<plan.columnCount].map(\.isInRow)
        frames.reserveCapacity(limits.depth)
    }

    /// Before another document of the same file, with another parser.
    mutating func restart() {
        names.removeAll()
        frames.removeAll(keepingCapacity: true)
        active.removeAll(keepingCapacity: true)
        openTexts = 0
        recordDepth = -1
        documentDepth = -1
        isRootClosed = false
        fault = nil
    }

    var isInsideRecord: Bool { recordDepth >= 0 }
    var depth: Int { frames.count }
    var rowColumns: [Bool] { rowFlags }

    /// `/Stock/Item/Price`: where the parser is.
    var path: String {
        let shown = frames.prefix(12).map { frame in
            names.entries[frame.name].pointer.map { Escaped(String(cString: $0), limit: 60).description } ?? "?"
        }
        return "/" + shown.joined(separator: "/") + (frames.count > 12 ? "/…" : "")
    }

    // MARK: Events

    mutating func start(_ element: XMLStart) -> Finding? {
        if frames.count >= limits.depth { return .refused(.depth(limits.depth)) }
        if Int(element.attributeCount) > limits.attributes { return .refused(.attributes(limits.attributes)) }
        guard let name = names.index(of: element.name, limit: limits.name) else { return .refused(.name(limits.name)) }
        if names.count > limits.names { return .refused(.names(limits.names)) }
        let number = names.number(at: name)
        let first = active.count
        var finding: Finding?
        if let parent = frames.last {
            frames[frames.count - 1].hasChild = true
            for index in parent.active..<first { follow(plan.nodes[Int(active[index])], number, element) }
        } else {
            rootName = String(cString: element.name)
        }
        frames.append(Frame(name: name, active: first, textStart: -1))
        if recordDepth < 0 {
            if documentDepth < 0, isDocument(number) {
                if let refusal = startDocument(element) { return .refused(refusal) }
            }
            for anchor in plan.ancestors where fits(anchor, number) { active.append(anchor.root) }
            if documentDepth >= 0, fits(plan.record, number) {
                active.removeLast(active.count - first)
                active.append(plan.record.root)
                if openTexts == 0 { store.compact() }
                store.startRecord(recordSlots)
                recordDepth = frames.count
                fault = nil
                finding = .recordStarted
            }
        }
        if let refusal = enter(from: first, element) { return .refused(refusal) }
        if let check, documentDepth >= 0 {
            let namespace = names.schemaNamespace(at: name, found: element.namespace, check: check)
            frames[frames.count - 1].namespace = namespace
            check.start(element, namespace: namespace)
            if check.fault != nil, let refusal = noteSchemaFault(check) { return .refused(refusal) }
        }
        return finding
    }

    @inline(__always)
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Finding? {
        guard let frame = frames.last else { return nil }
        if frame.textStart >= 0 {
            store.append(bytes)
            if store.count - frame.textStart > limits.text { return .refused(.text(limits.text)) }
            if store.count > 2 * limits.record { return .refused(.record(limits.record)) }
        }
        // Layout between child elements cannot matter to a schema of ours.
        if let check, documentDepth >= 0, !frame.hasChild || !bytes.allSatisfy({ $0 <= 0x20 }) {
            check.text(bytes)
            if check.fault != nil, let refusal = noteSchemaFault(check) { return .refused(refusal) }
        }
        return nil
    }

    mutating func end() -> Finding? {
        guard let frame = frames.last else { return nil }
        if let check, documentDepth >= 0, let name = names.entries[frame.name].pointer {
            check.end(name, namespace: frame.namespace)
            if check.fault != nil, let refusal = noteSchemaFault(check) { return .refused(refusal) }
        }
        if frame.textStart >= 0 {
            if let refusal = takeText(frame) { return .refused(refusal) }
        }
        for index in frame.active..<active.count {
            let node = plan.nodes[Int(active[index])]
            if node.gate >= 0 { store.close(plan.gates[Int(node.gate)]) }
            if node.isRow {
                store.closeRow()
                if store.rowCount > limits.rows { return .refused(.rows(limits.rows)) }
            }
        }
        active.removeLast(active.count - frame.active)
        frames.removeLast()
        guard frames.count + 1 == recordDepth else { return leave() }
        recordDepth = -1
        let found = fault
        fault = nil
        return .recordEnded(found)
    }

    /// The end of an element goes on once its record was taken: it may be the document's too.
    mutating func leave() -> Finding? {
        let depth = frames.count + 1
        if depth == documentDepth {
            documentDepth = -1
            check?.endDocument()
            if depth == 1 { isRootClosed = true }
            return .documentEnded
        }
        if depth == 1 {
            isRootClosed = true
            return .rootEnded
        }
        return nil
    }

    /// After a record was taken.
    mutating func forgetRecord() { store.endRecord(recordSlots) }

    /// Calls `body` with the values collected so far.
    func withRecord(
        origin: RecordOrigin, fault: RejectReason?, original: UnsafeBufferPointer<UInt8>, _ body: (CollectedRecord) throws -> Void
    ) rethrows {
        try store.withRecord(inRow: rowFlags, origin: origin, fault: fault, original: original, body)
    }

    // MARK: Paths

    @inline(__always)
    private mutating func follow(_ node: XMLPlan.Node, _ number: Int32, _ element: XMLStart) {
        for index in node.edges {
            let edge = plan.edges[Int(index)]
            guard edge.name == number || edge.name == 0 else { continue }
            if edge.attribute != 0 {
                guard let position = attribute(edge.attribute, of: element),
                    element.withAttributeValue(position, { $0.elementsEqual(edge.value) })
                else { continue }
            }
            active.append(edge.target)
        }
    }

    /// The position of the attribute with the name's `number`.
    private mutating func attribute(_ number: Int32, of element: XMLStart) -> Int? {
        for index in 0..<Int(element.attributeCount) {
            if let name = element.attributeName(index), let entry = names.index(of: name, limit: limits.name),
                names.number(at: entry) == number
            {
                return index
            }
        }
        return nil
    }

    private func isDocument(_ number: Int32) -> Bool {
        plan.documentNames.isEmpty ? frames.count == 1 : plan.documentNames.contains(number)
    }

    /// Whether the innermost open element is where `anchor` says.
    @inline(__always)
    private func fits(_ anchor: XMLPlan.Anchor, _ number: Int32) -> Bool {
        guard anchor.names.last == number else { return false }
        let above = anchor.names.count - 1
        guard frames.count > above else { return false }
        if anchor.isAbsolute, frames.count - documentDepth != anchor.names.count { return false }
        for step in 0..<above where names.number(at: frames[frames.count - 1 - above + step].name) != anchor.names[step] {
            return false
        }
        return true
    }

    private mutating func startDocument(_ element: XMLStart) -> XMLRefusal? {
        documentCount += 1
        documentDepth = frames.count
        documentName = String(cString: element.name)
        if documentCount > 1, file.documents == .one { return .severalDocuments(documentName) }
        if !file.namespaces.isEmpty {
            let found = element.namespace.map { String(cString: $0) } ?? ""
            guard file.namespaces.contains(found) else { return .namespace(found) }
        }
        active.append(plan.documentRoot)
        check?.startDocument()
        return nil
    }

    /// What the element's own nodes ask for at its beginning.
    @inline(__always)
    private mutating func enter(from first: Int, _ element: XMLStart) -> XMLRefusal? {
        for index in first..<active.count {
            let node = plan.nodes[Int(active[index])]
            for reset in node.resets { store.empty(Int(plan.resets[Int(reset)])) }
            if node.gate >= 0 { store.open(plan.gates[Int(node.gate)]) }
            for capture in node.names {
                let start = store.count
                store.append(UnsafeBufferPointer(start: element.name, count: String(cString: element.name).utf8.count))
                keep(plan.captures[Int(capture)], from: start, to: store.count)
            }
            for capture in node.attributes {
                guard let position = attribute(plan.captures[Int(capture)].attribute, of: element) else { continue }
                let start = store.count
                element.withAttributeValue(position) { store.append($0) }
                if store.count - start > limits.text { return .text(limits.text) }
                let range = store.normalise(from: start)
                keep(plan.captures[Int(capture)], from: range.lowerBound, to: range.upperBound)
            }
            if !node.texts.isEmpty, frames[frames.count - 1].textStart < 0 {
                frames[frames.count - 1].textStart = store.count
                openTexts += 1
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func keep(_ capture: XMLPlan.Capture, from start: Int, to end: Int) {
        store.store(from: start, to: end, slot: Int(capture.slot), gate: capture.gate >= 0)
    }

    private mutating func takeText(_ frame: Frame) -> XMLRefusal? {
        openTexts -= 1
        let range = store.normalise(from: frame.textStart)
        for index in frame.active..<active.count {
            let node = plan.nodes[Int(active[index])]
            guard !node.texts.isEmpty else { continue }
            if frame.hasChild {
                if range.isEmpty, !node.edges.isEmpty { continue }
                if recordDepth < 0 { return .mixed(path) }
                if fault == nil { fault = .mixed(path) }
                continue
            }
            for capture in node.texts { keep(plan.captures[Int(capture)], from: range.lowerBound, to: range.upperBound) }
        }
        return nil
    }

    private mutating func noteSchemaFault(_ check: XMLSchemaCheck) -> XMLRefusal? {
        guard let found = check.takeFault() else { return nil }
        if recordDepth < 0 || found == .failed { return .schema(found.words(path)) }
        if fault == nil { fault = .schema(found.words(path)) }
        return nil
    }
}
