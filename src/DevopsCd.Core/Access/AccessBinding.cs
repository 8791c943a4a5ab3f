namespace DevopsCd.Core.Access;

/// <summary>Somebody has a role in a project. A row; those of the configuration are none.</summary>
internal sealed class AccessBinding
{
    public long Id { get; set; }

    /// <summary>Kind and name, for example <c>user:alice</c>.</summary>
    public string Subject { get; set; } = "";

    public string Role { get; set; } = "";

    /// <summary>The project, or <see cref="Projects.All" />.</summary>
    public string Project { get; set; } = "";

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }
}
