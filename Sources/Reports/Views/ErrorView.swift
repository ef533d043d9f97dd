import Domain
package import StateStore

/// The JSON form of a rejected record; bytes as escaped text.
package struct ErrorView: Encodable {
    package var error: Int64
    package var run: Int64
    package var flow: String
    package var entity: String
    package var state: String
    package var line: Int
    package var record: Int
    package var key: String?
    package var code: String?
    package var column: String?
    package var value: String?
    package var reason: String?
    package var fix: String?
    package var original: String?
    package var edited: String?
    /// What became of it since; `nil` where nobody asked.
    package var became: String?

    package init(_ queued: QueuedError) {
        error = queued.id
        run = queued.run
        flow = queued.flow
        entity = queued.entity
        state = queued.state.rawValue
        line = queued.verdict.origin.line
        record = queued.verdict.origin.number
        key = queued.verdict.key?.description
        code = queued.verdict.reason?.code
        column = queued.verdict.reason?.column
        value = queued.verdict.reason?.value
        reason = queued.verdict.reason?.text
        fix = queued.verdict.reason?.fix
        original = queued.verdict.original.map { Escaped($0, limit: 2000).description }
        edited = queued.edited.map { Escaped($0, limit: 2000).description }
    }
}
