import GRDB
import GRDBSQLite

/// A prepared statement driven directly, for the few places that run once per record of a file: there GRDB's boxing of
/// arguments and look-up of columns by name cost more than SQLite's own work.
///
/// Valid inside the transaction it was made in. Every argument has to be bound: those of an earlier use are still there.
/// Positions count from 1 for arguments and from 0 for columns, as SQLite's do.
struct RawStatement {
    private let statement: Statement
    private let handle: SQLiteStatement
    /// Tells SQLite to copy the bytes while it binds them.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ db: Database, _ sql: StaticString) throws {
        statement = try db.cachedStatement(sql: "\(sql)")
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
    }

    func bind(_ number: Int64, at position: Int32) { sqlite3_bind_int64(handle, position, number) }
    func bind(_ number: Int, at position: Int32) { sqlite3_bind_int64(handle, position, Int64(number)) }

    /// `nil` is NULL.
    func bind(_ number: Int64?, at position: Int32) {
        if let number { bind(number, at: position) } else { sqlite3_bind_null(handle, position) }
    }

    func bind(_ text: String, at position: Int32) {
        var text = text
        text.withUTF8 { utf8 in
            _ = utf8.withMemoryRebound(to: CChar.self) { characters in
                sqlite3_bind_text(handle, position, characters.baseAddress, Int32(characters.count), Self.copied)
            }
        }
    }

    /// Binds bytes that SQLite does not copy: they have to stay where they are until another value, or `release`, takes their place.
    func lend(_ bytes: Slice<UnsafeRawBufferPointer>, at position: Int32) {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_zeroblob(handle, position, 0)
            return
        }
        sqlite3_bind_blob(handle, position, start, Int32(bytes.count), nil)
    }

    /// As `lend`, for text in UTF-8.
    func lend(text: Slice<UnsafeRawBufferPointer>, at position: Int32) {
        let bytes = UnsafeRawBufferPointer(rebasing: text)
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            bind("", at: position)
            return
        }
        sqlite3_bind_text(handle, position, start.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil)
    }

    /// Gives back what was lent at these positions.
    func release(_ positions: some Sequence<Int32>) {
        for position in positions { sqlite3_bind_null(handle, position) }
    }

    /// Runs a statement that answers no rows.
    func run() throws {
        let code = sqlite3_step(handle)
        let failure = code == SQLITE_DONE ? nil : error(code)
        sqlite3_reset(handle)
        if let failure { throw failure }
    }

    /// Moves to the next row; `false` at the end.
    func next() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        case let code:
            let failure = error(code)
            sqlite3_reset(handle)
            throw failure
        }
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// Valid until the next row; empty for NULL.
    func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }

    func bytes(_ column: Int32) -> [UInt8] { Array(blob(column)) }

    private func error(_ code: Int32) -> DatabaseError {
        let message = sqlite3_db_handle(handle).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}
