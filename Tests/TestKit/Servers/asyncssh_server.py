"""asyncssh as an SFTP server: ROOT HOST_KEY AUTHORIZED_KEYS. Says "port N" once it serves; ends with its standard input."""
import asyncio, os, sys
import asyncssh

root, host_key, authorized = sys.argv[1:4]
# User 4711 has no entry where homes are looked up.
os.environ["HOME"] = root


async def main():
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[asyncssh.read_private_key(host_key)],
        authorized_client_keys=asyncssh.read_authorized_keys(authorized), allow_scp=False,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root))
    # From here on rights are checked as for anyone. A first login loads what is loaded late, which user 4711 may not be able to read.
    if os.geteuid() == 0:
        login = dict(username="erp", client_keys=[authorized.removesuffix(".pub")], known_hosts=None)
        async with asyncssh.connect("127.0.0.1", server.get_port(), **login) as client, client.start_sftp_client() as files:
            await files.listdir(".")
        os.setgroups([]); os.setgid(4711); os.setuid(4711)
    print("port", server.get_port(), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


asyncio.run(main())
