using DevopsCd.Core.Access;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;

namespace DevopsCd.Core.Gates;

/// <summary>A gate of a batch's policies as it stands for the batch as it is now.</summary>
/// <param name="Project">The project whose policy has it.</param>
/// <param name="Gate">The gate.</param>
/// <param name="Run">What became of it for the present content and attempt; null: it was not asked yet.</param>
internal sealed record StandingGate(string Project, Gate Gate, GateRun? Run)
{
    public bool LetsPass => Run?.LetsPass == true;

    /// <summary>It has failed: only people can help now.</summary>
    public bool HasFailed => Run?.Status == GateStatus.Failed;

    /// <summary>Who can lift it: whoever decides a manual gate that waits, else who may override it; nobody until the engine has asked it.</summary>
    public string? LiftedBy => Run is null ? null : Gate.Kind == GateKind.Manual && !HasFailed ? Permissions.Approve : Permissions.GateOverride;

    /// <summary>Why it does not let pass, for people.</summary>
    public Sentence InWords()
    {
        var (name, found) = (Gate.Name, Sentence.Quote(Run?.Reason));
        return this switch
        {
            { Run: null } => (Sentence)$"the gate {name} has not been asked yet",
            { HasFailed: true } => (Sentence)$"the gate {name} has failed: {found}",
            { Gate.Kind: GateKind.Manual } => (Sentence)$"the gate {name} waits for a person",
            { Gate.Kind: GateKind.Webhook, Run.TakenAt: not null } => (Sentence)$"the gate {name} has not answered yet",
            _ when found is not null => (Sentence)$"the gate {name} has not passed yet: {found}",
            _ => (Sentence)$"the gate {name} has not passed yet"
        };
    }
}
