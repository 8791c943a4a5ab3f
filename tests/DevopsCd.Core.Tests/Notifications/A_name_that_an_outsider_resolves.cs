using System.Net;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Outbound;
using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Tests.Notifications;

/// <summary>Names whose addresses are somebody else's word. Whatever is connected to ends at the fake service, and is written down.</summary>
public sealed class A_name_that_an_outsider_resolves : IAsyncLifetime
{
    private FakeService _service = null!;
    private Names _names = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await FakeService.StartAsync();
        _names = new Names(new Uri(_service.Address).Port);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <summary>DNS rebinding: public while somebody checks, private when it matters.</summary>
    [Fact]
    public async Task Is_connected_to_by_the_address_that_was_checked_and_refused_when_it_turns_private()
    {
        _names.Answers(["8.8.8.8"], ["127.0.0.1"], ["8.8.8.8"]);

        await Call();
        (_names.Asked, _names.Connected).ShouldBe((1, "8.8.8.8"));

        await Should.ThrowAsync<OutboundRefusedException>(Call);
        (_names.Asked, _names.Connected).ShouldBe((2, "8.8.8.8"));
        _service.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("8.8.8.8", "10.0.0.1", "8.8.8.8", "169.254.169.254")]
    [InlineData("8.8.8.8", "::ffff:127.0.0.1", "::1", "8.8.8.8")]
    [InlineData("2606:4700:4700::1111 1.1.1.1", "2606:4700:4700::1111", "fd00::1", "1.1.1.1")]
    public async Task Is_connected_to_by_its_public_addresses_alone(string connected, params string[] resolved)
    {
        _names.Answers(resolved);

        await Call();

        _names.Connected.ShouldBe(connected);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1", "192.168.0.1", "fd00::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:10.0.0.1", "::127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("0.0.0.0")]
    public async Task Is_refused_when_none_of_its_addresses_is_public(params string[] resolved)
    {
        _names.Answers(resolved);

        (await Should.ThrowAsync<OutboundRefusedException>(Call)).Message.ShouldContain("hooks.example.com has no public address");

        _names.Connected.ShouldBeEmpty();
    }

    /// <summary>A connection of its own each time, as after the service has closed the last one.</summary>
    private async Task Call()
    {
        using var http = new OutboundHttp(new NotificationOptions { AllowHttp = true }.Outbound(), _names, TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://hooks.example.com/x");
        await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private sealed class Names(int port) : OutboundNetwork
    {
        private readonly Queue<IPAddress[]> _answers = new();

        public int Asked { get; private set; }

        public string Connected { get; private set; } = "";

        public void Answers(params string[][] answers)
        {
            foreach (var answer in answers)
                _answers.Enqueue([.. answer.Select(IPAddress.Parse)]);
        }

        public override Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(_answers.Dequeue());
        }

        public override ValueTask<Stream> ConnectAsync(IPAddress[] addresses, int ignored, CancellationToken cancellationToken)
        {
            Connected = string.Join(' ', [.. Connected.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. addresses.Select(address => address.ToString())]);
            return base.ConnectAsync([IPAddress.Loopback], port, cancellationToken);
        }
    }
}
