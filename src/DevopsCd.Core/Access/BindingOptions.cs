namespace DevopsCd.Core.Access;

/// <summary>One binding of <c>core:auth:bindings</c>.</summary>
internal sealed class BindingOptions
{
    /// <summary>Kind and name, for example <c>group:release-team</c>.</summary>
    public string Subject { get; init; } = "";

    public string Role { get; init; } = "";

    /// <summary>The project, or <c>*</c> for all of them.</summary>
    public string Project { get; init; } = "";
}
