/// The paths of a profile, compiled for the event loop: nodes, edges and captures as flat tables, names as numbers.
///
/// Advice to the next person: each open element has a set of *active nodes*. A child element activates the targets of
/// those edges of its parent's nodes that fit. The document's element, the record and its ancestors activate the roots of
/// their own trees. Whatever a node captures goes to a *slot*, one per column of the schema; conditions on child elements
/// have hidden slots of their own and hold back what is captured below them until their element ends (`Gate`).
struct XMLPlan {
    struct Node {
        var edges: Range<Int32> = 0..<0
        var texts: Range<Int32> = 0..<0
        var attributes: Range<Int32> = 0..<0
        var names: Range<Int32> = 0..<0
        /// Slots that are emptied when the element starts.
        var resets: Range<Int32> = 0..<0
        /// The element gives a row.
        var isRow = false
        /// The gate that opens with the element, or -1.
        var gate: Int32 = -1
        /// Nothing of the above but edges and texts.
        var isPlain = true
        /// An edge takes a child of any name.
        var takesAnyName = false
    }

    struct Edge: BitwiseCopyable {
        /// Number of the element's name; 0 stands for any.
        var name: Int32
        /// Number of the attribute that must be there, or 0.
        var attribute: Int32
        /// Index of the value that the attribute must have.
        var value: Int32
        var target: Int32
    }

    struct Capture: BitwiseCopyable {
        var slot: Int32
        /// Number of the attribute's name; 0 for texts and names.
        var attribute: Int32
        /// The gate that has to let it through, or -1.
        var gate: Int32
    }

    struct Gate {
        var conditionSlot: Int
        var value: [UInt8]
        var slots: [Int]
    }

    /// Element names from the outside in that open a tree of nodes.
    struct Anchor {
        var names: [Int32]
        /// The names start at the document's element.
        var isAbsolute: Bool
        var root: Int32
    }

    fileprivate(set) var nodes: [Node] = []
    fileprivate(set) var edges: [Edge] = []
    fileprivate(set) var captures: [Capture] = []
    fileprivate(set) var resets: [Int32] = []
    /// What conditions on attributes ask for.
    fileprivate(set) var values: [[UInt8]] = []
    fileprivate(set) var gates: [Gate] = []
    /// The schema's columns in order, then the hidden slots of conditions.
    fileprivate(set) var slots: [SlotRule] = []
    fileprivate(set) var columnCount = 0
    /// The names that mean something; a name's number is its index and one.
    fileprivate(set) var names: [String] = []
    fileprivate(set) var record = Anchor(names: [], isAbsolute: false, root: 0)
    fileprivate(set) var ancestors: [Anchor] = []
    fileprivate(set) var documentRoot: Int32 = 0
    /// Empty: the root element, whatever its name.
    fileprivate(set) var documentNames: [Int32] = []
    fileprivate(set) var hasRows = false

    init(_ file: DocumentFile, schema: TableSchema) { self = XMLPlanBuilder(file, schema: schema).plan() }

    fileprivate init() {}
}

/// Compiles a plan: first trees of small objects, then the flat tables.
private final class XMLPlanBuilder {
    private final class Tree {
        var branches: [(step: XMLPath.Step, tree: Tree)] = []
        var texts: [XMLPlan.Capture] = []
        var attributes: [XMLPlan.Capture] = []
        var names: [XMLPlan.Capture] = []
        var resets: [Int32] = []
        var isRow = false
        var gate: Int32 = -1
    }

    private var result = XMLPlan()
    private var numbers: [String: Int32] = [:]
    private let file: DocumentFile
    private let schema: TableSchema
    private let document = Tree()
    private let record = Tree()
    private var above: [Int: Tree] = [:]

    init(_ file: DocumentFile, schema: TableSchema) {
        self.file = file
        self.schema = schema
    }

    func plan() -> XMLPlan {
        result.columnCount = schema.columns.count
        result.hasRows = !file.rows.isEmpty
        for column in schema.columns {
            let found = file.columns.first { $0.name == column.name }
            result.slots.append(
                .init(
                    repeated: found?.repeated ?? .reject, separator: Array((found?.separator ?? " ").utf8),
                    isInRow: found?.paths.contains { shared($0) > 0 } ?? false))
        }
        var row = record
        for name in file.rows { row = branch(row, .init(name: name, condition: nil)) }
        row.isRow = result.hasRows
        for (slot, column) in schema.columns.enumerated() {
            for path in file.columns.first(where: { $0.name == column.name })?.paths ?? [] { add(path, slot: slot) }
        }
        let names = file.record.map { number($0) }
        result.documentNames = file.documentNames.map { number($0) }
        result.documentRoot = flatten(document)
        result.record = .init(names: names, isAbsolute: file.isRecordAbsolute, root: flatten(record))
        result.ancestors = above.sorted { $0.key < $1.key }.map { levels, tree in
            .init(names: Array(names.dropLast(levels)), isAbsolute: file.isRecordAbsolute, root: flatten(tree))
        }
        return result
    }

    private func number(_ name: String) -> Int32 {
        if let known = numbers[name] { return known }
        result.names.append(name)
        numbers[name] = Int32(result.names.count)
        return Int32(result.names.count)
    }

    /// How many steps a path has in common with that of the rows.
    private func shared(_ path: XMLPath) -> Int {
        guard path.start == .record(above: 0) else { return 0 }
        return zip(path.steps, file.rows).prefix { $0.name == $1 }.count
    }

    private func branch(_ tree: Tree, _ step: XMLPath.Step) -> Tree {
        if let known = tree.branches.first(where: { $0.step == step }) { return known.tree }
        let target = Tree()
        tree.branches.append((step, target))
        if case .child(let name, let value) = step.condition {
            result.slots.append(.init(repeated: .first, separator: [], isInRow: false))
            let gate = Int32(result.gates.count)
            let slot = result.slots.count - 1
            result.gates.append(.init(conditionSlot: slot, value: Array(value.utf8), slots: []))
            target.gate = gate
            branch(target, .init(name: name, condition: nil)).texts.append(
                .init(slot: Int32(slot), attribute: 0, gate: gate))
        }
        return target
    }

    private func add(_ path: XMLPath, slot: Int) {
        var tree: Tree
        switch path.start {
        case .document: tree = document
        case .record(above: 0): tree = record
        case .record(let levels):
            tree = above[levels] ?? Tree()
            above[levels] = tree
        }
        if path.start != .record(above: 0) { tree.resets.append(Int32(slot)) }
        var gate: Int32 = -1
        let common = shared(path)
        var plain = record
        for (index, step) in path.steps.enumerated() {
            tree = branch(tree, step)
            if tree.gate >= 0 { gate = tree.gate }
            if index < common {
                plain = branch(plain, .init(name: step.name, condition: nil))
                if index == common - 1 { plain.resets.append(Int32(slot)) }
            }
        }
        if gate >= 0 { result.gates[Int(gate)].slots.append(slot) }
        switch path.value {
        case .text: tree.texts.append(.init(slot: Int32(slot), attribute: 0, gate: gate))
        case .attribute(let name): tree.attributes.append(.init(slot: Int32(slot), attribute: number(name), gate: gate))
        case .name: tree.names.append(.init(slot: Int32(slot), attribute: 0, gate: gate))
        }
    }

    private func flatten(_ tree: Tree) -> Int32 {
        let index = result.nodes.count
        result.nodes.append(XMLPlan.Node())
        let targets = tree.branches.map { flatten($0.tree) }
        var node = XMLPlan.Node()
        node.edges = append(
            zip(tree.branches, targets).map { branch, target in
                var edge = XMLPlan.Edge(name: branch.step.name.map { number($0) } ?? 0, attribute: 0, value: 0, target: target)
                if case .attribute(let name, let value) = branch.step.condition {
                    edge.attribute = number(name)
                    edge.value = Int32(result.values.count)
                    result.values.append(Array(value.utf8))
                }
                return edge
            }, to: \.edges)
        node.texts = append(tree.texts, to: \.captures)
        node.attributes = append(tree.attributes, to: \.captures)
        node.names = append(tree.names, to: \.captures)
        node.resets = append(tree.resets, to: \.resets)
        node.isRow = tree.isRow
        node.gate = tree.gate
        node.isPlain = node.attributes.isEmpty && node.names.isEmpty && node.resets.isEmpty && node.gate < 0
        node.takesAnyName = tree.branches.contains { $0.step.name == nil }
        result.nodes[index] = node
        return Int32(index)
    }

    private func append<Element>(_ elements: [Element], to table: WritableKeyPath<XMLPlan, [Element]>) -> Range<Int32> {
        let start = Int32(result[keyPath: table].count)
        result[keyPath: table] += elements
        return start..<Int32(result[keyPath: table].count)
    }
}
