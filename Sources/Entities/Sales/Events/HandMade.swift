import Domain
import Magento

/// What documents that people made in the shop mean for an event of the ERP: the same thing posted by hand, perhaps the same, or
/// something else. Nothing is ever made beside one that is perhaps the same.
struct HandMade {
    enum Finding: Hashable {
        case none
        /// It is the event: the tracking number says so, or nothing is left open that ours could be made of.
        case same(SalesDocument)
        /// Rows of the event are in it; only a person can tell.
        case doubtful(SalesDocument)
    }

    let rules: SalesEventRules
    let order: OrderSnapshot
    let open: OpenLines
    /// Those that no program and no earlier event accounts for.
    let candidates: [SalesDocument]
    private let own: Set<Int>

    /// - Parameters:
    ///   - claims: which documents stand for which marks already.
    ///   - since: when the order left for the ERP: what was made before it is no answer of the ERP. `nil` where that is not known.
    init(_ documents: [SalesDocument], of order: OrderSnapshot, _ rules: SalesEventRules, claims: [Int: String], mark: String, since: UTCInstant?) {
        self.rules = rules
        self.order = order
        open = OpenLines(order, rules)
        own = Set(claims.filter { $0.value == mark }.keys)
        // The two clocks may differ.
        let from = since?.adding(.seconds(-900))
        candidates = documents.filter { document in
            if let claim = claims[document.id] { return claim == mark }
            guard !document.comments.contains(where: rules.kind.isMark) else { return false }
            guard let from, let created = document.created else { return true }
            return created >= from
        }
    }

    /// - Parameter fits: whether the event could be made now.
    func finding(_ part: SalesEvent.Part, of event: SalesEvent, fits: Bool) -> Finding {
        if let document = candidates.first(where: { own.contains($0.id) }) { return .same(document) }
        var doubtful: SalesDocument?
        for document in candidates {
            let tracks = Set(event.tracks.map(\.number))
            let isShared = !tracks.isDisjoint(with: document.tracks)
            let isContradicted = !tracks.isEmpty && !document.tracks.isEmpty && !isShared
            if isEqual(document, part, event), isShared || !isContradicted && !fits { return .same(document) }
            if isShared || overlaps(document, event) { doubtful = doubtful ?? document }
        }
        return doubtful.map { .doubtful($0) } ?? .none
    }

    /// Whether rows of the event are in one of the documents.
    func concerns(_ event: SalesEvent) -> Bool { candidates.contains { overlaps($0, event) } }

    private func overlaps(_ document: SalesDocument, _ event: SalesEvent) -> Bool {
        guard !event.lines.isEmpty else {
            // Money alone is compared as money; a whole order has something of everything.
            let isMoney = rules.kind == .credits && !((event.adjustment ?? 0).isZero && (event.shipping ?? 0).isZero)
            return isMoney ? hasSameMoney(document, event) : !quantities(document).isEmpty
        }
        let items = Set(event.lines.flatMap { line in ((try? open.rows(for: line)) ?? []).map(\.id) })
        return !items.isDisjoint(with: quantities(document).keys)
    }

    private func isEqual(_ document: SalesDocument, _ part: SalesEvent.Part, _ event: SalesEvent) -> Bool {
        guard rules.kind != .credits || hasSameMoney(document, event) else { return false }
        return hasRows(document, part.lines) || hasRows(document, event.lines)
    }

    private func hasSameMoney(_ document: SalesDocument, _ event: SalesEvent) -> Bool {
        document.shipping == (event.shipping ?? 0) && document.adjustment == (event.adjustment ?? 0)
    }

    /// Whether the document has exactly these rows: of each product as much, and nothing besides.
    private func hasRows(_ document: SalesDocument, _ lines: [SalesEvent.Line]) -> Bool {
        guard !lines.isEmpty else { return false }
        var wanted: [Set<Int>: ExactDecimal] = [:]
        for line in lines {
            guard let rows = try? open.rows(for: line), !rows.isEmpty else { return false }
            let items = Set(rows.map(\.id))
            guard let sum = (wanted[items] ?? .zero).adding(line.quantity) else { return false }
            wanted[items] = sum
        }
        let held = quantities(document)
        guard Set(held.keys).isSubset(of: wanted.keys.reduce(into: []) { $0.formUnion($1) }) else { return false }
        return wanted.allSatisfy { items, quantity in
            items.reduce(ExactDecimal.zero) { $0.adding(held[$1] ?? .zero) ?? $0 } == quantity
        }
    }

    private func quantities(_ document: SalesDocument) -> [Int: ExactDecimal] {
        let positive = document.lines.filter { $0.quantity.isPositive }
        // The shop puts the bundle's own row beside its parts where they are shipped apart; it counts nothing.
        let parents = Set(positive.compactMap { row in order.lines.first { $0.id == row.orderItem }?.parent })
        let rows = positive.filter { !parents.contains($0.orderItem) }.map { ($0.orderItem, $0.quantity) }
        return Dictionary(rows, uniquingKeysWith: { $0.adding($1) ?? $0 })
    }
}

extension SalesEventKind {
    /// How the remark at one of its documents begins.
    var markPrefix: String { noun.prefix(1).uppercased() + noun.dropFirst() + " " }

    /// Whether a remark at a document says that it stands for some event of the ERP, by us or by a person's hand.
    func isMark(_ comment: String) -> Bool { comment.utf8.starts(with: markPrefix.utf8) }
}
