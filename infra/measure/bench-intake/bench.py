"""Load for the build intake: signed GitHub webhooks at a fixed rate over kept connections, each sent again until it is answered.

Prints the latencies, and compares every answered delivery with the rows of the database. Standard library only.
"""
import asyncio
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

SECRET = b"s3cret"
CONNECTIONS = 64


def connection_string(database):
  text = os.environ.get("DEVOPSCD_TEST_POSTGRES", "Host=127.0.0.1;Port=15432;Username=devopscd;Password=devopscd;Database=postgres")
  return re.sub(r"Database=[^;]*", f"Database={database}", text)


def psql(database, sql):
  parts = dict(p.split("=", 1) for p in connection_string(database).split(";"))
  env = dict(os.environ, PGPASSWORD=parts["Password"])
  command = ["psql", "-h", parts["Host"], "-p", parts["Port"], "-U", parts["Username"], "-d", database, "-Atqc", sql]
  return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.split()


def free_port():
  with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    return probe.getsockname()[1]


class Host:
  def __init__(self, dll, database):
    self.dll, self.port, self.folder = dll, free_port(), tempfile.mkdtemp(prefix="devopscd-bench-")
    self.env = dict(
      os.environ,
      ASPNETCORE_URLS=f"http://127.0.0.1:{self.port}",
      core__storage__provider="postgres",
      core__storage__connection_string=connection_string(database),
      core__storage__sample_catalogue="false",
      core__intake__sources__github__secrets__0=SECRET.decode(),
      core__intake__rules__0__application="order",
      core__intake__rules__0__image="registry.example/shop/order",
    )
    self.process = None

  def start(self):
    self.log = open(os.path.join(self.folder, "host.log"), "ab")
    self.process = subprocess.Popen(["dotnet", "exec", self.dll], cwd=self.folder, env=self.env, stdout=self.log, stderr=self.log)

  async def ready(self):
    for _ in range(600):
      try:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        line = await reader.readline()
        writer.close()
        if b" 200 " in line:
          return
      except OSError:
        pass
      await asyncio.sleep(0.1)
    raise SystemExit(f"the host does not answer; see {self.folder}/host.log")

  def cpu_seconds(self):
    """Processor time of the host so far: what is left to compare on a machine that others use as well."""
    with open(f"/proc/{self.process.pid}/stat") as stat:
      fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

  def kill(self):
    self.process.send_signal(signal.SIGKILL)
    self.process.wait()

  def stop(self):
    self.process.terminate()
    self.process.wait(30)


def webhook(number, port):
  body = json.dumps({
    "action": "completed",
    "workflow_run": {
      "name": "build", "run_number": number, "run_attempt": 1, "head_branch": "main", "head_sha": "9f2c1d7e5b0a", "conclusion": "success",
      "html_url": "https://github.example/run", "updated_at": "2026-11-24T08:30:00Z",
    },
    "repository": {"full_name": "shop/order"},
  }).encode()
  signature = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
  head = (
    f"POST /api/v1/intake/github HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    f"X-GitHub-Event: workflow_run\r\nX-GitHub-Delivery: d-{number}\r\nX-Hub-Signature-256: sha256={signature}\r\n\r\n"
  )
  return head.encode() + body


class Load:
  def __init__(self, port, rate, seconds, first):
    self.port, self.rate, self.count, self.first = port, rate, rate * seconds, first
    self.latencies, self.answered, self.again = [], [], 0

  async def run(self):
    due = asyncio.Queue()
    workers = [asyncio.create_task(self.worker(due)) for _ in range(CONNECTIONS)]
    self.start = time.perf_counter()
    for i in range(self.count):
      at = self.start + i / self.rate
      if (wait := at - time.perf_counter()) > 0:
        await asyncio.sleep(wait)
      # The time counts from when it was due: waiting for a free connection is waiting too.
      due.put_nowait((self.first + i, at))
    await due.join()
    self.took = time.perf_counter() - self.start
    for worker in workers:
      worker.cancel()

  async def worker(self, due):
    reader = writer = None
    while True:
      number, at = await due.get()
      request = webhook(number, self.port)
      while True:
        try:
          if writer is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
          writer.write(request)
          status = await self.status(reader)
          if status == 202:
            break
        except (OSError, asyncio.IncompleteReadError, ValueError):
          reader = writer = None
        self.again += 1
        await asyncio.sleep(0.1)
      self.latencies.append(time.perf_counter() - at)
      self.answered.append(number)
      due.task_done()

  @staticmethod
  async def status(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    status = int(head.split(" ", 2)[1])
    if match := re.search(r"content-length: (\d+)", head):
      await reader.readexactly(int(match[1]))
    elif "transfer-encoding: chunked" in head:
      while (size := int(await reader.readline(), 16)) >= 0:
        await reader.readexactly(size + 2)
        if size == 0:
          break
    return status


def report(name, load, database):
  ms = sorted(1000 * t for t in load.latencies)
  stored = set(psql(database, "select delivery_id from webhook_deliveries"))
  lost = sum(f"d-{n}" not in stored for n in load.answered)
  print(
    f"{name}: {len(load.answered)} of {load.count} answered in {load.took:.1f} s, sent again {load.again}, "
    f"p50 {ms[len(ms) // 2]:.1f} ms, p99 {ms[int(len(ms) * 0.99)]:.1f} ms, max {ms[-1]:.0f} ms, lost {lost}",
    flush=True)
  return lost == 0 and len(load.answered) == load.count


async def main():
  dll, rate, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
  database = f"bench_intake_{os.getpid()}"
  psql("postgres", f"create database {database}")
  host = Host(dll, database)
  try:
    host.start()
    await host.ready()
    warm = Load(host.port, 100, 2, 1_000_000)
    await warm.run()

    quiet = Load(host.port, rate, seconds, 0)
    before = host.cpu_seconds()
    await quiet.run()
    used = host.cpu_seconds() - before
    read = int(psql(database, "select count(*) from webhook_deliveries where status <> 'pending'")[0])
    good = report("undisturbed", quiet, database)
    print(f"  the host used {used:.1f} s of processor time and has read {read} of them meanwhile", flush=True)

    killed = Load(host.port, rate, seconds, 2_000_000)
    running = asyncio.create_task(killed.run())
    await asyncio.sleep(seconds / 2)
    host.kill()
    host.start()
    await running
    good &= report("kill -9 in the middle", killed, database)

    sent = 200 + 2 * rate * seconds
    started = time.perf_counter()
    while time.perf_counter() - started < 90:
      pending = int(psql(database, "select count(*) from webhook_deliveries where status = 'pending'")[0])
      if pending == 0:
        break
      await asyncio.sleep(1)
    builds = int(psql(database, "select count(*) from builds")[0])
    print(f"read afterwards: {sent - pending} of {sent} deliveries, {builds} builds, {time.perf_counter() - started:.0f} s after the last one")
    return 0 if good else 1
  finally:
    if host.process.poll() is None:
      host.stop()
    psql("postgres", f"drop database if exists {database} with (force)")


sys.exit(asyncio.run(main()))
