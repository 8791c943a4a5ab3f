namespace DevopsCd.Core.MessageContracts;

/// <summary>One message of the contracts: its type, its way, and whether a person's right is needed to send it.</summary>
internal sealed record ContractType(Type Type, MessageFlow Flow, bool NeedsPerson = false)
{
    public string Name => Type.Name;

    /// <summary>The exchange it is published to.</summary>
    public string Exchange { get; } = $"{Type.Namespace}:{Type.Name}";

    /// <summary>Its name in the header <c>MT-MessageType</c> and in envelopes.</summary>
    public string Urn { get; } = $"urn:message:{Type.Namespace}:{Type.Name}";

    public bool IsInbound => Flow != MessageFlow.FactOut;
}
