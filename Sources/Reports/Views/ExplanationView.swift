/// The JSON form of an explanation: why the shop holds a value.
package struct ExplanationView: Encodable {
    package struct Record: Encodable {
        package var line: Int
        package var record: Int
        package var text: String?

        package init(line: Int, record: Int, text: String?) {
            self.line = line
            self.record = record
            self.text = text
        }
    }

    package struct Step: Encodable {
        package var run: Int64
        package var flow: String
        package var at: String?
        package var outcome: String
        package var before: String?
        package var after: String
        package var formula: String
        package var file: String?
        package var records: [Record]
        package var proof: String?

        package init(
            run: Int64, flow: String, at: String?, outcome: String, before: String?, after: String, formula: String, file: String?,
            records: [Record], proof: String?
        ) {
            self.run = run
            self.flow = flow
            self.at = at
            self.outcome = outcome
            self.before = before
            self.after = after
            self.formula = formula
            self.file = file
            self.records = records
            self.proof = proof
        }
    }

    package var key: String
    package var entity: String
    package var current: String?
    /// Where the value is the shop's own.
    package var adopted: String?
    package var steps: [Step]
    package var openErrors: [ErrorView]

    package init(key: String, entity: String, current: String?, adopted: String?, steps: [Step], openErrors: [ErrorView]) {
        self.key = key
        self.entity = entity
        self.current = current
        self.adopted = adopted
        self.steps = steps
        self.openErrors = openErrors
    }
}
