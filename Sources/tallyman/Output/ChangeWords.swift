import Domain
import StateStore

/// A planned change in words: the value before and after, and by how much its numbers move.
struct ChangeWords: Encodable {
    var key: String
    var entity: String
    var outcome: String
    /// `nil` where nothing is known of the value before.
    var old: String?
    var new: String
    /// `-12.5 %`, or `main -12.5 %, north +3 %` where several parts move.
    var percent: String?
    var proof: String

    init(_ planned: PlannedChange, _ words: ValueWords) {
        key = planned.change.key.description
        entity = planned.entity
        outcome = planned.outcome.rawValue
        old = planned.change.before.map { words.describe($0, entity: planned.entity) }
        new = words.describe(planned.change.after, entity: planned.entity)
        proof = planned.proof ?? planned.due.map { "waits for \($0)" } ?? ""
        let differences = planned.change.before.flatMap { before in words[planned.entity]?.differences(planned.change.after, observed: before) } ?? []
        let moves = differences.compactMap { difference in
            Self.percent(from: difference.observed, to: difference.wanted).map { (place: difference.place, text: $0) }
        }
        if !moves.isEmpty {
            percent = moves.map { $0.place.isEmpty || moves.count == 1 ? $0.text : "\($0.place) \($0.text)" }.joined(separator: ", ")
        }
    }

    /// Rounded to a tenth; `nil` where there is nothing to compare with.
    static func percent(from old: ExactDecimal?, to new: ExactDecimal?) -> String? {
        guard let old = old.flatMap({ Double($0.description) }), let new = new.flatMap({ Double($0.description) }), old != 0 else { return nil }
        let tenths = ((new - old) / abs(old) * 1000).rounded()
        guard tenths.magnitude < 1e12 else { return nil }
        let whole = Int(tenths.magnitude)
        return "\(tenths < 0 ? "-" : "+")\(whole / 10)\(whole % 10 == 0 ? "" : ".\(whole % 10)") %"
    }
}
