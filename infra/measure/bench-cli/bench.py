"""The command line against one host in embedded mode (SQLite): its start, `apply`, and many followers of the stream. Standard library only."""
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

APPLICATIONS, FOLLOWERS, STARTS = 500, 200, 20
STAGES = ("pre", "prod")
out = sys.argv[1]
folder = tempfile.mkdtemp(prefix="devopscd-bench-")
with socket.socket() as probe:
  probe.bind(("127.0.0.1", 0))
  port = probe.getsockname()[1]
server = f"http://127.0.0.1:{port}"
environment = dict(os.environ, HOME=folder, DEVOPSCD_SERVER=server, DEVOPSCD_OPERATOR="bench", DOTNET_TieredPGO="0")


def devopscd(*arguments, program="ready/devopscd"):
  done = subprocess.run([os.path.join(out, program), *arguments], env=environment, capture_output=True, text=True)
  if done.returncode != 0:
    sys.exit(f"devopscd {' '.join(arguments)}: {done.returncode}\n{done.stderr[-4000:]}")
  return done


def start_of(program):
  devopscd("version", program=program)
  taken, before = [], used_by_commands()
  for _ in range(STARTS):
    began = time.perf_counter()
    devopscd("version", program=program)
    taken.append((time.perf_counter() - began) * 1000)
  taken.sort()
  processor = (used_by_commands() - before) / STARTS * 1000
  return f"p50 {statistics.median(taken):.0f} ms, best {taken[0]:.0f} ms, worst {taken[-1]:.0f} ms; {processor:.0f} ms of the processor"


def used_by_commands():
  """Seconds of the processor that the commands which have ended have used."""
  children = resource.getrusage(resource.RUSAGE_CHILDREN)
  return children.ru_utime + children.ru_stime


def used(pid):
  """Seconds of the processor, and megabytes of memory."""
  with open(f"/proc/{pid}/stat") as stat:
    fields = stat.read().rsplit(")", 1)[1].split()
  seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
  with open(f"/proc/{pid}/status") as status:
    resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
  return seconds, resident / 1024


def catalogue(stages, wave):
  path = os.path.join(folder, "catalogue.yaml")
  with open(path, "w") as file:
    for number in range(APPLICATIONS):
      file.write(f"---\nkind: Application\nname: app-{number:03}\nrepository: https://git.example/app-{number:03}\n")
      file.write("targets:\n")
      for stage in stages:
        file.write(f"- {{ stage: {stage}, cluster: c1, namespace: shop, wave: {wave if stage == 'prod' else 1}, "
                   f"workload: {{ kind: Deployment, name: app-{number:03} }} }}\n")
  return path


def apply(what, stages, wave=1):
  path = catalogue(stages, wave)
  began, client, server_side = time.perf_counter(), used_by_commands(), used(host.pid)[0]
  done = devopscd("apply", "-f", path)
  print(f"apply, {what}: {time.perf_counter() - began:.1f} s for {len(done.stdout.splitlines())} differences; "
        f"{used_by_commands() - client:.1f} s of the processor here, {used(host.pid)[0] - server_side:.1f} s in the host", flush=True)


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
  print(f"start of `devopscd version`, compiled ahead of time: {start_of('ready/devopscd')}")
  print(f"start of `devopscd version`, as the tool comes: {start_of('plain/DevopsCd.Cli')}")
  while True:
    try:
      urllib.request.urlopen(f"{server}/health/ready").close()
      break
    except OSError:
      time.sleep(0.2)
  devopscd("batch", "list")
  apply(f"{APPLICATIONS} applications with two targets each", STAGES)
  apply("nothing to change", STAGES)
  apply("one of them changed in every application", STAGES, wave=2)
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
