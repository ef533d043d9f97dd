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

    /// `nil` is NULL; an empty array is a blob without bytes.
    func bind(_ bytes: [UInt8]?, at position: Int32) {
        guard let bytes else {
            sqlite3_bind_null(handle, position)
            return
        }
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress, !bytes.isEmpty else {
                sqlite3_bind_zeroblob(handle, position, 0)
                return
            }
            sqlite3_bind_blob(handle, position, start, Int32(bytes.count), Self.copied)
        }
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

    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(handle, column))
        guard count > 0, let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            UnsafeMutableRawBufferPointer(room).copyMemory(from: UnsafeRawBufferPointer(start: start, count: count))
            filled = count
        }
    }

    /// Appends a column's bytes and answers where they are.
    func append(_ column: Int32, to bytes: inout [UInt8]) -> Range<Int> {
        let start = bytes.count
        let count = Int(sqlite3_column_bytes(handle, column))
        if count > 0, let blob = sqlite3_column_blob(handle, column) {
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: blob, count: count))
        }
        return start..<bytes.count
    }

    private func error(_ code: Int32) -> DatabaseError {
        let message = sqlite3_db_handle(handle).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}
