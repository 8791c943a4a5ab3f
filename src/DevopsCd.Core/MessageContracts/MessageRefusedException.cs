namespace DevopsCd.Core.MessageContracts;

/// <summary>A message that can never work. It is parked with this reason, and delays no other.</summary>
internal sealed class MessageRefusedException : Exception
{
    public MessageRefusedException(string reason)
        : base(reason)
    {
    }

    public MessageRefusedException(string contract, IReadOnlyList<FieldError> errors)
        : base($"{contract}: {string.Join("; ", errors)}")
    {
        Fields = errors;
    }

    public IReadOnlyList<FieldError> Fields { get; } = [];
}
