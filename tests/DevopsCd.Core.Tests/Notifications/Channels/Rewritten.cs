using System.Text;
using System.Text.Json;

namespace DevopsCd.Core.Tests.Notifications.Channels;

/// <summary>A service that takes the JSON apart and writes it anew, as .NET does by default (<c>\uXXXX</c> for what is not ASCII) or in UTF-16.</summary>
internal static class Rewritten
{
    public static int Size(FakeRequest request) =>
        Math.Max(JsonSerializer.SerializeToUtf8Bytes(request.Json).Length, Encoding.Unicode.GetByteCount(request.Text));
}
