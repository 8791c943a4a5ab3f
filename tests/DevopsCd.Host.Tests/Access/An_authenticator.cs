using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using DevopsCd.Testing;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

public sealed partial class An_authenticator(PasswordHost host) : IClassFixture<PasswordHost>
{
    [Fact]
    public async Task Is_asked_for_once_it_is_set_up_until_its_owner_takes_it_away()
    {
        var name = await host.Account();
        using var ann = await LoggedIn(name);
        await ann.Go(Page);
        var key = Key().Match(ann.Page).Groups["key"].Value.Replace(" ", "", StringComparison.Ordinal);
        await ann.Submit(("code", "000000"));
        ann.Page.ShouldContain("The code is wrong");

        await ann.Submit(("code", Code(key)));
        ann.Page.ShouldContain("each of these works once");
        var spare = Spare().Match(ann.Page).Groups["code"].Value;

        using var http = host.NewClient();
        (await Post(http, "access/login", new { name, password = Password })).ShouldBeProblem(HttpStatusCode.Unauthorized).Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:code-needed");
        (await Post(http, "access/login", new { name, password = Password, code = spare })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Post(http, "access/login", new { name, password = Password, code = spare })).Status.ShouldBe(HttpStatusCode.Unauthorized, "it works once");
        // A code may have ended between the look at the clock and the question.
        var code = "";
        await Eventually.IsTrue(async () => (await Post(http, "access/login", new { name, password = Password, code = code = Code(key) })).Status == HttpStatusCode.NoContent, "the code is taken",
            TimeSpan.FromMinutes(2));
        foreach (var again in (string[])[code, $"{code[..3]} {code[3..]}", $"0{code}", $"+{code}"])
            (await Post(http, "access/login", new { name, password = Password, code = again })).Status.ShouldBe(HttpStatusCode.Unauthorized, "a code works once, however it is written");
        await ann.Go(Page);
        await Eventually.IsTrue(async () =>
        {
            await ann.Submit(("code", Code(key)));
            return ann.Page.Contains("the password alone", StringComparison.Ordinal);
        }, "it is taken away", TimeSpan.FromMinutes(2));
        (await Post(http, "access/login", new { name, password = Password })).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Is_set_up_by_its_owner_alone()
    {
        using var nobody = new Browser();

        await nobody.Go(Page);

        nobody.At.PathAndQuery.ShouldBe("/login?return=%2Faccount%2Fauthenticator");
    }

    private Uri Page => new(host.Process.BaseUrl, "account/authenticator");

    private async Task<Browser> LoggedIn(string name)
    {
        var browser = new Browser();
        await browser.Go(new Uri(host.Process.BaseUrl, "login"));
        await browser.Submit(("name", name), ("password", Password));
        return browser;
    }

    /// <summary>RFC 6238, as the phone computes it.</summary>
    private static string Code(string key)
    {
        var bits = string.Concat(key.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var secret = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        Span<byte> step = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // the algorithm of every authenticator
        var hash = HMACSHA1.HashData(secret, step);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return $"{number % 1_000_000:000000}";
    }

    [GeneratedRegex("<code>(?<key>[A-Z2-7 ]+)</code>")]
    private static partial Regex Key();

    [GeneratedRegex("<li><code>(?<code>[^<]+)</code>")]
    private static partial Regex Spare();
}
