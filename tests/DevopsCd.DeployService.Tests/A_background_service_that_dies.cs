using System.Diagnostics;
using DevopsCd.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DevopsCd.DeployService.Tests;

public sealed class A_background_service_that_dies
{
    private const string Kubeconfig = """
        apiVersion: v1
        kind: Config
        current-context: far
        clusters: [{name: far, cluster: {server: "https://127.0.0.1:1"}}]
        contexts: [{name: far, context: {cluster: far, user: me}}]
        users: [{name: me, user: {token: none}}]
        """;

    [Theory, InlineData(true), InlineData(false)]
    public async Task Ends_the_program_with_a_code_so_that_it_is_started_again(bool duringTheStart)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Kubeconfig, TestContext.Current.CancellationToken);
        string[] arguments =
        [
            "--urls=http://127.0.0.1:0", $"--deploy_service:clusters:far:kubeconfig={file}", "--deploy_service:clusters:far:namespaces:0=*",
            "--deploy_service:keys:0:name=me", $"--deploy_service:keys:0:sha256={new string('a', 64)}", "--deploy_service:keys:0:clusters:0=*",
            "--deploy_service:keys:0:namespaces:0=*",
        ];
        using var additions = new Additions(services =>
        {
            services.AddHostedService(provider => new Dying(
                duringTheStart ? default : provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted));
            if (duringTheStart)
                services.AddHostedService<SlowStart>();
        });

        var code = await Task.Run(() => additions.During(() => (int)typeof(Program).Assembly.EntryPoint!.Invoke(null, [arguments])!));

        code.ShouldBe(BackgroundFailure.ExitCode);
        File.Delete(file);
    }

    /// <summary>Fails when <paramref name="due" /> comes, or at once where it never does.</summary>
    private sealed class Dying(CancellationToken due) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var isDue = new TaskCompletionSource();
            await using var registration = due.Register(isDue.SetResult);
            if (due.CanBeCanceled)
                await isDue.Task;
            throw new InvalidOperationException("nobody expected this");
        }
    }

    /// <summary>Has not started before somebody ends the start.</summary>
    private sealed class SlowStart : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Adds services to the host that is built inside <see cref="During{T}" />, as the framework's own tests of programs do.</summary>
    private sealed class Additions : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly AsyncLocal<bool> _isOurs = new();
        private readonly List<IDisposable> _subscriptions = [];
        private readonly Action<IServiceCollection> _add;

        public Additions(Action<IServiceCollection> add)
        {
            _add = add;
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public T During<T>(Func<T> work)
        {
            _isOurs.Value = true;
            return work();
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
                _subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (_isOurs.Value && value is { Key: "HostBuilding", Value: IHostBuilder builder })
                builder.ConfigureServices(_add);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());
    }
}
