using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;

namespace DevopsCd.Host.Api;

/// <summary>Reads <c>cursor</c> and <c>limit</c>.</summary>
internal static class Paging
{
    public static int Limit(int? limit) => limit is null ? 50 : limit is >= 1 and <= 200 ? limit.Value : throw BatchRefused.Content("limit", "must be 1..200");

    public static long? After(string? cursor) =>
        string.IsNullOrEmpty(cursor) ? null : Cursor.TryRead(cursor, out var id) ? id : throw BatchRefused.Content("cursor", "is not one that a list gave");
}
