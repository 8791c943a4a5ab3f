"""Times requests of a host whose tables hold very many old rows; started by ./run."""
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

host_dll, rows = sys.argv[1], int(sys.argv[2])
SAMPLES, BATCHES, PER_BATCH = 40, max(1, rows // 100), 100
server = {"PGHOST": "127.0.0.1", "PGPORT": "15432", "PGUSER": "devopscd", "PGPASSWORD": "devopscd"}
database = f"rows_{os.getpid()}"


def sql(text, on=database):
    done = subprocess.run(["psql", "-d", on, "-v", "ON_ERROR_STOP=1", "-Atq"], input=text, env={**os.environ, **server}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.strip()


def call(method, path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json", "X-Operator": "bench"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        text = answer.read().decode()
    return json.loads(text) if text[:1] in "{[" else text


def until(what, seconds):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            if what():
                return
        except (urllib.error.URLError, ConnectionError, OSError):
            pass
        time.sleep(0.5)
    raise SystemExit(f"not in {seconds} s")


def build(application, number):
    return {"application": application, "buildNumber": str(number), "branch": "main", "commitId": f"{number:040x}", "imageName": f"registry.example/{application}",
            "imageTag": f"1.0.{number}", "status": "success"}


def register(name):
    call("POST", "api/v1/applications", {"name": name, "appType": "service", "repository": f"https://git.example/{name}", "defaultBranch": "main"})
    for stage in ("pre", "prod"):
        call("PUT", f"api/v1/applications/{name}/targets/{stage}/cluster-1",
             {"namespace": stage, "workload": {"kind": "Deployment", "name": name, "container": "app"}, "strategy": {"type": "rolling"}})
    call("POST", "api/v1/builds", build(name, 1))


def accepted(names):
    batch = call("POST", "api/v1/batches", {"title": "Rows", "releases": [{"application": name} for name in names]})["id"]
    decisions, state = {0: "approve", 5: "confirm_tag", 22: "start_prod_deploy", 32: "final_accept"}, 0
    while state != 40:
        state = call("GET", f"api/v1/batches/{batch}")["state"]
        if state in decisions:
            call("POST", f"api/v1/batches/{batch}/events/{decisions[state]}", {})
        else:
            time.sleep(0.2)
    return batch


def times():
    """Milliseconds of each kind of request, the median of samples."""
    number, taken = times.number, {}
    for what, once in {
        "list of batches": lambda n: call("GET", "api/v1/batches?limit=50"),
        "search of batches": lambda n: call("GET", "api/v1/batches?q=Rows"),
        "a batch": lambda n: call("GET", f"api/v1/batches/{sample}"),
        "its audit": lambda n: call("GET", f"api/v1/batches/{sample}/events"),
        "builds of an application": lambda n: call("GET", "api/v1/builds?app=app-0&branch=main"),
        "webhook deliveries": lambda n: call("GET", "api/v1/intake/deliveries"),
        "notices": lambda n: call("GET", "api/v1/notifications"),
        "parked messages": lambda n: call("GET", "api/v1/parked"),
        "what runs where": lambda n: call("GET", "api/v1/live-versions"),
        "DORA of 90 days": lambda n: call("GET", "api/v1/dora"),
        "a build comes in": lambda n: call("POST", "api/v1/builds", build("app-1", number + n)),
        "a new application": lambda n: register(f"more-{number + n}"),
        "a scan": lambda n: call("POST", "api/v1/scan"),
    }.items():
        measured = []
        for n in range(SAMPLES):
            begin = time.monotonic()
            try:
                once(n)
            except urllib.error.HTTPError as refused:
                raise SystemExit(f"{what}: {refused.code} {refused.read().decode()[:300]}")
            measured.append((time.monotonic() - begin) * 1000)
        taken[what] = statistics.median(measured)
    times.number += 1000
    return taken


times.number = 1_000_000_000

FILL = """
insert into builds select (x.r).* from (select jsonb_populate_record(null::builds, t || jsonb_build_object('id', 1000000 + n,
    'build_number', (1000 + n)::text, 'run_number', (1000 + n)::text, 'image_tag', '0.' || n, 'received_at', now() - interval '200 days',
    'ordered_at', now() - interval '200 days' + n * interval '1 second', 'finished_at', null)) r
  from (select to_jsonb(b) t from builds b where application_name = 'app-0' limit 1) one, generate_series(1, {rows}) n offset 0) x;
insert into webhook_deliveries (source, delivery_id, received_at, headers, body, body_hash, status, outcome, attempts, next_attempt_at, processed_at)
  select 'generic', n::text, now() - interval '200 days', '{{}}', convert_to(repeat('x', 1000), 'UTF8'), md5(n::text), 'applied', 'app-0 1 success', 1,
    now() - interval '200 days', now() - interval '200 days' from generate_series(1, {rows}) n;
insert into notifications select (x.r).* from (select jsonb_populate_record(null::notifications, t || jsonb_build_object('id', 1000000 + n,
    'notice_key', 'old-' || n, 'batch_id', null, 'status', 'sent', 'created_at', now() - interval '200 days', 'sent_at', now() - interval '200 days')) r
  from (select to_jsonb(o) t from notifications o limit 1) one, generate_series(1, {rows}) n offset 0) x;
insert into parked_messages (received_at, queue, headers, body, body_size, truncated, reason, status, resolved_by, resolved_at)
  select now() - interval '200 days', 'builds', '{{}}', convert_to(repeat('x', 500), 'UTF8'), 500, false, 'buildNumber is missing', 'discarded', 'bench',
    now() - interval '200 days' from generate_series(1, {rows}) n;
insert into batches select (x.r).* from (select jsonb_populate_record(null::batches, t || jsonb_build_object('id', 1000000 + n,
    'correlation_id', gen_random_uuid(), 'batch_number', 'OLD-' || n, 'created_at', now() - interval '200 days', 'updated_at', now() - interval '200 days')) r
  from (select to_jsonb(o) t from batches o where id = {sample}) one, generate_series(1, {batches}) n offset 0) x;
insert into batch_releases select (x.r).* from (select jsonb_populate_record(null::batch_releases, t || jsonb_build_object(
    'id', b.id, 'batch_id', b.id, 'is_open', false)) r
  from (select to_jsonb(o) t from batch_releases o where batch_id = {sample} limit 1) one, batches b where b.batch_number like 'OLD-%' offset 0) x;
insert into deployments select (x.r).* from (select jsonb_populate_record(null::deployments, t || jsonb_build_object('id', 1000000 + b.id * 1000 + n,
    'operation_id', 'old-' || b.id || '-' || n, 'batch_id', b.id, 'batch_correlation_id', b.correlation_id, 'release_id', b.id, 'attempt', n,
    'started_at', now() - interval '200 days', 'finished_at', now() - interval '200 days')) r
  from (select to_jsonb(o) t from deployments o where batch_id = {sample} limit 1) one, batches b, generate_series(1, {each}) n
  where b.batch_number like 'OLD-%' offset 0) x;
insert into archived_batches (batch_id, file, sha256, operations, archived_at)
  select id, 'old', repeat('0', 64), {each}, now() from batches where batch_number like 'OLD-%';
"""
TABLES = ("builds", "webhook_deliveries", "notifications", "parked_messages", "deployments")


def sizes():
    return {table: int(sql(f"select pg_total_relation_size('{table}')")) >> 20 for table in TABLES}


def old():
    return {table: int(sql(f"select count(*) from {table} where {column} < now() - interval '100 days'")) for table, column in
            zip(TABLES, ("ordered_at", "processed_at", "created_at", "resolved_at", "finished_at"))}


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
sql(f'create database "{database}"', "postgres")
folder = tempfile.TemporaryDirectory()
environment = {**os.environ, "ASPNETCORE_URLS": f"http://127.0.0.1:{port}", "core__storage__provider": "postgres",
               "core__storage__connection_string": f"Host=127.0.0.1;Port=15432;Database={database};Username=devopscd;Password=devopscd",
               "core__deploy__driver": "simulated", "core__deploy__simulated_duration": "0s", "core__notification__provider": "log",
               "core__archive__folder": folder.name, "core__intake__retention": "30d",
               **{f"core__retention__{what}": "30d" for what in ("builds", "notices", "parked", "operations")}}
host = subprocess.Popen(["dotnet", "exec", os.path.abspath(host_dll)], env=environment, cwd=folder.name, stdout=subprocess.DEVNULL)
started = time.monotonic()
try:
    until(lambda: call("GET", "health/ready"), 120)
    for n in range(20):
        register(f"app-{n}")
    sample = accepted([f"app-{n}" for n in range(3)])
    times()
    before, small = times(), sizes()
    begin = time.monotonic()
    sql(FILL.format(rows=rows, sample=sample, batches=BATCHES, each=PER_BATCH) + "vacuum analyze;")
    print(f"{rows} rows of each kind were written in {time.monotonic() - begin:.0f} s", flush=True)
    times()
    full, large = times(), sizes()
    print(f"left before the cleaning: {old()}", flush=True)
    begin, cpu = time.monotonic(), os.times()
    until(lambda: sum(old().values()) < rows // 20, 2400)
    print(f"removed by {time.monotonic() - started:.0f} s after the start (the first look is after 600 s): {old()}", flush=True)
    sql("vacuum analyze;")
    after = times()
    print(f"{'request, ms (median of ' + str(SAMPLES) + ')':34} {'before':>9} {'with rows':>10} {'after':>9} {'rows/before':>12}")
    for what in before:
        print(f"{what:34} {before[what]:9.1f} {full[what]:10.1f} {after[what]:9.1f} {full[what] / before[what]:12.2f}")
    for table in TABLES:
        print(f"{table:34} {small[table]:6} MiB {large[table]:6} MiB {sizes()[table]:6} MiB")
finally:
    host.terminate()
    host.wait()
    sql(f'drop database "{database}" with (force)', "postgres")
