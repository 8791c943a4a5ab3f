namespace DevopsCd.Core.Intake.Messages;

/// <summary>A message that can never work. It is parked with this reason, and delays no other.</summary>
internal sealed class MessageRefused : Exception
{
    public MessageRefused(string reason)
        : base(reason)
    {
    }

    public MessageRefused(string contract, IReadOnlyList<FieldError> errors)
        : base($"{contract}: {string.Join("; ", errors)}")
    {
        Fields = errors;
    }

    public IReadOnlyList<FieldError> Fields { get; } = [];
}
