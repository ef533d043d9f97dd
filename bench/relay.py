"""A TCP relay that holds every byte for half a round trip: a server far away, for kernels that cannot delay packets themselves.

Usage: relay.py PORT TELLER_PORT UPSTREAM_PORT ROUND_TRIP_MS. `GET /` on the teller's port answers what passed since the last
time: connections, bytes, and the seconds from the first connection to the last byte.
"""
import asyncio
import json
import socket
import sys
import time

port, teller_port, upstream = (int(argument) for argument in sys.argv[1:4])
round_trip = float(sys.argv[4]) / 1000


class Passage:
    def __init__(self):
        self.clear()

    def clear(self):
        self.connections = self.bytes = 0
        self.first = self.last = None


passage = Passage()


async def carry(reader, writer):
    """In order and as fast as they come, each byte half a round trip late."""
    loop = asyncio.get_running_loop()
    held = asyncio.Queue(maxsize=4096)

    async def deliver():
        while True:
            due, data = await held.get()
            wait = due - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            if not data:
                break
            writer.write(data)
            await writer.drain()
            passage.last = time.monotonic()
        writer.write_eof()

    delivery = asyncio.create_task(deliver())
    try:
        while True:
            data = await reader.read(1 << 16)
            await held.put((loop.time() + round_trip / 2, data))
            passage.bytes += len(data)
            if not data:
                break
        await delivery
    except OSError:
        delivery.cancel()
        writer.close()


async def serve(client_reader, client_writer):
    passage.first = passage.first or time.monotonic()
    passage.connections += 1
    # The handshake of a far server takes a round trip of its own.
    await asyncio.sleep(round_trip)
    server_reader, server_writer = await asyncio.open_connection("127.0.0.1", upstream, limit=1 << 22)
    for writer in (client_writer, server_writer):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await asyncio.gather(carry(client_reader, server_writer), carry(server_reader, client_writer))
    for writer in (client_writer, server_writer):
        writer.close()


async def tell(reader, writer):
    if not await reader.readline():
        # Somebody looked whether we are there.
        writer.close()
        return
    seconds = passage.last - passage.first if passage.first and passage.last else 0
    body = json.dumps({"connections": passage.connections, "bytes": passage.bytes, "seconds": seconds}).encode()
    passage.clear()
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    writer.close()


async def main():
    relay = await asyncio.start_server(serve, "127.0.0.1", port, limit=1 << 22)
    teller = await asyncio.start_server(tell, "127.0.0.1", teller_port)
    async with relay, teller:
        await asyncio.gather(relay.serve_forever(), teller.serve_forever())


asyncio.run(main())
