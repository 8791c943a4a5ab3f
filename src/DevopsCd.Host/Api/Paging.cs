using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;

namespace DevopsCd.Host.Api;

/// <summary>Reads <c>cursor</c> and <c>limit</c>.</summary>
internal static class Paging
{
    public const string CursorMeaning = "The `nextCursor` of the page before; without it the list starts at its beginning.";
    public const string LimitMeaning = "Items on a page, 1 to 200; 50 without it.";

    public static int Limit(int? limit) =>
        limit is null ? 50 : limit is >= 1 and <= 200 ? limit.Value : throw BatchRefusedException.Content("limit", "must be between 1 and 200");

    public static long? After(string? cursor) =>
        string.IsNullOrEmpty(cursor) ? null
        : Cursor.TryRead(cursor, out var id) ? id
        : throw BatchRefusedException.Content("cursor", "is not a cursor that this list has answered");
}
