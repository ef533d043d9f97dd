import Domain
import StateStore

/// Enters the ERP's numbers of acknowledged documents in the shop, a page at a time. What cannot be entered now is entered by a later
/// run; it holds up nothing.
struct NumberStage {
    static let pageSize = 50

    let ledger: Ledger
    let flow: OutboundFlow
    let timeline: Timeline
    let lease: LeaseKeeper

    /// What was done, in words. Trouble of the shop is told and not thrown: orders leave all the same.
    func enter() async throws -> [String] {
        guard let book = flow.numbers else { return [] }
        var notes: [String] = []
        var entered = 0
        while true {
            let page = try ledger.read { try $0.numbersToEnter(flow: flow.name, limit: Self.pageSize) }
            guard !page.isEmpty else { break }
            let entries: [NumberEntry]
            do {
                entries = try await book.enter(page)
            } catch let diagnostic as Diagnostic {
                notes.append("the ERP's numbers are not in the shop yet: \(diagnostic.code): \(diagnostic.summary)")
                break
            }
            try ledger.write(as: lease) { writer in
                for entry in entries { try writer.numberEntered(flow: flow.name, entry.document, at: timeline.now()) }
            }
            for entry in entries {
                switch entry.outcome {
                case .entered: entered += 1
                case .left(let why): notes.append("\(entry.document.identity): the ERP's number \(entry.document.number) is not in the shop: \(why)")
                }
            }
        }
        if entered > 0 { notes.insert("\(entered) of the ERP's numbers entered in the shop", at: 0) }
        return notes
    }
}
