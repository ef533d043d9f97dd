"""A shop that says yes to everything, for measuring what stands before it: keeps connections open, counts what it gets."""
import http.server
import json
import socketserver
import sys
import urllib.parse


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = 0
    items = 0

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        Sink.requests += 1
        path, _, query = self.path.partition("?")
        if path == "/count":
            self.answer({"requests": Sink.requests - 1, "items": Sink.items})
            Sink.requests = Sink.items = 0
            return
        if path.endswith("/products"):
            parameters = urllib.parse.parse_qsl(query)
            values = [value for key, value in parameters if key.endswith("[value]")]
            limit = next((int(value) for key, value in parameters if key.lower().endswith("pagesize]")), 1000)
            after = max((int(value) for value in values if value.isdigit()), default=0)
            ids = sorted((int(sku[4:]) + 1, sku) for value in values for sku in value.split(",") if sku.startswith("SKU-"))
            items = [{"id": number, "sku": sku, "type_id": "simple"} for number, sku in ids if number > after][:limit]
            self.answer({"items": items, "search_criteria": {}, "total_count": len(items)})
            return
        self.answer({"items": [], "search_criteria": {}, "total_count": 0})

    def do_POST(self):
        Sink.requests += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Sink.items += body.count(b'"source_code"')
        self.answer([])

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64


if __name__ == "__main__":
    server = Server(("127.0.0.1", int(sys.argv[1])), Sink)
    server.serve_forever()
