using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DevopsCd.DeployService.Tests;

public sealed class A_start_that_cannot_be
{
    private const string Kubeconfig = """
        apiVersion: v1
        kind: Config
        current-context: far
        clusters: [{name: far, cluster: {server: "https://127.0.0.1:1"}}]
        contexts: [{name: far, context: {cluster: far, user: me}}]
        users: [{name: me, user: {token: very-secret-token}}]
        """;

    [Fact]
    public async Task Is_told_in_one_message_for_a_port_that_is_in_use()
    {
        using var somebody = new TcpListener(IPAddress.Loopback, 0);
        somebody.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)somebody.LocalEndpoint).Port}";

        var (exit, output, error) = await StartAsync(address);

        error.Trim().ShouldBe(
            $"The deploy service cannot start. Failed to bind to address {address}: address already in use. Stop what listens there, or choose another address with urls.");
        exit.ShouldBe(2);
        output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Is_told_in_one_message_for_an_address_that_is_none()
    {
        var (exit, output, error) = await StartAsync("nonsense");

        error.ShouldContain("urls: Invalid url: 'nonsense'; an address to listen on looks like");
        error.Trim().ShouldNotContain("\n");
        exit.ShouldBe(2);
        output.ShouldNotContain("   at ");
    }

    private static async Task<(int Exit, string Output, string Error)> StartAsync(string address)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Kubeconfig);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "DevopsCd.DeployService.dll"));
        start.ArgumentList.Add($"--urls={address}");
        foreach (var (key, value) in new[]
        {
            ("clusters__far__kubeconfig", file), ("clusters__far__namespaces__0", "*"), ("keys__0__name", "me"), ("keys__0__sha256", new string('a', 64)),
            ("keys__0__clusters__0", "*"), ("keys__0__namespaces__0", "*")
        })
            start.Environment[$"deploy_service__{key}"] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
