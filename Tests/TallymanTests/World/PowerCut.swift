import Foundation
import Testing

/// A power cut, made of a killed program and what its disk really held: system calls are recorded while it runs, and the state
/// folder is put together anew from what had been flushed. What was only written is lost; a name is only there once its folder was
/// flushed (reliability F77, G4).
struct PowerCut {
    static let isPossible = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace") && Python.isPresent

    /// What becomes of work that was not flushed.
    enum Loss: String, CaseIterable {
        /// All of it is gone.
        case everything
        /// Names are there, what was written into their files since the last flush is not.
        case contents
        /// Every other write arrived, in no order.
        case half
        /// Writes and names arrived or not, each by chance, whatever came before or after it.
        case scattered
    }

    let installation: Installation
    private var trace: String { "\(installation.folder)/trace" }
    private var before: String { "\(installation.folder)/before" }

    /// Runs the flow and pulls the plug at a crossing of the boundary. The state folder is then what a disk would have.
    func run(_ flow: String = "stock", stopAt point: Int, _ loss: Loss, seed: Int? = nil) async throws -> Program.Ending {
        try await Command.run(["cp", "-a", "\(installation.folder)/state", before])
        var program = installation.program
        let calls = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,linkat,mkdir,mkdirat"
        program.launcher = "exec strace -f -y -xx -s 16777216 -e trace=\(calls) -o \(trace)"
        let ending = try await program.run(["run", flow], adding: ["TALLYMAN_STOP_AT": "\(point)"])
        _ = try await Python.run(Self.replay, [trace, "\(installation.folder)/state", before, loss.rawValue, "\(seed ?? point)"])
        try FileManager.default.removeItem(atPath: before)
        try FileManager.default.removeItem(atPath: trace)
        return ending
    }

    private static let replay = #"""
        import os, random, re, shutil, sys
        trace, state, before, loss, seed = sys.argv[1:6]
        chance = random.Random(int(seed))

        def text(quoted):
            return bytes.fromhex(quoted.replace('\\x', ''))

        class File:
            def __init__(self, content):
                self.durable = bytes(content)
                self.now = bytearray(content)
                self.writes = []
            def write(self, place, content):
                if place is None: place = len(self.now)
                if len(self.now) < place: self.now.extend(bytes(place - len(self.now)))
                self.now[place:place + len(content)] = content
                self.writes.append((place, content))
            def cut(self, size):
                self.now = self.now[:size] + bytes(max(0, size - len(self.now)))
                self.writes.append((size, None))
            def flush(self):
                self.durable = bytes(self.now)
                self.writes = []
            def after(self):
                if loss not in ('half', 'scattered'): return self.durable
                content = bytearray(self.durable)
                for place, piece in self.writes:
                    if chance.random() < 0.5: continue
                    if piece is None: content = content[:place] + bytes(max(0, place - len(content)))
                    else:
                        if len(content) < place: content.extend(bytes(place - len(content)))
                        content[place:place + len(piece)] = piece
                return bytes(content)

        now, durable, folders = {}, {}, {''}
        for root, names, files in os.walk(before):
            for name in files:
                path = os.path.relpath(os.path.join(root, name), before)
                now[path] = durable[path] = File(open(os.path.join(root, name), 'rb').read())
            for name in names: folders.add(os.path.relpath(os.path.join(root, name), before))

        def inside(path):
            path = os.path.normpath(path if path.startswith('/') else os.path.join(os.path.dirname(state), path))
            if path == state: return ''
            return os.path.relpath(path, state) if path.startswith(state + '/') else None

        def full(folder, name):
            return name if name.startswith('/') else os.path.join(folder, name)

        string = r'"((?:\\x[0-9a-f]{2})*)"'
        waiting = {}
        flushed = 0
        for line in open(trace, errors='replace'):
            process, _, call = line.rstrip('\n').partition(' ')
            call = call.strip()
            if call.endswith('<unfinished ...>'):
                waiting[process] = call[:-len('<unfinished ...>')].rstrip()
                # Whether a call that never came back was done is not known: it was not.
                continue
            resumed = re.match(r'<\.\.\. \w+ resumed>(.*)$', call)
            if resumed: call = waiting.pop(process, '') + resumed.group(1)
            done = re.search(r'\)\s+= (-?\d+)', call)
            if not done or int(done.group(1)) < 0: continue
            name = call[:call.index('(')]
            paths = [inside(bytes.fromhex(found.replace('\\x', '')).decode() if '\\x' in found else found) for found in re.findall(r'\d+<((?:/|\\x2f)[^>]*)>', call)]
            if name == 'openat':
                # With -y the answer bears the path.
                path = paths[-1] if paths else None
                if path is None or 'O_DIRECTORY' in call: continue
                if 'O_TMPFILE' in call or '(deleted)' in call: continue
                if 'O_CREAT' in call and path not in now: now[path] = File(b'')
                if 'O_TRUNC' in call and path in now: now[path].cut(0)
            elif name in ('write', 'pwrite64', 'ftruncate', 'fsync', 'fdatasync'):
                path = paths[0] if paths else None
                if path is None: continue
                if name in ('fsync', 'fdatasync'):
                    if path in now:
                        now[path].flush()
                        flushed += 1
                    elif path in folders:
                        held = lambda entry: os.path.dirname(entry) == path
                        for entry in [entry for entry in durable if held(entry) and entry not in now]: del durable[entry]
                        for entry in now:
                            if held(entry): durable[entry] = now[entry]
                        flushed += 1
                    continue
                if path not in now: continue
                if name == 'ftruncate': now[path].cut(int(re.search(r', (\d+)\)', call).group(1)))
                else:
                    content = text(re.search(string, call).group(1))[:int(done.group(1))]
                    place = int(re.search(r', (\d+)\)\s+=', call).group(1)) if name == 'pwrite64' else None
                    now[path].write(place, content)
            else:
                bare = re.sub(r'(AT_FDCWD|\d+)<[^>]*>', '', call)
                named = [text(found).decode() for found in re.findall(string, bare)]
                at = [bytes.fromhex(found.replace('\\x', '')).decode() if '\\x' in found else found for found in re.findall(r'(?:AT_FDCWD|\d+)<([^>]*)>', call)]
                named = [inside(full(at[min(index, len(at) - 1)] if at else os.path.dirname(state), one)) for index, one in enumerate(named)]
                if name.startswith('mkdir'):
                    if named and named[0] is not None: folders.add(named[0])
                elif name.startswith('unlink'):
                    if named and named[0] in now: del now[named[0]]
                elif len(named) == 2 and named[0] in now and named[1] is not None:
                    now[named[1]] = now[named[0]]
                    if not name.startswith('link'): del now[named[0]]

        there = durable if loss == 'everything' else now
        if loss == 'scattered':
            there = {}
            for path in sorted({*durable, *now}):
                held = now.get(path) if chance.random() < 0.5 else durable.get(path)
                if held is not None: there[path] = held
        shutil.rmtree(state)
        os.makedirs(state, mode=0o700)
        for folder in sorted(folders): os.makedirs(os.path.join(state, folder), mode=0o700, exist_ok=True)
        for path, file in there.items():
            # The index of the log is shared memory and is never flushed.
            if path.endswith('-shm') or path.endswith('.part'): continue
            with open(os.path.join(state, path), 'wb') as out: out.write(file.after())
            os.chmod(os.path.join(state, path), 0o600)
        print(flushed)
        """#
}
