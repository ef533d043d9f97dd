import Domain

/// From parser events to collected records: follows the plan's paths, keeps the caps, checks the schema.
///
/// Lives behind an unsafe pointer (`XMLRecordEvents`), because it is called some thirty times per record.
struct XMLMachine {
    private struct Frame: BitwiseCopyable {
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

    /// What the machine's owner has to do something about.
    enum Finding {
        case nothing
        case recordStarted
        /// `fault` says whether the record as a whole is sound.
        case recordEnded
        case documentEnded
        case rootEnded
        /// `refusal` says why.
        case refused
    }

    private let plan: XMLPlan
    private let nodes: UnsafeMutablePointer<XMLPlan.Node>
    private let edges: UnsafeMutablePointer<XMLPlan.Edge>
    private let captures: UnsafeMutablePointer<XMLPlan.Capture>
    private let recordSlots: [Int]
    private let rowFlags: [Bool]
    private let file: DocumentFile
    let limits: XMLLimits
    private var names: NameTable
    private var frames: PointerStack<Frame>
    private var active = PointerStack<Int32>(capacity: 256)
    private var store: SlotStore
    private let check: XMLSchemaCheck?
    /// The same without a count of references to keep.
    private let quickCheck: Unmanaged<XMLSchemaCheck>?
    private var openTexts = 0
    /// Depth of the open record's and document's elements, or -1.
    private var recordDepth = -1
    private var documentDepth = -1
    /// Depth of an element that the schema does not know, which it is not shown with all that is in it; or -1.
    private var unknownDepth = -1
    private(set) var documentCount = 0
    /// Local name of the root, and of the document's element where there was one.
    private(set) var rootName = ""
    private(set) var documentName = ""
    private(set) var isRootClosed = false
    private(set) var fault: XMLRecordFault?
    private(set) var refusal: XMLRefusal?

    init(_ file: DocumentFile, plan: XMLPlan, check: XMLSchemaCheck?) {
        self.file = file
        self.plan = plan
        self.check = check
        quickCheck = check.map { Unmanaged.passUnretained($0) }
        nodes = Self.copy(plan.nodes)
        edges = Self.copy(plan.edges)
        captures = Self.copy(plan.captures)
        limits = file.limits
        names = NameTable(plan.names)
        frames = PointerStack(capacity: file.limits.depth)
        store = SlotStore(plan.slots, columnCount: plan.columnCount)
        let roots = [plan.documentRoot] + plan.ancestors.map(\.root)
        let held = Set(roots.flatMap { root in plan.nodes[Int(root)].resets.map { Int(plan.resets[Int($0)]) } })
        recordSlots = plan.slots.indices.filter { !held.contains($0) }
        rowFlags = plan.slots[..<plan.columnCount].map(\.isInRow)
    }

    func free() {
        nodes.deallocate()
        edges.deallocate()
        captures.deallocate()
        names.free()
        frames.free()
        active.free()
    }

    private static func copy<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        pointer.initialize(from: elements, count: elements.count)
        return pointer
    }

    /// Before another document of the same file, with another parser.
    mutating func restart() {
        names.removeAll()
        frames.shrink(to: 0)
        active.shrink(to: 0)
        openTexts = 0
        recordDepth = -1
        documentDepth = -1
        isRootClosed = false
        fault = nil
    }

    /// `/Stock/Item/Price`: where the parser is.
    var path: String {
        let shown = (0..<min(12, frames.count)).map { index in
            names.entries[frames.base[index].name].pointer.map { Escaped(String(cString: $0), limit: 60).description } ?? "?"
        }
        return "/" + shown.joined(separator: "/") + (frames.count > 12 ? "/…" : "")
    }

    // MARK: Events

    @inline(__always)
    mutating func start(_ element: XMLStart) -> Finding {
        if frames.count >= limits.depth { return refuse(.depth(limits.depth)) }
        if Int(element.attributeCount) > limits.attributes { return refuse(.attributes(limits.attributes)) }
        let name = names.index(of: element.name, limit: limits.name)
        if name < 0 { return refuse(.name(limits.name)) }
        if names.count > limits.names { return refuse(.names(limits.names)) }
        let number = names.entries[name].number
        let first = active.count
        if frames.count > 0 {
            let parent = frames.base + (frames.count - 1)
            parent.pointee.hasChild = true
            for index in parent.pointee.active..<first { follow(active.base[index], number, element) }
        } else {
            rootName = String(cString: element.name)
        }
        frames.append(Frame(name: name, active: first, textStart: -1))
        var finding = Finding.nothing
        if recordDepth < 0 {
            finding = startOutside(element, number, first: first)
            if finding == .refused { return finding }
        }
        for index in first..<active.count where !enter(active.base[index], element) { return .refused }
        if let quickCheck, documentDepth >= 0, !checkStart(quickCheck, element, name) { return .refused }
        return finding
    }

    /// An element outside of any record: the document, a record's ancestor, a record, or none of these.
    private mutating func startOutside(_ element: XMLStart, _ number: Int32, first: Int) -> Finding {
        if documentDepth < 0, isDocument(number), !startDocument(element) { return .refused }
        for anchor in plan.ancestors where fits(anchor, number) { active.append(anchor.root) }
        guard documentDepth >= 0, fits(plan.record, number) else { return .nothing }
        active.shrink(to: first)
        active.append(plan.record.root)
        if openTexts == 0 { store.compact() }
        store.startRecord(recordSlots)
        recordDepth = frames.count
        fault = nil
        return .recordStarted
    }

    @inline(__always)
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Finding {
        guard frames.count > 0 else { return .nothing }
        let frame = frames.base + (frames.count - 1)
        let start = frame.pointee.textStart
        if start >= 0 {
            store.append(bytes)
            if store.count - start > limits.text { return refuse(.text(limits.text)) }
            if store.count > 2 * limits.record { return refuse(.record(limits.record)) }
        }
        // Layout between child elements cannot matter to a schema of ours.
        if let quickCheck, documentDepth >= 0, unknownDepth < 0, !frame.pointee.hasChild || !bytes.allSatisfy({ $0 <= 0x20 }) {
            let hasFault = quickCheck._withUnsafeGuaranteedRef { check in
                check.text(bytes)
                return check.hasFault
            }
            if hasFault, !noteSchemaFault() { return .refused }
        }
        return .nothing
    }

    @inline(__always)
    mutating func end() -> Finding {
        guard frames.count > 0 else { return .nothing }
        let frame = frames.base[frames.count - 1]
        if let quickCheck, documentDepth >= 0, !checkEnd(quickCheck, frame) { return .refused }
        if frame.textStart >= 0, !takeText(frame) { return .refused }
        for index in frame.active..<active.count where !leaveNode(active.base[index]) { return .refused }
        active.shrink(to: frame.active)
        frames.shrink(to: frames.count - 1)
        guard frames.count + 1 == recordDepth else { return leave() }
        recordDepth = -1
        return .recordEnded
    }

    /// The end of an element goes on once its record was taken: it may be the document's too.
    @inline(__always)
    mutating func leave() -> Finding {
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
        return .nothing
    }

    /// After a record was taken.
    mutating func forgetRecord() {
        fault = nil
        store.endRecord(recordSlots)
    }

    /// Calls `body` with the values collected so far. Changes nothing; `mutating` keeps the machine from being copied.
    mutating func withRecord(
        origin: RecordOrigin, fault: RejectReason?, original: UnsafeBufferPointer<UInt8>, _ body: (CollectedRecord) throws -> Void
    ) rethrows {
        try store.withRecord(inRow: rowFlags, origin: origin, fault: fault, original: original, body)
    }

    private mutating func refuse(_ refusal: XMLRefusal) -> Finding {
        self.refusal = refusal
        return .refused
    }

    // MARK: Paths

    @inline(__always)
    private mutating func follow(_ node: Int32, _ number: Int32, _ element: XMLStart) {
        let node = nodes + Int(node)
        // A name that the plan does not know fits no edge but those for any name.
        if number == 0, !node.pointee.takesAnyName { return }
        for index in node.pointee.edges {
            let edge = edges[Int(index)]
            guard edge.name == number || edge.name == 0 else { continue }
            if edge.attribute != 0, !hasAttribute(edge, element) { continue }
            active.append(edge.target)
        }
    }

    private mutating func hasAttribute(_ edge: XMLPlan.Edge, _ element: XMLStart) -> Bool {
        let position = attribute(edge.attribute, of: element)
        return position >= 0 && element.withAttributeValue(position) { $0.elementsEqual(plan.values[Int(edge.value)]) }
    }

    /// The position of the attribute with the name's `number`, or -1.
    private mutating func attribute(_ number: Int32, of element: XMLStart) -> Int {
        for index in 0..<Int(element.attributeCount) {
            guard let name = element.attributeName(index) else { continue }
            let entry = names.index(of: name, limit: limits.name)
            if entry >= 0, names.entries[entry].number == number { return index }
        }
        return -1
    }

    private func isDocument(_ number: Int32) -> Bool {
        plan.documentNames.isEmpty ? frames.count == 1 : plan.documentNames.contains(number)
    }

    /// Whether the innermost open element is where `anchor` says.
    private func fits(_ anchor: XMLPlan.Anchor, _ number: Int32) -> Bool {
        guard anchor.names.last == number else { return false }
        let above = anchor.names.count - 1
        guard frames.count > above else { return false }
        if anchor.isAbsolute, frames.count - documentDepth != anchor.names.count { return false }
        return (0..<above).allSatisfy { step in
            names.entries[frames.base[frames.count - 1 - above + step].name].number == anchor.names[step]
        }
    }

    private mutating func startDocument(_ element: XMLStart) -> Bool {
        documentCount += 1
        documentDepth = frames.count
        documentName = String(cString: element.name)
        if documentCount > 1, file.documents == .one {
            refusal = .severalDocuments(documentName)
            return false
        }
        if !file.namespaces.isEmpty {
            let found = element.namespace.map { String(cString: $0) } ?? ""
            guard file.namespaces.contains(found) else {
                refusal = .namespace(found)
                return false
            }
        }
        active.append(plan.documentRoot)
        unknownDepth = -1
        check?.startDocument()
        return true
    }

    /// What a node asks for at the beginning of its element.
    @inline(__always)
    private mutating func enter(_ index: Int32, _ element: XMLStart) -> Bool {
        let node = nodes[Int(index)]
        if !node.texts.isEmpty, frames.base[frames.count - 1].textStart < 0 {
            frames.base[frames.count - 1].textStart = store.count
            openTexts += 1
        }
        if node.isPlain { return true }
        for reset in node.resets { store.empty(Int(plan.resets[Int(reset)])) }
        if node.gate >= 0 { store.open(plan.gates[Int(node.gate)]) }
        // Text that is being collected begins behind what is taken here.
        for capture in node.names {
            let name = Array(String(cString: element.name).utf8)
            keep(captures[Int(capture)], name.withUnsafeBufferPointer { store.add($0) })
        }
        for capture in node.attributes {
            let position = attribute(captures[Int(capture)].attribute, of: element)
            guard position >= 0 else { continue }
            let start = store.count
            element.withAttributeValue(position) { store.append($0) }
            if store.count - start > limits.text {
                refusal = .text(limits.text)
                return false
            }
            keep(captures[Int(capture)], store.normalise(from: start))
        }
        if frames.base[frames.count - 1].textStart >= 0 { frames.base[frames.count - 1].textStart = store.count }
        return true
    }

    @inline(__always)
    private mutating func keep(_ capture: XMLPlan.Capture, _ range: Range<Int>) {
        store.store(from: range.lowerBound, to: range.upperBound, slot: Int(capture.slot), gate: capture.gate >= 0)
    }

    private mutating func takeText(_ frame: Frame) -> Bool {
        openTexts -= 1
        let range = store.normalise(from: frame.textStart)
        for index in frame.active..<active.count {
            let node = nodes[Int(active.base[index])]
            guard !node.texts.isEmpty else { continue }
            if frame.hasChild {
                if range.isEmpty, !node.edges.isEmpty { continue }
                if recordDepth < 0 {
                    refusal = .mixed(path)
                    return false
                }
                if fault == nil { fault = .mixed(path) }
                continue
            }
            for capture in node.texts { keep(captures[Int(capture)], range) }
        }
        return true
    }

    @inline(__always)
    private mutating func leaveNode(_ index: Int32) -> Bool {
        let node = nodes[Int(index)]
        if node.gate >= 0 { store.close(plan.gates[Int(node.gate)]) }
        guard node.isRow else { return true }
        store.closeRow()
        if store.rowCount > limits.rows { refusal = .rows(limits.rows) }
        return store.rowCount <= limits.rows
    }

    // MARK: Schema

    @inline(__always)
    private mutating func checkStart(_ check: Unmanaged<XMLSchemaCheck>, _ element: XMLStart, _ name: Int) -> Bool {
        if unknownDepth >= 0 { return true }
        let (entry, frame) = (names.entries + name, frames.base + (frames.count - 1))
        let hasFault = check._withUnsafeGuaranteedRef { check in
            // The document itself must be one that the schema knows.
            if frames.count > documentDepth, !entry.pointee.isKnown(to: check) {
                unknownDepth = frames.count
                return false
            }
            let namespace = entry.pointee.schemaNamespace(found: element.namespace, check: check)
            frame.pointee.namespace = namespace
            check.start(element, namespace: namespace)
            return check.hasFault
        }
        return !hasFault || noteSchemaFault()
    }

    @inline(__always)
    private mutating func checkEnd(_ check: Unmanaged<XMLSchemaCheck>, _ frame: Frame) -> Bool {
        guard let name = names.entries[frame.name].pointer else { return true }
        if unknownDepth >= 0 {
            if unknownDepth == frames.count { unknownDepth = -1 }
            return true
        }
        let hasFault = check._withUnsafeGuaranteedRef { check in
            check.end(name, namespace: frame.namespace)
            return check.hasFault
        }
        return !hasFault || noteSchemaFault()
    }

    /// `false` where the fault is the whole file's.
    private mutating func noteSchemaFault() -> Bool {
        guard let found = check?.takeFault() else { return true }
        let isWholeFile = recordDepth < 0 || found == .failed
        if isWholeFile { refusal = .schema(found.words(path)) } else if fault == nil { fault = .schema(found.words(path)) }
        return !isWholeFile
    }
}
