internal import Domain

/// One SFTP conversation with a server, whatever carries it. On the session's thread only.
///
/// After a fatal failure (`SSHFailure.isFatal`) every further call fails at once and nothing is sent any more.
protocol SFTPChannel: AnyObject {
    var isClosed: Bool { get }
    /// Whether `renameOver` puts one file in the place of another without a moment between.
    var renamesOver: Bool { get }

    /// Whether `renamesOver` tells of the server; otherwise this transport cannot ask.
    var knowsRenamesOver: Bool { get }
    var greeting: ServerGreeting { get }

    /// Ends everything. Safe to repeat.
    func close()
    /// Gives up the connection: nothing is sent any more.
    func abandon()
    /// What is there under the very name; a link is not followed.
    func look(at path: [UInt8]) throws(SSHFailure) -> SFTPAttributes
    func open(_ path: [UInt8], for purpose: SFTPOpenPurpose) throws(SSHFailure) -> any SFTPHandle
    func rename(_ path: [UInt8], to target: [UInt8]) throws(SSHFailure)
    /// Overwrites `target`. Only where `renamesOver`.
    func renameOver(_ path: [UInt8], to target: [UInt8]) throws(SSHFailure)
    func unlink(_ path: [UInt8]) throws(SSHFailure)
    func makeFolder(_ path: [UInt8]) throws(SSHFailure)
    /// Both times of a file, in seconds since 1970.
    func setTime(of path: [UInt8], to seconds: UInt32) throws(SSHFailure)
    /// Bytes that are free where `path` is.
    func freeSpace(at path: [UInt8]) throws(SSHFailure) -> UInt64
    /// What the server takes at a time; `nil` where it does not say.
    func saidLimits() throws(SSHFailure) -> ServerProbe.Limits?
    /// Says nothing for so long. `false` where the server has ended the connection before; only what it closed counts.
    func staySilent(for length: Duration) throws(SSHFailure) -> Bool
}

/// What a server has said of itself before the login, and what was agreed on.
struct ServerGreeting: Hashable {
    var banner: String?
    var hostKey: HostKeyFingerprint?
    /// Key exchange, host key, cipher, MAC.
    var algorithms: [String] = []
}

enum SFTPOpenPurpose {
    case reading, listing
    /// Fails where the name exists.
    case creating
}

/// An open file or folder. Ends with exactly one of `close`, `close(lookingAt:)` and `release`.
protocol SFTPHandle: AnyObject {
    /// The next entry of a folder; `nil` after the last one.
    func nextEntry() throws(SSHFailure) -> SFTPEntry?

    /// Asks for the beginning of a file and, beside it, for what the handle is.
    /// - Parameter size: what the server said before; nothing rests on it but the room.
    func beginReading(expecting size: Int64) throws(SSHFailure) -> SFTPAttributes
    /// At most 1 MiB, in order, valid until the next call; `nil` at the end.
    func nextPiece() throws(SSHFailure) -> UnsafeRawBufferPointer?

    /// Writes all of `bytes` at the beginning.
    func write(_ bytes: UnsafeRawBufferPointer) throws(PartialUpload)
    /// Asks the server to bring the content to its disk. Refused as `.unsupported` where it cannot.
    func flush() throws(SSHFailure)

    func close() throws(SSHFailure)
    /// Closes, and looks at `path` in the same round trip. A close that fails does not matter.
    func close(lookingAt path: [UInt8]) throws(SSHFailure) -> SFTPAttributes
    /// Closes a handle whose last answers do not matter any more.
    func release()
}

/// An upload that ended after some bytes.
struct PartialUpload: Error {
    var written: Int
    var cause: SSHFailure
}

struct SFTPEntry {
    var name: [UInt8]
    var attributes: SFTPAttributes
    /// The first byte of the `ls -l` line, for servers that send no permissions.
    var line: UInt8?
}

/// Makes channels to one account: connects, checks the host's key, then logs in.
protocol SFTPConnecting: Sendable {
    var place: String { get }
    /// `HOST:PORT`
    var address: String { get }
    var timeline: Timeline { get }

    /// - Throws: a `Diagnostic`, or `CancellationError`.
    func connect() throws -> any SFTPChannel
}
