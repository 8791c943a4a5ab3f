using System.CommandLine;

namespace DevopsCd.Cli;

/// <summary>Makes the options of commands.</summary>
internal static class Options
{
    public static Option<string?> Text(string name, string help, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help };

    /// <summary>One that has to be there.</summary>
    public static Option<string> Needed(string name, string help, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = help, Required = true };

    /// <summary>One that can be repeated.</summary>
    public static Option<string[]> Texts(string name, string help, string description, params string[] aliases) =>
        new(name, aliases) { Description = $"{description}; can be repeated", HelpName = help };

    public static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };
}
