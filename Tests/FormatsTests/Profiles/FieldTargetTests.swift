import Domain
import Testing

@testable import Formats

struct FieldTargetTests {
    @Test(arguments: [
        #""fields": {"sku": {"column": "sku"}, "stock_level": {"column": "qty"}}"#,
        #""fields": {"sku": {"column": "sku"}}, "pivot": {"field": "warehouse", "columns": {"at_hand": "qty {}"}}"#,
    ])
    func `what no entity takes cannot be mapped, neither by fields nor by a pivot`(_ keys: String) {
        #expect {
            try SampleProfile.make(
                profile: #"{"title": "T", \#(keys)}"#, schema: #"{"fields": [{"name": "sku"}, {"name": "qty"}, {"name": "qty {}"}]}"#)
        } throws: {
            ($0 as? Diagnostic)?.code == "PROFILE-FIELD-UNKNOWN" && ($0 as? Diagnostic)?.location?.line == 1
        }
    }
}
