using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using DevopsCd.Host.Api;

namespace DevopsCd.Host.Tests.Api;

public sealed class An_answer_in_pieces
{
    [Theory, InlineData(0), InlineData(1), InlineData(2_000), InlineData(20_000)]
    public async Task Is_the_same_as_in_one(int items)
    {
        object value = Enumerable.Range(0, items).Select(number => new { number, text = $"部署 \"{number}\" <ok>" }).ToList();
        var whole = JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web);
        using var pieces = new PooledBytes();
        using (var json = new Utf8JsonWriter(pieces))
            JsonSerializer.Serialize(json, value, JsonSerializerOptions.Web);
        using var sent = new MemoryStream();

        await pieces.WriteToAsync(sent, CancellationToken.None);

        pieces.Length.ShouldBe(whole.Length);
        sent.ToArray().ShouldBe(whole);
        pieces.Sha256().ShouldBe(SHA256.HashData(whole));
    }

    [Fact]
    public void Takes_what_is_larger_than_a_piece()
    {
        using var pieces = new PooledBytes();

        pieces.Write<byte>(new byte[10]);
        pieces.GetSpan(200_000)[..200_000].Fill(7);
        pieces.Advance(200_000);
        pieces.Write<byte>([1]);

        pieces.Length.ShouldBe(200_011);
        Should.Throw<ArgumentOutOfRangeException>(() => pieces.Advance(1 << 20));
    }
}
