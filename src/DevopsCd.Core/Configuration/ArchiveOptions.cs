using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:archive</c>: where the evidence of ended batches is kept as files.</summary>
internal sealed class ArchiveOptions
{
    public const string Section = "core:archive";

    /// <summary>A folder that every instance can write to; null to keep no files.</summary>
    [ConfigurationKeyName("folder")]
    public string? Folder { get; init; }

    /// <summary>How long after its end a batch is archived: late facts are still written down until then.</summary>
    [ConfigurationKeyName("after"), DurationRange("1h", "3650d")]
    public Duration After { get; init; } = Duration.Parse("7d");

    /// <summary>What would not work, found before anything starts.</summary>
    /// <param name="retention">Operations are removed only of what is archived.</param>
    public IEnumerable<(string Key, string Allowed)> Problems(RetentionOptions retention)
    {
        if (Folder is null)
        {
            if (retention.Operations is not null)
                yield return ($"{RetentionOptions.Section}:operations",
                    $"needs {Section}:folder: operations are part of a batch's evidence and are removed only once that is archived");
            yield break;
        }
        if (!Path.IsPathFullyQualified(Folder))
            yield return ($"{Section}:folder", "must be an absolute path, such as /var/lib/devopscd/archive");
        else if (Unwritable(Folder) is { } why)
            yield return ($"{Section}:folder", $"must be a folder that can be written to: {why}");
    }

    private static string? Unwritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".devopscd-{Path.GetRandomFileName()}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return refused.Message;
        }
    }
}
