namespace DevopsCd.Shared;

/// <summary>The configuration is wrong; the message has a line for every wrong key.</summary>
internal sealed class WrongConfigurationException(IReadOnlyList<string> errors)
    : Exception("The configuration is wrong:" + string.Concat(errors.Select(e => Environment.NewLine + "  - " + e)))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
