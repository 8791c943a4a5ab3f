using System.Globalization;
using System.Text.RegularExpressions;
using DevopsCd.Contracts.Api;
using Microsoft.AspNetCore.Http;

namespace DevopsCd.Cli.Tests;

/// <summary>500 applications watched in a pseudo-terminal, as util-linux's <c>script</c> makes it.</summary>
public sealed partial class A_great_batch_on_a_terminal
{
    private const int Applications = 500, Lines = 40;

    private static readonly DateTimeOffset s_began = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Is_one_screen_with_what_failed_on_top_and_is_kept_current()
    {
        var looks = 0;
        using var looked = new SemaphoreSlim(0);
        await using var service = await FakeService.StartAsync(async (_, context) =>
        {
            if (context.Request.Path != "/api/v1/stream")
            {
                var isOver = Interlocked.Increment(ref looks) > 2;
                await context.Response.WriteAsJsonAsync(Batch(isOver), TestContext.Current.CancellationToken);
                looked.Release();
                return;
            }
            await SendAsync(context, "id: 1\n\n");
            for (var look = 0; look < 2; look++)
                await looked.WaitAsync(context.RequestAborted);
            await SendAsync(context, "id: 2\nevent: change\ndata: {}\n\n");
            await looked.WaitAsync(context.RequestAborted);
        });

        var run = await CommandShell.RunAsync(
            $"script -qec \"stty cols 120 rows {Lines}; dotnet exec '{CommandShell.Program}' batch watch 1 --server {service.Address}\" /dev/null",
            new Dictionary<string, string> { ["TERM"] = "xterm" });

        run.Exit.ShouldBe(ExitCodes.Ok, run.Out + run.Error);
        run.Out.ShouldContain("2 failed, 3 deploying, 485 pending, 10 succeeded");
        run.Out.ShouldContain("500 succeeded");
        run.Out.ShouldContain("\u001b[");
        var first = run.Out[..run.Out.IndexOf($"and {Applications - (Lines - 5)} more", StringComparison.Ordinal)];
        first.IndexOf("app-011", StringComparison.Ordinal).ShouldBeInRange(0, first.IndexOf("app-013", StringComparison.Ordinal));
        first.ShouldContain("the image cannot be pulled");
        first.ShouldContain("pre/eu-1 deploying, try 2");
        // Whatever is drawn again is still on the screen.
        Up().Matches(run.Out).Max(up => int.Parse(up.Groups["lines"].Value, CultureInfo.InvariantCulture)).ShouldBeLessThan(Lines);
    }

    private static async Task SendAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, TestContext.Current.CancellationToken);
        await context.Response.Body.FlushAsync(TestContext.Current.CancellationToken);
    }

    private static BatchView Batch(bool isOver) => new()
    {
        Id = 1,
        BatchId = Guid.Empty,
        BatchNumber = "B20261201-001",
        Title = "Winter release",
        Initiator = "you",
        State = isOver ? 22 : 21,
        StateName = isOver ? "PreDeployed" : "PreDeploying",
        StateLabel = "",
        AvailableEvents = [new() { Event = "x", Description = "", TargetState = 0, TargetStateName = "", By = "person" }],
        Version = isOver ? 5 : 4,
        ContentHash = "",
        Approval = new() { Event = "approve", Votes = 1, Required = 1, Reached = true, Missing = [], Given = [], NotByAuthor = false, OnChange = "keep" },
        ContentChangedSinceApproval = false,
        CancelRequested = false,
        PreAttempt = 1,
        ProdAttempt = 0,
        RollbackAttempt = 0,
        RollbackRequested = false,
        AutoDeployBlocked = false,
        ProdDirty = false,
        CreatedAt = s_began,
        UpdatedAt = s_began,
        Releases = [.. Enumerable.Range(0, Applications).Select(number => Release(number, isOver))]
    };

    private static ReleaseView Release(int number, bool isOver)
    {
        var status = isOver || number < 10 ? "succeeded" : number is 11 or 12 ? "failed" : number is 13 or 14 or 15 ? "deploying" : "pending";
        return new ReleaseView
        {
            Application = string.Create(CultureInfo.InvariantCulture, $"app-{number:000}"),
            Branch = "main",
            BuildWithdrawn = false,
            NewerBuildExists = false,
            IsLocked = true,
            DependsOn = [],
            PreStatus = status,
            ProdStatus = "none",
            RollbackStatus = "none",
            StatusReason = status == "failed" ? "the image cannot be pulled" : null,
            Deployments = status != "deploying" ? [] :
            [
                new()
                {
                    OperationId = $"b1-{number}",
                    Stage = "pre",
                    Cluster = "eu-1",
                    Attempt = 1,
                    Status = "deploying",
                    Tries = 2,
                    Image = "",
                    StartedAt = s_began,
                    DeadlineAt = s_began
                }
            ]
        };
    }

    [GeneratedRegex("\u001b\\[(?<lines>[0-9]+)A")]
    private static partial Regex Up();
}
