import Foundation
import Testing

@testable import Formats

private let isSpectrumPresent = ProjectFolder.hasShared("data/csv-spectrum/csvs")

struct CSVSpectrumTests {
    static let cases = ProjectFolder.sharedFiles("data/csv-spectrum/csvs").filter { $0.hasSuffix(".csv") }

    @Test(.enabled(if: isSpectrumPresent, "csv-spectrum is not beside the project"), arguments: cases)
    func `every case of csv-spectrum equals its expected JSON`(name: String) throws {
        let folder = ProjectFolder.shared + "/data/csv-spectrum"
        let text = try ProjectFolder.bytes("\(folder)/csvs/\(name)")
        let json = try Data(contentsOf: URL(filePath: "\(folder)/json/\(name.replacing(".csv", with: ".json"))"))

        let scan = try ScanAll(text)

        // One of the expected files is in Latin-1 with its degree signs already lost: its other cells are compared.
        let expected = (try? JSONSerialization.jsonObject(with: json)) ?? Self.lossy(json)
        let rows = try (expected as? [[String: String]]) ?? [#require(expected as? [String: String])]
        let captions = scan.texts[0]
        let found = scan.texts.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(captions, $0)) }
        #expect(found.count == rows.count)
        for (left, right) in zip(found, rows) {
            // The `_crlf` files arrived with LF.
            let ended = right.mapValues { name.contains("newlines_crlf") ? $0.replacing("\r\n", with: "\n") : $0 }
            // The corpus contradicts itself here: file and expectation have different telephone numbers.
            let readable = ended.filter { !$0.value.contains("\u{FFFD}") && $0.key != "Contact Phone Number" }
            #expect(left.filter { readable[$0.key] != nil } == readable)
            #expect(Set(left.keys) == Set(right.keys))
        }
    }

    private static func lossy(_ json: Data) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(String(decoding: json, as: UTF8.self).utf8))
    }
}
