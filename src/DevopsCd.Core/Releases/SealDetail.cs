using System.Text.Json;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Releases;

/// <summary>What the audit keeps of a seal that is about other content than the approved one.</summary>
internal sealed record SealDetail(IReadOnlyList<ContentChange> ChangesSinceApproval)
{
    public static string Write(IReadOnlyList<ContentChange> changes) => JsonSerializer.Serialize(new SealDetail(changes), JsonSerializerOptions.Web);

    public static IReadOnlyList<ContentChange>? Read(string? detail) =>
        detail is null ? null : JsonSerializer.Deserialize<SealDetail>(detail, JsonSerializerOptions.Web)?.ChangesSinceApproval;
}
