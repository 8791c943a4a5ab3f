"""Measures the deploy service beside kubectl; started by ./run."""
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

url, pid, count, reports_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
kubectl = ["kubectl", "-n", "bench"]


def call(method, path, body=None):
    request = urllib.request.Request(url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"X-API-Key": "bench", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read().decode()
    return json.loads(text) if text.startswith("{") else text


def until(what, seconds=120):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            if what():
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.2)
    raise SystemExit("not in time")


def memory():
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024


def calls():
    total = {}
    for line in call("GET", "/metrics").splitlines():
        if line.startswith("devopscd_deploy_api_calls_total"):
            labels = line[line.index("{") + 1:line.index("}")]
            key = " ".join(part.split("=")[1].strip('"') for part in sorted(labels.split(",")) if part.split("=")[0] in ("verb", "resource"))
            total[key] = total.get(key, 0) + float(line.split("}")[1].split()[0])
    return total


def by_kubectl(name, image):
    subprocess.run(kubectl + ["set", "image", f"deployment/{name}", f"app={image}"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(kubectl + ["rollout", "status", f"deployment/{name}", "--timeout=10m"], check=True, stdout=subprocess.DEVNULL)


class Reports(BaseHTTPRequestHandler):
    """The host's end: an operation's end is told to it, as to a real one, and it does not ask again and again."""
    protocol_version = "HTTP/1.1"
    ended, heard = {}, threading.Condition()

    def do_POST(self):
        report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if report["phase"] in ("succeeded", "failed", "stopped"):
            with Reports.heard:
                Reports.ended[self.path.split("/")[-2]] = report
                Reports.heard.notify_all()

    def log_message(self, *_):
        pass


ThreadingHTTPServer.request_queue_size = 128
reports = ThreadingHTTPServer(("127.0.0.1", reports_port), Reports)
threading.Thread(target=reports.serve_forever, daemon=True).start()


def by_service(name, image):
    operation = f"{name}-{image.split(':')[1]}"
    call("PUT", f"/api/v1/deployments/{operation}", {
        "application": name, "stage": "pre", "cluster": "test", "namespace": "bench", "image": image, "timeoutSeconds": 900,
        "workload": {"kind": "Deployment", "name": name, "container": "app"}})
    with Reports.heard:
        if not Reports.heard.wait_for(lambda: operation in Reports.ended, 600):
            raise SystemExit(f"{operation}: no report")
    if Reports.ended[operation]["phase"] != "succeeded":
        raise SystemExit(f"{operation}: {Reports.ended[operation]}")


def measure(how, flight, image, names):
    begin = time.monotonic()
    with ThreadPoolExecutor(flight) as pool:
        list(pool.map(lambda name: how(name, image), names))
    return time.monotonic() - begin


names = [f"app-{n}" for n in range(count)]
manifest = json.dumps({"apiVersion": "v1", "kind": "List", "items": [{
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}},
             "template": {"metadata": {"labels": {"app": name}}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [{"name": "app", "image": "r.example/app:0"}]}}}} for name in names]})
subprocess.run(kubectl + ["create", "-f", "-"], input=manifest.encode(), check=True, stdout=subprocess.DEVNULL)
until(lambda: call("GET", "/health/ready"))


def rolled():
    items = json.loads(subprocess.run(kubectl + ["get", "deployments", "-o", "json"], check=True, capture_output=True).stdout)["items"]
    return all(item["status"].get("availableReplicas") == 1 and item["status"].get("observedGeneration") == item["metadata"]["generation"] for item in items)


until(rolled, 600)
print(f"memory of the idle service: {memory()} MiB", flush=True)
version = 1
for flight in (5, 50):
    times = {"kubectl": [], "service": []}
    # Each twice and in turns: the first run of either meets a colder cluster.
    for how in ("kubectl", "service", "service", "kubectl"):
        before = calls()
        took = measure(by_kubectl if how == "kubectl" else by_service, flight, f"r.example/app:{version}", names)
        version += 1
        times[how].append(took)
        line = f"{flight:3} in flight, {how:8}: {count} rollouts in {took:6.1f} s"
        if how == "service":
            used = {key: value - before.get(key, 0) for key, value in calls().items() if value - before.get(key, 0) > 0}
            line += f"; {sum(used.values()) / count:.2f} API calls an operation: " + ", ".join(f"{key} {value:.0f}" for key, value in sorted(used.items()))
        print(line, flush=True)
    print(f"{flight:3} in flight: service/kubectl = {sum(times['service']) / sum(times['kubectl']):.2f} (best of two: {min(times['service']) / min(times['kubectl']):.2f})", flush=True)
done = 4 * count
print(f"memory with {done} operations on record: {memory()} MiB", flush=True)
extra = max(0, 1000 - done)
if extra:
    image = f"r.example/app:{version}"
    measure(by_service, 50, image, [names[n % count] for n in range(min(extra, count))])
    print(f"memory with {done + min(extra, count)} operations on record: {memory()} MiB", flush=True)
