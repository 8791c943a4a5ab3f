using System.Reflection;
using DevopsCd.Core.Batches;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Testing;
using MassTransit;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>Whatever is forgotten when an event is added is named here.</summary>
public sealed class The_events
{
    private static readonly BatchStateMachine s_machine = new();

    /// <summary>What a person or system needs for each event, written down by hand.</summary>
    private static readonly (string Key, EventRaisers RaisedBy, string? Permission)[] s_rights =
    [
        ("create", EventRaisers.Person, "create"),
        ("approve", EventRaisers.Person, "approve"),
        ("reject", EventRaisers.Person, "approve"),
        ("cancel", EventRaisers.Person, "cancel"),
        ("confirm_tag", EventRaisers.Person, "seal"),
        ("start_pre_deploy", EventRaisers.Person | EventRaisers.Engine, "deploy_pre"),
        ("pre_deploy_completed", EventRaisers.Engine | EventRaisers.DeploySystem, "deployment.report"),
        ("pre_deploy_failed", EventRaisers.Engine | EventRaisers.DeploySystem, "deployment.report"),
        ("start_prod_deploy", EventRaisers.Person, "deploy_prod"),
        ("prod_deploy_completed", EventRaisers.Engine | EventRaisers.DeploySystem, "deployment.report"),
        ("prod_deploy_failed", EventRaisers.Engine | EventRaisers.DeploySystem, "deployment.report"),
        ("final_accept", EventRaisers.Person, "accept"),
        ("deploy_stopped", EventRaisers.Engine, null),
        ("revoke_approval", EventRaisers.Person | EventRaisers.Engine, "approve"),
        ("reopen", EventRaisers.Person, "reopen"),
        ("start_prod_rollback", EventRaisers.Person, "rollback"),
        ("prod_deploy_stopped", EventRaisers.Engine, null),
        ("prod_rollback_completed", EventRaisers.Engine | EventRaisers.DeploySystem, "deployment.report"),
        ("prod_rollback_failed", EventRaisers.Engine | EventRaisers.DeploySystem, "deployment.report"),
    ];

    [Fact]
    public void Are_those_of_the_state_machine_with_its_messages()
    {
        var machine = typeof(BatchStateMachine).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(Event<>))
            .Select(p => (p.Name, p.PropertyType.GetGenericArguments()[0]));

        BatchEventTypes.All.Select(e => (e.MachineEvent, e.MessageType)).ShouldBe(machine, ignoreOrder: true);
    }

    [Fact]
    public void Each_leads_somewhere()
    {
        var rows = new BatchTransitionTable(s_machine).Rows.Select(r => r.Event).ToHashSet();

        BatchEventTypes.Moving.Select(e => e.Key).Where(key => !rows.Contains(key)).ShouldBeEmpty();
    }

    [Fact]
    public void Need_the_rights_that_are_written_down() =>
        BatchEventTypes.All.Select(e => (e.Key, e.RaisedBy, e.Permission)).ShouldBe(s_rights);

    [Fact]
    public void Have_a_label_in_both_languages()
    {
        foreach (var type in BatchEventTypes.All)
        {
            type.Label.Any(c => c >= 0x4E00).ShouldBeTrue(type.Key);
            type.EnglishLabel.ShouldNotBeNullOrWhiteSpace(type.Key);
            type.EnglishLabel.All(char.IsAscii).ShouldBeTrue(type.Key);
        }
    }

    [Fact]
    public void Belong_to_a_stage_where_they_begin_or_end_one() =>
        BatchEventTypes.All.Where(e => e.Stage is null != (e.StageEffect == StageEffect.None)).Select(e => e.Key).ShouldBeEmpty();

    [Fact]
    public void Can_be_requested_unless_they_create_a_batch_or_are_the_engines_own() =>
        BatchEventTypes.All.Where(e => e.CanBeRequested == (e.Creates || e.Internal)).Select(e => e.Key).ShouldBeEmpty();

    [Fact]
    public void Say_in_their_message_what_was_requested()
    {
        var request = new EventRequest { BatchId = Guid.NewGuid(), Operator = "ann", Reason = "because", ExpectedVersion = 4 };

        foreach (var type in BatchEventTypes.Requestable)
        {
            var message = type.Compose(request)!;

            message.GetType().ShouldBe(type.MessageType);
            type.MessageType.GetProperty("BatchId")!.GetValue(message).ShouldBe(request.BatchId, type.Key);
            type.MessageType.GetProperty("Operator")!.GetValue(message).ShouldBe("ann", type.Key);
            if (type.MessageType.GetProperty("Reason") is { } reason)
                reason.GetValue(message).ShouldBe("because", type.Key);
            if (type.MessageType.GetProperty("ExpectedVersion") is { } version)
                version.GetValue(message).ShouldBe(4, type.Key);
        }
    }

    [Fact]
    public void Are_in_the_catalogue_by_who_raises_them()
    {
        foreach (var type in BatchEventTypes.All)
        {
            var contract = ContractCatalogue.All.Single(c => c.Type == type.MessageType);

            contract.NeedsPerson.ShouldBe(type.ByPerson, type.Key);
            contract.Flow.ShouldBe(type.Internal ? MessageFlow.Inner : type.ByPerson ? MessageFlow.Command : MessageFlow.FactIn, type.Key);
        }
    }

    /// <summary>An event's key stands in its descriptor alone: code that compares keys would be a second list.</summary>
    [Fact]
    public void Are_named_by_their_key_in_one_place()
    {
        var keys = BatchEventTypes.Moving.Select(e => $"\"{e.Key}\"").ToList();

        // A permission may have an event's name; the command line knows the contracts only, and there an event is a part of the address.
        var elsewhere = from file in Directory.EnumerateFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories)
                        where !file.EndsWith("BatchEventTypes.cs", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal)
                            && !file.EndsWith("/Access/Permissions.cs", StringComparison.Ordinal)
                            && !file.Contains("DevopsCd.DeployService", StringComparison.Ordinal)
                            && !file.Contains("DevopsCd.Cli", StringComparison.Ordinal)
                            // Whoever checks evidence does not take the rules from the program that wrote it.
                            && !file.Contains("/Shared/Evidence/", StringComparison.Ordinal)
                        let text = File.ReadAllText(file)
                        where keys.Any(text.Contains)
                        select Path.GetRelativePath(Repository.Root, file);

        elsewhere.ShouldBeEmpty();
    }
}
