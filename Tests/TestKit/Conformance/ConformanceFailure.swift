/// What a conformance case found wrong. Thrown, because a kit that is not a test target records nothing itself.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// - Throws: `ConformanceFailure` unless both are equal.
package func demand<Value: Equatable>(_ found: Value, equals expected: Value, _ what: String) throws {
    if found != expected { throw ConformanceFailure(description: "\(what): expected \(expected), found \(found)") }
}
