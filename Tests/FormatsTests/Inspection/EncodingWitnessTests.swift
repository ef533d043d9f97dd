import Domain
import Foundation
import Testing

@testable import Formats

/// Few signs outside ASCII, or a single one, have to tell the encoding of a file.
struct EncodingWitnessTests {
    private static let captions = "Stock Code,Description,Depot,Qty In Stock,Qty Allocated\r\n"

    /// A stock file with `text` in one description among plain ones.
    private static func file(_ text: String) -> String {
        captions + (1...12).map { "A-\($0),\($0 == 7 ? text : "Hinge \($0)"),LDS,\($0),0\r\n" }.joined()
    }

    static let signs = [
        "Voucher £5", "£", "Voucher 5£", "Panel 600×400", "600 × 400", "×", "1\u{A0}000 screws", "Hinge\u{A0}", "½ inch", "Bolt ½", "1½", "25°",
        "Acme®",
        "m²", "5 µm", "±2", "Ø 12", "Ø12", "Café", "CAFÉ", "Müller", "señor", "Straße", "naïve", "Åland", "ŒUVRE", "Ïle",
    ]

    @Test(arguments: signs + ["€5", "5€", "5 €", "it’s", "“best”", "5–10", "5 – 10", "Acme™", "• new", "…", "Škoda", "Žen"])
    func `a file of Windows-1252 with one sign outside ASCII is not taken for another page`(_ text: String) {
        let bytes = TextEncoding.windows1252.encode(Self.file(text)).bytes
        #expect(FileInspector.inspect(bytes, file: "a.csv").encoding?.name == "windows-1252", "\(text)")
    }

    @Test(arguments: signs)
    func `a file of UTF-8 with one sign outside ASCII is UTF-8`(_ text: String) {
        #expect(FileInspector.inspect(Array(Self.file(text).utf8), file: "a.csv").encoding?.name == "utf-8", "\(text)")
    }

    @Test(arguments: ["Voucher £5", "£", "Café", "Müller", "señor", "25°", "½ inch"])
    func `a file of code page 850 with one sign outside ASCII is not taken for another page`(_ text: String) {
        let bytes = TextEncoding.codePage850.encode(Self.file(text)).bytes
        #expect(FileInspector.inspect(bytes, file: "a.csv").encoding?.name == "cp850", "\(text)")
    }

    @Test(arguments: [
        (TextEncoding.windows1252, "Voucher £5", "windows-1252"), (.windows1252, "Café", "windows-1252"), (.codePage850, "Café", "cp850"),
        (.utf8, "Café", "utf-8"), (.utf8, "x×y", "utf-8"), (.utf8, "plain", "ascii"),
    ])
    func `the encoding of a long file is decided by all its bytes, not by those at its beginning`(
        _ encoding: TextEncoding, _ text: String, _ name: String
    ) throws {
        let path = NSTemporaryDirectory() + "witness-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let plain = (1...400).map { "A-\($0),Hinge,\($0)\n" }.joined()
        let bytes = Array("Stock Code,Description,Qty In Stock\n\(plain)".utf8) + encoding.encode("B,\(text),6\n").bytes + Array("C,Nut,7\n".utf8)
        try Data(bytes).write(to: URL(fileURLWithPath: path))

        let sample = try FileInspector.sample(of: path, limit: 2048)
        var hints = InspectionHints()
        hints.witnesses = sample.witnesses
        let report = FileInspector.examine(sample.bytes, file: "a.csv", size: sample.size, hints: hints).report
        let guess = try FileGuess(
            sample.bytes, file: "a.csv", size: sample.size, witnesses: sample.witnesses, known: [], name: "new/new")

        #expect(report.encoding?.name == name)
        #expect(guess.encoding.value == (encoding == .utf8 ? .utf8 : encoding))
        #expect(report.size == bytes.count)
    }
}
