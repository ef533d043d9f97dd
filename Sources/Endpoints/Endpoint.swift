package import Domain

/// A place where files live: a folder on an SFTP server, a directory of this machine.
///
/// An endpoint is a description; the connection lives inside `withSession` and nowhere else.
package protocol Endpoint: Sendable {
    /// The name that the settings give it. It appears in every diagnostic.
    var name: String { get }

    /// How many sessions may be open at a time. More than 1 only where sessions beside each other shorten a backlog.
    var sessionLimit: Int { get }

    /// Runs `body` once with one connected session, on a thread of its own, and closes the session afterwards whatever happens.
    ///
    /// Cancelling the task ends a blocked call at once; the call then throws `CancellationError`. The session must not leave
    /// `body`. A decorator may run `body` again, but only after an attempt that changed nothing at the endpoint.
    /// - Throws: a `Diagnostic` where no session could be made; otherwise what `body` throws.
    func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result
}

/// One connection to an endpoint. Synchronous, and used on the session's own thread only.
///
/// Every call throws a `Diagnostic` whose kind says what may follow: `.transient` (nothing was done), `.permanent`,
/// `.ambiguous` (look before you try again), `.unauthorised`. After cancellation calls throw `CancellationError`.
package protocol EndpointSession {
    var capabilities: EndpointCapabilities { get }

    /// Visits each entry of `folder` as it arrives, in the server's order; `.` and `..` are left out. Memory does not grow
    /// with the number of entries. Links are shown as links. A missing folder is an error, never "no files" (F18).
    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws

    /// What is there under the very name (a link is not followed); `nil` where there is nothing.
    func stat(_ path: RemotePath) throws -> RemoteFile?

    /// Hands the bytes of a regular file to `chunk`, in order, in pieces of at most 1 MiB that live during the call only.
    /// A server that cuts the file short looks like a clean end: whoever reads compares sizes (see `Spool`).
    /// - Parameter accept: is shown the file as it stands before its first byte is asked for, and may refuse it by throwing.
    /// - Returns: what stands under the name after the last byte; `nil` where nothing does any more.
    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile?

    /// Creates `path` with exactly `bytes`, flushed and its size confirmed. Never overwrites. On failure what was
    /// written is removed again, as far as the connection still allows; a name left behind is never a short *final* file
    /// as long as callers put under a temporary name and rename.
    /// - Throws: `FILE-TAKEN` where every byte was confirmed and the name is gone again: somebody takes files as they are closed.
    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws

    /// Gives the file another name. Never overwrites: an existing target is `TARGET-EXISTS`. A lost answer is settled by
    /// looking over a new connection; where that fails too, the error is `.ambiguous` and `settleRename` is for later.
    func rename(_ path: RemotePath, to target: RemotePath) throws

    /// Puts `source` in the place of `path`, which may exist. Where the endpoint cannot do it at once (see
    /// `EndpointCapabilities.replacement`) there is a moment without `path`, but none with a short one, and the old content
    /// stays until the new one is in place. Safe to repeat while `source` is there.
    func replace(_ path: RemotePath, with source: RemotePath) throws

    /// Removes a file. Safe to repeat: one that is absent is removed.
    func remove(_ path: RemotePath) throws

    /// Makes a folder and the folders above it. Safe to repeat.
    func makeFolder(_ folder: String) throws
}

extension EndpointSession {
    /// Reads a file whose state before and after does not matter.
    package func read(_ path: RemotePath, _ chunk: (UnsafeRawBufferPointer) throws -> Void) throws {
        _ = try read(path, accept: { _ in }, chunk)
    }
}

/// What an endpoint can promise. Callers branch on this, never on the concrete type.
package struct EndpointCapabilities: Hashable, Sendable {
    package enum Replacement: String, Sendable {
        /// At every moment there is either the old file or the new one.
        case atomic
        /// The old file is set aside first: for a moment there is none.
        case swapped
    }

    package enum Flushing: String, Sendable {
        /// A `put` that returned has reached the disk.
        case confirmed
        /// The server does not offer it; only the size is confirmed.
        case unavailable
    }

    package enum Renaming: String, Sendable {
        /// Files can be given another name, as far as is known.
        case possible
        /// A probe has shown that they cannot.
        case refused
    }

    package var replacement: Replacement
    package var flushing: Flushing
    /// Two changes closer together than this may show the same modification time.
    package var timestampPrecision: Duration
    package var renaming: Renaming

    package init(replacement: Replacement, flushing: Flushing, timestampPrecision: Duration, renaming: Renaming = .possible) {
        self.replacement = replacement
        self.flushing = flushing
        self.timestampPrecision = timestampPrecision
        self.renaming = renaming
    }
}
