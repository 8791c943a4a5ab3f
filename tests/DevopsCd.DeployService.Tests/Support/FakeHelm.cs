namespace DevopsCd.DeployService.Tests.Support;

/// <summary>
/// A script in helm's place: knows the few commands the driver uses, keeps its releases in files as helm 3 and 4 keep theirs, with
/// their texts, and remembers how it was called. The first upgrade to a chart named <c>hangs</c> does not end; one to a chart named
/// <c>fails</c> fails and goes back.
/// </summary>
internal sealed class FakeHelm : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fake-helm-").FullName;

    public FakeHelm(string version)
    {
        File.WriteAllText(Path, $$"""
            #!/usr/bin/env bash
            cd "{{_folder}}" || exit 1
            echo "$*" >>calls
            release=$2
            become() { jq -c --arg a "$2" --arg t "$(date -u +%FT%TZ)" "$1" "$release.json" >next && mv next "$release.json"; }
            case $1 in
              version) printf %s {{version}} ;;
              history)
                [[ -f forbidden ]] && { echo "Error: query: failed to query with labels: secrets is forbidden: User \"deployer\" cannot list resource \"secrets\" in API group \"\" in the namespace \"shop\"" >&2; exit 1; }
                [[ -f $2.json ]] && cat "$2.json" || { echo "Error: release: not found" >&2; exit 1; } ;;
              rollback) become '[.[] | if .status == "deployed" then .status = "superseded" else . end] + [{revision: (length + 1), updated: $t, status: "deployed", description: "Rollback to \($a)", chart: "c"}]' "$3" ;;
              upgrade)
                chart=$3
                jq -e '.[-1].status | startswith("pending")' "$release.json" >/dev/null && { echo "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress" >&2; exit 1; }
                while (($#)); do [[ $1 == --description ]] && description=$2; [[ $1 == --atomic ]] && by=atomic; [[ $1 == --rollback-on-failure ]] && by=rollback-on-failure; shift; done
                good=$(jq '[.[] | select(.status == "deployed" or .status == "superseded")][-1].revision' "$release.json")
                become '. + [{revision: (length + 1), updated: $t, status: "pending-upgrade", description: "Preparing upgrade", chart: "c"}]' ""
                if [[ $chart == */hangs && ! -f hung ]]; then
                  touch hung
                  exec sleep 20
                fi
                if [[ $chart == */fails ]]; then
                  become '.[-1] += {status: "failed", description: "Upgrade \"\($a)\" failed: context deadline exceeded"}' "$release"
                  become '[.[] | if .status == "deployed" then .status = "superseded" else . end] + [{revision: (length + 1), updated: $t, status: "deployed", description: "Rollback to \($a)", chart: "c"}]' "$good"
                  [[ $by == rollback-on-failure ]] && echo "level=WARN msg=\"upgrade failed\" name=$release error=\"context deadline exceeded\"" >&2
                  echo "Error: UPGRADE FAILED: release $release failed, and has been rolled back due to $by being set: context deadline exceeded" >&2
                  exit 1
                fi
                become '[.[] | if .status == "deployed" then .status = "superseded" else . end] | .[-1] += {status: "deployed", description: $a}' "$description" ;;
              *) exit 1 ;;
            esac
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path => System.IO.Path.Combine(_folder, "helm");

    public void Have(string release, string history) => File.WriteAllText(System.IO.Path.Combine(_folder, release + ".json"), history);

    /// <summary>From now on the cluster lets helm read no Secrets.</summary>
    public void Forbid() => File.WriteAllText(System.IO.Path.Combine(_folder, "forbidden"), "");

    public string[] Calls() => File.ReadAllLines(System.IO.Path.Combine(_folder, "calls"));

    public bool Hangs => File.Exists(System.IO.Path.Combine(_folder, "hung"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
