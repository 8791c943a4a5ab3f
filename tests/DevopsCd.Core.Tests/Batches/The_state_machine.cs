using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Core.Batches;
using DevopsCd.Testing;
using MassTransit;

namespace DevopsCd.Core.Tests.Batches;

public sealed partial class The_state_machine
{
    private static readonly BatchStateMachine s_machine = new();
    private static readonly BatchTransitionTable s_lifecycle = new(s_machine);

    [Fact]
    public void Has_the_rows_of_the_seed_and_no_other()
    {
        var compiled = s_lifecycle.Rows.Select(r => (r.Event, BatchStatus.Code(r.From), BatchStatus.Code(r.To))).ToList();

        compiled.ShouldBeUnique();
        compiled.ShouldBe([.. SeedTable.Rows, .. SeedTable.Extensions], ignoreOrder: true);
    }

    [Fact]
    public void Opens_a_batch_as_pending() =>
        s_machine.NextEvents(s_machine.Initial).Select(e => e.Name).ShouldContain(nameof(BatchStateMachine.Submitted));

    [Fact]
    public void Has_the_states_of_the_seed_with_their_codes_and_labels()
    {
        var states = s_machine.States.Select(s => s.Name).Except([s_machine.Initial.Name, s_machine.Final.Name]);

        states.ShouldBe(SeedTable.States.Select(s => s.Name), ignoreOrder: true);
        BatchStatus.All.ShouldBe(SeedTable.States);
        foreach (var (name, code, label) in SeedTable.States)
        {
            BatchStatus.Code(name).ShouldBe(code);
            BatchStatus.Name(code).ShouldBe(name);
            BatchStatus.Label(name).ShouldBe(label);
        }
    }

    [Fact]
    public void Names_its_events_as_the_seed_does()
    {
        var properties = typeof(BatchStateMachine).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(Event<>))
            .Select(p => p.Name)
            .Except([nameof(BatchStateMachine.Submitted), .. BatchEventTypes.All.Where(e => e.Extension).Select(e => e.MachineEvent)]);

        properties.Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).ShouldBe(SeedTable.Events.Select(e => e.Event), ignoreOrder: true);
        BatchEventTypes.Moving.Where(e => !e.Extension).Select(e => (e.Key, e.Label)).ShouldBe(SeedTable.Events);
    }

    [Fact]
    public void Has_no_way_out_of_an_end()
    {
        foreach (var (name, _, _) in SeedTable.States)
            s_lifecycle.From(name).Any().ShouldBe(name is not ("Rejected" or "FinalAccepted" or "Cancelled"), name);
    }

    [Fact]
    public void Is_drawn_in_the_readme_as_it_is()
    {
        var readme = File.ReadAllText(Repository.PathTo("README.md"));

        var block = Picture().Match(readme);

        block.Success.ShouldBeTrue("README.md holds <!-- lifecycle -->, a mermaid block and <!-- /lifecycle -->");
        block.Groups["picture"].Value.Trim().ShouldBe(Drawing());
    }

    [GeneratedRegex("<!-- lifecycle[^>]*-->\\s*```mermaid\\n(?<picture>.*?)```\\s*<!-- /lifecycle -->", RegexOptions.Singleline)]
    private static partial Regex Picture();

    /// <summary>The lifecycle as a Mermaid state diagram.</summary>
    private static string Drawing() => string.Join('\n',
    [
        "stateDiagram-v2",
        .. BatchStatus.All.Select(s => $"    {s.Name}: {s.Code} {s.Name} {s.Label}"),
        $"    [*] --> {BatchStatus.PendingApproval}",
        .. s_lifecycle.Rows.Select(r => $"    {r.From} --> {r.To}: {r.Event}"),
        .. BatchStatus.All.Where(s => BatchStatus.Ended(s.Name)).Select(s => $"    {s.Name} --> [*]")
    ]);
}
