import Testing

/// docs/requirements.md has an answer to every number, and what an answer names exists.
struct RequirementsTests {
    private static let numbers = (1...411).map { "C" + String(1000 + $0).dropFirst() }

    @Test func `each number from C001 to C411 has one row, in order`() throws {
        #expect(try RequirementRow.all().map(\.number) == Self.numbers)
    }

    @Test func `each row says what is needed, one of the four statuses, and how`() throws {
        for row in try RequirementRow.all() {
            #expect(row.status != nil, "\(row.number) has no status")
            #expect(!row.need.isEmpty && !row.answer.isEmpty, "\(row.number) says nothing")
        }
    }

    @Test func `what is answered, wholly or partly, names its proof`() throws {
        for row in try RequirementRow.all() where row.status == .answered || row.status == .partly {
            #expect(!row.links.isEmpty, "\(row.number) names no proof")
        }
    }

    @Test func `everything that a row names exists`() async throws {
        var known: [RequirementLink: Bool] = [:]
        for row in try RequirementRow.all() {
            for link in row.links {
                let exists = if let seen = known[link] { seen } else { try await link.exists() }
                known[link] = exists
                #expect(exists, "\(row.number) names \(link)")
            }
        }
        #expect(known.count > 200)
    }

    @Test func `the sums of each section and of the whole are those of the rows`() throws {
        let sections = try RequirementRow.sections()
        for section in sections { #expect(section.summary == RequirementRow.summary(of: section.rows), "\(section.head)") }
        let total = RequirementRow.summary(of: sections.flatMap(\.rows))
        #expect(try DocsProject.text(RequirementRow.page).contains("\n**Total:** \(total)\n"))
    }

    // MARK: The check itself

    @Test(arguments: [
        "`Tests/TallymanTests/RequirementsTests.swift` · `a test that nobody wrote`", "`Tests/None.swift` · `none`",
        "`flows.NAME.gates.row_dorp`", "`flows.stock.gates`", "`flows.NAME.stock.buffer.units.NAME`", "`tallyman wyh`", "`tallyman errors shwo`",
        "`tallyman reconcile --smaple`", "`doctor: weather`", "`alarm: DATA-YOUNG`", "`profile: sage50/stok`", "[page](operations.md#evry-day)",
        "[page](operation.md)", "`Fixtures/stock/none`", "some words", "`two` `spans`",
    ])
    func `what the project does not have is found out`(_ text: String) async throws {
        #expect(try await !RequirementLink(text).exists())
    }
}
