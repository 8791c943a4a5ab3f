using DevopsCd.Shared;

namespace DevopsCd.Core.Tests.Deployments;

public sealed class Text_of_an_application
{
    [Theory]
    [InlineData("password=hunter2 user=ann", "password=*** user=ann")]
    [InlineData("{\"apiKey\": \"abc def\", \"port\": 80}", "{\"apiKey\": ***, \"port\": 80}")]
    [InlineData("Authorization: Bearer abcdef0123456789", "Authorization: *** ***")]
    [InlineData("connecting to postgres://shop:p4ss@db:5432/shop", "connecting to postgres://shop:***@db:5432/shop")]
    [InlineData("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "got ***")]
    [InlineData("token dcd_abcdefghijkl was refused", "token *** was refused")]
    [InlineData("secret \"settings\" not found", "secret \"settings\" not found")]
    [InlineData("exit code 3: cannot open the ledger", "exit code 3: cannot open the ledger")]
    public void Loses_what_looks_like_a_secret(string written, string shown) => SecretText.Hide(written).ShouldBe(shown);

    [Fact]
    public void Loses_a_private_key_over_all_its_lines() =>
        SecretText.Hide("key:\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----\ndone").ShouldBe("key:\n***\ndone");

    [Fact(Timeout = 20_000)]
    public async Task Takes_no_longer_for_being_odd() => await Task.Run(() =>
    {
        foreach (var odd in new[] { "a", "password", "://a:", "eyJ" })
            SecretText.Hide(string.Concat(Enumerable.Repeat(odd, 40_000))).Length.ShouldBeGreaterThan(0);
    }, TestContext.Current.CancellationToken);

    [Fact]
    public void Loses_what_is_known_to_be_secret() => SecretText.Hide("login with zebra42 failed", "zebra42", "no").ShouldBe("login with *** failed");
}
