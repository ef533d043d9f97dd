import Domain
import Foundation

extension OutputProfile {
    /// Reads and checks `<folder>/<name>/output.json`. Throws `PROFILE-…` diagnostics with file, line and column.
    package static func load(_ name: String, from folder: String) throws -> OutputProfile {
        let path = "\(folder)/\(name)/output.json"
        guard let data = try OwnFile.content(path) else {
            let names = names(in: folder)
            guard !names.isEmpty else { throw ProfileCatalogue.empty(folder, lacking: name) }
            throw unknown(name, names, at: path)
        }
        return try OutputProfile(name: name, node: JSONDocument.parse(data, file: path), folder: "\(folder)/\(name)")
    }

    /// The same from the first of several folders that has it.
    package static func load(_ name: String, from folders: [String]) throws -> OutputProfile {
        let folder = folders.first { FileManager.default.fileExists(atPath: "\($0)/\(name)/output.json") }
        if let folder { return try load(name, from: folder) }
        let names = Set(folders.flatMap { Self.names(in: $0) }).sorted()
        guard !names.isEmpty else { throw ProfileCatalogue.empty(folders.joined(separator: ", "), lacking: name) }
        throw unknown(name, names, at: folders.first ?? "")
    }

    private static func unknown(_ name: String, _ names: [String], at folder: String) -> Diagnostic {
        Diagnostic(
            "PROFILE-UNKNOWN", "there is no output profile \(Escaped(name))", at: .init(file: folder),
            fix: NearestWord.hint(name, among: names, otherwise: "known: \(names.joined(separator: ", "))"))
    }

    /// The profiles of a folder that write, sorted: `generic/orders`, `sage50/orders`, …
    package static func names(in folder: String) -> [String] {
        func entries(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
        }
        return entries(folder).flatMap { vendor in
            entries("\(folder)/\(vendor)")
                .filter { FileManager.default.fileExists(atPath: "\(folder)/\(vendor)/\($0)/output.json") }
                .map { "\(vendor)/\($0)" }
        }.sorted()
    }

    private enum Format: String, CaseIterable { case rows, xml, template }

    /// `folder` holds the profile's templates.
    init(name: String, node: SettingNode, folder: String) throws {
        var reader = try NodeReader(node, path: "output")
        self.name = name
        _ = try reader.required("title")
        _ = reader.node("description")
        version = try reader.integer("version", in: 1...1_000_000) ?? 1
        let encodingName = try reader.text("encoding") ?? "utf-8"
        guard let encoding = TextEncoding(named: encodingName) else {
            throw reader.fault(
                "encoding", node, "'\(Escaped(encodingName))' is not known",
                "choose one of: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.encoding = encoding
        hasByteOrderMark = try reader.flag("byte_order_mark") ?? encoding.isUTF16
        unencodable = try reader.choice("unencodable") ?? .reject
        lineBreaks = try reader.choice("line_breaks") ?? .keep
        formulas = try reader.choice("formulas") ?? .keep
        dates = try Self.datePattern(&reader, "dates") ?? "%Y-%m-%d"
        cancelsWholeOrders = try reader.flag("cancels_whole_orders") ?? false
        let format: Format? = try reader.choice("format")
        switch format {
        case nil:
            _ = try reader.required("format")
            form = .rows(OutputRows(dialect: .rfc4180, hasHeader: false, rows: []))
        case .rows: form = .rows(try OutputRows(&reader))
        case .xml:
            guard let root = reader.node("root") else {
                throw reader.fault("root", node, "is missing", "describe the root element")
            }
            form = .xml(try OutputElement(root, path: "output.root"))
        case .template: form = .template(try OutputTemplate(&reader, folder: folder))
        }
        try reader.finish()
    }

    static func datePattern(_ reader: inout NodeReader, _ key: String) throws -> String? {
        guard let text = try reader.text(key) else { return nil }
        guard InstantText.isKnown(text) else {
            throw Diagnostic(
                "PROFILE-VALUE", "\(reader.path).\(key): the date format '\(Escaped(text))' is not understood", at: reader.location,
                fix: "use %d %m %Y %y %H %M %S and %z")
        }
        return text
    }
}

extension OutputRows {
    fileprivate init(_ reader: inout NodeReader) throws {
        let empty = SettingNode(.map([]), at: reader.location)
        let dialectFile = try DialectFile(reader.node("dialect") ?? empty)
        dialect = dialectFile.dialect
        hasHeader = try reader.flag("header") ?? true
        guard let nodes = reader.node("rows")?.list, !nodes.isEmpty else {
            throw Diagnostic("PROFILE-VALUE", "output.rows must be a list", at: reader.location, fix: "write [{\"for\": \"lines\", …}]")
        }
        rows = try nodes.enumerated().map { index, node in
            var row = try NodeReader(node, path: "output.rows[\(index)]")
            let word = try row.required("for")
            let scope: Scope =
                switch word {
                case "start": .start
                case "document": .document
                case "end": .end
                default: .group(word)
                }
            let cells = try (row.node("cells")?.list ?? []).enumerated().map { position, cell in
                try OutputCell(cell, path: "output.rows[\(index)].cells[\(position)]")
            }
            try row.finish()
            return Row(scope: scope, cells: cells)
        }
    }
}

extension OutputCell {
    /// A value as it is.
    init(named name: String) {
        self.init(
            caption: name, source: .value(name), length: nil, overlong: .reject, isRequired: false, decimals: nil, isRounded: false,
            dates: nil, fallback: ""
        )
    }

    /// The limits of the value `name`.
    init(limiting name: String, _ node: SettingNode, path: String) throws {
        var reader = try NodeReader(node, path: path)
        self.init(named: name)
        caption = try reader.text("caption") ?? name
        try readLimits(&reader)
        try reader.finish()
    }

    fileprivate init(_ node: SettingNode, path: String) throws {
        var reader = try NodeReader(node, path: path)
        try self.init(&reader, caption: nil)
        try reader.finish()
    }

    fileprivate init(_ reader: inout NodeReader, caption: String?) throws {
        let value = try reader.text("value")
        let constant = try reader.text("text")
        guard (value == nil) != (constant == nil) else {
            throw Diagnostic(
                "PROFILE-VALUE", "\(reader.path) needs either a value or a text", at: reader.location,
                fix: "write {\"value\": \"number\"} or {\"text\": \"H\"}")
        }
        self.init(named: value ?? "")
        if let constant { source = .constant(constant) }
        self.caption = try caption ?? reader.text("caption") ?? value ?? ""
        try readLimits(&reader)
    }

    private mutating func readLimits(_ reader: inout NodeReader) throws {
        length = try reader.integer("length", in: 1...100_000)
        overlong = try reader.choice("over") ?? .reject
        isRequired = try reader.flag("required") ?? false
        decimals = try reader.integer("decimals", in: 0...8)
        isRounded = try reader.flag("round") ?? false
        dates = try OutputProfile.datePattern(&reader, "date")
        fallback = try reader.text("default") ?? ""
    }
}

extension OutputElement {
    fileprivate init(_ node: SettingNode, path: String) throws {
        var reader = try NodeReader(node, path: path)
        name = try reader.required("name")
        let element = name
        let isName =
            !element.isEmpty
            && element.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || "_-.:".unicodeScalars.contains($0)
            }
        guard isName, element.first?.isNumber != true else {
            throw reader.fault("name", node, "is not the name of an element", "write letters, digits, _ - . and :")
        }
        attributes = try (reader.entries("attributes") ?? []).map { key, node in
            if let text = node.scalar {
                let cell = OutputCell(
                    caption: key, source: .constant(text), length: nil, overlong: .reject, isRequired: false, decimals: nil,
                    isRounded: false, dates: nil, fallback: "")
                return (key, cell)
            }
            return (key, try OutputCell(node, path: "\(path).attributes.\(key)"))
        }
        switch try reader.text("each") {
        case nil: repetition = .once
        case "documents": repetition = .documents
        case .some(let group): repetition = .group(group)
        }
        condition = try reader.text("when")
        isKept = try reader.flag("keep") ?? false
        if let children = reader.node("children")?.list {
            content = .children(try children.enumerated().map { try OutputElement($1, path: "\(path).children[\($0)]") })
        } else {
            content = .leaf(try OutputCell(&reader, caption: element))
        }
        try reader.finish()
    }
}
