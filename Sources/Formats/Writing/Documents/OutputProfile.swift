import Domain

/// How documents of the shop become one file of the ERP: rows or XML, encoding, field lengths, what stands before and behind.
/// Data: `output.json` in a profile's folder.
package struct OutputProfile: Sendable {
    /// What becomes of a character that the file's encoding does not have.
    package enum Unencodable: String, Sendable, CaseIterable {
        /// The document waits in the error queue.
        case reject
        /// A question mark, reported.
        case replace
    }

    /// What becomes of line ends inside a cell.
    package enum LineBreaks: String, Sendable, CaseIterable {
        /// They stay, inside quotes.
        case keep
        /// Each run of them becomes one blank; for readers that take a line for a record.
        case blank
    }

    /// Cells that a spreadsheet would run as a formula.
    package enum Formulas: String, Sendable, CaseIterable {
        /// As they are: for files that only a program reads.
        case keep
        /// An apostrophe in front, and one in front of every cell that begins with an apostrophe: taking one away gives the value back.
        case apostrophe
    }

    package enum Form: Sendable {
        case rows(OutputRows)
        case xml(OutputElement)
        case template(OutputTemplate)
    }

    package var name: String
    package var version: Int
    package var encoding: TextEncoding
    package var hasByteOrderMark: Bool
    package var unencodable: Unencodable
    package var lineBreaks: LineBreaks
    package var formulas: Formulas
    /// Of instants, where a cell names none of its own.
    package var dates: String
    /// Whether a cancellation in it always means the whole order.
    package var cancelsWholeOrders: Bool
    package var form: Form

    /// Whether a file can hold one document only: the document is the root element.
    package var holdsOneDocument: Bool {
        switch form {
        case .rows: false
        case .xml(let root): !root.holdsDocuments
        case .template(let template): template.holdsOneDocument
        }
    }

    /// Whether a character that the encoding lacks is written as a number.
    var writesReferences: Bool {
        switch form {
        case .rows, .template: false
        case .xml: true
        }
    }

    /// A cell that a spreadsheet opens without running it, where the profile asks for that.
    func safe(_ text: String) -> String {
        switch formulas {
        case .keep: text
        case .apostrophe:
            text.utf8.first == UInt8(ascii: "'") ? "'" + text : String(decoding: FormulaSafety.neutralised(Array(text.utf8)), as: UTF8.self)
        }
    }
}

/// The rows of a delimited file, in the order of the profile: those of the file's beginning, those of each document, those of its end.
package struct OutputRows: Sendable {
    package enum Scope: Hashable, Sendable {
        case start
        case document
        /// One row for each record of the group.
        case group(String)
        case end
    }

    package struct Row: Sendable {
        package var scope: Scope
        package var cells: [OutputCell]
    }

    package var dialect: CSVDialect
    /// Whether the captions of the first repeated row stand on top.
    package var hasHeader: Bool
    package var rows: [Row]
}

/// Where a value comes from, and the limits of the field it goes to.
package struct OutputCell: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case value(String)
        case constant(String)
    }

    /// What becomes of a text that is longer than the field.
    package enum Overlong: String, Sendable, CaseIterable { case reject, truncate }

    /// The caption or element name, for header and messages.
    package var caption: String
    package var source: Source
    /// In characters; `nil`: any.
    package var length: Int?
    package var overlong: Overlong
    package var isRequired: Bool
    /// How many decimals are written; `nil`: as many as the number has.
    package var decimals: Int?
    /// Whether a number with more decimals is rounded half up; otherwise the document is refused.
    package var isRounded: Bool
    package var dates: String?
    /// Written where the value is missing.
    package var fallback: String
}

/// An element of an XML file.
package struct OutputElement: Sendable {
    package enum Content: Sendable {
        case leaf(OutputCell)
        case children([OutputElement])
    }

    package enum Repetition: Hashable, Sendable {
        case once
        case documents
        case group(String)
    }

    package var name: String
    package var attributes: [(name: String, cell: OutputCell)]
    package var repetition: Repetition
    /// Written only where this value is there.
    package var condition: String?
    /// Written even if nothing is in it.
    package var isKept: Bool
    package var content: Content

    var holdsDocuments: Bool {
        if repetition == .documents { return true }
        if case .children(let children) = content { return children.contains(where: \.holdsDocuments) }
        return false
    }
}
