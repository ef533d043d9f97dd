/// What a file looks like to somebody who sees it for the first time. Texts are escaped already.
package struct InspectionReport: Hashable, Sendable {
    /// How sure a finding is.
    package enum Confidence: String, Sendable { case certain, likely, guess }

    package struct Encoding: Hashable, Sendable {
        /// `nil` where the encoding is none that can be read.
        package var encoding: TextEncoding?
        /// `windows-1252`, `big5`.
        package var name: String
        package var confidence: Confidence
        /// What speaks for it: `12 special characters, all valid UTF-8`.
        package var evidence: String
    }

    package struct Column: Hashable, Sendable {
        package var caption: String
        package var reading: ColumnReading
        /// Why: `day first: 23 values above 12 in first place`.
        package var evidence: String
        package var example: String
        /// Records that were looked at, those with a value, and how many different values they have.
        package var rows: Int
        package var filled: Int
        package var distinct: Int

        /// `integer`, `number`, `date`, `datetime`, `boolean`, `string`, `empty`.
        package var type: String { reading.type }
        /// The format for `schema.json`, where the type has one.
        package var format: String? { reading.format }
    }

    /// Something that a profile must allow for or the sender should mend.
    package struct Trouble: Hashable, Sendable {
        /// `ROWS-RAGGED`, `NUL-BYTES`.
        package var code: String
        package var text: String
        /// The first few physical lines concerned.
        package var lines: [Int]

        package init(_ code: String, _ text: String, lines: [Int] = []) {
            self.code = code
            self.text = text
            self.lines = lines
        }
    }

    package var file: String
    package var size: Int
    /// Bytes that were looked at; smaller than `size` for large files.
    package var inspected: Int
    package var encoding: Encoding?
    /// `CRLF`, `LF`, `CR`, `mixed CRLF and LF`; `none` for a single line.
    package var lineEnds = "none"
    /// `nil` where the file has one column only or is no text.
    package var separator: UInt8?
    package var quote: UInt8?
    /// The physical line of the header; `nil` where there is none.
    package var headerLine: Int?
    package var columns: [Column] = []
    package var records = 0
    package var troubles: [Trouble] = []
    /// One sentence: what it is, and what is wrong with it.
    package var verdict = ""

    init(file: String, size: Int, inspected: Int) {
        self.file = file
        self.size = size
        self.inspected = inspected
    }
}
