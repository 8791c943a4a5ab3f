namespace DevopsCd.DeployService.Tests.Support;

/// <summary>A script in helm's place: knows the few commands the driver uses, keeps its releases in files and remembers how it was called. The first upgrade to a chart named <c>hangs</c> does not end.</summary>
internal sealed class FakeHelm : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fake-helm-").FullName;

    public FakeHelm(string version)
    {
        File.WriteAllText(Path, $$"""
            #!/usr/bin/env bash
            cd "{{_folder}}" || exit 1
            echo "$*" >>calls
            case $1 in
              version) echo {{version}} ;;
              history) [[ -f $2.json ]] && cat "$2.json" || { echo "Error: release: not found" >&2; exit 1; } ;;
              rollback)
                jq -c --arg to "$3" '[.[] | if .status | startswith("pending") then .status = "failed" else . end] + [{revision: (length + 1), status: "deployed", description: "Rollback to \($to)", chart: "c"}]' "$2.json" >next && mv next "$2.json" ;;
              upgrade)
                release=$2
                jq -e '.[-1].status | startswith("pending")' "$release.json" >/dev/null && { echo "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress" >&2; exit 1; }
                if [[ $3 == */hangs && ! -f hung ]]; then
                  jq -c --arg t "$(date -u +%FT%TZ)" '. + [{revision: (length + 1), updated: $t, status: "pending-upgrade", description: "Preparing upgrade", chart: "c"}]' "$release.json" >next && mv next "$release.json"
                  touch hung
                  exec sleep 20
                fi
                while (($#)); do [[ $1 == --description ]] && description=$2; shift; done
                jq -c --arg d "$description" '[.[] | .status = "superseded"] + [{revision: (length + 1), status: "deployed", description: $d, chart: "c"}]' "$release.json" >next && mv next "$release.json" ;;
              *) exit 1 ;;
            esac
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path => System.IO.Path.Combine(_folder, "helm");

    public void Have(string release, string history) => File.WriteAllText(System.IO.Path.Combine(_folder, release + ".json"), history);

    public string[] Calls() => File.ReadAllLines(System.IO.Path.Combine(_folder, "calls"));

    public bool Hangs => File.Exists(System.IO.Path.Combine(_folder, "hung"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
