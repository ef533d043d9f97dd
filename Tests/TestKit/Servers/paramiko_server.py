"""paramiko as an SFTP server, as gateways are built on it: ROOT HOST_KEY AUTHORIZED_KEYS. Says "port N" once it serves; ends with its standard input."""
import os, socket, sys, threading
import paramiko
from paramiko import SFTPAttributes, SFTPServer

ROOT, host_key, authorized = sys.argv[1:4]
HOST_KEY = paramiko.ECDSAKey(filename=host_key)
AUTHORIZED = open(authorized).read().split()[1]


class Door(paramiko.ServerInterface):
    def check_auth_publickey(self, user, key):
        return paramiko.AUTH_SUCCESSFUL if user == "erp" and key.get_base64() == AUTHORIZED else paramiko.AUTH_FAILED

    def get_allowed_auths(self, user): return "publickey"

    def check_channel_request(self, kind, number): return paramiko.OPEN_SUCCEEDED


def told(call, *arguments):
    try: return call(*arguments) or paramiko.SFTP_OK
    except OSError as error: return SFTPServer.convert_errno(error.errno)


class File(paramiko.SFTPHandle):
    def stat(self):
        return SFTPAttributes.from_stat(os.fstat((self.readfile or self.writefile).fileno()))


class Files(paramiko.SFTPServerInterface):
    def real(self, path): return os.path.join(ROOT, self.canonicalize(path).lstrip("/"))

    def list_folder(self, path):
        try:
            found = []
            for name in os.listdir(self.real(path)):
                attributes = SFTPAttributes.from_stat(os.lstat(os.path.join(self.real(path), name)))
                attributes.filename = name
                found.append(attributes)
            return found
        except OSError as error: return SFTPServer.convert_errno(error.errno)

    def look(self, call, path):
        try: return SFTPAttributes.from_stat(call(self.real(path)))
        except OSError as error: return SFTPServer.convert_errno(error.errno)

    def stat(self, path): return self.look(os.stat, path)
    def lstat(self, path): return self.look(os.lstat, path)

    def open(self, path, flags, attributes):
        try: number = os.open(self.real(path), flags, attributes.st_mode or 0o644)
        except OSError as error: return SFTPServer.convert_errno(error.errno)
        handle = File(flags)
        stream = os.fdopen(number, "wb" if flags & os.O_WRONLY else "rb")
        handle.filename = self.real(path)
        if flags & os.O_WRONLY: handle.writefile = stream
        else: handle.readfile = stream
        return handle

    def remove(self, path): return told(os.remove, self.real(path))

    def rename(self, old, new):
        if os.path.lexists(self.real(new)): return paramiko.SFTP_FAILURE
        return told(os.rename, self.real(old), self.real(new))

    def posix_rename(self, old, new): return told(os.replace, self.real(old), self.real(new))
    def mkdir(self, path, attributes): return told(os.mkdir, self.real(path))
    def rmdir(self, path): return told(os.rmdir, self.real(path))


def serve(connection):
    transport = paramiko.Transport(connection)
    transport.add_server_key(HOST_KEY)
    transport.set_subsystem_handler("sftp", SFTPServer, Files)
    try: transport.start_server(server=Door())
    except (paramiko.SSHException, EOFError, OSError): transport.close()


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(50)
print("port", listener.getsockname()[1], flush=True)
# The keys are read: from here on rights are checked as for anyone.
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(4711); os.setuid(4711)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
