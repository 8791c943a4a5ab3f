using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Tests;

public sealed class A_job
{
    [Fact]
    public void May_be_due_later_than_any_timer_reaches()
    {
        using var job = new Job(TimeProvider.System, () => { });

        Should.NotThrow(() => job.WakeIn(TimeSpan.FromDays(400)));
    }
}
