"""The command line against one host in embedded mode (SQLite): its start, `apply`, and many followers of the stream. Standard library only."""
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

APPLICATIONS, FOLLOWERS, STARTS = 500, 200, 20
out = sys.argv[1]
folder = tempfile.mkdtemp(prefix="devopscd-bench-")
with socket.socket() as probe:
  probe.bind(("127.0.0.1", 0))
  port = probe.getsockname()[1]
server = f"http://127.0.0.1:{port}"
environment = dict(os.environ, HOME=folder, DEVOPSCD_SERVER=server, DEVOPSCD_OPERATOR="bench", DOTNET_TieredPGO="0")


def devopscd(*arguments, program="ready/DevopsCd.Cli"):
  return subprocess.run([os.path.join(out, program), *arguments], env=environment, check=True, capture_output=True, text=True)


def start_of(program):
  taken = []
  for _ in range(STARTS + 1):
    began = time.perf_counter()
    devopscd("version", program=program)
    taken.append((time.perf_counter() - began) * 1000)
  taken = sorted(taken[1:])
  return f"p50 {statistics.median(taken):.0f} ms, best {taken[0]:.0f} ms, worst {taken[-1]:.0f} ms"


def used(pid):
  """Seconds of the processor, and megabytes of memory."""
  with open(f"/proc/{pid}/stat") as stat:
    fields = stat.read().rsplit(")", 1)[1].split()
  seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
  with open(f"/proc/{pid}/status") as status:
    resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
  return seconds, resident / 1024


def catalogue(targets):
  path = os.path.join(folder, "catalogue.yaml")
  with open(path, "w") as file:
    for number in range(APPLICATIONS):
      file.write(f"---\nkind: Application\nname: app-{number:03}\nrepository: https://git.example/app-{number:03}\n")
      if targets:
        file.write("targets:\n")
        for stage in ("pre", "prod"):
          file.write(f"- {{ stage: {stage}, cluster: c1, namespace: shop, workload: {{ kind: Deployment, name: app-{number:03} }} }}\n")
  return path


def apply(what, targets):
  path = catalogue(targets)
  began = time.perf_counter()
  done = devopscd("apply", "-f", path)
  print(f"apply, {what}: {time.perf_counter() - began:.1f} s ({len(done.stdout.splitlines())} calls)")


def follow(counts, index):
  """As a watch does: every change is told, by whichever batch."""
  connection = socket.create_connection(("127.0.0.1", port))
  connection.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Operator: bench\r\n\r\n")
  rest = b""
  while data := connection.recv(65536):
    rest += data
    lines = rest.split(b"\n")
    rest = lines.pop()
    counts[index] += sum(line.startswith(b"data:") for line in lines)


def over(pid, seconds):
  before, _ = used(pid)
  time.sleep(seconds)
  after, memory = used(pid)
  return f"{(after - before) / seconds * 100:.1f} % of one core, {memory:.0f} MB"


host = subprocess.Popen(["dotnet", "exec", os.path.join(out, "host/DevopsCd.Host.dll")], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                        env=dict(os.environ, ASPNETCORE_URLS=server, core__storage__sample_catalogue="false", core__deploy__simulated_duration="2s"))
try:
  print(f"start of `devopscd version`, compiled ahead of time: {start_of('ready/DevopsCd.Cli')}")
  print(f"start of `devopscd version`, as the tool comes: {start_of('plain/DevopsCd.Cli')}")
  while True:
    try:
      urllib.request.urlopen(f"{server}/health/ready").close()
      break
    except OSError:
      time.sleep(0.2)
  devopscd("batch", "list")
  apply(f"{APPLICATIONS} applications", targets=False)
  apply(f"two targets for each of them", targets=True)
  apply("nothing to change", targets=True)
  for number in range(APPLICATIONS // 10):
    body = {"application": f"app-{number:03}", "buildNumber": "1", "branch": "main", "commitId": "0123456789abcdef0123456789abcdef01234567",
            "imageName": f"registry.example/app-{number:03}", "imageTag": "1", "status": "success"}
    devopscd("api", "POST", "builds", "-d", json.dumps(body))
  names = [f"app-{number:03}" for number in range(APPLICATIONS // 10)]
  batch = devopscd("batch", "create", "-t", "bench", "-a", *names, "-o", "name").stdout.strip()
  devopscd("batch", "approve", batch)
  print(f"nobody follows: {over(host.pid, 20)}")
  counts = [0] * FOLLOWERS
  for index in range(FOLLOWERS):
    threading.Thread(target=follow, args=(counts, index), daemon=True).start()
  time.sleep(5)
  print(f"{FOLLOWERS} followers, nothing changes: {over(host.pid, 20)}")
  before, began = used(host.pid)[0], time.perf_counter()
  devopscd("batch", "seal", batch, "--wait")
  took = time.perf_counter() - began
  time.sleep(2)
  print(f"{FOLLOWERS} followers of a batch of {len(names)}: {(used(host.pid)[0] - before) / took * 100:.0f} % of one core for {took:.0f} s, "
        f"{used(host.pid)[1]:.0f} MB; each was told {min(counts)} to {max(counts)} changes")
finally:
  host.kill()
