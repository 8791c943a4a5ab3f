namespace DevopsCd.Testing;

/// <summary>What is waited for can not come any more: <see cref="Eventually"/> lets it through at once.</summary>
public class HopelessException(string message, Exception? cause = null) : Exception(message, cause);
