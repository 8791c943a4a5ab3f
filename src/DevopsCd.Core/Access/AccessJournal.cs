using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Core.Data;

namespace DevopsCd.Core.Access;

/// <summary>Writes the audit of access, in the transaction of what happened.</summary>
internal sealed class AccessJournal(CdDbContext db, TimeProvider clock)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A change of who may do what.</summary>
    /// <param name="origin">Who has made it.</param>
    /// <param name="what">The kind of change, see <see cref="AccessEvent.Event" />.</param>
    /// <param name="target">Of what.</param>
    /// <param name="project">The project it concerns.</param>
    /// <param name="before">What it was; null for nothing.</param>
    /// <param name="after">What it is; null for nothing.</param>
    public void Changed(AccessOrigin origin, string what, string target, string? project, object? before, object? after) =>
        db.Add(Row(origin, what, target, project) with { Before = Json(before), After = Json(after) });

    /// <summary>Something was refused for want of a right.</summary>
    public void Denied(AccessOrigin origin, string target, string permission, string? project) =>
        db.Add(Row(origin, "denied", target, project) with { Permission = permission });

    private AccessEvent Row(AccessOrigin origin, string what, string target, string? project) => new()
    {
        At = clock.GetUtcNow(),
        Subject = origin.Subject.Id,
        Event = what,
        Target = target,
        Project = project,
        Source = origin.Source,
        Address = origin.Address
    };

    private static string? Json(object? value) => value is null ? null : JsonSerializer.Serialize(value, s_json);
}
