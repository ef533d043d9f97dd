internal import CLibSSH2
import Glibc

// The only file that sees the C module. Names and sizes are converted here and nothing is decided.

extension LibSSH2Calls {
    package static let library = LibSSH2Calls(
        version: { LIBSSH2_VERSION },
        makeSession: {
            guard initialised == 0 else { return nil }
            let state = Unmanaged.passRetained(SessionState())
            guard let session = libssh2_session_init_ex(nil, nil, nil, state.toOpaque()) else {
                state.release()
                return nil
            }
            libssh2_session_set_blocking(session, 0)
            libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, unsafeBitCast(receive, to: UnsafeMutableRawPointer.self))
            return session
        },
        prefer: { session, family, names in
            // libssh2 1.10 takes names that it does not know out of the list by copying the rest over them with memcpy, whose ranges then
            // overlap: it never gets to see one.
            let known = supported(session, family)
            let names = names.split(separator: ",").map(String.init).filter(known.contains)
            return names.isEmpty
                ? LIBSSH2_ERROR_METHOD_NOT_SUPPORTED : libssh2_session_method_pref(session, family.rawValue, names.joined(separator: ","))
        },
        handshake: { session, socket in Int(libssh2_session_handshake(session, socket)) },
        blockDirections: { libssh2_session_block_directions($0) },
        lastError: { session in
            var text: UnsafeMutablePointer<CChar>?
            let code = libssh2_session_last_error(session, &text, nil, 0)
            return (Int(code), text.map { String(cString: $0) } ?? "")
        },
        hostKey: { session in
            var count = 0
            var type: Int32 = 0
            guard let key = libssh2_session_hostkey(session, &count, &type) else { return nil }
            return Array(UnsafeRawBufferPointer(start: key, count: count))
        },
        banner: { libssh2_session_banner_get($0).map { String(cString: $0) } },
        agreed: { session, family in libssh2_session_methods(session, family.rawValue).map { String(cString: $0) } },
        keepAlive: { session in
            // Two seconds are the least that the library takes; when it is time is ours to say.
            libssh2_keepalive_config(session, 0, 2)
            var next: Int32 = 0
            return Int(libssh2_keepalive_send(session, &next))
        },
        disconnect: { Int(libssh2_session_disconnect_ex($0, SSH_DISCONNECT_BY_APPLICATION, "done", "")) },
        free: { session in
            let state = libssh2_session_abstract(session)?.pointee
            let code = Int(libssh2_session_free(session))
            if code != SSHCode.again, let state { Unmanaged<SessionState>.fromOpaque(state).release() }
            return code
        },
        authenticationMethods: { session, user in
            libssh2_userauth_list(session, user, UInt32(user.utf8.count)).map { String(cString: $0) }
        },
        isAuthenticated: { libssh2_userauth_authenticated($0) == 1 },
        password: { session, user, password in
            let (userCount, count) = (UInt32(user.utf8.count), UInt32(password.utf8.count))
            return Int(libssh2_userauth_password_ex(session, user, userCount, password, count, nil))
        },
        keyboardInteractive: { session, user, answer in
            guard let context = libssh2_session_abstract(session)?.pointee else { return SSHCode.methodNotSupported }
            let state = Unmanaged<SessionState>.fromOpaque(context).takeUnretainedValue()
            state.answer = Array(answer.utf8)
            defer { state.answer = [] }
            return Int(libssh2_userauth_keyboard_interactive_ex(session, user, UInt32(user.utf8.count), answerPrompts))
        },
        publicKey: { session, user, pair in
            // libssh2 1.10 looks for the end of the text besides obeying its length.
            (pair.privateKey + [0]).withChars { key, count in
                Int(
                    libssh2_userauth_publickey_frommemory(
                        session, user, user.utf8.count, nil, 0, key, count - 1, pair.passphrase
                    )
                )
            }
        },
        makeAgent: { libssh2_agent_init($0) },
        connectAgent: { agent, path in
            if let path { libssh2_agent_set_identity_path(agent, path) }
            let connected = Int(libssh2_agent_connect(agent))
            return connected == 0 ? Int(libssh2_agent_list_identities(agent)) : connected
        },
        agentKey: { agent, index, user in
            var identity: UnsafeMutablePointer<libssh2_agent_publickey>?
            for _ in 0...index {
                guard libssh2_agent_get_identity(agent, &identity, identity) == 0 else { return nil }
            }
            return Int(libssh2_agent_userauth(agent, user, identity))
        },
        freeAgent: { agent in
            libssh2_agent_disconnect(agent)
            libssh2_agent_free(agent)
        },
        startSFTP: { libssh2_sftp_init($0) },
        stopSFTP: { Int(libssh2_sftp_shutdown($0)) },
        status: { libssh2_sftp_last_error($0) },
        open: { sftp, path, flags, mode, kind in
            path.withChars { chars, count in
                let type = kind == .folder ? LIBSSH2_SFTP_OPENDIR : LIBSSH2_SFTP_OPENFILE
                return libssh2_sftp_open_ex(sftp, chars, UInt32(count), flags, mode, type)
            }
        },
        close: { Int(libssh2_sftp_close_handle($0)) },
        read: { handle, buffer in
            libssh2_sftp_read(handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        },
        write: { handle, bytes in
            libssh2_sftp_write(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        },
        flush: { Int(libssh2_sftp_fsync($0)) },
        readFolder: { handle, name, line, attributes in
            var raw = LIBSSH2_SFTP_ATTRIBUTES()
            let count = libssh2_sftp_readdir_ex(
                handle,
                name.baseAddress?.assumingMemoryBound(to: CChar.self), name.count,
                line.baseAddress?.assumingMemoryBound(to: CChar.self), line.count,
                &raw
            )
            attributes = SFTPAttributes(raw)
            return Int(count)
        },
        look: { sftp, path, attributes in
            var raw = LIBSSH2_SFTP_ATTRIBUTES()
            let code = path.withChars { libssh2_sftp_stat_ex(sftp, $0, UInt32($1), LIBSSH2_SFTP_LSTAT, &raw) }
            attributes = SFTPAttributes(raw)
            return Int(code)
        },
        lookAtHandle: { handle, attributes in
            var raw = LIBSSH2_SFTP_ATTRIBUTES()
            let code = libssh2_sftp_fstat_ex(handle, &raw, 0)
            attributes = SFTPAttributes(raw)
            return Int(code)
        },
        rename: { sftp, path, target in
            path.withChars { old, oldCount in
                target.withChars { new, newCount in
                    Int(libssh2_sftp_rename_ex(sftp, old, UInt32(oldCount), new, UInt32(newCount), 0))
                }
            }
        },
        unlink: { sftp, path in path.withChars { Int(libssh2_sftp_unlink_ex(sftp, $0, UInt32($1))) } },
        makeFolder: { sftp, path, mode in path.withChars { Int(libssh2_sftp_mkdir_ex(sftp, $0, UInt32($1), mode)) } },
        setTime: { sftp, path, seconds in
            var raw = LIBSSH2_SFTP_ATTRIBUTES()
            raw.flags = UInt(LIBSSH2_SFTP_ATTR_ACMODTIME)
            (raw.atime, raw.mtime) = (UInt(seconds), UInt(seconds))
            return path.withChars { Int(libssh2_sftp_stat_ex(sftp, $0, UInt32($1), LIBSSH2_SFTP_SETSTAT, &raw)) }
        },
        freeSpace: { sftp, path, bytes in
            var raw = LIBSSH2_SFTP_STATVFS()
            let code = path.withChars { libssh2_sftp_statvfs(sftp, $0, $1, &raw) }
            bytes = raw.f_frsize.multipliedReportingOverflow(by: raw.f_bavail).partialValue
            return Int(code)
        }
    )

    private static func supported(_ session: Session, _ family: MethodFamily) -> Set<String> {
        var list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let count = libssh2_session_supported_algs(session, family.rawValue, &list)
        guard count > 0, let list else { return [] }
        // Its memory is the library's; the names in it are constants.
        defer { libssh2_free(session, list) }
        return Set((0..<Int(count)).compactMap { list[$0].map { String(cString: $0) } })
    }

    /// The library's global state, once per process: 0 where it worked.
    private static let initialised: Int32 = libssh2_init(0)
}

/// Answers each prompt with the same text: servers that ask for the password this way ask one question.
private let answerPrompts:
    @convention(c) (
        UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32, Int32,
        UnsafePointer<LIBSSH2_USERAUTH_KBDINT_PROMPT>?, UnsafeMutablePointer<LIBSSH2_USERAUTH_KBDINT_RESPONSE>?,
        UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Void = { @Sendable _, _, _, _, count, _, responses, abstract in
        guard let responses, let context = abstract?.pointee else { return }
        let answer = Unmanaged<SessionState>.fromOpaque(context).takeUnretainedValue().answer
        for index in 0..<Int(count) {
            // The library frees it with its allocator, which is malloc's.
            guard let copy = malloc(answer.count + 1) else { return }
            answer.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: $0.count) }
            responses[index].text = copy.assumingMemoryBound(to: CChar.self)
            responses[index].length = UInt32(answer.count)
        }
    }

/// How the library reads from the socket.
///
/// Where a server closes the channel in the middle of an SFTP packet, libssh2 1.10 asks for the rest again and again within one call and never comes
/// back. Between two of our waits it reads nothing a few times, so that a hundred thousand times in a row are that loop; a lost connection ends it.
private let receive:
    @convention(c) (
        Int32, UnsafeMutableRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int = { @Sendable socket, buffer, length, flags, abstract in
        let count = recv(socket, buffer, length, flags | Int32(MSG_NOSIGNAL))
        guard let context = abstract?.pointee else { return count < 0 ? -Int(errno) : count }
        let state = Unmanaged<SessionState>.fromOpaque(context).takeUnretainedValue()
        if count >= 0 {
            state.emptyReads = 0
            return count
        }
        let reason = errno
        state.emptyReads += 1
        return state.emptyReads < 100_000 ? -Int(reason) : -Int(ECONNABORTED)
    }

/// What the library carries along for us with a session. On the session's thread only.
private final class SessionState {
    /// Nothing came from the socket so many times in a row.
    var emptyReads = 0
    /// What `answerPrompts` answers.
    var answer: [UInt8] = []
}

extension SFTPAttributes {
    fileprivate init(_ raw: LIBSSH2_SFTP_ATTRIBUTES) {
        self.init(
            size: raw.flags & UInt(LIBSSH2_SFTP_ATTR_SIZE) != 0 ? raw.filesize : nil,
            permissions: raw.flags & UInt(LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0 ? raw.permissions : nil,
            modified: raw.flags & UInt(LIBSSH2_SFTP_ATTR_ACMODTIME) != 0 ? raw.mtime : nil
        )
    }
}

extension [UInt8] {
    fileprivate func withChars<Result>(_ body: (UnsafePointer<CChar>?, Int) -> Result) -> Result {
        withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
    }
}
