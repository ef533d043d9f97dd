/// What the file of a run's rejected records is called; by that name it is known when it comes back.
package enum RejectFileName {
    private static let end = "_rejects.csv"

    package static func of(run: Int64, flow: String) -> String { "\(flow)-run\(run)\(end)" }

    /// Whether a file of the flow has such a name, with a word of a person's own between: `stock-run7_rejects mended.csv` is one, too.
    package static func matches(_ name: [UInt8], flow: String) -> Bool {
        let text = String(decoding: name, as: UTF8.self)
        let start = "\(flow)-run"
        guard text.hasPrefix(start), text.lowercased().hasSuffix(".csv") else { return false }
        let rest = text.dropFirst(start.count)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && rest.dropFirst(digits.count).hasPrefix("_rejects")
    }
}
