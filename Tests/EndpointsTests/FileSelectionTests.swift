import Domain
import Endpoints
import TestKit
import Testing

struct FileSelectionTests {
    private let selection = FileSelection(patterns: [GlobPattern("STOCK_*.csv"), GlobPattern("*.xml")], doneFile: DoneFileName("${name}.done"))

    private func file(_ name: [UInt8], _ kind: RemoteFile.Kind = .regular) -> RemoteFile {
        RemoteFile(name: name, size: 1, modified: UTCInstant(seconds: 0), kind: kind)
    }

    @Test(arguments: ["STOCK_1.csv", "STOCK_.csv", "orders.xml"])
    func `a regular file that a pattern matches is selected`(_ name: String) {
        #expect(selection.judge(file(Array(name.utf8))) == .selected)
    }

    @Test(arguments: [
        ("STOCK_1.csv.tmp", FileSelection.Rule.temporaryName(".tmp")), ("STOCK_1.csv.TMP", .temporaryName(".tmp")),
        ("STOCK_1.part", .temporaryName(".part")), ("STOCK_1.csv.filepart", .temporaryName(".filepart")),
        ("STOCK_1.writing", .temporaryName(".writing")), ("STOCK_1.csv.inprogress", .temporaryName(".inProgress")),
        ("STOCK_1.csv~", .temporaryName("~")), (".STOCK_1.csv", .temporaryName(".")), ("STOCK_1.csv.done", .doneFile),
        ("readme.txt", .patternDiffers), ("stock_1.csv", .caseDiffers(GlobPattern("STOCK_*.csv"))),
        ("../STOCK_1.csv", .unsafeName), ("a\\STOCK_1.csv", .unsafeName), ("..", .unsafeName), ("", .unsafeName),
        ("STOCK_\u{0}.csv", .unsafeName),
    ])
    func `A4 every other file is ignored by a named rule`(_ name: String, _ rule: FileSelection.Rule) {
        #expect(selection.judge(file(Array(name.utf8))) == .ignored(rule))
        #expect(!rule.description.isEmpty)
    }

    @Test(arguments: [RemoteFile.Kind.directory, .link, .other])
    func `F24 what is not a regular file is ignored whatever its name`(_ kind: RemoteFile.Kind) {
        #expect(selection.judge(file(Array("STOCK_1.csv".utf8), kind)) == .ignored(.notRegular(kind)))
    }

    @Test func `F23 no name whatever is selected unless it is one component that a pattern matches`() {
        var random = SeededRandom(seed: 23)
        let wild = FileSelection(patterns: [GlobPattern("*")])
        for _ in 0..<5000 {
            let name = random.bytes(Int.random(in: 0...12, using: &random))
            guard wild.judge(file(name)) == .selected else { continue }
            #expect(!name.contains(UInt8(ascii: "/")) && !name.contains(0) && !name.contains(UInt8(ascii: "\\")))
            #expect(name.first != UInt8(ascii: "."))
        }
    }

    @Test(arguments: [
        ("${name}.done", "STOCK.csv", "STOCK.csv.done"), ("${stem}.ok", "STOCK.csv", "STOCK.ok"), ("${stem}.ok", "STOCK", "STOCK.ok"),
        ("${stem}.ok", ".hidden", ".hidden.ok"), ("${stem}.ok", "a.b.csv", "a.b.ok"),
    ])
    func `a done file's name follows from the file's`(_ text: String, _ name: String, _ done: String) throws {
        let doneFile = try #require(DoneFileName(text))

        #expect(doneFile.announcement(of: Array(name.utf8)) == Array(done.utf8))
        #expect(doneFile.isAnnouncement(Array(done.utf8)))
        #expect(doneFile.description == text)
    }

    @Test(arguments: ["", "done", "${name}", "${stem}", "${other}.ok", "x${name}.done", "${name}/done", "${name}.${stem}"])
    func `a done file that names nothing else is refused`(_ text: String) {
        #expect(DoneFileName(text) == nil)
    }

    @Test(arguments: [("stock_1.CSV", true), ("STOCK_1.csv", false), ("Stock_x.csv", true), ("OTHER.csv", nil)] as [(String, Bool?)])
    func `a name that misses a pattern by the case of its letters is told apart from one that has nothing to do with it`(
        _ name: String, _ differs: Bool?
    ) {
        let pattern = GlobPattern("STOCK_*.csv")
        let file = RemoteFile(name: Array(name.utf8), size: 1, modified: UTCInstant(seconds: 1), kind: .regular)

        let verdict = FileSelection(patterns: [pattern]).judge(file)

        switch differs {
        case true: #expect(verdict == .ignored(.caseDiffers(pattern)))
        case false: #expect(verdict == .selected)
        case nil: #expect(verdict == .ignored(.patternDiffers))
        }
    }
}
