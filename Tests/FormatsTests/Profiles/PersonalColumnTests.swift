import Domain
import Testing

@testable import Formats

/// Columns that tell of people are known by the profile (S29).
struct PersonalColumnTests {
    @Test func `S29 every shipped list of customers says which of its columns tell of people, and no list of figures does`() throws {
        let catalogue = ProfileCatalogue(folder: ProjectFolder.profiles)
        let lists = catalogue.names.filter { $0.hasSuffix("/customers") || $0.hasSuffix("/business-partners") }
        #expect(lists.count >= 6)
        for name in lists {
            let kinds = Set(try catalogue.profile(named: name).personalColumns.values)
            #expect(kinds.isSuperset(of: [.name, .contact]), "\(name)")
        }
        #expect(try catalogue.profile(named: "sage50/stock").personalColumns.isEmpty)
        #expect(try catalogue.profile(named: "sage50/customers").personalColumns["Address 3"] == .address)
    }
}
