using System.Text.Json.Nodes;

namespace DevopsCd.Cli.Declaring;

/// <summary>One thing as a document, or the service, describes it.</summary>
/// <param name="Kind">One of <see cref="Kinds" />.</param>
/// <param name="Name">What it is called among those of its kind.</param>
/// <param name="Body">Its settings, without kind and name.</param>
/// <param name="Where">The place in a file, for messages; empty where it comes from the service.</param>
internal sealed record Declared(string Kind, string Name, JsonObject Body, string Where = "")
{
    /// <summary>Whether the service's configuration alone changes it.</summary>
    public bool IsFixed { get; init; }

    /// <summary>The name of a binding is all of it.</summary>
    public static string BindingName(string subject, string role, string project) => $"{subject} {role} {project}";

    public override string ToString() => $"{Kind.ToLowerInvariant()} {Name}";
}
