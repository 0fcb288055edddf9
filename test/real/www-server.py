"""An HTTP server that images are imported from. It serves the files of a folder, and plays servers that misbehave.

    www-server.py PORT FOLDER

    /FILE               the file, with Content-Length and ranges
    /status/CODE        answers with this status, whatever the code means
    /slow/FILE          one file in pieces of 64 KiB, two pieces a second; ?rate=BYTES sets the bytes per second
    /stall/FILE         sends half of the file, then nothing more for an hour
    /short/FILE         promises the whole file, sends half of it and closes the connection
    /gzip/FILE          the file with Content-Encoding: gzip, as a server sends it that compresses on its own
    /chunked/FILE       the file without Content-Length
    /no-head/FILE       answers HEAD with 405, and GET with the file
    /no-python/FILE     answers Python's downloader (which Glance uses) with 403, and others with the file
    /page               an HTML page with status 200, as a login page is
    /redirect?to=URL    redirects to the URL
    /loop               redirects to itself
"""
import gzip
import http.server
import os
import re
import shutil
import socketserver
import sys
import time
import urllib.parse

PAGE = b"<!DOCTYPE html>\n<html><head><title>Log in</title></head><body><h1>Log in first</h1></body></html>\n"
PIECE = 65536


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(with_body=True)

    def do_HEAD(self):
        self.answer(with_body=False)

    def answer(self, with_body):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        self.with_body = with_body
        _, name, *rest = url.path.split("/")
        action = getattr(self, "play_" + name.replace("-", "_"), None)
        if action:
            action("/".join(rest))
        else:
            self.play_file(url.path.lstrip("/"))

    def play_file(self, name):
        path = self.path_of(name)
        if not path:
            return
        size = os.path.getsize(path)
        first, last = 0, size - 1
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted:
            first, last = int(wanted[1]), min(int(wanted[2] or size), size - 1)
            if first > last:
                return self.send_text(416, b"", {"Content-Range": f"bytes */{size}"})
            self.send_headers(206, last - first + 1, {"Content-Range": f"bytes {first}-{last}/{size}"})
        else:
            self.send_headers(200, size, {"Accept-Ranges": "bytes"})
        if self.with_body:
            with open(path, "rb") as file:
                file.seek(first)
                left = last - first + 1
                while left > 0:
                    piece = file.read(min(left, PIECE))
                    self.wfile.write(piece)
                    left -= len(piece)

    def play_status(self, code):
        self.send_text(int(code), b"This is what you asked for.\n")

    def play_slow(self, name):
        path = self.path_of(name)
        if not path:
            return
        self.send_headers(200, os.path.getsize(path))
        rate = int(self.query.get("rate", 2 * PIECE))
        if self.with_body:
            with open(path, "rb") as file:
                while piece := file.read(min(PIECE, max(1, rate // 2))):
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(len(piece) / rate)

    def play_stall(self, name):
        self.send_half(name)
        time.sleep(3600)

    def play_short(self, name):
        self.send_half(name)
        self.close_connection = True

    def play_gzip(self, name):
        path = self.path_of(name)
        if path:
            with open(path, "rb") as file:
                self.send_text(200, gzip.compress(file.read(), 1), {"Content-Encoding": "gzip"})

    def play_chunked(self, name):
        path = self.path_of(name)
        if path:
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            if self.with_body:
                with open(path, "rb") as file:
                    shutil.copyfileobj(file, self.wfile)

    def play_no_head(self, name):
        if self.with_body:
            self.play_file(name)
        else:
            self.send_text(405, b"")

    def play_no_python(self, name):
        if "python" in self.headers.get("User-Agent", "").lower():
            self.send_text(403, b"Robots are not welcome.\n")
        else:
            self.play_file(name)

    def play_page(self, _):
        self.send_text(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})

    def play_redirect(self, _):
        self.send_text(302, b"", {"Location": self.query["to"]})

    def play_loop(self, _):
        self.send_text(302, b"", {"Location": "/loop"})

    def path_of(self, name):
        path = os.path.join(self.server.folder, os.path.basename(name))
        if os.path.isfile(path):
            return path
        self.send_text(404, b"There is no such file.\n")
        return None

    def send_half(self, name):
        path = self.path_of(name)
        if path:
            size = os.path.getsize(path)
            self.send_headers(200, size)
            if self.with_body:
                with open(path, "rb") as file:
                    self.wfile.write(file.read(size // 2))
                    self.wfile.flush()

    def send_headers(self, code, length, extra={}):
        self.send_response(code)
        for name, value in {"Content-Type": "application/octet-stream", "Content-Length": str(length), **extra}.items():
            self.send_header(name, value)
        self.end_headers()

    def send_text(self, code, body, extra={}):
        self.send_headers(code, len(body), {"Content-Type": "text/plain", **extra})
        if self.with_body:
            self.wfile.write(body)

    def log_message(self, template, *args):
        sys.stderr.write(f"{self.log_date_time_string()} {template % args}\n")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # the client went away


if __name__ == "__main__":
    server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
    server.folder = sys.argv[2]
    server.serve_forever()
