import GRDB
import GRDBSQLite

/// `gather_mirror(rows, fold, key, value, change)`, an aggregate of ours: SQLite hands it one row after the other while it walks over
/// them. Stepping through the same rows from outside, and asking for each column, takes a third more time, and a plan reads all of a mirror.
///
/// `rows` is a `MirrorRows` of the caller, bound as a pointer, which no SQL text can make up.
enum MirrorGathering {
    private static let name = "gather_mirror"
    static let kind: StaticString = "tallyman.MirrorRows"

    /// To be called for each connection, before its first statement that gathers.
    static func install(_ db: Database) throws {
        let code = sqlite3_create_function_v2(
            db.sqliteConnection, name, 5, SQLITE_UTF8 | SQLITE_DIRECTONLY, nil, nil,
            { context, _, values in MirrorGathering.take(values!, context) }, { sqlite3_result_null($0) }, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func take(_ values: UnsafeMutablePointer<OpaquePointer?>, _ context: OpaquePointer?) {
        guard let rows = sqlite3_value_pointer(values[0], UnsafeRawPointer(kind.utf8Start).assumingMemoryBound(to: CChar.self)) else {
            return sqlite3_result_error(context, "gather_mirror: no rows to gather into", -1)
        }
        let isInOrder = rows.assumingMemoryBound(to: MirrorRows.self).pointee.append(
            fold: sqlite3_value_int64(values[1]), key: bytes(values[2]), value: bytes(values[3]),
            isProven: sqlite3_value_type(values[4]) != SQLITE_NULL)
        // A key met too late would be both new and missing to a plan.
        if !isInOrder { sqlite3_result_error(context, "gather_mirror: the rows do not come in the order of their folds", -1) }
    }

    private static func bytes(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        let start = sqlite3_value_blob(value)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
    }
}
