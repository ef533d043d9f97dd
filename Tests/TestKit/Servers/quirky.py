"""An SFTP server on its standard streams, run by a real sshd as its subsystem, that has the habits it is told to have.

    quirky.py ROOT [HABIT...]

Attributes: no-time, no-size, lying-size (seven too many), no-type (neither permissions nor a long line), bare-permissions (without the type bits).
Times: two-second-times, minute-times (as it stores them), listed-minutes (in listings only), no-setstat.
Abilities: no-rename, generic-rename (fails with status 4), overwriting-rename, takes-closed, write-only, no-remove, one-handle,
posix-rename, false-posix-rename (says that it can and that it did, and did not), any-case (letter case plays no part).
Silence: cuts-idle (ends after a second without a request).
Answers: short-reads, reordered, early-dot (lists hostile names), page-of-one.
Hostile: endless, empty-pages, zero-data, long-data, huge-packet, cut-attributes, unknown-number, wrong-kind, no-version, old-version,
many-names, long-handle, status-of-seven, dies-reading, silent-reading, drips.
"""
import os, stat, struct, sys, time

ROOT, HABITS = sys.argv[1], set(sys.argv[2:])
IN, OUT = sys.stdin.buffer, sys.stdout.buffer
OK, EOF, NO_FILE, DENIED, FAILURE, UNSUPPORTED = 0, 1, 2, 3, 4, 8
handles, count = {}, 0
held = []  # answers kept back, to be sent in another order


def text(data): return struct.pack(">I", len(data)) + data


def send(kind, body):
    packet = struct.pack(">IB", len(body) + 1, kind) + body
    if "drips" in HABITS and kind == 103:
        for byte in packet:
            OUT.write(bytes([byte])); OUT.flush(); time.sleep(0.2)
        return
    OUT.write(packet); OUT.flush()


def status(number, code): send(101, struct.pack(">II", number, code) + text(b"") + text(b""))


def path_of(name):
    path = os.path.join(os.fsencode(ROOT), name.lstrip(b"/")) if name != b"." else os.fsencode(ROOT)
    if "any-case" in HABITS and not os.path.lexists(path):
        folder, own = os.path.split(path)
        for other in os.listdir(folder) if os.path.isdir(folder) else []:
            if other.lower() == own.lower(): return os.path.join(folder, other)
    return path


def attributes(found, listed=False):
    flags, body = 0, b""
    tick = 60 if "minute-times" in HABITS or (listed and "listed-minutes" in HABITS) else 2 if "two-second-times" in HABITS else 1
    if "no-size" not in HABITS:
        flags |= 1; body += struct.pack(">Q", found.st_size + (7 if "lying-size" in HABITS and stat.S_ISREG(found.st_mode) else 0))
    if "no-type" not in HABITS:
        flags |= 4; body += struct.pack(">I", found.st_mode & 0o777 if "bare-permissions" in HABITS else found.st_mode)
    if "no-time" not in HABITS:
        flags |= 8; body += struct.pack(">II", int(found.st_atime), int(found.st_mtime) // tick * tick)
    if "cut-attributes" in HABITS: return struct.pack(">I", 15) + b"\0"
    return struct.pack(">I", flags) + body


def line_of(found):
    if HABITS & {"no-type", "bare-permissions"}: return b""
    return stat.filemode(found.st_mode).encode()


def code_of(error):
    if isinstance(error, (FileNotFoundError, NotADirectoryError)): return NO_FILE
    return DENIED if isinstance(error, PermissionError) else FAILURE


class Reader:
    def __init__(self, data): self.data = data
    def number(self):
        value, = struct.unpack(">I", self.data[:4]); self.data = self.data[4:]; return value
    def wide(self):
        value, = struct.unpack(">Q", self.data[:8]); self.data = self.data[8:]; return value
    def text(self):
        size = self.number(); value, self.data = self.data[:size], self.data[size:]; return value


def new_handle(value):
    global count
    count += 1
    name = b"h%d" % count
    handles[name] = value
    return name if "long-handle" not in HABITS else name + b"x" * 300


def pages(folder):
    names = [b".", b".."] + sorted(os.listdir(folder))
    entries = []
    for name in names:
        try: found = os.lstat(os.path.join(folder, name))
        except OSError: continue
        entries.append(text(name) + text(line_of(found)) + attributes(found, True))
    if "early-dot" in HABITS:
        found = os.lstat(folder)
        for name in [b"../up.csv", b"a/b.csv", b"nul\0.csv", b"", b"..\\w.csv", b"/etc/passwd"]:
            entries.insert(0, text(name) + text(b"-rw") + struct.pack(">IQ", 1, 5))
    size = 1 if "page-of-one" in HABITS else 50
    while entries:
        yield entries[:size]
        entries = entries[size:]
    if "endless" in HABITS:
        number = 0
        while True:
            number += 100
            yield [text(b"endless-%d.csv" % (number + step)) + text(b"-rw") + struct.pack(">IQ", 1, 5) for step in range(100)]
    while "empty-pages" in HABITS: yield []


def answer(kind, number, reader):
    if kind in (7, 17):  # lstat, stat
        send(105, struct.pack(">I", number) + attributes(os.lstat(path_of(reader.text()))))
    elif kind == 8:  # fstat
        send(105, struct.pack(">I", number) + attributes(os.fstat(handles[reader.text()][0])))
    elif kind == 3:  # open
        name, flags = path_of(reader.text()), reader.number()
        if flags & 1 and "write-only" in HABITS: return status(number, DENIED)
        if "one-handle" in HABITS and any(isinstance(value, tuple) for value in handles.values()): return status(number, FAILURE)
        how = os.O_RDONLY if flags & 1 else os.O_WRONLY | (os.O_CREAT if flags & 8 else 0) | (os.O_EXCL if flags & 32 else 0)
        send(102, struct.pack(">I", number) + text(new_handle((os.open(name, how, 0o644), name, not flags & 1))))
    elif kind == 4:  # close
        value = handles.pop(reader.text())
        if isinstance(value, tuple):
            os.close(value[0])
            if value[2] and "takes-closed" in HABITS:
                os.makedirs(path_of(b"taken"), exist_ok=True)
                os.rename(value[1], path_of(b"taken/" + os.path.basename(value[1])))
        status(number, OK)
    elif kind == 5:  # read
        handle, offset, size = reader.text(), reader.wide(), reader.number()
        if "dies-reading" in HABITS and offset > 0: sys.exit(1)
        if "silent-reading" in HABITS: return time.sleep(600)
        if "status-of-seven" in HABITS: return status(number, 7)
        if "short-reads" in HABITS: size = min(size, 1000)
        data = os.pread(handles[handle][0], size, offset)
        if "zero-data" in HABITS: data = b""
        elif "long-data" in HABITS: data = data + b"x" * size
        elif not data: return status(number, EOF)
        if "unknown-number" in HABITS: number += 1000
        if "wrong-kind" in HABITS: return send(102, struct.pack(">I", number) + text(data[:8]))
        if "huge-packet" in HABITS:
            OUT.write(struct.pack(">IBI", 0xfffffff0, 103, number)); OUT.flush(); return
        held.append((103, struct.pack(">I", number) + text(data)))
        if "reordered" not in HABITS or len(held) > 7: let_go()
    elif kind == 6:  # write
        handle, offset, data = reader.text(), reader.wide(), reader.text()
        os.pwrite(handles[handle][0], data, offset)
        status(number, OK)
    elif kind == 11:  # opendir
        if "write-only" in HABITS: return status(number, DENIED)
        folder = path_of(reader.text())
        if not stat.S_ISDIR(os.lstat(folder).st_mode): return status(number, FAILURE)
        send(102, struct.pack(">I", number) + text(new_handle(pages(folder))))
    elif kind == 12:  # readdir
        page = next(handles[reader.text()], None)
        if page is None: return status(number, EOF)
        claimed = 4_000_000_000 if "many-names" in HABITS else len(page)
        send(104, struct.pack(">II", number, claimed) + b"".join(page))
    elif kind == 9:  # setstat
        if "no-setstat" in HABITS: return status(number, UNSUPPORTED)
        path, flags = path_of(reader.text()), reader.number()
        if flags & 8: os.utime(path, (reader.number(), reader.number()))
        status(number, OK)
    elif kind == 13 and "no-remove" in HABITS: status(number, DENIED)
    elif kind == 200 and reader.text() == b"posix-rename@openssh.com" and HABITS & POSIX:
        if "posix-rename" in HABITS: os.rename(path_of(reader.text()), path_of(reader.text()))
        status(number, OK)
    elif kind == 13: os.unlink(path_of(reader.text())); status(number, OK)
    elif kind == 14: os.mkdir(path_of(reader.text())); status(number, OK)
    elif kind == 18:  # rename
        old, new = path_of(reader.text()), path_of(reader.text())
        if "no-rename" in HABITS: return status(number, UNSUPPORTED)
        if "generic-rename" in HABITS: return status(number, FAILURE)
        if "overwriting-rename" not in HABITS and os.path.lexists(new): return status(number, FAILURE)
        os.rename(old, new); status(number, OK)
    else: status(number, UNSUPPORTED)


def let_go():
    while held: send(*held.pop())


POSIX = {"posix-rename", "false-posix-rename"}


def main():
    import select
    while True:
        if "cuts-idle" in HABITS and not is_buffered() and not select.select([IN], [], [], 1)[0]: return
        head = IN.read(4)
        if len(head) < 4: return
        size, = struct.unpack(">I", head)
        packet = IN.read(size)
        kind, reader = packet[0], Reader(packet[1:])
        if kind == 1:
            if "no-version" in HABITS: send(101, struct.pack(">II", 0, 0)); continue
            extra = text(b"posix-rename@openssh.com") + text(b"1") if HABITS & POSIX else b""
            send(2, struct.pack(">I", 2 if "old-version" in HABITS else 3) + extra); continue
        number = reader.number()
        if kind != 5: let_go()
        try: answer(kind, number, reader)
        except OSError as error: status(number, code_of(error))
        except KeyError: status(number, FAILURE)
        # Nothing waits for more requests than there are: whoever has said all is answered.
        if held and not ready(): let_go()


def is_buffered():
    os.set_blocking(0, False)
    try: return bool(IN.peek(1))
    finally: os.set_blocking(0, True)


def ready():
    import select
    return bool(IN.peek(1) if select.select([IN], [], [], 0)[0] else b"")


main()
