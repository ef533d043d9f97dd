/// Every call into the C library, as replaceable closures: production uses `.library`, tests script failures.
///
/// Pointers are the library's own handles and stay on the session's thread. Results are the library's: 0 or more is
/// success, below 0 an `SSHCode`. The session is in non-blocking mode, so any call may answer `SSHCode.again`.
package struct LibSSH2Calls: Sendable {
    package typealias Handle = OpaquePointer
    package typealias Session = OpaquePointer
    package typealias SFTP = OpaquePointer
    package typealias Agent = OpaquePointer

    /// The five families that both sides must agree on, in the library's numbering.
    package enum MethodFamily: Int32, Sendable, CaseIterable {
        case keyExchange = 0, hostKey, cipherOut, cipherIn, macOut, macIn, compressionOut, compressionIn
    }

    package enum OpenKind: Sendable { case file, folder }

    package struct KeyPair: Sendable {
        package var privateKey: [UInt8]
        package var passphrase: String?
    }

    // MARK: Session

    package var version: @Sendable () -> String
    /// A session in non-blocking mode; `nil` without memory.
    package var makeSession: @Sendable () -> Session?
    package var prefer: @Sendable (Session, MethodFamily, _ names: String) -> Int32
    package var handshake: @Sendable (Session, _ socket: Int32) -> Int
    package var blockDirections: @Sendable (Session) -> Int32
    package var lastError: @Sendable (Session) -> (code: Int, text: String)
    package var hostKey: @Sendable (Session) -> [UInt8]?
    /// The server's first line.
    package var banner: @Sendable (Session) -> String?
    /// The name that both sides agreed on.
    package var agreed: @Sendable (Session, MethodFamily) -> String?
    /// Says that we are there, without an answer being wanted. Says nothing while half a packet waits to be sent.
    package var keepAlive: @Sendable (Session) -> Int
    package var disconnect: @Sendable (Session) -> Int
    package var free: @Sendable (Session) -> Int

    // MARK: Authentication

    /// The server's list, as in `publickey,password`; `nil` on an error, `again`, or where none is needed.
    package var authenticationMethods: @Sendable (Session, _ user: String) -> String?
    package var isAuthenticated: @Sendable (Session) -> Bool
    package var password: @Sendable (Session, _ user: String, _ password: String) -> Int
    package var keyboardInteractive: @Sendable (Session, _ user: String, _ answer: String) -> Int
    package var publicKey: @Sendable (Session, _ user: String, KeyPair) -> Int
    package var makeAgent: @Sendable (Session) -> Agent?
    package var connectAgent: @Sendable (Agent, _ socketPath: String?) -> Int
    /// Offers the identity at `index`; `nil` past the last one.
    package var agentKey: @Sendable (Agent, _ index: Int, _ user: String) -> Int?
    package var freeAgent: @Sendable (Agent) -> Void

    // MARK: SFTP

    package var startSFTP: @Sendable (Session) -> SFTP?
    package var stopSFTP: @Sendable (SFTP) -> Int
    /// The status of the last refusal, as the server sent it.
    package var status: @Sendable (SFTP) -> UInt
    package var open: @Sendable (SFTP, _ path: [UInt8], _ flags: UInt, _ mode: Int, OpenKind) -> Handle?
    package var close: @Sendable (Handle) -> Int
    package var read: @Sendable (Handle, UnsafeMutableRawBufferPointer) -> Int
    package var write: @Sendable (Handle, UnsafeRawBufferPointer) -> Int
    package var flush: @Sendable (Handle) -> Int
    /// The length of the name put into the first buffer; the second receives the `ls -l` line.
    package var readFolder:
        @Sendable (
            Handle, UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer, inout SFTPAttributes
        ) -> Int
    package var look: @Sendable (SFTP, _ path: [UInt8], inout SFTPAttributes) -> Int
    package var lookAtHandle: @Sendable (Handle, inout SFTPAttributes) -> Int
    package var rename: @Sendable (SFTP, _ path: [UInt8], _ target: [UInt8]) -> Int
    package var unlink: @Sendable (SFTP, _ path: [UInt8]) -> Int
    package var makeFolder: @Sendable (SFTP, _ path: [UInt8], _ mode: Int) -> Int
    package var setTime: @Sendable (SFTP, _ path: [UInt8], _ seconds: UInt32) -> Int
    package var freeSpace: @Sendable (SFTP, _ path: [UInt8], inout UInt64) -> Int
}

/// What a server said of a file; each part may be left out.
package struct SFTPAttributes: Hashable, Sendable {
    package var size: UInt64?
    package var permissions: UInt?
    /// Seconds since 1970.
    package var modified: UInt?

    package init(size: UInt64? = nil, permissions: UInt? = nil, modified: UInt? = nil) {
        self.size = size
        self.permissions = permissions
        self.modified = modified
    }
}

/// The library's error numbers that we tell apart.
package enum SSHCode {
    /// What the library says of a private key that it cannot parse, among other things.
    package static let unspecific = -1
    package static let keyExchangeFailed = -5
    package static let timeout = -9
    /// A malformed packet, or a private key that is no PEM.
    package static let malformed = -14
    package static let file = -16
    package static let methodNone = -17
    package static let authenticationFailed = -18
    package static let publicKeyUnverified = -19
    package static let sftp = -31
    package static let methodNotSupported = -33
    package static let again = -37
    package static let bufferTooSmall = -38
    package static let keyFileAuthenticationFailed = -48
}

/// SFTP version 3 status codes and a few of later versions that servers send all the same.
package enum SFTPStatus: UInt, Sendable {
    case ok = 0, endOfFile, noSuchFile, permissionDenied, failure, badMessage, noConnection, connectionLost, unsupported
    case noSuchPath = 10, alreadyExists, writeProtected, noSpace = 14, quotaExceeded

    package var text: String {
        switch self {
        case .ok: "no error"
        case .endOfFile: "end of file"
        case .noSuchFile, .noSuchPath: "no such file"
        case .permissionDenied: "permission denied"
        case .failure: "a failure without a reason (status 4)"
        case .badMessage: "bad message"
        case .noConnection, .connectionLost: "connection lost"
        case .unsupported: "operation not supported"
        case .alreadyExists: "the name exists already"
        case .writeProtected: "write protected"
        case .noSpace: "no space left"
        case .quotaExceeded: "quota exceeded"
        }
    }
}

package enum SFTPOpenFlags {
    package static let read: UInt = 1
    package static let createExclusively: UInt = 2 | 8 | 32
}
