namespace DevopsCd.Core.Evidence;

/// <summary>Only the archive has the whole evidence of a batch, and its file cannot be had here and now.</summary>
/// <param name="message">Which file, and what is wrong with it.</param>
internal sealed class ArchiveUnreadableException(string message) : Exception(message);
