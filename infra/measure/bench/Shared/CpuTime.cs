using System.Diagnostics;
using System.Text;

namespace DevopsCd.Bench;

/// <summary>CPU seconds used so far: by this process, by the PostgreSQL backends of one database, by the broker.</summary>
internal readonly record struct CpuTime(double App, double Postgres, double Broker)
{
    internal static CpuTime Read(string database)
    {
        double postgres = 0, broker = 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsDigit(Path.GetFileName(directory)[0]))
                continue;

            try
            {
                var command = Encoding.UTF8.GetString(File.ReadAllBytes($"{directory}/cmdline"));
                if (command.StartsWith("postgres:", StringComparison.Ordinal) && command.Contains($" {database} ", StringComparison.Ordinal))
                    postgres += Ticks(directory);
                else if (command.Contains("beam.smp", StringComparison.Ordinal) && command.Contains("rabbit", StringComparison.Ordinal))
                    broker += Ticks(directory);
            }
            catch (IOException)
            {
                // The process ended between the listing and the look.
            }
        }

        return new CpuTime(Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds, postgres, broker);
    }

    private static double Ticks(string directory)
    {
        var stat = File.ReadAllText($"{directory}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11]) + long.Parse(fields[12])) / 100.0;
    }
}
