import Foundation
import Testing

/// `check` reads what the profile maps, whatever entity it is for, and `convert` leaves out what `check` rejects.
struct CheckTests {
    /// A file of one entity: its columns, a good row and the column whose cell can be spoiled, with what spoils it.
    struct Sample: Sendable, CustomTestStringConvertible {
        var entity: String
        var columns: [String]
        var good: [String]
        var column: String
        var bad: String

        var testDescription: String { "\(entity).\(column)" }

        init(_ entity: String, _ columns: String, _ good: String, _ column: String, _ bad: String) {
            self.entity = entity
            self.columns = columns.components(separatedBy: ",")
            self.good = good.components(separatedBy: ",")
            self.column = column
            self.bad = bad
        }
    }

    static let samples = [
        Sample("stock", "sku,warehouse,on_hand,allocated", "A,LDS,5,1", "on_hand", "5x"), Sample("stock", "sku,free", "A,5", "free", "n/a"),
        Sample("prices", "sku,price,valid_from", "A,1.50,2026-01-01", "price", "1.5O"),
        Sample("prices", "sku,price,valid_from", "A,1.50,2026-01-01", "valid_from", "31/02/2026"),
        Sample("special_prices", "sku,special_price,special_from", "A,1.20,2026-01-01", "special_price", "soon"),
        Sample("tier_prices", "sku,group,quantity,tier_price", "A,TRADE,10,1.10", "tier_price", "POA"),
        Sample("cost", "sku,unit_cost", "A,0.80", "unit_cost", "-"), Sample("products", "sku,name,weight", "A,Table,2.5", "weight", "heavy"),
        Sample("products", "sku,name,weight", "A,Table,2.5", "name", ""),
        Sample("accounts", "account,name,credit_limit,on_stop", "C1,Smith,100,0", "credit_limit", "lots"),
        Sample("accounts", "account,name,credit_limit,on_stop", "C1,Smith,100,0", "on_stop", "perhaps"),
        Sample("despatches", "despatch,order,sku,quantity", "D1,000000001,A,2", "quantity", "two"),
        Sample("invoices", "invoice,order,sku,quantity", "I1,000000001,A,2", "quantity", "two"),
        Sample("credits", "credit_note,order,sku,quantity,restock,shipping", "K1,000000001,A,2,1,4.95", "shipping", "free"),
        Sample("credits", "credit_note,order,sku,quantity,restock,shipping", "K1,000000001,A,2,1,4.95", "restock", "maybe"),
        Sample("statuses", "order,order_status", "000000001,PICKED", "order_status", ""),
        Sample("cancellations", "order,reason", "000000001,lost", "order", ""),
    ]

    private static func type(of column: String) -> String {
        switch column {
        case "on_hand", "allocated", "free", "price", "special_price", "quantity", "tier_price", "unit_cost", "weight", "credit_limit", "shipping":
            "number"
        case "valid_from", "special_from": "date"
        case "on_stop", "restock": "boolean"
        default: "string"
        }
    }

    private static func write(_ sample: Sample, _ installation: Installation) throws {
        let fields = sample.columns.map {
            #"{"name": "\#($0)", "type": "\#(type(of: $0))"\#(type(of: $0) == "date" ? #", "format": "%Y-%m-%d""# : "")}"#
        }
        let mapped = sample.columns.map { #""\#($0)": {"column": "\#($0)", "blank": "reject"}"# }
        try installation.write(#"{"fields": [\#(fields.joined(separator: ", "))]}"#, to: "profiles/own/it/schema.json")
        try installation.write("{}", to: "profiles/own/it/dialect.json")
        try installation.write(#"{"title": "T", "fields": {\#(mapped.joined(separator: ", "))}}"#, to: "profiles/own/it/profile.json")
        var bad = sample.good
        bad[try #require(sample.columns.firstIndex(of: sample.column))] = sample.bad
        let rows = [sample.columns, sample.good, bad, sample.good].map { $0.joined(separator: ",") + "\r\n" }
        try installation.write(rows.joined(), to: "it.csv")
    }

    private static func counts(_ check: Program.Ending) throws -> [Int] {
        let found = try #require(try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any])
        return try ["records", "rejected"].map { try #require(found[$0] as? Int) }
    }

    @Test(arguments: samples) func `a bad cell of any entity is rejected by check, and convert leaves its record out`(_ sample: Sample) async throws {
        try await Installation.with { installation in
            try Self.write(sample, installation)

            let check = try await installation.tallyman("check", "it.csv", "--profile", "own/it", "--profiles", "profiles", "--json")
            let convert = try await installation.tallyman("convert", "it.csv", "--profile", "own/it", "--profiles", "profiles")

            #expect(try Self.counts(check) == [3, 1], "\(check.all)")
            #expect(check.output.contains(#""column" : "\#(sample.column)""#), "\(check.all)")
            #expect(check.exit == convert.exit && check.exit != 0, "\(convert.all)")
            #expect(convert.errors.contains("it.csv:3: ") && convert.errors.hasSuffix("3 records, 1 rejected\n"), "\(convert.all)")
            #expect(convert.output.split(whereSeparator: \.isNewline).count == 3, "\(convert.all)")
        }
    }

    @Test(arguments: ["generic/stock", "sage50/stock", "sage50/customers", "epicor/price-lists", "generic/invoices", "netsuite/item-availability"])
    func `check and convert count the same in what is shipped`(_ profile: String) async throws {
        try await Installation.with { installation in
            let file = "\(Project.folder)/Fixtures/profiles/\(profile)/input.csv"
            let check = try await installation.tallyman("check", file, "--profile", profile, "--json")
            let convert = try await installation.tallyman("convert", file, "--profile", profile)

            let counts = try Self.counts(check)
            let counted = "\(counts[0]) records, \(counts[1]) rejected\n"
            #expect(convert.errors.hasSuffix(counted), "\(convert.errors) but \(counted)")
        }
    }

    @Test(arguments: [
        (#""on_hnad": {"column": "on_hand"}"#, "'on_hnad'", "did you mean 'on_hand'?"), (#""as_at": {"column": "on_hand"}"#, "'as_at'", ""),
        (#""attribute.": {"column": "on_hand"}"#, "'attribute.'", ""),
    ])
    func `a field of a profile that no entity has is refused with its line`(_ field: String, _ name: String, _ fix: String) async throws {
        try await Installation.with { installation in
            try Self.write(Sample("stock", "sku,on_hand", "A,5", "on_hand", "x"), installation)
            try installation.write(
                "{\"title\": \"T\", \"fields\": {\n\"sku\": {\"column\": \"sku\"},\n\(field)}}", to: "profiles/own/it/profile.json")

            let check = try await installation.tallyman("check", "it.csv", "--profile", "own/it", "--profiles", "profiles")

            #expect(check.exit == 2, "\(check.all)")
            #expect(
                check.errors.contains("profile.json:3:") && check.errors.contains("PROFILE-FIELD-UNKNOWN: no entity has a field \(name)"),
                "\(check.all)")
            #expect(fix.isEmpty || check.errors.contains(fix), "\(check.all)")
        }
    }
}
