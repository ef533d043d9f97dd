/// What a column tells of a person. Masking and retention go by it.
package enum PersonalClass: String, CaseIterable, Sendable {
    case none, name, address, contact
}

extension Profile {
    /// The columns that tell of people, by caption.
    package var personalColumns: [String: PersonalClass] {
        schema.columns.reduce(into: [:]) { if $1.personal != .none { $0[$1.name] = $1.personal } }
    }
}
