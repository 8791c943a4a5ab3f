using DevopsCd.Shared;

namespace DevopsCd.Core.Releases;

/// <summary>
/// Message ids of what the engine says more than once because it may have been lost: the same word has the same id, so it
/// is decided once (R13).
/// </summary>
internal static class EngineMessageId
{
    public static Guid Of(Guid batchId, string batchEvent, int attempt) =>
        DerivedId.From("engine", $"{batchId:N}|{batchEvent}|{attempt}");
}
