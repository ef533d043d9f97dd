import Domain

/// How much of everything one XML file may hold (reliability 1.6). libxml2's own limits do not count with callbacks.
struct XMLLimits: Hashable, Sendable {
    /// Elements inside each other.
    var depth = 64
    /// Of one element.
    var attributes = 256
    /// Bytes of one value in UTF-8.
    var text = 1 << 20
    /// Bytes of one record in UTF-8, and of everything between two records that a value is taken from.
    var record = 4 << 20
    /// Bytes of one element's or attribute's name.
    var name = 1024
    /// Different names in one file.
    let names = 1 << 14
    /// Rows of one record.
    let rows = 100_000
    /// Bytes of the whole file in UTF-8.
    var file = 16 << 30

    /// A profile may lower them, never raise them.
    init(_ node: SettingNode?) throws {
        guard let node else { return }
        var reader = try NodeReader(node, path: "document.limits")
        depth = try reader.integer("depth", in: 1...depth) ?? depth
        attributes = try reader.integer("attributes", in: 1...attributes) ?? attributes
        text = try reader.integer("text", in: 1...text) ?? text
        record = try reader.integer("record", in: 64...record) ?? record
        name = try reader.integer("name", in: 1...name) ?? name
        file = try reader.integer("file", in: 64...file) ?? file
        try reader.finish()
    }
}
