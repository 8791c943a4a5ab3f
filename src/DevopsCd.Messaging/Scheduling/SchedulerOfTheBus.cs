using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>Runs the scheduler as long as the bus, in containers that have no hosted service for it.</summary>
internal sealed class SchedulerOfTheBus(IServiceProvider services) : IBusObserver
{
    private IScheduler? _scheduler;

    public void PostCreate(IBus bus)
    {
    }

    public void CreateFaulted(Exception exception)
    {
    }

    public Task PreStart(IBus bus) => Task.CompletedTask;

    public async Task PostStart(IBus bus, Task<BusReady> busReady)
    {
        if (services.GetServices<IHostedService>().OfType<QuartzHostedService>().Any())
            return;

        await busReady.ConfigureAwait(false);
        _scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler().ConfigureAwait(false);
        await _scheduler.Start().ConfigureAwait(false);
    }

    public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    // What fires now could not be sent any more.
    public async Task PreStop(IBus bus)
    {
        if (_scheduler is not null)
            await _scheduler.Standby().ConfigureAwait(false);
    }

    public Task PostStop(IBus bus) => Task.CompletedTask;

    public Task StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;
}
