using System.Globalization;

namespace DevopsCd.Testing.Chaos;

/// <summary>Holds processes to a share of a processor each, with Linux's control groups (version 1): a machine too small to add hosts to shows what they add.</summary>
internal sealed class ProcessorShare : IDisposable
{
    private const string Root = "/sys/fs/cgroup/cpu";
    private const int Period = 50_000;

    private readonly List<string> _groups = [];

    /// <summary>Whether this machine lets one do it.</summary>
    public static bool IsThere => Environment.UserName == "root" && File.Exists($"{Root}/cpu.cfs_quota_us");

    /// <param name="process">Its id.</param>
    /// <param name="cores">The most it may use.</param>
    public void Hold(int process, double cores)
    {
        var group = $"{Root}/devopscd-{process}";
        Directory.CreateDirectory(group);
        _groups.Add(group);
        Write(group, "cpu.cfs_period_us", Period);
        Write(group, "cpu.cfs_quota_us", (int)(cores * Period));
        Write(group, "cgroup.procs", process);
    }

    public void Dispose()
    {
        foreach (var group in _groups)
        {
            foreach (var process in File.ReadLines($"{group}/cgroup.procs").ToList())
                Write(Root, "cgroup.procs", int.Parse(process, CultureInfo.InvariantCulture));
            Directory.Delete(group);
        }
    }

    private static void Write(string group, string name, int value) => File.WriteAllText($"{group}/{name}", value.ToString(CultureInfo.InvariantCulture));
}
