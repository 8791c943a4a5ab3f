using System.CommandLine;
using DevopsCd.Shared;

namespace DevopsCd.Cli;

/// <summary>Options that are a length of time.</summary>
internal static class Durations
{
    public static Option<Duration> Option(string name, string usual, string description) => new(name)
    {
        Description = description,
        HelpName = "30s|10m|2h",
        DefaultValueFactory = _ => Duration.Parse(usual),
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens[0].Value, out var duration))
                return duration;
            result.AddError($"'{result.Tokens[0].Value}' is no length of time; write it as 30s, 10m or 2h");
            return default;
        }
    };
}
