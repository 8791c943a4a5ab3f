namespace DevopsCd.Host.Ui.Freezes;

/// <summary>One time that a freeze holds.</summary>
/// <param name="Name">The freeze.</param>
/// <param name="Reason">Why.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it is over.</param>
public sealed record FrozenTime(string Name, string Reason, DateTimeOffset From, DateTimeOffset To);
