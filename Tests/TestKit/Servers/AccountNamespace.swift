import Glibc

/// A mount and process namespace with an invented account (`erp`, 4711), so that a server run by root touches nothing of the machine, checks rights as for
/// anyone, and takes its sessions along when it is killed.
enum AccountNamespace {
    /// A script that runs `daemon` until the end of its own input, and then takes everything down. It ends with the daemon where that ends first.
    /// - Parameter steps: what is done inside, as root, before the daemon starts.
    static func script(_ daemon: String, etc: TemporaryFolder, home: TemporaryFolder, password: String, steps: [String] = []) -> String {
        let inside =
            [
                "set -e", "umask 022", "cd \(etc.path)",
                "mount -t tmpfs none /run", "mkdir -p /run/sshd /run/home", "chmod 755 /run", "mount --bind \(home.path) /run/home",
                "cp /etc/passwd passwd", "echo 'erp:x:4711:4711::\(home.path):/bin/sh' >>passwd", "mount --bind passwd /etc/passwd",
                "cp /etc/shadow shadow", "echo \"erp:$(openssl passwd -6 '\(password)'):19000::::::\" >>shadow",
                "mount --bind shadow /etc/shadow",
            ] + steps + ["exec \(daemon)"]
        etc.write("inside.sh", inside.joined(separator: "\n").utf8)
        return """
            exec 3<&0
            unshare --mount --pid --fork --kill-child=KILL /bin/sh \(etc.path)/inside.sh & server=$!
            ( cat <&3; kill -9 $server ) >/dev/null 2>&1 &
            wait $server
            """ + "\n"
    }
}
