/// The members of an object that lead to columns.
struct ObjectTree {
    private struct Node {
        var members: [[UInt8]: Int] = [:]
        var slot: Int?
        var isRows = false
        /// As a person names it, with points between members.
        var path: String
    }

    private var nodes = [Node(path: "")]
    let root = 0

    /// - Parameter slots: of the columns, by name.
    init(_ columns: [ObjectsFile.Place], rows: [String]? = nil, slots: [String: Int]) {
        for place in columns {
            let node = add(place.path)
            nodes[node].slot = slots[place.column]
        }
        if let rows { nodes[add(rows)].isRows = true }
    }

    private mutating func add(_ path: [String]) -> Int {
        var node = root
        for (depth, name) in path.enumerated() {
            let key = Array(name.utf8)
            if let next = nodes[node].members[key] {
                node = next
            } else {
                nodes.append(Node(path: path[...depth].joined(separator: ".")))
                nodes[node].members[key] = nodes.count - 1
                node = nodes.count - 1
            }
        }
        return node
    }

    /// `nil` where nothing below the member is wanted.
    func member(_ key: [UInt8], of node: Int?) -> Int? { node.flatMap { nodes[$0].members[key] } }
    func slot(_ node: Int?) -> Int? { node.flatMap { nodes[$0].slot } }
    func isRows(_ node: Int?) -> Bool { node.map { nodes[$0].isRows } ?? false }
    /// Whether an object is expected there.
    func hasMembers(_ node: Int?) -> Bool { node.map { !nodes[$0].members.isEmpty } ?? false }
    func path(_ node: Int?) -> String { node.map { nodes[$0].path } ?? "" }
}
