"""asyncssh as an SFTP server: ROOT HOST_KEY AUTHORIZED_KEYS. Says "port N" once it serves; ends with its standard input."""
import asyncio, sys
import asyncssh

root, host_key, authorized = sys.argv[1:4]


async def main():
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=authorized, allow_scp=False,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root))
    print("port", server.get_port(), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


asyncio.run(main())
