"""50 people who log in at once, beside one at a time: a host of its own on loopback, mode `password`, embedded."""
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM, PORT, PEOPLE, ROUNDS = sys.argv[1], 5971, 50, 3
PASSWORD = "a long way to Tipperary"


def send(method, path, body=None, cookie=None, address=1):
    # An address has 60 tries a minute: each ten people come from their own.
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60, source_address=(f"127.0.1.{address}", 0))
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    if cookie:
        headers["Cookie"] = cookie
    connection.request(method, f"/api/v1/access/{path}", json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
    set_cookie = answer.getheader("Set-Cookie") or ""
    connection.close()
    return text, set_cookie.split(";")[0]


def log_in(person, taken, gate=None):
    if gate:
        gate.wait()
    began = time.perf_counter()
    send("POST", "login", {"name": f"person-{person}", "password": PASSWORD}, address=2 + person % 50)
    taken.append((time.perf_counter() - began) * 1000)


def tell(what, taken):
    taken.sort()
    print(f"{what}: p50 {taken[len(taken) // 2]:.0f} ms, p99 {taken[min(len(taken) - 1, len(taken) * 99 // 100)]:.0f} ms")


folder = tempfile.mkdtemp(prefix="devopscd-logins-")
log = open(os.path.join(folder, "log"), "w+")
host = subprocess.Popen(["dotnet", "exec", PROGRAM], cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                        env={**os.environ, "ASPNETCORE_URLS": f"http://127.0.0.1:{PORT}", "core__auth__mode": "password"})
try:
    link = None
    for _ in range(600):
        link = re.search(r"/setup\?token=([\w-]{43})", open(log.name).read())
        if link:
            break
        time.sleep(0.1)
    _, root = send("POST", "password", {"token": link.group(1), "name": "root", "password": PASSWORD})
    for person in range(PEOPLE):
        invitation, _ = send("POST", "accounts", {"name": f"person-{person}"}, root)
        send("POST", "password", {"token": json.loads(invitation)["path"].split("=")[1], "password": PASSWORD}, address=2 + person % 50)
    one = []
    for person in range(PEOPLE):
        log_in(person, one)
    tell(f"{PEOPLE} logins, one after the other", one)
    for _ in range(ROUNDS):
        gate, together = threading.Barrier(PEOPLE), []
        threads = [threading.Thread(target=log_in, args=(person, together, gate)) for person in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tell(f"{PEOPLE} logins at once", together)
finally:
    host.kill()
    host.wait()
