using System.Net;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Outbound;
using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Tests.Notifications;

public sealed class The_guard_of_outbound_addresses
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2001:0:1::1")]
    public void Knows_what_only_means_something_inside(string address) => AddressGuard.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("64:ff9b::808:808")]
    public void Lets_the_public_internet_pass(string address) => AddressGuard.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("http://localhost:{0}/x")]
    [InlineData("http://127.0.0.1:{0}/x")]
    [InlineData("http://2130706433:{0}/x")]
    [InlineData("http://0x7f.1:{0}/x")]
    [InlineData("http://0x7f000001:{0}/x")]
    [InlineData("http://0177.0.0.1:{0}/x")]
    [InlineData("http://127.1:{0}/x")]
    [InlineData("http://[::1]:{0}/x")]
    [InlineData("http://[::7f00:1]:{0}/x")]
    [InlineData("http://hooks.example.com@127.0.0.1:{0}/x")]
    public async Task Refuses_a_private_address_when_it_connects_whatever_name_it_has(string address)
    {
        await using var service = await FakeService.StartAsync();
        using var http = new OutboundHttp(new NotificationOptions { AllowHttp = true }.Outbound(), new OutboundNetwork(), TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Post, string.Format(address, new Uri(service.Address).Port));

        await Should.ThrowAsync<OutboundRefusedException>(() => http.SendAsync(request, TestContext.Current.CancellationToken));

        service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Calls_a_private_address_that_the_operator_listed()
    {
        await using var service = await FakeService.StartAsync();
        var port = new Uri(service.Address).Port;
        using var http = new OutboundHttp(
            new NotificationOptions { AllowHttp = true, AllowedHosts = [$"127.0.0.1:{port}"] }.Outbound(), new OutboundNetwork(), TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, service.Address);

        (await http.SendAsync(request, TestContext.Current.CancellationToken)).IsSuccess.ShouldBeTrue();
    }

    [Theory]
    [InlineData("https://hooks.example.com/x", null)]
    [InlineData("https://a.b.chat.example.org/x", null)]
    [InlineData("https://chat.example.org.evil.example/x", "does not list")]
    [InlineData("https://evilchat.example.org/x", "does not list")]
    [InlineData("http://hooks.example.com/x", "must be https")]
    [InlineData("ftp://hooks.example.com/x", "absolute https")]
    [InlineData("hooks.example.com/x", "absolute https")]
    public void Takes_only_https_to_listed_hosts_once_there_is_a_list(string address, string? problem)
    {
        var options = new NotificationOptions { AllowedHosts = ["hooks.example.com", "*.chat.example.org"] };

        var found = OutboundPolicy.Problem(address, options.Outbound());

        if (problem is null)
            found.ShouldBeNull();
        else
            found.ShouldNotBeNull().ShouldContain(problem);
    }
}
