using DevopsCd.Shared;

namespace DevopsCd.Core.Access;

/// <summary>Who asks. Made where somebody is authenticated, and taken for true everywhere else.</summary>
internal sealed record Subject : IAsker
{
    public Subject(SubjectKind kind, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Kind, Name) = (kind, name);
        Id = Of(kind, name);
    }

    /// <summary>The engine, which nobody binds and nothing is refused to.</summary>
    public static Subject Engine { get; } = new(SubjectKind.System, Operators.Engine);

    /// <summary>A deploy system that has given no name of its own.</summary>
    public static Subject DeploySystem { get; } = new(SubjectKind.System, Operators.DeploySystem);

    /// <summary>Whether it is the engine, which is bound by rules and not by rights.</summary>
    public bool IsEngine => Kind == SubjectKind.System && Name == Operators.Engine;

    public SubjectKind Kind { get; }

    /// <summary>The name within its kind.</summary>
    public string Name { get; }

    /// <summary>Kind and name, for example <c>user:alice</c>: what bindings and the audit say.</summary>
    public string Id { get; }

    /// <summary>The groups it is in, by their names without <c>group:</c>.</summary>
    public IReadOnlyCollection<string> Groups { get; init; } = [];

    /// <summary>Bounds what it may do to a part of its rights; null for no bound.</summary>
    public TokenScope? Scope { get; init; }

    /// <summary>The name of the person behind a token, whose rights it has. One person counts once, whatever the number of their tokens.</summary>
    public string? Person { get; init; }

    /// <summary>Roles that it has by the way it was authenticated, beside those of its bindings.</summary>
    public IReadOnlyList<Grant> Grants { get; init; } = [];

    /// <summary>False for somebody who has asked a while ago and would not be let in now: they may do nothing, whatever they are bound to.</summary>
    public bool IsLetIn { get; init; } = true;

    /// <summary>Who decides by this subject: the person behind it, where there is one.</summary>
    public string DecidedBy => Person is null ? Id : Of(SubjectKind.User, Person);

    /// <summary>How the audit and messages name it: a person, a part of the system and a user of the broker by the plain name, others by kind and name.</summary>
    public string Operator => Person ?? (Kind is SubjectKind.User or SubjectKind.System or SubjectKind.Amqp ? Name : Id);

    public static Subject User(string name, params IReadOnlyCollection<string> groups) => new(SubjectKind.User, name) { Groups = groups };

    /// <param name="kind">How it is known.</param>
    /// <param name="name">Its name within the kind.</param>
    public static string Of(SubjectKind kind, string name) => $"{EnumNames<SubjectKind>.Of(kind)}:{name}";

    /// <summary>Reads <c>kind:name</c>. The name may hold further colons.</summary>
    public static bool TryParse(string? id, out SubjectKind kind, out string name)
    {
        (kind, name) = (default, "");
        if (id?.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var end) || !EnumNames<SubjectKind>.TryValue(id[..end], out kind))
            return false;
        name = id[(end + 1)..];
        return !string.IsNullOrWhiteSpace(name) && name == name.Trim();
    }

    public override string ToString() => Id;
}
