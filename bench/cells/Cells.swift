import Domain

/// The reader of delimited files alone: every cell delimited and unquoted, one column added up. Compiled together with the
/// reader's own sources by `build.sh`, so that it measures them and not a copy.
@main
struct Cells {
    static func main() throws {
        let (profiles, path) = (CommandLine.arguments[1], CommandLine.arguments[2])
        let profile = try ProfileCatalogue(folder: profiles).profile(named: "generic/stock")
        let context = ReadContext(fileName: path, modified: UTCInstant(seconds: 0), timeZone: "UTC")
        var rows = try RowReader(profile: profile, source: FileByteSource(path: path), context: context)
        var (sum, bytes) = (0, 0)
        var cell: [UInt8] = []
        var column: Int?
        while try rows.next() {
            let summed = column ?? rows.captions.firstIndex(of: "on_hand") ?? -1
            column = summed
            let row = UnsafePointer(rows.window.current)
            for index in 0..<rows.row.fieldCount {
                let span = rows.fields.spans[index]
                if span.hasEscapes {
                    cell.removeAll(keepingCapacity: true)
                    rows.text.append(span, of: row, to: &cell)
                    bytes += cell.count
                } else {
                    bytes += span.count
                }
                if index == summed {
                    var number = 0
                    for place in span.start..<span.end { number = number * 10 + Int(row[Int(place)]) - 0x30 }
                    sum += number
                }
            }
        }
        print(sum, bytes)
    }
}
