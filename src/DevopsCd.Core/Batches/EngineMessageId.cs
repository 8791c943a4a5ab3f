using System.Security.Cryptography;
using System.Text;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Message ids of what the engine says more than once because it may have been lost: the same word has the same id, so it
/// is decided once (R13).
/// </summary>
internal static class EngineMessageId
{
    public static Guid Of(Guid batchId, string batchEvent, int attempt) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{batchId:N}|{batchEvent}|{attempt}")).AsSpan(0, 16));
}
