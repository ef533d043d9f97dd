import Testing

@testable import Formats

/// The inputs that `make fuzz` has kept: those that cover the readers' code, and those that once broke them.
struct FuzzCorpusTests {
    private static let folder = ProjectFolder.root + "Fuzz/corpus"

    @Test(arguments: FuzzEntry.allCases)
    func `what is promised of hostile bytes holds for every kept input`(_ entry: FuzzEntry) throws {
        let names = ProjectFolder.entries("\(Self.folder)/\(entry)")

        #expect(names.count > 3, "the corpus of \(entry) is not there")
        for name in names {
            do {
                try entry.run(ProjectFolder.bytes("\(Self.folder)/\(entry)/\(name)"))
            } catch {
                Issue.record("\(entry)/\(name): \(error)")
            }
        }
    }
}
